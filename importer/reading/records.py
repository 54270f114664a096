"""The bytes of a CSV file become records: where each begins, where it ends, on which line.

The rules are those of RFC 4180 as CSV readers apply them: a quote opens a quoted part only at the
start of a cell; inside it two quotes stand for one and line breaks are text; anywhere else a quote
is a character like any other. Records end with LF, CRLF or CR, and a blank line is no record.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from importer.errors import SourceBroken
from importer.reading.dialect import Dialect
from importer.reading.quotes import CR, LF, outside, quoted_spans

Positions = NDArray[np.int64]

LONGEST_RECORD = 16 * 1024 * 1024
"""Bytes. An unclosed quote makes the rest of the file one record: it is noticed here at the
latest, long before the memory is full. An update may have 1 MB."""

MOST_RECORDS = 20_000
"""Records handed on at once, so that short records do not make a large chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Consecutive whole records of a file.

    `starts`, `ends` and `stops` are byte offsets into `data`, one each per record: its first byte,
    behind its last one, and behind its line ending. `first_row` is the number of the first
    record, from 1; `stray` marks records with text behind a closing quote.
    """

    data: bytes
    starts: Positions
    ends: Positions
    stops: Positions
    stray: NDArray[np.bool_]
    first_row: int
    first_line: int
    line_ends: Positions

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def last_row(self) -> int:
        return self.first_row + len(self) - 1

    def raw(self, index: int) -> bytes:
        """Return a record as the file has it, its line ending included."""
        return self.data[self.starts[index] : self.stops[index]]

    def line(self, index: int) -> int:
        """Return the physical line on which a record begins, from 1."""
        return self.first_line + int(np.searchsorted(self.line_ends, self.starts[index]))

    def last_line(self, index: int) -> int:
        """Return the physical line on which a record ends."""
        return self.first_line + int(np.searchsorted(self.line_ends, self.ends[index]))

    def singly(self, indices: Positions) -> list["Records"]:
        """Return some records one by one, without the block that they are part of."""
        starts, stops = self.starts[indices], self.stops[indices]
        lines = (self.first_line + np.searchsorted(self.line_ends, starts)).tolist()
        ends = np.stack((np.zeros_like(starts), self.ends[indices] - starts, stops - starts))
        none = np.empty(0, np.int64)
        places = zip(indices.tolist(), lines, starts.tolist(), stops.tolist(), strict=True)
        return [
            Records(
                data=self.data[start:stop],
                starts=ends[0, at : at + 1],
                ends=ends[1, at : at + 1],
                stops=ends[2, at : at + 1],
                stray=self.stray[index : index + 1].copy(),
                first_row=self.first_row + index,
                first_line=line,
                line_ends=none,
            )
            for at, (index, line, start, stop) in enumerate(places)
        ]

    def cut(self, start: int, stop: int) -> "Records":
        """Return the records from one index up to another."""
        return Records(
            data=self.data,
            starts=self.starts[start:stop],
            ends=self.ends[start:stop],
            stops=self.stops[start:stop],
            stray=self.stray[start:stop],
            first_row=self.first_row + start,
            first_line=self.first_line,
            line_ends=self.line_ends,
        )


def let_go(sample: deque[Records]) -> Iterator[Records]:
    """Hand a sample on without keeping it: its blocks are memory."""
    while sample:
        yield sample.popleft()


def frame_records(
    blocks: Iterable[bytes],
    dialect: Dialect,
    first_row: int = 1,
    *,
    most: int = MOST_RECORDS,
    longest: int = LONGEST_RECORD,
) -> Iterator[Records]:
    """Cut blocks of a file into records, whole ones only, numbered from `first_row`.

    At most `most` records are handed on at once, and none is awaited beyond `longest` bytes.
    Raises SourceBroken for a quote that is never closed, naming the line where it opened; all
    records before it have been yielded then.
    """
    row, line, rest = first_row, 1, b""
    for block in blocks:
        data = rest + block if rest else block
        whole, used = _frame(data, dialect, row, line, at_end=False)
        yield from _portions(whole, most)
        row += len(whole)
        line += len(whole.line_ends)
        rest = data[used:]
        if len(rest) > longest:
            raise _endless(rest, dialect, line, longest)
    if not rest:
        return
    if (opened := _open_quote(rest, dialect)) is not None:
        raise _unclosed(rest, opened, dialect, line, "never closed")
    whole, _ = _frame(rest, dialect, row, line, at_end=True)
    if len(rest) % dialect.unit_bytes:
        # A record behind which a line ended is whole all the same.
        yield from _portions(whole.cut(0, int((whole.stops > whole.ends).sum())), most)
        line += len(whole.line_ends)
        raise SourceBroken(f"line {line}: the file ends in the middle of a character")
    yield from _portions(whole, most)


def _portions(records: Records, most: int) -> Iterator[Records]:
    for start in range(0, len(records), most):
        yield records.cut(start, start + most)


def _units(data: bytes, dialect: Dialect) -> NDArray[np.unsignedinteger]:
    return np.frombuffer(data, dialect.unit, count=len(data) // dialect.unit_bytes)


def _frame(
    data: bytes, dialect: Dialect, row: int, line: int, *, at_end: bool
) -> tuple[Records, int]:
    """Find the whole records in data that begins with one; return them and the bytes they take."""
    size = dialect.unit_bytes
    units = _units(data, dialect)
    opens, closes, stray_at = quoted_spans(units, dialect)
    line_ends = _line_ends(units, data, at_end=at_end)
    record_ends = outside(line_ends, opens, closes)
    if dialect.rows:
        line_ends = record_ends
    stops = record_ends + 1
    used = int(stops[-1]) if len(stops) else 0
    if at_end and used < len(units):
        used = len(units)
        stops = np.append(stops, used)
    starts = np.concatenate(([0], stops[:-1])) if len(stops) else stops
    ends = stops - _ending_lengths(units, stops)
    stray = np.zeros(len(stops), bool)
    if len(stray_at):
        hit = np.searchsorted(stops, stray_at, side="right")
        stray[hit[hit < len(stops)]] = True
    filled = ends > starts
    starts, ends, stops, stray = starts[filled], ends[filled], stops[filled], stray[filled]
    records = Records(
        data=data,
        starts=starts * size,
        ends=ends * size,
        stops=stops * size,
        stray=stray,
        first_row=row,
        first_line=line,
        line_ends=line_ends[: np.searchsorted(line_ends, used)] * size,
    )
    return records, used * size


def _line_ends(units: NDArray[np.unsignedinteger], data: bytes, *, at_end: bool) -> Positions:
    """Find where physical lines end: LF, the LF of CRLF, or a CR with no LF behind it."""
    ends = np.flatnonzero(units == LF)
    if b"\r" not in data:
        return ends
    returns = np.flatnonzero(units == CR)
    if len(returns) and returns[-1] == len(units) - 1 and not at_end:
        returns = returns[:-1]  # its LF may be in the next block
    behind = units[np.minimum(returns + 1, len(units) - 1)]
    lone = returns[(behind != LF) | (returns + 1 == len(units))]
    return np.union1d(ends, lone) if len(lone) else ends


def _ending_lengths(units: NDArray[np.unsignedinteger], stops: Positions) -> Positions:
    """Return how many code units of each record are its line ending: 0, 1 or 2."""
    if not len(stops):
        return stops
    last = units[stops - 1]
    lengths: Positions = ((last == LF) | (last == CR)).astype(np.int64)
    previous = np.where(stops > 1, units[np.maximum(stops - 2, 0)], 0)
    lengths[(last == LF) & (previous == CR)] = 2
    return lengths


def _open_quote(data: bytes, dialect: Dialect) -> int | None:
    """Return the byte offset of a quote that data leaves open, if there is one."""
    units = _units(data, dialect)
    opens, closes, _ = quoted_spans(units, dialect)
    if not len(opens) or closes[-1] < len(units):
        return None
    # The parts that a doubled quote seems to close and open again are one.
    joined = np.flatnonzero(opens[1:] != closes[:-1] + 1)
    return int(opens[joined[-1] + 1 if len(joined) else 0]) * dialect.unit_bytes


def _endless(rest: bytes, dialect: Dialect, line: int, longest: int) -> SourceBroken:
    size = f"{longest / 2**20:g} MiB"
    if (opened := _open_quote(rest, dialect)) is not None:
        return _unclosed(rest, opened, dialect, line, f"not closed within {size}")
    return SourceBroken(
        f"line {line}: a record of more than {size}: "
        "is this a CSV file, and are delimiter and encoding right?"
    )


def _unclosed(rest: bytes, opened: int, dialect: Dialect, line: int, how: str) -> SourceBroken:
    line += len(_line_ends(_units(rest[:opened], dialect), rest, at_end=True))
    return SourceBroken(
        f"line {line}: the quote that opens here is {how}; close it, or set source.quote"
    )
