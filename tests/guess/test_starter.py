"""The mapping that `init` writes: it always loads, whatever the file holds."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.begin import import_profiles
from importer.errors import SourceError
from importer.guess.previews import preview
from importer.guess.starter import starter
from importer.settings import sections
from importer.settings.config_file import load_config
from tests.conftest import Command

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "a@b.example", "007", "12", "1.5", "2024-02-29", "25/04/2025", "+4930123456",
         "yes", "no", "x: y", "# no comment", "- item", "'", '"', "{a: b}", "&anchor", "*alias",
         "\n", "\r\n", "\x85", "\u2028", "\u2029", "\ufeff", "\x00", "\x1b[31m", "\x7f", "%TAG",
         "---", "...", "\u202e", "\U0001f600", "$email", "$token", "bucket", "<<", "=", "null",
         "columns:\n  1: evil", "x" * 300]
    ),
    st.text(st.characters(codec="utf-8"), max_size=20),
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> str:
    width = draw(st.integers(1, 5))
    row = st.lists(CELLS, min_size=width, max_size=width)
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, delimiter=draw(st.sampled_from(",;\t|")))
    writer.writerows(draw(st.lists(row, min_size=1, max_size=12)))
    return stream.getvalue()


@settings(max_examples=60)
@given(text=files(), header=st.booleans())
def test_always_loads(text: str, header: bool) -> None:
    """Whatever the cells are, the mapping loads and the import rehearses."""
    with TemporaryDirectory() as folder:
        source, mapping = Path(folder, "a\nb: #.csv"), Path(folder, "config.yaml")
        source.write_text(text, encoding="utf-8", newline="")
        try:
            written = starter(preview(source, sections.Source(header=header)))
        except SourceError:  # a file without records, or a header of another width
            return
        mapping.write_text(written, encoding="utf-8", newline="\n")
        loaded = load_config(mapping)
        assert loaded.columns
        report = import_profiles(
            source, mapping, dry_run=True, report_dir=Path(folder, "runs"), environment={}
        )
        assert report.stop is None


ROWS = "".join(f"C-{n},a{n}@example.com,2024-01-{n},{n * 3},4{n}\n" for n in range(10, 30))


def test_types_of_what_is_firm(tmp_path: Path) -> None:
    """A type is declared where every cell is of it."""
    (tmp_path / "a.csv").write_text(ROWS)
    written = yaml.safe_load(starter(preview(tmp_path / "a.csv")))["columns"]
    assert written == {2: {"property": "$email", "type": "email"}}


def test_init(tmp_path: Path, command: Command) -> None:
    """`init` writes a mapping, says what to do next, and never overwrites one by itself."""
    (tmp_path / "a.csv").write_text(ROWS)
    done = command("init", "a.csv", "-o", "config.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "config.yaml: written; read it, then: importer check -c config.yaml a.csv\n"
    )
    assert command("check", "-c", "config.yaml", "a.csv").returncode == 0
    (tmp_path / "config.yaml").write_text("mine")
    again = command("init", "a.csv", "-o", "config.yaml")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "importer: config.yaml: exists already; --force overwrites it\n"
    assert (tmp_path / "config.yaml").read_text() == "mine"
    assert command("init", "a.csv", "-o", "config.yaml", "--force").returncode == 0
    assert load_config(tmp_path / "config.yaml").identifier.column == 1


def test_init_finds_the_delimiter(tmp_path: Path, command: Command) -> None:
    """A delimiter that was found is said, and written down."""
    (tmp_path / "a.csv").write_text(ROWS.replace(",", ";"))
    done = command("init", "a.csv", "-o", "config.yaml")
    assert done.stderr == "importer: cells are separated by ';', not ',': read that way\n"
    assert load_config(tmp_path / "config.yaml").source.delimiter == ";"


def test_table_fits_a_terminal(tmp_path: Path, command: Command) -> None:
    """No line of a preview is longer than the 80 columns of a terminal, and none is missing."""
    wide = "".join(
        f"C-{n},日本語の長い長い長い長い長い長い名前{n},a{n}@example.com,{'x' * 90},03/04/20{n}\n"
        for n in range(10, 30)
    )
    (tmp_path / "a.csv").write_text(wide, encoding="utf-8")
    done = command("preview", "a.csv")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["#", "filled", "distinct", "looks", "like", "property", "samples"]
    assert all(f"\n{n}  " in done.stdout for n in range(1, 6))
    content = json.loads(command("preview", "a.csv", "--json").stdout)
    assert content["columns"][4]["guess"]["rivals"] == ["day-first date", "month-first date"]
    assert content["identifier"]["column"] == 1
    assert content["settings"]["delimiter"] == ","


def test_cells_that_look_like_markup(tmp_path: Path, command: Command) -> None:
    """A cell is shown as it stands in the file, whatever it would mean to who draws the table."""
    (tmp_path / "a.csv").write_text("C:\\[b]x,:smile:,[red]a[/red]\n")
    shown = command("preview", "a.csv").stdout
    assert all(cell in shown for cell in ("C:\\[b]x", ":smile:", "[red]a[/red]"))


def written(folder: Path, text: str, *, header: bool = True) -> dict[int, str]:
    """Return the types that a mapping made of a file gives its columns, "string" where none."""
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    (folder / "c.yaml").write_text(starter(preview(path, sections.Source(header=header))), "utf-8")
    columns = load_config(folder / "c.yaml").columns
    return {int(at): entry.type for at, entries in columns.items() for entry in entries}


def test_no_numbers_of_phones_and_codes(tmp_path: Path) -> None:
    """What only looks like numbers keeps its digits: phones, codes with an e, long ids."""
    phones = ("4930123456", "49151234567", "4420712345", "33123456789", "390612345")
    codes = ("6e8", "1e6", "224", "4E79", "512", "31")
    long = ("-769469577862520519", "769469577862520518", "-12", "4", "12345", "99")
    rows = [f"{n},{phones[n % 5]},{codes[n % 6]},{long[n % 6]},{n * 7 % 90}\n" for n in range(60)]
    types = written(tmp_path, "id,phone,product_code,ref,points\n" + "".join(rows))
    assert {at: types.get(at, "string") for at in (2, 3, 4)} == dict.fromkeys((2, 3, 4), "string")
    assert types[5] == "integer"
