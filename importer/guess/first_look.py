"""What the first records say of the file itself: encoding, delimiter, a header nobody declared."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from importer.errors import SourceBroken
from importer.guess.decide import guess_values
from importer.guess.gather import Facts
from importer.guess.guesses import Guess
from importer.guess.suggest import is_known_name
from importer.guess.wordy import may_be_names
from importer.reading.chunks import SAMPLE, cells_of, count_widths
from importer.reading.dialect import DELIMITERS, Dialect
from importer.reading.records import Records, frame_records
from importer.reading.source import Encoding, Source

OLDER = "cp1252"
"""What is written where it is not UTF-8: by Excel, and most else that is old."""

_CONSISTENT = 0.95
_FEW, _LOST = 20, 8

_decimal = re.compile(r"\s*[^\d\s]{0,3} ?[+-]?[0-9][0-9.' ]*,[0-9]+ ?[^\d\s]{0,3}\s*").fullmatch

_TYPED = frozenset(
    {"email", "url", "image url", "id", "ip address", "json", "timezone", "date", "datetime",
     "boolean", "percentage", "money", "integer", "number", "code", "phone", "country"}
)  # fmt: skip

_NO_NAMES = frozenset({"email", "url", "image url", "date", "datetime", "integer", "number"})


@dataclass(frozen=True, slots=True)
class _Width:
    cells: int
    share: float

    @property
    def consistent(self) -> bool:
        return self.cells > 1 and self.share >= _CONSISTENT


@dataclass(frozen=True, slots=True)
class Rival:
    """Another delimiter, what both make of the records, and whether it is the `better` one."""

    mark: str
    given: _Width
    width: _Width
    better: bool

    @property
    def shown(self) -> str:
        return "tab" if self.mark == "\t" else repr(self.mark)


def settle_encoding(source: Source) -> tuple[Source, str]:
    """Return the source, read as cp1252 where it is not UTF-8, and what to say of that."""
    first = next(source.blocks, b"")
    again = replace(source, blocks=chain([first] if first else [], source.blocks))
    if source.encoding.codec != "utf-8" or not _is_older(first):
        return again, ""
    return replace(again, encoding=Encoding(OLDER)), f"the text is not UTF-8: read as {OLDER}"


def _is_older(head: bytes) -> bool:
    """Is a text not UTF-8, but as older systems write? A few bytes that are wrong are rows that are
    wrong, unless the text is short and has no other letters; a character may be cut off at the end.
    """
    rest = head.decode("utf-8", "ignore")
    lost = len(head) - len(rest.encode())
    few = lost > 1 and lost * 1_000 > len(head) and rest.isascii()
    return few or (lost > _LOST and lost * 10_000 > len(head))


def settle_delimiter(source: Source) -> tuple[Source, str]:
    """Return the source read with the delimiter that makes columns of it, and what to say of it.

    Nothing is changed where the delimiter of the source makes columns as well as another.
    """
    first = next(source.blocks, b"")
    again = replace(source, blocks=chain([first] if first else [], source.blocks))
    if (rival := find_rival(source, first)) is None:
        return again, ""
    if not rival.better:
        return again, _doubt(rival)
    return replace(again, dialect=replace(source.dialect, delimiter=rival.mark)), (
        f"cells are separated by {rival.shown}, not {source.dialect.delimiter!r}: read that way"
    )


def find_rival(source: Source, first: bytes) -> Rival | None:
    """Find another delimiter that makes columns of the first records."""
    delimiter = source.dialect.delimiter
    widths = {mark: _width(source, first, mark) for mark in {*DELIMITERS, delimiter}}
    given = widths.pop(delimiter)
    others = {mark: width for mark, width in widths.items() if width.consistent}
    if not others:
        return None
    best = max(others, key=lambda mark: others[mark].cells)
    read = replace(source, dialect=replace(source.dialect, delimiter=best))
    better = not given.consistent or _through(source, first, best) or _only_decimals(read, first)
    return Rival(best, given, others[best], better)


def _through(source: Source, first: bytes, mark: str) -> bool:
    """Does the mark stand in most cells, and not in those of one column as that of a list does?"""
    cells = _first_cells(source, first)
    return sum(mark in cell for cell in cells) > 0.5 * len(cells)


def _only_decimals(source: Source, first: bytes) -> bool:
    """Read with the other mark, do commas stand in numbers alone, as in 12,50?"""
    cells = _first_cells(source, first)
    commas = [cell for cell in cells if "," in cell]
    lettered = any(map(str.isalpha, "".join(cells)))  # 3,1;2 may be a number and a list
    return bool(commas) and lettered and all(map(_decimal, commas))


def _first_cells(source: Source, first: bytes) -> list[str]:
    records = next(frame_records([first], source.dialect), None)
    few = range(min(len(records), _FEW)) if records is not None else range(0)
    return [cell for n in few if records for cell in cells_of(records.cut(n, n + 1), source)]


def _doubt(rival: Rival) -> str:
    cells = rival.width.cells
    if cells <= rival.given.cells or rival.width.share < 1:
        return ""
    return f"with --delimiter {rival.shown} every record would have {cells} cells: is that it?"


def _width(source: Source, first: bytes, mark: str) -> _Width:
    dialect = Dialect(mark, source.dialect.quote, source.dialect.unit)
    records: Records | None = None
    try:
        records = next(frame_records([first], dialect), None)
    except SourceBroken:
        return _Width(0, 0.0)
    if records is None or mark == source.dialect.quote:
        return _Width(0, 0.0)
    cut = records.cut(0, min(len(records), SAMPLE))
    widths = count_widths(cut, replace(source, dialect=dialect))
    if not widths:
        return _Width(0, 0.0)
    cells, often = widths.most_common(1)[0]
    return _Width(cells, often / widths.total())


def looks_like_header(first: Sequence[str], columns: Sequence[Facts]) -> bool:
    """Is the first record a header: words that never come again, above cells of other form?"""
    if not may_be_names(first):
        return False
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell]
    known = sum(map(is_known_name, filled))
    if known >= 2 and known >= len(filled) * 0.3:
        return True
    below = [_without(column.values, cell) for column, cell in zip(columns, cells, strict=True)]
    if any(cell and cell in rest for cell, rest in zip(cells, below, strict=True)):
        return False
    # Of the columns whose form is known, every one has to have something else on top.
    typed = [
        _differs(cell, rest, guess)
        for cell, rest in zip(cells, below, strict=True)
        if cell and len(rest) > 1 and (guess := guess_values(rest)).kind in _TYPED
    ]
    return bool(typed) and all(typed)


def looks_like_row(names: Sequence[str], columns: Sequence[Facts]) -> bool:
    """Is what was declared a header a row: cells that no column is called, or that come again?"""
    cells = [name.strip() for name in names]
    if any(cell and guess_values({cell: 1}).kind in _NO_NAMES for cell in cells):
        return True
    again = sum(cell in column.values for column, cell in zip(columns, cells, strict=True) if cell)
    return again >= min(2, len(cells))


def _without(values: Mapping[str, int], cell: str) -> dict[str, int]:
    """Return the values below the first record."""
    rest = dict(values)
    if cell in rest:
        rest[cell] -= 1
    return {value: count for value, count in rest.items() if count}


def _differs(cell: str, rest: Mapping[str, int], below: Guess) -> bool:
    whole = guess_values({**rest, cell: 1})
    return whole.kind != below.kind or whole.share < below.share
