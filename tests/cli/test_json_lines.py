"""What a program reads along: every line on stderr is one JSON object."""

import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from importer.books.totals import Totals
from importer.cli.console import Bar
from importer.cli.json_lines import JsonLines, one_line
from importer.emulator import Emulator
from importer.progress import Progress
from importer.tell import tell
from tests.conftest import Command

LOG = "--log-format=json"


def told(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_run(tmp_path: Path, command: Command, emulator: Emulator) -> None:
    """A run tells its progress, its warnings and its end; the summary stays on stdout."""
    (tmp_path / "a.csv").write_text("u1,a\nu2,b\n,c\n")
    (tmp_path / "c.yaml").write_text("identifier: {column: 1, fallback: []}\ncolumns: {2: email}\n")
    given = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t" * 32}
    done = command("run", "a.csv", "-c", "c.yaml", LOG, **given)
    lines = told(done.stderr)
    assert [line["event"] for line in lines] == ["warning", "progress", "progress"]
    assert lines[0]["message"].startswith("c.yaml:2: columns.2: property 'email' is one of")
    names = ("read", "imported", "failed", "in_doubt", "requests", "in_flight")
    first, last = ([line[name] for name in names] for line in lines[1:])
    assert (first, last) == ([0, 0, 0, 0, 0, 0], [3, 2, 1, 0, 1, 0])
    assert done.stdout.startswith("2 of 3 rows imported")


def test_errors(tmp_path: Path, command: Command) -> None:
    """What ends a command early is an event too, for every command that has the option."""
    for arguments in (["run", "no.csv", "-c", "no.yaml"], ["check", "-c", "no.yaml"], ["run"],
                      ["retry", "no-run"]):  # fmt: skip
        done = command(*arguments, LOG)
        (line,) = told(done.stderr)
        assert (done.returncode, line["event"], line["error"]) == (2, "error", "ConfigError")


def test_pace_of_lines() -> None:
    """Progress is told at once, four times a second, its last state always, and never twice."""
    now = iter([0.0, 0.1, 0.1, 0.2, 0.4, 0.4, 0.5, 9.9])
    stream = io.StringIO()
    observer = JsonLines(stream, lambda: next(now))
    for read in (1, 2, 3, 4):
        observer.update(Progress(Totals(read=read), 8))
    observer.close()
    observer.close()
    assert [line["read"] for line in told(stream.getvalue())] == [1, 3, 4]


def test_quiet() -> None:
    """A run that goes well and is to be quiet says nothing but warnings."""
    stream = io.StringIO()
    observer = JsonLines(stream, quiet=True)
    observer.narrate("slow")
    observer.narrate("warning: something")
    observer.update(Progress(Totals(read=1), None))
    observer.close()
    assert told(stream.getvalue()) == [{"event": "warning", "message": "something"}]


def test_what_is_not_attempted_is_to_come() -> None:
    """Rows that a run gives up when it stops make it no faster, and are left to do."""
    now = iter([0.0, 1.0, 2.0])
    stream = io.StringIO()
    observer = JsonLines(stream, lambda: next(now))
    totals = Totals(read=9_000, imported=1_000, not_attempted=6_000, recalled=1_000, in_doubt=2_000)
    observer.update(Progress(totals, 12_000))
    (line,) = told(stream.getvalue())
    assert (line["read"], line["rows_per_second"], line["left"]) == (9_000, 1_000, 9.0)


def test_one_line() -> None:
    """No character of a text ends the line, for whatever reader."""
    text = "".join(map(chr, (0, 10, 11, 12, 13, 28, 29, 30, 0x85, 0x2028, 0x2029, 0x1F600)))
    line = one_line({"text": text})
    assert line.splitlines() == [line]
    assert json.loads(line) == {"text": text}


def test_bar() -> None:
    """A terminal is shown rows that are at their end, in numbers that can be read."""
    stream = io.StringIO()
    bar = Bar(stream)
    bar.update(Progress(Totals(read=1_009_000, not_attempted=9_000, failed=1_234), 2_000_000))
    bar.narrate("something happened")
    bar.close()
    shown = stream.getvalue()
    assert "something happened" in shown
    assert " 50% |" in shown
    assert "1,000,000 of about 2,000,000 rows, " in shown
    assert "1,234 failed" in shown


def test_bar_of_one_row() -> None:
    """One row is no rows."""
    stream = io.StringIO()
    bar = Bar(stream)
    bar.update(Progress(Totals(), 1))
    bar.narrate("something happened")
    bar.close()
    assert " 0 of about 1 row, " in stream.getvalue()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals")
@pytest.mark.parametrize("columns", [120, 80, 60, 40, 30])
def test_bar_that_is_narrow(columns: int) -> None:
    """However little room there is, a bar says how many rows failed."""
    import termios

    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, columns))
    with os.fdopen(slave, "w") as stream:
        bar = Bar(stream)
        bar.update(Progress(Totals(read=1_000_000, failed=1_234), 2_000_000))
        bar.narrate("something happened")  # and the bar is drawn again
        bar.close()
    told = b""
    with suppress(OSError):  # how Linux says that there is no more
        while more := os.read(master, 10_000):
            told += more
    os.close(master)
    (shown,) = [line for line in told.decode().split("\r") if "1,234 failed" in line]
    assert "1,000,000" in shown
    assert len(shown) <= columns


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals")
def test_bar_whose_terminal_goes() -> None:
    """A run that was left alone goes on when its terminal is closed, and says nothing more."""
    master, slave = os.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        bar = Bar(stream)
        bar.update(Progress(Totals(read=1, imported=1), 3))
        os.close(master)
        bar.narrate("something happened")
        bar.update(Progress(Totals(read=2, imported=2), 3))
        bar.narrate("something else happened")
        bar.close()


@pytest.mark.skipif(not hasattr(os, "set_blocking"), reason="no pipes that do not block")
def test_reader_who_is_slow() -> None:
    """A line that a pipe has no room for is left out, those before and after it arrive whole."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    line = "x" * 4000
    with os.fdopen(write, "w") as stream, os.fdopen(read) as reader:
        for _ in range(100):
            tell(stream, line)
        drained = os.read(read, 1 << 20).decode()
        tell(stream, "the last one")
        stream.close()
        drained += reader.read()
    *lines, last = drained.splitlines()
    assert (set(lines), last) == ({line}, "the last one")
    assert len(lines) < 100
