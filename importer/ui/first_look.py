"""The first rows of a file, at once, however long it is: how it is written, what its columns hold.

They stay in memory, so that conversions can be tried on them while somebody looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pyarrow as pa

from importer.errors import SourceError
from importer.guess.previews import LIKE_A_HEADER, Preview, preview
from importer.reading.chunks import Chunk, read_chunks
from importer.reading.layout import open_records
from importer.reading.source import WIDE_MARKS, open_source
from importer.settings import sections
from importer.settings.config_file import source_settings

ROWS = 10_000
"""Rows looked at before the page answers: 0.6 s of work for a CRM export."""

CHOICES: Mapping[str, str] = MappingProxyType(
    {
        "leave out --header": "choose that the first record is a row",
        "set source.delimiter (--delimiter)": "choose that delimiter",
        "set source.encoding (--encoding)": "set that encoding",
    }
)
"""What a preview advises for the command line, and what does that on the page."""

_MARK_BYTES = 4


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """The first rows of a file; `whole` where there are no others, `found` is what was detected."""

    path: Path
    size: int
    preview: Preview
    chunks: tuple[Chunk, ...]
    whole: bool
    found: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of each column, "" where the header has none for it; () without one."""
        names = tuple(column.name for column in self.preview.columns)
        return names if any(names) else ()

    @property
    def width(self) -> int:
        return len(self.preview.columns)

    @property
    def rows(self) -> int:
        return self.preview.rows + self.preview.misfits

    @property
    def table(self) -> pa.Table:
        schema = pa.schema([(str(place), pa.string()) for place in range(1, self.width + 1)])
        return pa.concat_tables([schema.empty_table(), *(chunk.table for chunk in self.chunks)])


def regular_file(path: str, what: str = "CSV file") -> Path:
    """Return a path on this machine that somebody typed, or pasted: a regular file, nothing that
    waits; `what` it is meant to be.

    Raises SourceError.
    """
    if "\0" in path:
        raise SourceError("a path holds no null character")
    found = Path(_pasted(path)).expanduser().absolute()
    try:
        found = found.resolve(strict=True)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; type the path of a {what}") from error
    if not found.is_file():
        raise SourceError(f"{path}: is no regular file; type the path of a {what}")
    return found


def _pasted(path: str) -> str:
    """Take a path as file managers copy it: in quotes, or as the address of a file."""
    path = path.strip()
    if len(path) > 1 and path[0] == path[-1] and path[0] in "\"'":
        path = path[1:-1]
    if path.lower().startswith("file://"):
        path = url2pathname(urlsplit(path).path)
    return path


def look(path: Path, given: Mapping[str, Any]) -> FirstLook:
    """Look at the first rows; what is not given of the settings is found out.

    Raises SourceError, and ConfigError for settings that are wrong.
    """
    given, found = dict(given), []
    if "encoding" not in given and (encoding := _marked_encoding(path)):
        given["encoding"] = encoding
        found.append(f"the text is not UTF-8: read as {encoding}")
    seen = preview(path, source_settings(None, given), ROWS)
    if "header" not in given and any(map(_like_a_header, seen.warnings)):
        given["header"] = True
        found += ["the first record names the columns: read as a header", *_others(seen)]
        seen = preview(path, source_settings(None, given | _found_out(seen)), ROWS)
    found += _others(seen)
    chunks = _chunks(path, seen.settings)
    read = seen.rows + seen.misfits
    return FirstLook(path, path.stat().st_size, seen, chunks, read < ROWS, tuple(found))


def _like_a_header(words: str) -> bool:
    return words.startswith(LIKE_A_HEADER)


def _others(seen: Preview) -> list[str]:
    return [_on_the_page(words) for words in seen.warnings if not _like_a_header(words)]


def _on_the_page(words: str) -> str:
    for option, choice in CHOICES.items():
        words = words.replace(option, choice)
    return words


def _found_out(seen: Preview) -> dict[str, Any]:
    return {"delimiter": seen.settings.delimiter, "encoding": seen.settings.encoding}


def _marked_encoding(path: Path) -> str:
    """Name the encoding whose byte order mark a file begins with, if it is not UTF-8's."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_MARK_BYTES)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; name another file") from error
    for name, marks in WIDE_MARKS.items():
        if head.startswith(marks):
            return name
    return ""


def _chunks(path: Path, settings: sections.Source) -> tuple[Chunk, ...]:
    opened = open_source(path, settings)
    try:
        _, layout, records = open_records(opened, settings, ROWS)
        return tuple(read_chunks(records, opened, layout.width, range(1, layout.width + 1)))
    finally:
        opened.close()
