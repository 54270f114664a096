"""Chunks: the cells of each good row, and why each other row failed, against the plain reader."""

import signal
import sys
import threading
from collections import Counter
from contextlib import suppress
from types import FrameType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SourceBroken
from importer.reading.chunks import Chunk, cells_of, count_widths, read_chunks
from importer.reading.dialect import Dialect
from importer.reading.records import Records, frame_records
from importer.reading.source import Encoding, Source

from .reference_csv import Row, read
from .strategies import Written, files, often

Judged = list[tuple[int, int, bytes, tuple[str, ...], str]]


def portions(file: Written, most: int = 1000) -> list[Records]:
    """The records of a file, up to where it breaks off."""
    found: list[Records] = []
    with suppress(SourceBroken):  # the business of other tests
        found.extend(frame_records(file.blocks, file.dialect, most=most))
    return found


def rows_of(chunk: Chunk) -> Judged:
    """Good rows and failures of a chunk, by row."""
    records = chunk.records
    columns = [column.to_pylist() for column in chunk.table.itercolumns()]
    good = [
        (records.first_row + i, records.line(i), records.raw(i), tuple(cells), "")
        for i, *cells in zip(chunk.good.tolist(), *columns, strict=True)
    ]
    failed = [(f.row, f.line, f.record, (), f.code) for f in chunk.failures]
    assert [f.row for f in chunk.failures] == sorted(f.row for f in chunk.failures)
    return sorted([*good, *failed])


def judged(rows: list[Row], positions: list[int]) -> Judged:
    return [
        (
            row.number,
            row.line,
            row.raw,
            () if row.code else tuple(row.cells[position - 1] for position in positions),
            row.code,
        )
        for row in rows
    ]


@often
@given(files(), st.sampled_from((1, 2, 8, 1000)), st.data())
def test_cells_and_failures_are_those_of_the_rules(
    file: Written, most: int, data: st.DataObject
) -> None:
    """However nasty the file, each row has its own cells, exactly, or its own reason."""
    expected = read(file.data, file.delimiter, file.quote, file.codec)
    commonest = max(expected.widths(), key=expected.widths().__getitem__, default=1)
    width = data.draw(st.just(commonest) | st.integers(1, 5), label="width")
    some = st.sets(st.integers(1, width), min_size=1).map(sorted)
    positions = data.draw(some, label="positions")
    found = [
        row
        for chunk in read_chunks(portions(file, most), file.source, width, positions)
        for row in rows_of(chunk)
    ]
    assert found == judged(expected.judged(width), positions)


@often
@given(files(), st.integers(1, 8))
def test_widths_are_those_of_the_rules(file: Written, most: int) -> None:
    """Counting widths leaves out what cannot be read, and gets a single record's cells right."""
    rows = read(file.data, file.delimiter, file.quote, file.codec).rows
    counted: Counter[int] = Counter()
    cells: list[list[str]] = []
    for records in portions(file, most):
        counted += count_widths(records, file.source)
        cells += [cells_of(records.cut(i, i + 1), file.source) for i in range(len(records))]
    assert counted == Counter(len(row.cells) for row in rows if not row.code)
    assert cells == [list(row.cells) for row in rows]


def chunk_of(data: bytes, width: int, encoding: Encoding | None = None, **dialect: Any) -> Chunk:
    encoding = encoding or Encoding("utf-8")
    how = Dialect(unit=encoding.unit, **dialect)
    source = Source("a file", len(data), encoding, how, iter([data]))
    (chunk,) = read_chunks(frame_records([data], how), source, width, range(1, width + 1))
    return chunk


def cells_in(chunk: Chunk) -> list[tuple[str, ...]]:
    return list(zip(*(column.to_pylist() for column in chunk.table.itercolumns()), strict=True))


def test_columns_are_arrow_text_named_by_position() -> None:
    """A table has only the columns asked for, as text, an empty cell as empty text."""
    chunk = chunk_of(b'007,NA,,""\n1e5,null, x ,nan\n', 4)
    assert chunk.table.schema == pa.schema([(name, pa.string()) for name in "1234"])
    assert [column.null_count for column in chunk.table.itercolumns()] == [0] * 4
    assert cells_in(chunk) == [("007", "NA", "", ""), ("1e5", "null", " x ", "nan")]


REASONS = [
    (b"a,b\nc\n", 2, "width", "1 cell where the file has 2"),
    (b"a,b\nc,d,e\n", 2, "width", "3 cells where the file has 2"),
    (b'a,b\n"c"d,e\n', 2, "quote", "text behind a closing quote"),
    (
        b'a,b\n"c,d\ne,"f"\n',
        2,
        "quote",
        "text behind a closing quote in a record that runs to line 3: "
        "is a quote left open on line 2?",
    ),
    (b"a,b\nc,\xff\n", 2, "encoding", "byte 0xff at byte 3 of the record is not utf-8"),
]


@pytest.mark.parametrize(("data", "row", "code", "reason"), REASONS)
def test_reasons(data: bytes, row: int, code: str, reason: str) -> None:
    """A failed row is told in words what is wrong with it."""
    failures = chunk_of(data, 2).failures
    assert [(f.row, f.code, f.reason) for f in failures] == [(row, code, reason)]


def test_several_kinds_of_failures_stay_in_file_order() -> None:
    """Failures come in the order of their rows, whatever their kinds."""
    chunk = chunk_of(b'\xff,1\n"a"b,2\nshort\n\xff,4\n"a"b,5\ngood,6\n', 2)
    assert [(f.row, f.code) for f in chunk.failures] == [
        (1, "encoding"),
        (2, "quote"),
        (3, "width"),
        (4, "encoding"),
        (5, "quote"),
    ]
    without_odd_widths = chunk_of(b'\xff,1\n"a"b,2\ngood,3\n', 2)
    assert [f.row for f in without_odd_widths.failures] == [1, 2]


def test_a_chunk_without_a_good_row() -> None:
    """Where every row fails the table is empty, and still has its columns."""
    chunk = chunk_of(b"\xff,1\n\xff,2\n", 2)
    assert (chunk.table.column_names, len(chunk.table), len(chunk.failures)) == (["1", "2"], 0, 2)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-32-be"])
def test_a_byte_order_mark_that_is_text(codec: str) -> None:
    """U+FEFF anywhere but at the start of the file is a character of its cell."""
    unit = {"utf-8": "u1", "utf-16-le": "<u2", "utf-32-be": ">u4"}[codec]
    chunk = chunk_of("\ufeffa,\ufeff\nx\n\ufeff\ufeffb,\n".encode(codec), 2, Encoding(codec, unit))
    assert cells_in(chunk) == [("\ufeffa", "\ufeff"), ("\ufeff\ufeffb", "")]
    assert [(f.row, f.code, f.line) for f in chunk.failures] == [(2, "width", 2)]


def test_a_signal_that_the_program_handles() -> None:
    """A caller's handler that asks a run to stop is called, and what was being read is not lost."""
    heard: list[int] = []

    def while_parsing(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == "note":
            sys.setprofile(None)
            threading.setprofile(None)
            signal.raise_signal(signal.SIGINT)

    previous = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    sys.setprofile(while_parsing)
    threading.setprofile(while_parsing)
    try:
        chunk = chunk_of(b"a,b\nc\n", 2)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        signal.signal(signal.SIGINT, previous)
    assert (heard, len(chunk.good), [failure.row for failure in chunk.failures]) == ([2], 1, [2])
