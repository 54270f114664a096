"""Layout: width, names and preamble, as the first records say."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer import Config, import_profiles
from importer.errors import SourceBroken, SourceError
from importer.reading.dialect import Dialect
from importer.reading.layout import Layout, Reading, read_layout
from importer.reading.records import frame_records
from importer.reading.source import Encoding, Source
from importer.settings import sections

from .reference_csv import Row, read
from .strategies import Written, files, often


def layout_of(
    file: Written, settings: sections.Source, limit: int | None = None
) -> tuple[Layout, list[Row]]:
    """The layout of a file, and row, line and bytes of the data records behind it."""
    first_row = 1 - settings.skip_records - settings.header
    reading = Reading(limit)
    framed = reading.guard(frame_records(file.blocks, file.dialect, first_row, most=3))
    layout, data = read_layout(file.source, framed, settings)
    records = reading.count(data)
    rows = [
        Row(portion.first_row + i, portion.line(i), portion.raw(i))
        for portion in records
        for i in range(len(portion))
    ]
    assert reading.rows == (rows[-1].number if rows else 0)
    return layout, rows


@often
@given(files(), st.integers(0, 3), st.booleans(), st.none() | st.integers(1, 5))
def test_layout_is_what_the_rules_say(
    file: Written, skip: int, header: bool, limit: int | None
) -> None:
    """Width, names, what comes before the data, and data rows numbered from 1 on their lines."""
    settings = sections.Source(skip_records=skip, header=header)
    leading = skip + header
    expected = read(file.data, file.delimiter, file.quote, file.codec, 1 - leading)
    before, every = expected.rows[:leading], expected.rows[leading:]
    rows = every[:limit]
    names = before[-1].cells if header and len(before) == leading else ()
    counts = Counter(len(row.cells) for row in every if not row.code)
    commonest = {width for width, count in counts.items() if count == max(counts.values())}
    try:
        layout, found = layout_of(file, settings, limit)
    except SourceBroken:
        assert (expected.broken_line is None, rows) == (False, [])
    except SourceError:
        few = len(before) < leading
        assert few or not expected.rows or (header and (not names or {len(names)} != commonest))
    else:
        assert [(row.number, row.line, row.raw) for row in found] == [
            (row.number, row.line, row.raw) for row in rows
        ]
        # Where none can be read their bytes tell the width, which has a test of its own.
        told = commonest or names or not every
        assert not told or layout.width in (commonest or {max(len(names), 1)})
        assert layout.names == names
        assert all(row.raw in layout.preamble for row in before)


def written(data: bytes) -> Source:
    return Source("x.csv", len(data), Encoding("utf-8"), Dialect(), iter([data]))


def look(data: bytes, **settings: bool | int) -> Layout:
    how = sections.Source.model_validate(settings)
    first_row = 1 - how.skip_records - how.header
    records = frame_records([data], Dialect(), first_row, most=100)
    return read_layout(written(data), records, how)[0]


def test_the_width_is_the_commonest_of_the_first_thousand() -> None:
    """Neither the first records nor those behind the thousandth decide the width."""
    assert look(b"a\n" * 400 + b"a,b\n" * 599 + b"a\n" * 5000).width == 2
    assert look(b"\xff\n" * 3000 + b"a,b,c\n").width == 3


def test_width_of_what_cannot_be_read() -> None:
    """Where no record is in the encoding, all of them have cells all the same."""
    assert look("Änne,M,1\n".encode("cp1252") * 3).width == 3
    assert look(b"\xff,b\n" * 3 + b"a,b,c\n").width == 3


def test_header() -> None:
    """The header names the columns; what comes before the data is kept for a file of rejects."""
    data = b'made today\n\n"first, name",$email\r\n\r\na,b\n'
    assert look(data, skip_records=1, header=True) == Layout(
        2, ("first, name", "$email"), b'made today\n\n"first, name",$email\r\n'
    )
    assert look(b"a,b\n", header=True) == Layout(2, ("a", "b"), b"a,b\n")


@pytest.mark.parametrize(
    ("data", "settings", "words"),
    [
        (b"\n\r\n\r", {}, "x.csv: has no records; nothing to import"),
        (
            b"a,b\nc,d\n",
            {"skip_records": 50},
            "x.csv: has only 2 records, and source.skip_records: 50 leaves none; is that too many?",
        ),
        (
            b"a,b\n",
            {"skip_records": 1, "header": True},
            "x.csv: has only 1 record, and source.skip_records: 1 leaves no header; "
            "is that too many?",
        ),
        (
            b"a,b\n1,2,3\n",
            {"header": True},
            "x.csv: the header has 2 names, but the records 3 cells; is source.delimiter right?",
        ),
        (b'\n"a"b,c\n1,2\n', {"header": True}, "x.csv: line 2: the header cannot be read"),
        (b"\xff,c\n1,2\n", {"header": True}, "x.csv: line 1: the header cannot be read"),
    ],
)
def test_refused(data: bytes, settings: dict[str, bool | int], words: str) -> None:
    """A file without records, or with a header that does not fit, is refused in words."""
    with pytest.raises(SourceError) as refused:
        look(data, **settings)
    assert str(refused.value) == words


def test_limit_does_not_change_the_width(tmp_path: Path) -> None:
    """A first try with few rows fails the rows that the whole run fails; nor does a break that it
    does not come to stop it.
    """
    path = tmp_path / "l.csv"
    path.write_text('title,of,the,file\nu1,x,y\nu2,x,y\nu3,x,z\nu4,"x\n')
    config = Config.model_validate({"identifier": {"column": 1}, "columns": {2: "q"}})
    for limit in (1, 2, 4, 5):
        report = import_profiles(path, config, limit=limit, dry_run=True, report_dir=tmp_path)
        assert [(each.row, each.code) for each in report.examples] == [(1, "width")]
        assert report.totals.read == min(limit, 4)
        assert (report.stop is None) == (limit <= 4)
