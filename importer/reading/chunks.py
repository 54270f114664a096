"""Records become chunks: Arrow tables of text, and the rows that did not fit.

Cells are text, exactly: nothing is stripped, nothing is guessed, an empty cell is an empty text.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from importer.books.failure import Failure
from importer.errors import BooksDoNotBalance
from importer.kernels.columns import as_mask, as_numbers, filled, trimmed
from importer.reading.dialect import Dialect
from importer.reading.records import LONGEST_RECORD, Positions, Records
from importer.reading.source import Encoding, Source

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Consecutive rows of a file.

    `table` has a text column for each position asked for, labelled with it ("1", "2" ...), and a
    line for each good row; `good` are their indices in `records`. Every record is in `good` or in
    `failures`.
    """

    records: Records
    table: pa.Table
    good: Positions
    failures: tuple[Failure, ...]


def read_chunks(
    records: Iterable[Records], source: Source, width: int, positions: Sequence[int]
) -> Iterator[Chunk]:
    """Parse records of `width` cells, keeping the columns at these 1-based positions.

    A record of another width, not valid in the encoding, with text behind a closing quote or with
    nothing in any cell is a failure, and shifts nothing.
    """
    for portion in records:
        yield _read_chunk(portion, source, width, positions)


SAMPLE, SAMPLE_BYTES = 1_000, 4 * LONGEST_RECORD
"""Data records whose commonest width is the file's, and where the search for them ends: they are
all held in memory.
"""


def count_widths(records: Records, source: Source, *, readable: bool = True) -> Counter[int]:
    """Count these records by their number of cells: those that are `readable` in the encoding, or
    all whose quotes are in order, with a mark for what cannot be read.
    """
    encoding = source.encoding
    sound = _sound(records, encoding)[0] if readable else ~records.stray
    if not sound.any():
        return Counter()
    text = _text(records, sound, encoding, "strict" if readable else "replace")
    _, odd = _parse(text, 1, source.dialect, (1,))
    widths = Counter(odd.values())
    widths[1] += int(sound.sum()) - len(odd)
    return +widths


def cells_of(record: Records, source: Source) -> list[str]:
    """Return the cells of a single record; none where it cannot be read."""
    width = max(count_widths(record, source), default=0)
    if not width:
        return []
    sound, _ = _sound(record, source.encoding)
    text = _text(record, sound, source.encoding)
    table, _ = _parse(text, width, source.dialect, range(1, width + 1))
    return [column[0].as_py() for column in table.itercolumns()]


def _read_chunk(records: Records, source: Source, width: int, positions: Sequence[int]) -> Chunk:
    sound, failures = _sound(records, source.encoding)
    good: Positions = np.flatnonzero(sound)
    text = _text(records, sound, source.encoding) if len(good) else b"\n"
    table, odd = _parse(text, width, source.dialect, positions)
    if odd:
        for position, found in odd.items():
            failures.append(_odd_width(records, int(good[position]), found, width))
        good = np.delete(good, list(odd))
    failures.sort(key=lambda failure: failure.row)
    if len(table) != len(good):
        raise BooksDoNotBalance(
            f"rows {records.first_row} to {records.last_row}: "
            f"{len(good)} records were cut but {len(table)} parsed"
        )
    blank = _blank(records, good, table, source, width)
    if blank:
        failures += [_failure(records, int(good[i]), "blank", "every cell is empty") for i in blank]
        failures.sort(key=lambda failure: failure.row)
        filled = np.ones(len(good), bool)
        filled[blank] = False
        table, good = table.filter(as_mask(filled)), good[filled]
    return Chunk(records, table, good, tuple(failures))


def _blank(
    records: Records, good: Positions, table: pa.Table, source: Source, width: int
) -> list[int]:
    """Find the rows with nothing but white space in any cell.

    The columns at hand leave few rows, or none, of which all columns must be looked at.
    """
    suspects = _blank_in(table, np.arange(len(good)))
    if not len(suspects) or len(table.columns) == width:
        return [int(row) for row in suspects]
    chosen = np.zeros(len(records), bool)
    chosen[good[suspects]] = True
    text = _text(records, chosen, source.encoding)
    whole, _ = _parse(text, width, source.dialect, range(1, width + 1))
    return [int(suspects[row]) for row in _blank_in(whole, np.arange(len(suspects)))]


def _blank_in(table: pa.Table, rows: Positions) -> Positions:
    """Keep the rows of which every column of the table is blank."""
    for column in table.itercolumns():
        if not len(rows):
            break
        cells = column.combine_chunks()
        if len(rows) < len(cells):
            cells = cells.take(as_numbers(rows))
        rows = rows[~filled(trimmed(cells))]
    return rows


