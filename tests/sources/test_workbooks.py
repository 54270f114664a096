"""Workbooks: a sheet is read as a CSV file of what its cells show, and a line is a row of it."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from importer.begin import import_profiles
from importer.errors import ConfigError, SourceBroken, SourceError
from importer.guess.previews import preview
from importer.reading.layout import framed
from importer.reading.source import open_source
from importer.settings import sections
from importer.streams.workbook import shown

from .test_packed import piped_zip, zipped

Cells = list[list[object]]


def book(path: Path, **sheets: Cells) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
    made.save(path)
    return path


def read(path: Path, **settings: object) -> list[tuple[int, str]]:
    """Line and text of each record."""
    source = sections.Source.model_validate(settings)
    portions = framed(open_source(path, source), source)
    return [(part.line(i), part.raw(i).decode()) for part in portions for i in range(len(part))]


def test_cells(tmp_path: Path) -> None:
    """Text is verbatim, numbers have no .0, dates and times are ISO, booleans are in capitals."""
    row: list[object] = [
        "007", " x ", 42, 42.0, -1.5, 0.1, 491701234567, True, False, None,
        dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 10, 20, 30), dt.time(9, 5),
        dt.timedelta(hours=36, minutes=5), 'say "a", b',
    ]  # fmt: skip
    path = book(tmp_path / "customers", Sheet=[row])
    texts = (
        "007, x ,42,42,-1.5,0.1,491701234567,TRUE,FALSE,,2025-04-03,2025-04-03T10:20:30,09:05:00,"
        '36:05:00,"say ""a"", b"'
    )
    assert read(path) == [(1, f"{texts}\r\n")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1e20, "100000000000000000000"), (1e21, "1e+21"), (float("nan"), "nan"), (1.10, "1.1")],
)
def test_numbers(cell: float, text: str) -> None:
    """Whole numbers are written in full as long as they can be."""
    assert shown(cell) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (dt.timedelta(minutes=-90), "-1:30:00"),
        (dt.timedelta(days=-2), "-48:00:00"),
        (dt.timedelta(seconds=-0.4), "0:00:00"),
    ],
)
def test_durations(length: dt.timedelta, text: str) -> None:
    """A duration below zero is as long as above it."""
    assert shown(length) == text


def test_durations_of_ods(tmp_path: Path) -> None:
    """Durations are written alike, whatever workbook they are in; other text is left alone."""
    path = tmp_path / "x.ods"
    cell = '<table:table-cell office:value-type="time" office:time-value="{}"/>'
    word = '<table:table-cell office:value-type="string"><text:p>PT5M</text:p></table:table-cell>'
    path.write_bytes(ods(*map(cell.format, ("PT36H05M00S", "-PT1H30M0S")), word))
    assert read(path) == [(1, "36:05:00,-1:30:00,PT5M\r\n")]


def test_lines_are_rows(tmp_path: Path) -> None:
    """Empty rows are none, and line breaks in cells shift no line: it is the row of the sheet."""
    rows: Cells = [["u1", "a\nb"], [], [None, None], ["u2", "b\n\nc"], ["u3", "x"]]
    assert read(book(tmp_path / "x", Sheet=rows)) == [
        (1, 'u1,"a\nb"\r\n'),
        (4, 'u2,"b\n\nc"\r\n'),
        (5, "u3,x\r\n"),
    ]


def test_empty_first_column(tmp_path: Path) -> None:
    """Column 1 is column A, be it empty."""
    assert read(book(tmp_path / "x", Sheet=[[], [None, "b"]])) == [(2, ",b\r\n")]


def test_which_sheet(tmp_path: Path) -> None:
    """The first sheet that is not hidden, or the one that is named or numbered."""
    path = book(tmp_path / "x.xlsx", hidden=[["h"]], One=[["1"]], Two=[["2"]])
    assert read(path) == [(1, "1\r\n")]
    assert read(path, sheet="Two") == read(path, sheet=3) == [(1, "2\r\n")]
    assert read(path, sheet="hidden") == [(1, "h\r\n")]
    for wanted in ("Three", 4):
        with pytest.raises(SourceError, match=r"no such sheet; set source\.sheet to one"):
            read(path, sheet=wanted)


def test_empty_sheet(tmp_path: Path) -> None:
    """Where a sheet has nothing, the others are named."""
    path = book(tmp_path / "x.xlsx", Cover=[], hidden=[["h"]], Data=[["1"]])
    words = r"its sheet 'Cover' is empty; set source\.sheet to one of 'hidden', 'Data'$"
    with pytest.raises(SourceError, match=words):
        read(path)
    with pytest.raises(SourceError, match="is empty; nothing to import"):
        read(book(path, Only=[]))


@pytest.mark.parametrize("settings", [{"quote": None}, {"encoding": "cp1252"}])
def test_settings_that_a_workbook_cannot_have(tmp_path: Path, settings: dict[str, object]) -> None:
    """What only a text file can be is refused by name."""
    with pytest.raises(ConfigError, match=f"leave out .*{next(iter(settings))}"):
        read(book(tmp_path / "x", Sheet=[["a"]]), **settings)


def test_rehearsed_and_previewed(tmp_path: Path) -> None:
    """A sheet is imported and looked at like a CSV file, its header and failures by their rows."""
    rows: Cells = [["id", "since"], ["u1", dt.date(2025, 4, 3)], [], ["u2", "soon"]]
    path = book(tmp_path / "x.xlsx", Sheet=rows)
    mapping = tmp_path / "c.yaml"
    mapping.write_text(
        "source: {header: true}\nidentifier: {column: id}\n"
        "columns: {since: {property: since, type: date}}\n"
    )
    report = import_profiles(path, mapping, dry_run=True, report_dir=tmp_path / "runs")
    assert (report.totals.imported, report.totals.failed) == (1, 1)
    assert [(failure.row, failure.line) for failure in report.examples] == [(2, 4)]
    assert (report.folder / "rejects.csv").read_bytes() == b"id,since\r\nu2,soon\r\n"
    seen = preview(path, sections.Source(header=True))
    assert [column.name for column in seen.columns] == ["id", "since"]


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="One"><table:table-row>{}</table:table-row></table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
KIND = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
    "</manifest:manifest>"
)


def ods(*cells: str, first: str = "mimetype") -> bytes:
    parts = {
        "mimetype": KIND,
        "META-INF/manifest.xml": MANIFEST,
        "meta.xml": "<meta/>",
        "content.xml": ODS.format("".join(cells)),
    }
    parts = {first: parts[first], **parts}
    return zipped(*((name, content.encode()) for name, content in parts.items()))


def test_parts_in_any_order(tmp_path: Path) -> None:
    """A workbook is one whatever its first part is, also where it comes through a pipe."""
    path = book(tmp_path / "x", Sheet=[["u1", "a"]])
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    labels = ("docMetadata/LabelInfo.xml", b"<x/>")
    pictures = ("customUI/images/a.png", b"x" * 70_000)
    nameless = ("Thumbnail", b"u1,b\n")
    for first in (labels, pictures, nameless, *parts):
        for pack in (zipped, piped_zip):
            path.write_bytes(pack(first, *(part for part in parts if part is not first)))
            assert read(path) == [(1, "u1,a\r\n")], first[0]
    cell = '<table:table-cell office:value-type="string"><text:p>u1</text:p></table:table-cell>'
    for first_name in ("mimetype", "META-INF/manifest.xml", "meta.xml"):
        path.write_bytes(ods(cell, first=first_name))
        assert read(path) == [(1, "u1\r\n")], first_name


@pytest.mark.parametrize("name", ["xl/1.csv", "mimetypes.csv", "docProps/x.csv", "customXml/1"])
def test_archives_that_look_like_workbooks(tmp_path: Path, name: str) -> None:
    """What holds a table is an archive, whatever its folders are called."""
    path = tmp_path / "x"
    path.write_bytes(zipped((name, b"u1,a\n")))
    assert read(path) == [(1, "u1,a\n")]


def test_what_is_no_workbook(tmp_path: Path) -> None:
    """Another document of the same family is refused."""
    path = tmp_path / "x.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        open_source(path, sections.Source())


@pytest.mark.parametrize("number", ["4917012345678", "-inf"])
def test_cell_that_cannot_be_read(tmp_path: Path, number: str) -> None:
    """A number that no duration can be ends the run at its row, named, with all rows before it."""
    path = book(tmp_path / "x", Sheet=[["u1", 1], ["u2", dt.timedelta(hours=36)]])
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    path.write_bytes(
        zipped(*((name, part.replace(b">1.5<", f">{number}<".encode())) for name, part in parts))
    )
    coming = framed(open_source(path, sections.Source()), sections.Source())
    assert next(coming).raw(0) == b"u1,1\r\n"
    with pytest.raises(SourceBroken, match=r"x: row 2 of the sheet has a cell that cannot be read"):
        next(coming)


@pytest.mark.parametrize("at", [0, 6])
def test_damaged_workbook(tmp_path: Path, at: int) -> None:
    """A bit that is flipped in its directory is a fault of the file, which is named."""
    path = book(tmp_path / "x", Sheet=[["u1", "a"]])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + at] ^= 64
    path.write_bytes(content)
    with pytest.raises(SourceError, match="x: its ZIP data is damaged"):
        read(path)
