"""A CSV reader that is nothing but the rules, one character at a time: slow, plain, ours to trust.

Written from the rules alone and sharing no code with the importer: records end with LF, CRLF or
CR; a blank line is no record; a quote opens a quoted part only at the start of a cell; inside it
two quotes stand for one and all else is text; anywhere else a quote is text; text behind a closing
quote spoils the record; a quote that is never closed breaks the file off where it opens.
"""

from collections import Counter
from dataclasses import dataclass, field

LF, CR = "\n", "\r"

UNIT = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
"""Bytes in which a structure character is written, where it is not one."""


@dataclass(frozen=True)
class Row:
    """A record: number, physical line, bytes, cells; `code` says why it cannot be read."""

    number: int
    line: int
    raw: bytes
    cells: tuple[str, ...] = ()
    code: str = ""


@dataclass
class File:
    """All that can be read; `broken_line` is where a quote opens that is never closed, or where
    the file ends within a character.
    """

    rows: list[Row] = field(default_factory=list)
    broken_line: int | None = None

    def widths(self) -> Counter[int]:
        return Counter(len(row.cells) for row in self.rows if not row.code)

    def judged(self, width: int) -> list[Row]:
        """Return the rows as a file of that width has them."""
        return [_judged(row, width) for row in self.rows]


def _judged(row: Row, width: int) -> Row:
    if row.code:
        return row
    if len(row.cells) != width:
        return Row(row.number, row.line, row.raw, code="width")
    blank = not any(cell.strip() for cell in row.cells)
    return Row(row.number, row.line, row.raw, code="blank") if blank else row


def read(
    data: bytes,
    delimiter: str = ",",
    quote: str | None = '"',
    codec: str = "utf-8",
    first_row: int = 1,
) -> File:
    """Read a whole file."""
    size = UNIT.get(codec, 1)
    symbols = [data[at : at + size] for at in range(0, len(data), size)]
    cut_off = bool(symbols) and len(symbols[-1]) < size
    if cut_off:
        symbols.pop()
    known = {mark.encode(codec): mark for mark in (delimiter, quote, LF, CR) if mark}
    reader = _Reader(codec, delimiter, quote, first_row)
    for at, symbol in enumerate(symbols):
        following = symbols[at + 1] if at + 1 < len(symbols) else b""
        reader.take(symbol, known.get(symbol), known.get(following))
    reader.end(cut_off=cut_off)
    return reader.file


class _Reader:
    def __init__(self, codec: str, delimiter: str, quote: str | None, number: int) -> None:
        self.file = File()
        self.codec, self.delimiter, self.quote = codec, delimiter, quote
        self.line, self.number = 1, number
        self.opened_on = 0
        self.begin()

    def begin(self) -> None:
        """Stand before a record."""
        self.state = "cell begins"
        self.raw = bytearray()
        self.cell = bytearray()
        self.cells: list[bytearray] = []
        self.spoilt = False
        self.blank = True
        self.begun_on = self.line

    def take(self, symbol: bytes, mark: str | None, following: str | None) -> None:
        self.raw += symbol
        crlf_begins = mark == CR and following == LF
        if mark in (LF, CR) and not crlf_begins:
            self.line += 1
        if self.state == "in quotes":
            if mark is not None and mark == self.quote:
                self.state = "behind a quote"
            else:
                self.cell += symbol
        elif mark in (LF, CR):
            if not crlf_begins:
                self.end_record()
        elif mark == self.delimiter:
            self.blank = False
            self.end_cell()
        elif mark is not None and self.state == "cell begins":
            self.blank = False
            self.state, self.opened_on = "in quotes", self.line
        elif mark is not None and self.state == "behind a quote":
            self.cell += symbol
            self.state = "in quotes"
        else:
            self.blank = False
            self.spoilt |= self.state == "behind a quote"
            self.state = "in text"
            self.cell += symbol

    def end_cell(self) -> None:
        self.cells.append(self.cell)
        self.cell = bytearray()
        self.state = "cell begins"

    def end_record(self) -> None:
        if not self.blank:
            self.end_cell()
            self.file.rows.append(self.row())
            self.number += 1
        self.begin()

    def row(self) -> Row:
        if self.spoilt:
            return Row(self.number, self.begun_on, bytes(self.raw), code="quote")
        try:
            cells = tuple(cell.decode(self.codec) for cell in self.cells)
        except UnicodeDecodeError:
            return Row(self.number, self.begun_on, bytes(self.raw), code="encoding")
        return Row(self.number, self.begun_on, bytes(self.raw), cells)

    def end(self, *, cut_off: bool) -> None:
        if self.state == "in quotes":
            self.file.broken_line = self.opened_on
        elif cut_off:
            self.file.broken_line = self.line + (self.raw.endswith(CR.encode(self.codec)))
        else:
            self.end_record()
