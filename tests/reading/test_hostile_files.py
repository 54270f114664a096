"""Whole runs over files as they come from the wild: nothing lost, nothing shifted, no traceback."""

import csv
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import importer
from importer import Config, ExitCode, Report, SourceError
from tests.conftest import ROOT, Command

from .reference_csv import File, read
from .strategies import Written, files, often

MAPPING = "identifier: {column: 1}\ncolumns: {1: p}\n"


def rehearse(path: Path, folder: Path, width: int = 1, **source: Any) -> Report:
    """A dry run that maps the first and the last column."""
    settings = {
        "source": source,
        "identifier": {"column": 1},
        "columns": {1: "first", width: ["last"] if width > 1 else ["first"]},
    }
    config = Config.model_validate(settings)
    return importer.import_profiles(
        path, config, dry_run=True, report_dir=folder / "runs", environment={}
    )


def check(report: Report, file: File, width: int, preamble: bytes = b"") -> None:
    """The books, failures.csv and rejects.csv say of each row what the rules say."""
    rows = file.judged(width)
    failed = [row for row in rows if row.code]
    totals = report.totals
    assert (totals.read, totals.failed, totals.imported) == (
        len(rows),
        len(failed),
        len(rows) - len(failed),
    )
    assert totals.failures_by_code == Counter(row.code for row in failed)
    with (report.folder / "failures.csv").open(newline="", encoding="utf-8") as lines:
        listed = [(line["row"], line["line"], line["code"]) for line in csv.DictReader(lines)]
    assert listed == [(str(row.number), str(row.line), row.code) for row in failed]
    rejects = (report.folder / "rejects.csv").read_bytes()
    assert rejects == (preamble + b"".join(row.raw for row in failed) if failed else preamble)
    assert totals.requests_sent == 0
    if file.broken_line is not None:
        assert str(report.stop).startswith(f"line {file.broken_line}: ")
        assert report.exit_code == ExitCode.WRONG_INPUT
    else:
        assert report.stop is None
        assert report.exit_code == (ExitCode.ROWS_FAILED if failed else ExitCode.OK)


GOOD = b"u1,x,end\n"

