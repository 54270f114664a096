"""Several files in one run: their order, one report, and what must be the same in all of them."""

import csv
import gzip
import json
import os
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.begin import import_profiles, resume_import, retry_import
from importer.books.report import Report
from importer.errors import ImporterError, SourceBroken, SourceChanged, SourceError
from importer.streams import find_places
from importer.streams.places import in_order
from tests.conftest import Command
from tests.resuming.runs import ADDING, Desk, adding, once, stopping

from .test_packed import zipped

HEADED = "source: {header: true}\n" + ADDING


def run(desk: Desk, *sources: str | Path, mapping: str = ADDING, **options: Any) -> Report:
    desk.mapping.write_text(mapping, "utf-8")
    return import_profiles(sources, desk.mapping, report_dir=desk.runs, **around(desk) | options)


def around(desk: Desk) -> dict[str, Any]:
    return {"environment": {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "t"}}


def put(desk: Desk, **files: str | bytes) -> list[Path]:
    """Write files, whose names end in .csv, into a folder of their own."""
    folder = desk.folder / "exports"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(raw)
    return [folder / f"{name}.csv" for name in files]


def rows(first: int, last: int) -> str:
    return "".join(adding(last).splitlines(keepends=True)[first - 1 :])


def test_one_report(desk: Desk) -> None:
    """Rows are numbered on, failures name their file, and rejects.csv is one file to mend.

    A last record without a line end stays one of its own; the header is skipped in each file.
    """
    one, two, three = put(
        desk,
        one="id,orders\n" + rows(1, 150) + "u151,many",
        two=gzip.compress(b"\xef\xbb\xbfid,orders\r\n" + rows(152, 300).encode()),
        three=zipped(
            ("a.csv", b"id,orders\nu301,none\n"), ("b.csv", b'"id",orders\nu302\nu303,1\nu304,1\n')
        ),
    )
    report = run(desk, one, two, three, mapping=HEADED)
    assert (report.exit_code, report.totals.read, report.totals.failed) == (3, 304, 3)
    assert desk.orders == {name: 1 for name in once(304) if name not in ("u151", "u301", "u302")}
    with (report.folder / "failures.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    where = [(line["row"], line["line"], line["reason"].split(": ")[0]) for line in lines]
    assert where == [
        ("151", "152", str(one)),
        ("301", "2", f"{three}/a.csv"),
        ("302", "2", f"{three}/b.csv"),
    ]
    rejects = (report.folder / "rejects.csv").read_bytes()
    assert rejects == b"id,orders\nu151,many\nu301,none\nu302\n"
    source = json.loads((report.folder / "report.json").read_text("utf-8"))["source"]
    assert source["name"] == f"{one} and 3 more"
    assert source["bytes"] == sum(path.stat().st_size for path in (one, two, three))
    assert [(file["first_row"], file["rows"]) for file in source["files"]] == [
        (1, 151), (152, 149), (301, 1), (302, 3),
    ]  # fmt: skip
    (report.folder / "rejects.csv").write_text("id,orders\nu151,1\nu301,1\nu302,1\n")
    assert retry_import(report.folder, **around(desk)).exit_code == 0
    assert desk.orders == once(304)


def test_files_of_the_rows_that_were_read(desk: Desk) -> None:
    """A file that was looked at beyond the limit has no more rows in the report than were read."""
    one, two = put(desk, a="u1,1\nu2,1\n", b="u3,1\nu4,1\n")
    for limit, expected in ((1, [1, 0]), (3, [2, 1])):
        report = run(desk, one, two, limit=limit)
        assert [file["rows"] for file in report.source["files"]] == expected


@pytest.mark.parametrize("header", ["title\nid,orders", "title\rid,orders\r"])
def test_file_without_a_row(desk: Desk, header: str) -> None:
    """A file that ends with its header has one, however its lines end."""
    mapping = HEADED.replace("{header: true}", "{header: true, skip_records: 1}")
    one, two = put(desk, a="title\nid,orders\nu1,1\n", b=header)
    for order in ((one, two), (two, one)):
        assert run(desk, *order, mapping=mapping).totals.imported == 1


def test_files_of_two_byte_orders(desk: Desk) -> None:
    """A file that is written otherwise than the first is refused, though its cells are as many."""
    one, two = put(
        desk,
        a=b"\xff\xfe" + "u1,1\n".encode("utf-16-le"),
        b=b"\xfe\xff" + "u2,1\n".encode("utf-16-be"),
    )
    with pytest.raises(SourceError, match=r"b\.csv: is utf-16-be, but .*a\.csv utf-16-le"):
        run(desk, one, two, mapping="source: {encoding: utf-16}\n" + ADDING)
    assert desk.updates == 0


def test_odd_record_before_a_long_one(desk: Desk) -> None:
    """The shape of a file is that of its first thousand records, wherever its blocks end."""
    breaks = "\n" * 1_700_000
    one, two = put(desk, a="u1,1\n", b=f'odd\nu2,"{breaks}"\nu3,1\nu4,1\n')
    report = run(desk, one, two)
    assert (report.exit_code, report.totals.failures_by_code["width"]) == (3, 1)
    assert sorted(desk.orders) == ["u1", "u3", "u4"]


def test_goes_on_across_files(desk: Desk) -> None:
    """A run of several files goes on where it was left, with the files that it began with."""
    paths = put(
        desk, p1=rows(1, 700), p2=gzip.compress(rows(701, 1_400).encode()), p10=rows(1401, 2000)
    )
    stopped = run(
        desk, f"{desk.folder}/exports/p*.csv", **stopping(lambda now: now.totals.read >= 900)
    )
    assert (stopped.status, desk.updates < 2_000) == ("interrupted", True)
    put(desk, p3=rows(1, 5))
    before = paths[2].read_bytes()
    paths[2].write_bytes(before + b"u0,1\n")
    with pytest.raises(SourceChanged, match="is not the file that the run was begun with"):
        resume_import(stopped.folder, **around(desk))
    paths[2].write_bytes(before)
    ended = resume_import(stopped.folder, **around(desk))
    assert (ended.exit_code, desk.orders, desk.updates) == (0, once(2_000), 2_000)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ("id,name\nu2,1\n", "has another header than"),
        ("id,orders,x\nu2,1,2\n", "has another header than"),
        ("id,orders\nu2,1,2\nu3,1,2\n", "has 3 cells a record, but"),
        ("", "is empty; nothing to import"),
        ("id,orders\n" + "\0" * 99, "is a binary file"),
    ],
)
def test_found_before_anything_is_sent(desk: Desk, second: str | bytes, words: str) -> None:
    """A file that cannot be read, or is not as the first, is found while nothing has been sent."""
    paths = put(desk, one="id,orders\nu1,1\n", two=second)
    with pytest.raises(SourceError) as refused:
        run(desk, *paths, mapping=HEADED)
    assert str(refused.value).startswith(f"{paths[1]}: ")
    assert words in str(refused.value)
    assert desk.updates == 0
    assert not desk.runs.exists()