def _parse(
    text: bytes | memoryview, width: int, dialect: Dialect, positions: Sequence[int]
) -> tuple[pa.Table, dict[int, int]]:
    """Parse whole records; return the table and, by 0-based record, each width that is not ours."""
    odd: dict[int, int] = {}

    def note(row: csv.InvalidRow) -> str:
        odd[row.number - 1] = row.actual_columns
        return "skip"

    names = [str(n) for n in range(1, width + 1)]
    # A leading blank line is no record, and keeps the reader from taking a text that happens to
    # begin with U+FEFF for a byte order mark.
    text = b"\n" + text if text[: len(_BOM)] == _BOM else text
    options = (
        csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
        csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=True,
            invalid_row_handler=note,
        ),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[str(position) for position in positions],
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
            check_utf8=False,  # the whole text was checked at once
        ),
    )
    return _read_csv(pa.py_buffer(text), *options), odd


def _read_csv(*given: Any) -> pa.Table:
    """Read a table, never in the main thread: there Arrow puts itself before the program's signal
    handlers (`pyarrow.enable_signal_handlers`), gives up at a signal that they had meant for the
    run, and now and then loses one.
    """
    if threading.current_thread() is not threading.main_thread():
        return csv.read_csv(*given)
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(csv.read_csv, *given).result()


def _text(
    records: Records, sound: NDArray[np.bool_], encoding: Encoding, errors: str = "strict"
) -> bytes | memoryview:
    """Return the sound records, one behind the other, as UTF-8; `errors` are what codecs do."""
    starts, stops = records.starts[sound], records.stops[sound]
    # Neighbours stay together: a run of sound records is one slice.
    breaks = np.flatnonzero(np.diff(np.flatnonzero(sound)) != 1) + 1
    firsts, lasts = np.concatenate(([0], breaks)), np.concatenate((breaks, [len(starts)])) - 1
    whole = memoryview(records.data)
    slices = [
        whole[start:stop]
        for start, stop in zip(starts[firsts].tolist(), stops[lasts].tolist(), strict=True)
    ]
    if encoding.codec == "utf-8" and errors == "strict":
        return slices[0] if len(slices) == 1 else b"".join(slices)
    return encoding.decode(b"".join(slices), errors).encode()


def _sound(records: Records, encoding: Encoding) -> tuple[NDArray[np.bool_], list[Failure]]:
    """Find the records that can be parsed, and say why each of the others cannot."""
    sound = ~records.stray
    failures = [_stray_quote(records, int(i)) for i in np.flatnonzero(records.stray)]
    if len(records) and not _valid(records, encoding):
        for i in range(len(records)):
            try:
                encoding.decode(records.raw(i))
            except UnicodeDecodeError as error:
                if sound[i]:
                    failures.append(_undecodable(records, i, encoding, error))
                sound[i] = False
    return sound, failures


def _valid(records: Records, encoding: Encoding) -> bool:
    """Is the whole text valid in the encoding? For UTF-8 that is one kernel over the block."""
    first, last = int(records.starts[0]), int(records.stops[-1])
    if encoding.codec == "utf-8":
        whole = pa.Array.from_buffers(
            pa.large_binary(),
            1,
            [None, pa.py_buffer(np.array([first, last], np.int64)), pa.py_buffer(records.data)],
        )
        try:
            whole.cast(pa.large_string())
        except pa.ArrowInvalid:
            return False
        return True
    try:
        encoding.decode(records.data[first:last])
    except UnicodeDecodeError:
        return False
    return True


def _odd_width(records: Records, index: int, found: int, width: int) -> Failure:
    cells = "1 cell" if found == 1 else f"{found} cells"
    return _failure(records, index, "width", f"{cells} where the file has {width}")


def _stray_quote(records: Records, index: int) -> Failure:
    first, last = records.line(index), records.last_line(index)
    reason = "text behind a closing quote"
    if last > first:
        reason += f" in a record that runs to line {last}: is a quote left open on line {first}?"
    return _failure(records, index, "quote", reason)


def _undecodable(
    records: Records, index: int, encoding: Encoding, error: UnicodeDecodeError
) -> Failure:
    byte = records.raw(index)[error.start]
    reason = f"byte 0x{byte:02x} at byte {error.start + 1} of the record is not {encoding.codec}"
    return _failure(records, index, "encoding", reason)


def _failure(records: Records, index: int, code: str, reason: str) -> Failure:
    return Failure(
        row=records.first_row + index,
        line=records.line(index),
        code=code,
        reason=reason,
        record=records.raw(index),
    )
