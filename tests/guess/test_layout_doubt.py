"""A header that nobody declared, a row that somebody declared a header, another delimiter and
another encoding are warned of.
"""

from pathlib import Path

import pytest

from importer import Config, Report, import_profiles, preview

HEADER = "the first record looks like a header ('email', 'plan'): "
HEADER += "if it is, set source.header: true"


def rehearse(folder: Path, rows: str, *, header: bool, encoding: str = "utf-8") -> Report:
    (folder / "rows.csv").write_text(rows, encoding=encoding)
    config = Config.model_validate({"source": {"header": header}, "columns": {2: "plan"}})
    return import_profiles(folder / "rows.csv", config, dry_run=True, report_dir=folder / "runs")


@pytest.mark.parametrize(
    ("rows", "header", "warnings"),
    [
        ("email,plan\na@example.com,free\nb@example.com,pro\n", False, (HEADER,)),
        ("email,plan\na@example.com,free\nb@example.com,pro\n", True, ()),
        ("a@example.com,free\nb@example.com,pro\n", False, ()),
        ("Ada,free\nGrace,pro\nAda,pro\n", False, ()),
        ("Customer Id,Signed Up,Monthly Plan,E-Mail Address\n" + "1,2,3,4\n" * 3, True, ()),
        ("Ada,free\nGrace,pro\nAda,free\n", True, ("'Ada', 'free'",)),
        ("a@example.com,free\nb@example.com,pro\n", True, ("'a@example.com', 'free'",)),
        ("u1,2024-01-03\nu2,2024-05-06\n", True, ("'u1', '2024-01-03'",)),
    ],
)
def test_doubts(tmp_path: Path, rows: str, header: bool, warnings: tuple[str, ...]) -> None:
    """The warning shows what it is about; every row is read all the same."""
    expected = tuple(
        words
        if words == HEADER
        else f"the header looks like a row ({words}): if it is one, remove source.header"
        for words in warnings
    )
    report = rehearse(tmp_path, rows, header=header)
    assert tuple(report.warnings) == expected
    assert report.totals.read == rows.count("\n") - header


@pytest.mark.parametrize(
    "header",
    [
        "$distinct_id,$name,$email,orders",
        "_id,name,email,orders",
        "id,name,email,# orders",
        "id,name,email,2024_orders",
        "id,name,email,",
        f"id,name,email,{'how many orders there were before the last of March ' * 2}",
    ],
)
def test_names_of_many_forms(tmp_path: Path, header: str) -> None:
    """A header is one with names as exports have them: marked, numbered, long, one left blank."""
    rows = "".join(f"u{row},Ada,u{row}@mail.example,{row}\n" for row in range(50))
    (warning,) = rehearse(tmp_path, f"{header}\n{rows}", header=False).warnings
    assert warning.startswith("the first record looks like a header (")
    assert not rehearse(tmp_path, rows, header=False).warnings


def test_a_header_above_a_bad_cell(tmp_path: Path) -> None:
    """A cell below that is not of its column's form does not make a header a row."""
    ages = "".join(f"u{row},{20 + row % 50}\n" for row in range(100))
    assert rehearse(tmp_path, f"Kunde,Alter\n{ages}u100,alt\n", header=False).warnings
    assert not rehearse(tmp_path, f"u101,30\n{ages}u100,alt\n", header=False).warnings


@pytest.mark.parametrize(
    ("rows", "warned"),
    [
        ("u{0};12,50;pro\n", True),
        ("u{0},Ada,a;b;c;d\n", False),
        ("u{0},Ada|Grace|Mary\n", False),
        ("u{0},Ada\n", False),
    ],
)
def test_another_delimiter(tmp_path: Path, rows: str, warned: bool) -> None:
    """Commas in numbers are no columns, marks within the cells of lists no delimiters."""
    report = rehearse(tmp_path, "".join(map(rows.format, range(50))), header=False)
    words = "cells seem to be separated by ';', not ',': if they are, set source.delimiter"
    assert tuple(report.warnings) == ((words,) if warned else ())


def test_a_line_for_excel(tmp_path: Path) -> None:
    """The line with which files tell Excel their delimiter is no row, which is said."""
    report = rehearse(tmp_path, "sep=,\nu1,a\nu2,b\n", header=False)
    assert report.warnings[0].startswith("the first line (sep=,) is no row but tells programs")
    assert preview(tmp_path / "rows.csv").warnings[0] == report.warnings[0]


def test_another_encoding(tmp_path: Path) -> None:
    """Records that cannot be read are told of with what to try, unless they are few among many."""
    rows = "".join(f"u{row},Mueller\n" for row in range(200))
    report = rehearse(tmp_path, rows.replace("ue", "\u00fc", 5), header=False, encoding="cp1252")
    words = "5 of the first 200 records cannot be read as UTF-8: older systems, Excel among them, "
    words += "write cp1252; if it is that, set source.encoding"
    assert report.warnings[0] == words
    one = rehearse(tmp_path, rows.replace("ue", "\u00fc", 1), header=False, encoding="cp1252")
    assert not one.warnings