@pytest.mark.parametrize("second", ["nowhere.csv", ".", "long" * 75])
def test_missing(desk: Desk, second: str) -> None:
    """One that is not there, a folder, and what can be no name is named before anything is sent."""
    (first,) = put(desk, one="u1,1\n")
    why = "(No such file|Is a directory|File name too long)"
    with pytest.raises(SourceError, match=rf"{re.escape(second)}: {why}"):
        run(desk, first, second)
    assert (desk.orders, desk.runs.exists()) == ({}, False)


def test_not_as_the_first_on_the_way(desk: Desk) -> None:
    """A member of an archive that is not as the first stops the run, its rows before settled."""
    (path,) = put(desk, all=zipped(("a.csv", adding(99).encode()), ("b.csv", b"u100,1,2\n")))
    report = run(desk, path)
    assert (report.exit_code, desk.orders) == (4, once(99))
    words = f"{path}/b.csv: has 3 cells a record, but {path}/a.csv 2; import it by itself"
    assert str(report.stop) == words
    assert isinstance(report.stop, SourceBroken)


def test_passed_over(desk: Desk) -> None:
    """What an archive holds beside its tables is told, but for what comes along with any."""
    papers = ("__MACOSX/._a", b""), ("b/", b""), ("README.txt", b"x"), ("b/.DS_Store", b"x")
    lost = ("b.txt", b"u2,1\n"), ("c.json", b"{}")
    (path,) = put(desk, all=zipped(*papers, ("a.txt", b"u1,1\n"), *lost))
    report = run(desk, path)
    assert (report.exit_code, desk.orders) == (0, once(1))
    (words,) = report.warnings
    assert words.startswith(f"{path}: b.txt and 1 more in it not imported: ")
    (path,) = put(desk, all=zipped(*papers, ("a.txt", b"u1,1\n")))
    assert run(desk, path).warnings == ()


