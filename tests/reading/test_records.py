"""Records: where each begins and ends, and on which line, against the plain reader."""

import re
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SourceBroken
from importer.reading.dialect import Dialect
from importer.reading.records import Records, frame_records

from .reference_csv import read
from .strategies import Written, files, often

Framed = list[tuple[int, int, bytes, bool]]


def framed(portions: Iterator[Records]) -> tuple[Framed, int | None]:
    """Row, line, bytes and soundness of every record, and the line where the file broke off."""
    found: Framed = []
    try:
        for records in portions:
            found += [
                (records.first_row + i, records.line(i), records.raw(i), bool(records.stray[i]))
                for i in range(len(records))
            ]
    except SourceBroken as broken:
        line = re.match(r"line (\d+): ", str(broken))
        assert line is not None
        return found, int(line[1])
    return found, None


def expected(file: Written, first_row: int = 1) -> tuple[Framed, int | None]:
    read_by_rule = read(file.data, file.delimiter, file.quote, file.codec, first_row)
    rows = [(row.number, row.line, row.raw, row.code == "quote") for row in read_by_rule.rows]
    return rows, read_by_rule.broken_line


@often
@given(files(), st.integers(-3, 3), st.integers(1, 5))
def test_records_are_those_of_the_rules(file: Written, first_row: int, most: int) -> None:
    """However nasty the file and its blocks: the same rows, lines, bytes, and what is spoilt."""
    found = framed(frame_records(file.blocks, file.dialect, first_row, most=most))
    assert found == expected(file, first_row)


@often
@given(files())
def test_no_byte_is_lost(file: Written) -> None:
    """The records one behind the other are the file, but for blank lines between them."""
    found, broken = framed(frame_records(file.blocks, file.dialect))
    if broken is not None:
        return
    rest = file.data
    for _, _, raw, _ in found:
        before, _, rest = rest.partition(raw)
        assert not before.strip(b"\r\n\0")
    assert not rest.strip(b"\r\n\0")


@often
@given(files(), st.integers(0, 60), st.integers(0, 60))
def test_a_cut_keeps_rows_and_lines(file: Written, start: int, stop: int) -> None:
    """Some of the records have the rows, lines and bytes that they have among all of them."""
    with_all, _ = framed(frame_records(file.blocks, file.dialect))
    portions = frame_records(file.blocks, file.dialect)
    cut, _ = framed(portion.cut(start, stop) for portion in portions)
    assert set(cut) <= set(with_all)


@often
@given(files(codecs=["utf-8", "utf-16-le"]), st.integers(1, 40))
def test_a_record_is_not_awaited_for_ever(file: Written, longest: int) -> None:
    """A record that exceeds the limit breaks the file off; those before it have been handed on."""
    whole, broken = expected(file)
    found, ended = framed(frame_records(file.blocks, file.dialect, longest=longest))
    assert found == whole[: len(found)]
    if (found, ended) != (whole, broken):
        following = whole[len(found)][2] if len(found) < len(whole) else file.data
        pending = 2 * file.dialect.unit_bytes  # a CR whose LF may follow, half a character
        assert ended is not None
        assert len(following) + pending > longest


LINE = b"a,b,c\n"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'"a,b,c\n' + LINE * 3, 1),
        (LINE * 3 + b'a,"b,c\n' + LINE * 3, 4),
        (b"\r\n\r\r\n" + b'a,b,"c', 4),
        (b'"a\n\nb","c""\n', 3),
        (LINE + b'"a"x,"', 2),
    ],
)
def test_unclosed_quote(data: bytes, line: int) -> None:
    """A quote that is never closed is reported with the line on which it opens."""
    expected = (
        f"line {line}: the quote that opens here is never closed; close it, or set source.quote"
    )
    with pytest.raises(SourceBroken, match=re.escape(expected)):
        exhaust(frame_records([data], Dialect()))


def test_what_a_record_too_long_is_told() -> None:
    """A long record is told from a quote left open, and both from the end of the file."""
    mib = b"a" * 2**20
    with pytest.raises(SourceBroken, match=r"^line 2: a record of more than 2 MiB: is this a CSV"):
        exhaust(frame_records([LINE, mib, mib, mib], Dialect(), longest=2 * 2**20))
    with pytest.raises(
        SourceBroken, match=r"^line 3: the quote that opens here is not closed with"
    ):
        exhaust(frame_records([LINE, b'"\n","', mib, mib], Dialect(), longest=2 * 2**20))


def test_half_a_character_at_the_end() -> None:
    """A UTF-16 file that ends within a character breaks off there; records before it are whole."""
    data = "a,b\r\nc,d\r".encode("utf-16-le") + b"\n"
    found, broken = framed(frame_records([data], Dialect(unit="<u2")))
    assert [raw.decode("utf-16-le") for _, _, raw, _ in found] == ["a,b\r\n", "c,d\r"]
    assert broken == 3


def exhaust(portions: Iterable[Records]) -> None:
    for _ in portions:
        pass
