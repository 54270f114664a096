"""A run that is told to stop says how to go on, and what it says works as it is printed."""

import os
import shlex
import signal
import subprocess
import sys
from itertools import chain, repeat
from typing import Any

import pytest

from importer.books.ledger import Ledger
from importer.books.next_steps import next_steps
from importer.cli.signals import signals
from importer.errors import NothingToDo, TooManyFailures
from importer.timing import Timing

from .processes import importing, only_run, report_of, settings, wait_for_requests, wait_until
from .runs import ADDING, Desk, adding, once

ROWS = 3_000


def as_typed(desk: Desk, line: str) -> subprocess.CompletedProcess[str]:
    """Have a shell run a line, `importer` being the one that is tested."""
    command = shlex.join([sys.executable, "-m", "importer"])
    return subprocess.run(
        ["/bin/sh", "-c", f'importer() {{ {command} "$@"; }}; {line}'],
        cwd=desk.folder,
        env=settings(desk.emulator.url),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("number", "json"),
    [(signal.SIGINT, False), (signal.SIGTERM, True), (signal.SIGHUP, False)],
    ids=["INT", "TERM", "HUP"],
)
def test_signal(desk: Desk, number: signal.Signals, json: bool) -> None:
    """A signal ends a run with 130, 143 or 129; the command that it prints, typed, completes it.

    Nothing is in doubt then, even of what must not be repeated: what is in flight is waited for.
    """
    desk.write(adding(ROWS))
    desk.emulator.faults({"kind": "delay", "delay_ms": [50, 50]})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "my runs")
    with importing(
        desk.folder, *given, *(["--json"] if json else []), url=desk.emulator.url
    ) as process:
        wait_for_requests(desk.emulator, 3, process)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "Traceback" not in stderr
    run_dir = only_run(desk.folder / "my runs")
    (line,) = [line for line in (stdout + stderr).splitlines() if "o go on: importer" in line]
    command = line.partition("o go on: ")[2]
    assert command == f"importer run --resume 'my runs/{run_dir.name}'"
    assert 0 < len(desk.orders) < ROWS
    source = report_of(run_dir)["source"]
    assert source["name"] == "customers.csv"
    desk.emulator.faults()
    done = as_typed(desk, command)
    assert (done.returncode, desk.orders, desk.updates) == (0, once(ROWS), ROWS), done
    assert report_of(run_dir)["source"] == source


def test_second_signal(desk: Desk) -> None:
    """The second signal ends a run at once; what was settled before is not sent again."""
    desk.write(adding(ROWS))
    desk.emulator.faults({"kind": "sleep", "seconds": 30, "apply": "before", "every": 4})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(desk.folder, *given, url=desk.emulator.url) as process:
        wait_until(lambda: len(desk.orders) > 100, process)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = ""
        while "stopping" not in said:
            said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=4)  # requests in flight would be given five seconds
    assert process.returncode == 130
    desk.emulator.faults()
    ended = desk.resume(only_run(desk.runs))
    assert ended.exit_code in (0, 7)
    assert set(desk.orders.values()) == {1}
    assert ended.totals.imported + ended.totals.in_doubt == ROWS
    assert len(desk.orders) >= ended.totals.imported
    assert ended.totals.in_doubt <= 1_000, "ten requests of a hundred rows"


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ({"max_failures": "3"}, "4 rows had failed, and --max-failures allows 3"),
        ({"max_failures": "1%"}, "rows had failed, and --max-failures allows 1%"),
        ({"max_duration": "0.3s"}, "--max-duration of 0.3 s is over"),
    ],
    ids=["rows", "share", "time"],
)
def test_bounds(desk: Desk, bound: dict[str, str], words: str) -> None:
    """A run that reaches a bound stops with 4; resumed without it, it completes."""
    bad = [row for row in range(1, ROWS + 1) if row % 50 == 0 and "max_failures" in bound]
    rows = adding(ROWS)
    for row in bad:
        rows = rows.replace(f"u{row},1\n", f"u{row},many\n")
    desk.write(rows)
    desk.emulator.faults({"kind": "delay", "delay_ms": [150, 150]})
    stopped = desk.run(**bound)
    assert (stopped.exit_code, stopped.status) == (4, "stopped")
    assert words.removeprefix("4 rows") in str(stopped.stop)
    first, *others = next_steps(stopped, "")
    assert (first.words, len(others)) == ("To go on", bool(bad))  # before what has to wait for it
    assert stopped.totals.in_doubt == 0
    assert stopped.totals.imported < ROWS - len(bad)
    desk.emulator.faults()
    ended = desk.resume(stopped.folder)
    assert (ended.exit_code, ended.totals.failed) == (3 if bad else 0, len(bad))
    assert desk.orders == {name: 1 for name in once(ROWS) if int(name[1:]) not in bad}
    assert desk.updates == ROWS - len(bad)