def test_archive_that_is_cut(desk: Desk) -> None:
    """What breaks off in a member is said of that, once."""
    (path,) = put(desk, all=zipped(("a.csv", adding(20_000).encode()))[:20_000])
    words = str(run(desk, path, dry_run=True).stop)
    assert words.startswith(f"{path}/a.csv: ends in the middle of its ZIP data: is it still")


@pytest.mark.parametrize(
    ("second", "sent", "words"),
    [
        (gzip.compress(rows(100, 199).encode())[:-30], 99, "ends in the middle of its gzip data"),
        (rows(100, 198) + 'u199,"1\n', 198, "line 100: the quote that opens here is never closed"),
    ],
)
def test_breaks_off_on_the_way(desk: Desk, second: str | bytes, sent: int, words: str) -> None:
    """A later file that breaks off stops the run, is named, and goes on once it is mended."""
    paths = put(desk, one=rows(1, 99), two=second)
    report = run(desk, *paths)
    assert (report.exit_code, len(desk.orders) >= sent) == (4, True)
    assert str(report.stop).startswith(f"{paths[1]}: ")
    assert words in str(report.stop)
    whole = rows(100, 199)
    put(desk, two=whole if isinstance(second, str) else gzip.compress(whole.encode()))
    assert resume_import(report.folder, **around(desk)).exit_code == 0
    assert (desk.orders, desk.updates) == (once(199), 199)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A name that no report can hold is refused, before there is a run."""
    path = Path(os.fsdecode(bytes(tmp_path) + b"/M\xfcller.csv"))
    path.write_bytes(b"u1,pro\n")
    with pytest.raises(SourceError, match=r"M.*ller\.csv: its name is not UTF-8; rename the file"):
        find_places([path])


def test_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments keep their order; what fits a pattern comes by the numbers in its name."""
    monkeypatch.chdir(tmp_path)
    names = ["b/part-10.csv", "b/part-2.csv", "b/part-1.csv", "a.csv", "[x].csv", "x.csv"]
    (tmp_path / "b" / "part-3.csv").mkdir(parents=True)
    for name in names:
        Path(name).write_text("x")
    found = find_places(["x.csv", "b/*.csv", "a.csv", "[x].csv"])
    assert found == (
        "x.csv", "b/part-1.csv", "b/part-2.csv", "b/part-10.csv", "a.csv", "[x].csv",
    )  # fmt: skip


@given(st.lists(st.text("a0189.-", max_size=6), unique=True), st.randoms())
def test_order_is_total(names: list[str], chance: random.Random) -> None:
    """The order of names depends on nothing but the names."""
    others = names.copy()
    chance.shuffle(others)
    assert sorted(names, key=in_order) == sorted(others, key=in_order)


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (["*.csv", "./a.csv"], "./a.csv: is named twice; name each source once"),
        ([], "no source is named; name a CSV file, or - for stdin"),
        (["*.tsv"], "*.tsv: no file fits this pattern"),
        (["a.csv", "-"], "standard input cannot be one of several sources; name files only"),
    ],
)
def test_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: list[str], words: str
) -> None:
    """No file, a file twice, a pattern without a file, and a pipe among files are mistakes."""
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("x")
    with pytest.raises(ImporterError) as refused:
        find_places(sources)
    assert str(refused.value) == words


def test_overlap(desk: Desk) -> None:
    """While a run of several files is under way, none of them is imported by another run."""
    one, two = put(desk, one=adding(500), two=rows(501, 900))
    seen: list[str] = []

    def begin_another(_: object) -> bool:
        if not seen:
            with pytest.raises(ImporterError) as refused:
                run(desk, two)
            seen.append(str(refused.value))
        return False

    run(desk, one, two, **stopping(begin_another))
    assert seen[0].startswith(f"{two}: is being imported by another process")


def test_on_the_command_line(tmp_path: Path, command: Command) -> None:
    """`check` takes several sources and patterns, as `run` does."""
    for number in (1, 2, 3):
        (tmp_path / f"e{number}.csv").write_text(f"u{number},1\n")
    (tmp_path / "c.yaml").write_text(ADDING)
    done = command("check", "-c", "c.yaml", "e3.csv", "e[12].csv", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["rows"]["imported"]) == (0, 3)
    assert [file["name"] for file in report["source"]["files"]] == ["e3.csv", "e1.csv", "e2.csv"]
