"""Is the first record what the mapping says it is, a header or a row? Only the first rows tell."""

from collections.abc import Iterator
from itertools import chain

from importer import config
from importer.chunks import cells_of, read_chunks
from importer.guess.wordy import may_be_names
from importer.layout import Layout
from importer.records import Records
from importer.source import Source

LOOKED_AT = 200
"""Rows. It costs milliseconds, whatever the length of the file."""


def doubt_header(
    records: Iterator[Records], source: Source, layout: Layout, settings: config.Source
) -> tuple[str, Iterator[Records]]:
    """Return what speaks against the header, or the lack of one, and all the records again."""
    first = next(records, None)
    if first is None:
        return "", records
    words = _doubt(first.cut(0, LOOKED_AT), source, layout, settings)
    return words, chain(iter([first]), records)


def _doubt(first: Records, source: Source, layout: Layout, settings: config.Source) -> str:
    if not settings.header and not may_be_names(cells_of(first.cut(0, 1), source)):
        return ""
    # Slow to import, and most files are told by their first record.
    from importer.guess.first_look import looks_like_header, looks_like_row
    from importer.guess.gather import Facts, Rows, gather

    facts = [Facts(position) for position in range(1, layout.width + 1)]
    rows = Rows()
    chunks = read_chunks([first], source, layout.width, range(1, layout.width + 1))
    for _ in gather(chunks, facts, rows):
        pass
    if settings.header and looks_like_row(layout.names, facts):
        shown = _some(layout.names)
        return f"the header looks like a row ({shown}): if it is one, remove source.header"
    if not settings.header and rows.first and looks_like_header(rows.first, facts):
        shown = _some(rows.first)
        return f"the first record looks like a header ({shown}): if it is, set source.header: true"
    return ""


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:3])