HOSTILE: dict[str, tuple[bytes, int]] = {
    "ragged": (GOOD * 9 + b"u2\nu3,\nu4,,,\n,\n,,,,,,,,,,\n" + GOOD * 9, 3),
    "bad UTF-8": (GOOD * 3 + b"u2,\xff,end\nu3,\xc3,end\n\xed\xa0\x80,a,end\n" + GOOD, 3),
    "quoted line breaks": (b'u1,"a\nb\r\nc\rd\n\n",end\r\n\r\nu2,"\n",end\rshort\n' * 9, 3),
    "NUL bytes": (GOOD * 40 + b"\0,\0\0,\0\nu\0\n" + GOOD * 40, 3),
    "1 MB cell": (GOOD + b"u2," + b"x" * 10**6 + b",end\nshort\n" + GOOD, 3),
    "one column": (b'a\n""\n\n \n"b\nc"\n"d"e\n\xff\n', 1),
    "500 columns": (
        b"".join(
            b",".join(b"%d" % (i * j) for j in range(500 + (i == 7))) + b"\n" for i in range(90)
        ),
        500,
    ),
    "a line of delimiters": (b",,\n,,\n,,,\n", 3),
    "only a header": (b"id,name,end\n", 3),
    "no line ending at the end": (GOOD + b"u2,x", 3),
    "no line ending behind a quote": (GOOD + b'u2,x,"end"', 3),
    "CR only": (GOOD.replace(b"\n", b"\r") * 9 + b"short\r", 3),
    "all endings": (b"a,b,c\nd,e,f\r\ng,h,i\rshort\rj,k,l\n\rm,n,o\r\r\nshort", 3),
    "quotes in text": (b'u1,5" pipe,"6"" pipe"\nu2,a"b"c,end"\nu3,"a"b,end\nu4,""x"",end\n', 3),
    "spaces before quotes": (b'u1, "a,b",end\nu2, "a" ,end\nu3,"a" ,end\nu4,"a",end\n', 3),
    "a quote lost": (GOOD * 5 + b'u2,"open,end\nu3,"b",end\nu4,c,end\n' + GOOD * 5, 3),
    "unclosed at the start": (b'"u1,x,end\n' + GOOD * 9, 3),
    "unclosed in the middle": (GOOD * 5 + b'short\n\nu2,"x,end\n' + GOOD * 5, 3),
    "unclosed in line 500 of 600": (GOOD * 499 + b'u2,x,"end\n' + GOOD * 100, 3),
    "unclosed at the end": (GOOD * 5 + b'u2,x,"', 3),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file(tmp_path: Path, kind: str) -> None:
    """Each row that the rules can read is imported, each other one is accounted for, in bytes."""
    data, width = HOSTILE[kind]
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    file = read(data)
    if not file.rows:
        with pytest.raises(SourceError, match=rf"^line {file.broken_line}: "):
            rehearse(path, tmp_path, width)
        return
    check(rehearse(path, tmp_path, width), file, width)


@often
@given(files(codecs=["utf-8"]))
def test_any_file(tmp_path_factory: pytest.TempPathFactory, file: Written) -> None:
    """A run over whatever bytes ends with its books balanced, or is refused in words."""
    folder = tmp_path_factory.mktemp("run")
    path = folder / "x.csv"
    path.write_bytes(file.data)
    body = file.data.removeprefix(b"\xef\xbb\xbf")
    expected = read(body, file.delimiter, file.quote)
    if not expected.rows:
        with pytest.raises(SourceError):
            rehearse(path, folder, delimiter=file.delimiter, quote=file.quote)
        return
    try:
        report = rehearse(path, folder, delimiter=file.delimiter, quote=file.quote)
    except SourceError as refused:
        is_text = "\ufffd" not in file.data.decode("utf-8", "replace")
        if is_text or "is not UTF-8 text" not in str(refused):
            raise
        return
    check(report, expected, report.source["columns"])


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_rejects_of_a_wide_encoding(tmp_path: Path, codec: str) -> None:
    """Rejects of a UTF-16 file are a UTF-16 file."""
    text = 'u1,ä,end\r\nshort\r\n"a"b,c,d\nlong,,,\nu2,"\n",end\nno end of line'
    mark = "\ufeff".encode(codec)
    path = tmp_path / "x.csv"
    path.write_bytes(mark + text.encode(codec))
    report = rehearse(path, tmp_path, 3, encoding=codec[:6])
    check(report, read(text.encode(codec), codec=codec), 3, preamble=mark)


def test_rejects_keep_the_header(tmp_path: Path) -> None:
    """Where the source has a header, its rejects have it too, and mended they are a source."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfid,name\r\nu1,a\r\nu2\r\nu3,c\r\nu4,\xff\r\n")
    rejects = rehearse(path, tmp_path, 2, header=True).folder / "rejects.csv"
    assert rejects.read_bytes() == b"id,name\r\nu2\r\nu4,\xff\r\n"
    rejects.write_bytes(rejects.read_bytes().replace(b"u2", b"u2,b").replace(b"\xff", b"d"))
    again = rehearse(rejects, tmp_path, 2, header=True)
    assert (again.totals.imported, again.totals.failed) == (2, 0)


def test_a_hundred_thousand_short_rows(tmp_path: Path) -> None:
    """Rows of one character, some blank, across portions and blocks: counted to the last."""
    words = random.Random(5).choices(["a", "b", "", '"', "a,b"], [50, 50, 5, 0, 0.01], k=100_000)
    path = tmp_path / "x.csv"
    path.write_text("\n".join(words))
    check(rehearse(path, tmp_path), read(path.read_bytes()), 1)


def test_lines_across_blocks(tmp_path: Path) -> None:
    """In a file of several blocks and quoted line breaks the last line is still the right one."""
    path = tmp_path / "x.csv"
    record = b'u1,"' + b"line\r\n" * 500 + b'",end\r'
    path.write_bytes(record * 3000 + b"short\n")
    report = rehearse(path, tmp_path, 3)
    assert (report.totals.imported, report.totals.failed) == (3000, 1)
    (line,) = (report.folder / "failures.csv").read_text().splitlines()[1:]
    assert line == f"3001,{3000 * 501 + 1},,,,width,1 cell where the file has 3"


def test_a_record_without_end(tmp_path: Path) -> None:
    """A record of 24 MB stops the run, with the rows before it booked."""
    path = tmp_path / "x.csv"
    path.write_bytes(GOOD * 10 + b"u2," + b"x" * 24_000_000 + b",end\n" + GOOD)
    report = rehearse(path, tmp_path, 3)
    assert (report.totals.read, report.totals.imported) == (10, 10)
    assert str(report.stop).startswith("line 11: a record of more than 16 MiB: ")
    assert report.exit_code == ExitCode.WRONG_INPUT


def test_traps_of_the_sample_data(tmp_path: Path) -> None:
    """Of the traps, 43 records are importable and four are not, as its mapping says."""
    traps = ROOT / "sample_data" / "traps.csv"
    report = importer.import_profiles(
        traps,
        ROOT / "sample_data" / "traps.yaml",
        dry_run=True,
        report_dir=tmp_path,
        environment={},
    )
    check(report, read(traps.read_bytes()[3:]), 4)
    assert (report.totals.imported, report.totals.failed) == (43, 4)


NOT_A_SOURCE = {
    "blank lines": b"\n\r\n\r\r\n",
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "noise": random.Random(2).randbytes(5000),
    "unclosed": b'"a,b\nc,d\n',
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
}


@pytest.mark.parametrize("kind", [*NOT_A_SOURCE, "missing", "directory"])
def test_the_command_refuses_what_is_no_source(tmp_path: Path, command: Command, kind: str) -> None:
    """One line on stderr, exit code 2, nothing left behind."""
    (tmp_path / "c.yaml").write_text(MAPPING)
    source = tmp_path / "x.csv"
    if kind == "directory":
        source.mkdir()
    elif kind != "missing":
        source.write_bytes(NOT_A_SOURCE[kind])
    done = command("run", "x.csv", "-c", "c.yaml", "--dry-run")
    assert (done.returncode, done.stdout) == (ExitCode.WRONG_INPUT, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("importer: ")
    assert not (tmp_path / "importer-runs").exists()


def test_the_command_and_an_unclosed_quote(tmp_path: Path, command: Command) -> None:
    """All before it is read; the line is named; code 2, since nothing was sent."""
    (tmp_path / "c.yaml").write_text(MAPPING)
    (tmp_path / "x.csv").write_bytes(HOSTILE["unclosed in line 500 of 600"][0])
    done = command("run", "x.csv", "-c", "c.yaml", "--dry-run")
    assert done.returncode == ExitCode.WRONG_INPUT
    assert done.stderr == (
        "importer: stopped: line 500: the quote that opens here is never closed; "
        "close it, or set source.quote\n"
    )
    assert done.stdout.startswith("499 of 499 rows ")


def test_standard_input(tmp_path: Path, command: Command) -> None:
    """`-` reads what is piped in, byte order mark and all; without any it is refused."""
    (tmp_path / "c.yaml").write_text(MAPPING)
    line = ("run", "-", "-c", "c.yaml", "--dry-run")
    done = command(*line, stdin=b"\xef\xbb\xbfa\nb\n\nc")
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    assert done.stdout.startswith("3 of 3 rows would be imported")
    nothing = command(*line)
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (
        ExitCode.WRONG_INPUT,
        "",
        "importer: standard input: is empty; nothing to import\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="a shell that can close standard input")
def test_no_standard_input(tmp_path: Path) -> None:
    """A program started without a standard input says so."""
    (tmp_path / "c.yaml").write_text(MAPPING)
    shell = f"exec {sys.executable} -m importer run - -c c.yaml --dry-run <&-"
    done = subprocess.run(
        ["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (
        ExitCode.WRONG_INPUT,
        "importer: standard input: is closed; name a CSV file\n",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_named_pipe(tmp_path: Path, command: Command) -> None:
    """A source need not have a size or be read twice."""
    (tmp_path / "c.yaml").write_text(MAPPING)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(
        target=pipe.write_bytes, args=(b"a\nb,c\nd\n" * 100_000,), daemon=True
    )
    writer.start()
    done = command("run", "pipe", "-c", "c.yaml", "--dry-run")
    writer.join(timeout=10)
    assert done.returncode == ExitCode.ROWS_FAILED
    assert done.stdout.startswith("200,000 of 300,000 rows would be imported")