@pytest.mark.parametrize("first", [b"", b"u1,1\n"], ids=["nothing", "a row"])
def test_silent_pipe(desk: Desk, first: bytes) -> None:
    """A pipe that stays silent does not hold up a run for longer than it may take; the hook of the
    mapping is told.
    """
    desk.write("", ADDING + "on_finish: {command: 'env > told.txt'}\n")
    read, write = os.pipe()
    os.write(write, first)
    given = ("run", "-", "-c", "config.yaml", "--max-duration", "0.5s")
    with importing(desk.folder, *given, url=desk.emulator.url, stdin=read) as process:
        stdout, stderr = process.communicate(timeout=60)
    os.close(read)
    os.close(write)
    words = "importer: --max-duration of 0.5 s is over, and nothing was sent\n"
    assert (process.returncode, stdout, stderr) == (4, "", words)
    assert "IMPORTER_STATUS=stopped" in (desk.folder / "told.txt").read_text("utf-8")
    assert desk.updates == 0


def test_time_counts_from_the_start(desk: Desk) -> None:
    """What a source takes to say its first word is a part of what a run may take."""
    desk.write(adding(ROWS))
    times = chain([0.0], repeat(1_000.0))
    stopped = desk.run(max_duration="15m", timing=Timing(clock=lambda: next(times)))
    assert (stopped.exit_code, str(stopped.stop)) == (4, "--max-duration of 900 s is over")
    assert stopped.totals.imported < ROWS


def test_interrupted_before_it_is_where_it_was(desk: Desk) -> None:
    """A run that goes on, and is stopped at once, has what it had before in its books."""
    desk.write("".join(f"u{row},{'many' if row % 50 == 0 else 1}\n" for row in range(ROWS)))
    first = desk.stopped_after(1_500)
    tables = [(first.folder / name).read_text("utf-8") for name in ("failures.csv", "rejects.csv")]
    assert first.totals.failed > 10
    again = desk.resume(first.folder, max_failures=0)
    assert isinstance(again.stop, TooManyFailures)
    assert again.totals.imported >= first.totals.imported
    assert again.totals.failed >= first.totals.failed
    for name, before in zip(("failures.csv", "rejects.csv"), tables, strict=True):
        assert (first.folder / name).read_text("utf-8").startswith(before)
    assert desk.resume(first.folder).totals.imported == ROWS * 49 // 50


def test_drafts_of_a_killed_process(desk: Desk) -> None:
    """What a process left that was killed while it wrote its report goes when the run goes on."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(300).folder
    (run_dir / "report.json.0a1b2c3d.tmp").write_text("{", "utf-8")
    assert desk.resume(run_dir).exit_code == 0
    assert not list(run_dir.glob("*.tmp"))


def test_signal_before_the_first_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there is a folder, a signal ends the run in order: there is something to go on with."""

    def signalled(*given: Any, **options: Any) -> Ledger:
        signal.raise_signal(signal.SIGTERM)
        return Ledger(*given, **options)

    monkeypatch.setattr("importer.pipeline.Ledger", signalled)
    desk.write(adding(ROWS))
    with signals() as interruption:
        report = desk.run(interruption=interruption)
    assert (report.exit_code, report.status) == (143, "interrupted")
    assert report.resume_command.endswith(f"--resume {report.folder}")
    monkeypatch.undo()
    assert desk.resume(report.folder).exit_code == 0
    assert desk.orders == once(ROWS)


def test_ended(desk: Desk) -> None:
    """A run at its end is not gone on with; what is left of it still counts."""
    desk.write("u1,1\nu2,many\n")
    run_dir = desk.run().folder
    with pytest.raises(NothingToDo, match=r"; 1 row that failed: importer retry \S+$") as ended:
        desk.resume(run_dir)
    assert ended.value.exit_code == 3
    rejects = run_dir / "rejects.csv"
    rejects.write_text(rejects.read_text("utf-8").replace("many", "1"), "utf-8")
    assert desk.retry(run_dir).exit_code == 0
    with pytest.raises(NothingToDo, match=r"nothing to go on with$") as ended:
        desk.resume(run_dir)
    assert ended.value.exit_code == 0
    desk.emulator.faults({"kind": "drop", "first": 1})
    in_doubt = desk.run()
    with pytest.raises(NothingToDo) as ended:
        desk.resume(in_doubt.folder)
    assert ended.value.exit_code == in_doubt.exit_code == 7
