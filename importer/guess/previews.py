"""A look at a file before there is a mapping: its columns, and what they seem to hold."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from importer.books.totals import Totals
from importer.guess import Guess, Identifier, Suggestion
from importer.guess.decide import guess_columns, screen_for
from importer.guess.distinct import SAMPLE
from importer.guess.first_look import looks_like_header, settle_delimiter, settle_encoding
from importer.guess.gather import Facts, Rows, gather
from importer.guess.layout_doubt import doubt_text
from importer.guess.shape import Shape, shape_of
from importer.guess.suggest import choose_identifier, is_known_name, suggest
from importer.kernels.columns import text_column
from importer.progress import Observer, Progress
from importer.reading.chunks import Chunk, read_chunks
from importer.reading.layout import open_records
from importer.reading.source import open_source
from importer.settings import sections
from importer.streams import find_places

LIKE_A_HEADER = "the first record looks like a header"


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column: 1-based position, name where there is a header, first distinct values.

    `distinct` counts the different values of the filled cells; beyond 50,000 it is an estimate
    and `exact` is false. `unique` is None where the file is too long to tell. `property` is what
    the column could feed, `shape` how its values are spread.
    """

    position: int
    name: str
    samples: tuple[str, ...]
    filled: int
    distinct: int
    exact: bool
    unique: bool | None
    guess: Guess
    property: Suggestion | None
    shape: Shape


@dataclass(frozen=True, slots=True)
class Preview:
    """A whole file: the rows that fit its width, those that do not, its columns, what to heed.

    `settings` are those the file was read with, a delimiter found on the way included.
    """

    source: str
    rows: int
    misfits: int
    columns: tuple[ColumnPreview, ...]
    identifier: Identifier
    settings: sections.Source
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything there is to say as a JSON object."""
        content = asdict(replace(self, settings=sections.Source()))
        content["settings"] = self.settings.model_dump()
        for column in content["columns"]:
            column["guess"]["options"] = dict(column["guess"]["options"])
        return content


def preview(
    source: str | Path,
    settings: sections.Source | None = None,
    limit: int | None = None,
    observer: Observer | None = None,
) -> Preview:
    """Read a whole CSV file, or its first rows, and describe its columns.

    Where the settings give no delimiter, another one than the comma is found by itself. Raises
    SourceError for what is no CSV file, SourceBroken where it breaks off.
    """
    settings = settings or sections.Source()
    opened, found = open_source(find_places(source), settings), ""
    read_as = ""
    if "encoding" not in settings.model_fields_set:
        opened, read_as = settle_encoding(opened)
        if read_as:
            settings = settings.model_copy(update={"encoding": opened.encoding.codec})
    given = "delimiter" in settings.model_fields_set
    if not given and not opened.dialect.rows:
        opened, found = settle_delimiter(opened)
        settings = settings.model_copy(update={"delimiter": opened.dialect.delimiter})
    reading, layout, records = open_records(opened, settings, limit)
    doubt, records = doubt_text(records, opened, found=not given)
    names = layout.names or ("",) * layout.width
    facts = tuple(Facts(position, name) for position, name in enumerate(names, start=1))
    sampled = Rows()
    chunks = read_chunks(records, opened, layout.width, range(1, layout.width + 1))
    rows = misfits = 0
    gathered = gather(chunks, facts, sampled)
    # Of few rows the sample is all there is to hold a guess against.
    for chunk in gathered if limit is not None else _screened(gathered, facts, sampled):
        rows += len(chunk.good)
        misfits += len(chunk.failures)
        if observer is not None:
            seen = Totals(read=reading.rows, imported=rows, failed=misfits)
            observer.update(Progress(seen, reading.expected_rows(opened)))
    opened.close()
    if reading.broken:
        raise reading.broken
    guesses = guess_columns(facts, sampled.cells)
    identifier = choose_identifier(facts, guesses)
    suggestions = suggest(facts, guesses, identifier)
    columns = tuple(
        _described(column, guesses[column.position], suggestions.get(column.position))
        for column in facts
    )
    warnings = (read_as, doubt, found, *_header_warnings(settings, facts, sampled))
    name = str(opened.files.account(reading.rows).get("name", opened.name))
    return Preview(
        name, rows, misfits, columns, identifier, settings, tuple(filter(None, warnings))
    )


def _screened(chunks: Iterator[Chunk], facts: tuple[Facts, ...], rows: Rows) -> Iterator[Chunk]:
    """Once the first rows say what a column seems to be, hold all of its cells against that."""
    for number, chunk in enumerate(chunks):
        if number == 0:
            guesses = guess_columns(facts, rows.cells)
            for column in facts:
                cells = text_column(chunk.table, column.position)
                column.hold_against(screen_for(guesses[column.position]), cells)
        yield chunk


def _described(column: Facts, guess: Guess, suggestion: Suggestion | None) -> ColumnPreview:
    distinct, exact = column.distinct.count()
    return ColumnPreview(
        position=column.position,
        name=column.name,
        samples=tuple(column.first),
        filled=column.filled,
        distinct=min(distinct, column.filled),
        exact=exact,
        unique=column.distinct.unique(),
        guess=guess,
        property=suggestion,
        shape=shape_of(column.values, guess, complete=len(column.distinct.sample) < SAMPLE),
    )


def _header_warnings(
    settings: sections.Source, facts: tuple[Facts, ...], rows: Rows
) -> Iterator[str]:
    names = [column.name for column in facts]
    if settings.header and any("@" in name or name.strip().isdigit() for name in names):
        yield "the header looks like a row: if the file has none, leave out --header"
    if not settings.header and looks_like_header(rows.first, facts):
        known = [name for name in rows.first if is_known_name(name)] or list(rows.first)
        shown = ", ".join(repr(name) for name in known[:3])
        yield f"{LIKE_A_HEADER} ({shown}): if it is one, add --header"
