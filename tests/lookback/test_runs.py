"""`importer runs`: each run of the folder as it ended, and the command that is left to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from importer.books.next_steps import next_steps
from importer.errors import ConfigError
from importer.lookback.history import Run, read_history
from importer.lookback.history_table import history_lines
from importer.resuming.recall import LEDGER, recall, recall_end
from tests.conftest import Command
from tests.resuming.processes import importing, only_run, wait_for_requests
from tests.resuming.runs import Desk, adding

SETTING = "identifier: {column: 1}\ncolumns: {2: {property: age, type: integer}}\n"
FAULTY = "u1,1\nu2,many\nu3,2\n"


def of(desk: Desk) -> list[Run]:
    return list(read_history(desk.runs).runs)


def test_each_ending(desk: Desk, command: Command) -> None:
    """A rehearsal, a run with failed rows, one that was interrupted and one that is complete stand
    there the newest first, each with what is left to do.
    """
    desk.write(FAULTY)
    desk.run(dry_run=True)
    partial = desk.run().folder
    desk.write(adding(1_000))
    stopped = desk.stopped_after(100).folder
    desk.write("u1,1\n")
    desk.run()
    found = sorted(of(desk), key=lambda run: (run.started is not None, run.started))
    assert [(run.status, run.next, run.source) for run in found] == [
        ("dry-run", "", str(desk.source)),
        ("partial", f"mend its rejects.csv, then: importer retry {partial}", str(desk.source)),
        ("interrupted", f"importer run --resume {stopped}", str(desk.source)),
        ("complete", "", str(desk.source)),
    ]
    assert [run.rows["failed"] for run in found] == [1, 1, 0, 0]
    assert of(desk) == found[::-1]
    printed = command("runs", "--report-dir", "runs").stdout
    assert f"\n  -> importer run --resume runs/{stopped.name}\n" in printed
    given = json.loads(command("runs", "--report-dir", "runs", "--json").stdout)
    assert [run["run"] for run in given["runs"]] == [run.run for run in of(desk)]
    assert given["runs"][2]["rows"] == {
        "read": 3, "imported": 2, "failed": 1, "in_doubt": 0, "not_attempted": 0
    }  # fmt: skip


def test_resume_command_works(desk: Desk, command: Command) -> None:
    """The command that stands below an interrupted run finishes it."""
    desk.write(adding(1_000))
    desk.stopped_after(100)
    (run,) = of(desk)
    words = run.next.split()
    around = {
        "MIXPANEL_URL": desk.emulator.url,
        "MIXPANEL_TOKEN": "0123456789abcdef-a-project-token",
    }
    assert command(*words[1:], **around).returncode == 0
    assert [(run.status, run.next) for run in of(desk)] == [("complete", "")]


def test_running_and_killed(desk: Desk, tmp_path: Path) -> None:
    """A run under way is running; killed, it is interrupted, with what its ledger has."""
    desk.write(adding(3_000))
    desk.emulator.faults({"kind": "sleep", "seconds": 60, "every": 3})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(tmp_path, *given, url=desk.emulator.url) as process:
        wait_for_requests(desk.emulator, 5, process)
        (running,) = of(desk)
        assert (running.status, running.next) == ("running", "")
        process.kill()
        process.wait()
    (killed,) = of(desk)
    folder = only_run(desk.runs)
    assert (killed.status, killed.next) == ("interrupted", f"importer run --resume {folder}")
    imported = int((recall(folder).states == 2).sum())
    assert killed.rows["imported"] == imported


def test_retried(desk: Desk) -> None:
    """A run whose rejects another one took up says so, and is closed once nothing is left."""
    desk.write(FAULTY)
    first = desk.run().folder
    second = desk.retry(first).folder
    by_name = {run.run: run for run in of(desk)}
    whole, again = by_name[first.name], by_name[second.name]
    assert (whole.status, whole.retried_by, whole.next) == ("partial", second.name, "")
    assert (again.retries, again.next) == (
        first.name, f"mend its rejects.csv, then: importer retry {second}"
    )  # fmt: skip
    (second / "rejects.csv").write_text("u2,5\n", "utf-8")
    last = desk.retry(second).folder
    closed = {run.run: (run.status, run.closed_by, run.next) for run in of(desk)}
    assert closed[first.name] == ("complete", last.name, "")
    assert closed[second.name] == ("complete", last.name, "")


def test_old_rows_held_back(desk: Desk) -> None:
    """For rows that are held back since newer ones arrived there is nothing to mend."""
    desk.write(
        "u1,old\nu1,2\n", "identifier: {column: 1}\ncolumns: {2: {property: age, type: integer}}\n"
    )
    rejects = desk.run().folder / "rejects.csv"
    rejects.write_text("u1,1\n")
    again = desk.retry(rejects.parent)
    (step,) = next_steps(again, "")
    run = next(run for run in of(desk) if run.run == again.run)
    assert run.next == f"to send old rows over newer ones: {step.command}"


def test_retry_that_died_at_once(desk: Desk) -> None:
    """A retry that was killed before it wrote a line took nothing up, here as for the next one."""
    desk.write(FAULTY)
    first = desk.run().folder
    told = of(desk)
    second = desk.retry(first).folder
    (second / LEDGER).write_bytes(b"")
    (second / "report.json").unlink()
    (whole,) = (run for run in of(desk) if run.run == first.name)
    assert (whole.next, whole.retried_by) == (told[0].next, "")
    assert whole.next.startswith("mend its rejects.csv")
    assert desk.retry(first).totals.read == 1


def test_rehearsal_that_stopped(desk: Desk) -> None:
    """A rehearsal that a guard ended is told apart from a run that did send."""
    desk.write("u1,many\nu2,1\n")
    desk.run(dry_run=True, max_failures=0)
    (run,) = of(desk)
    assert (run.status, run.as_json()["dry_run"]) == ("stopped", True)
    (_, line) = history_lines(read_history(desk.runs))
    assert "  dry run stopped  " in line


def test_in_doubt(desk: Desk) -> None:
    """Rows in doubt ask for a decision; once it is taken, nothing is left."""
    desk.write("u1,1\n")
    desk.emulator.faults({"kind": "drop", "first": 1})
    folder = desk.run().folder
    (run,) = of(desk)
    assert run.next == f"importer retry {folder} --in-doubt resend (or skip)"
    desk.retry(folder, "in_doubt")
    assert all(run.next == "" for run in of(desk))


def test_end_of_a_ledger(desk: Desk) -> None:
    """The end of a ledger tells the same of a run as the whole, but for its rows."""
    desk.write(FAULTY)
    folder = desk.run().folder
    desk.retry(folder)
    desk.write(adding(500))
    stopped = desk.stopped_after(100).folder

    def last_words(recalled: Any) -> tuple[object, ...]:
        return (
            recalled.begun,
            recalled.ended,
            recalled.broken,
            recalled.retried_by,
            recalled.settled,
        )

    for run in (folder, stopped):
        assert last_words(recall_end(run)) == last_words(recall(run))
    with (stopped / "ledger.jsonl").open("a") as stream:
        stream.write('{"resumed":"2026-11-25T00:00:00+00:00"}\n')
    assert recall_end(stopped) is None


def test_other_folders(tmp_path: Path, command: Command) -> None:
    """What is no run is passed over, one that cannot be read is told, no folder is an error."""
    (tmp_path / "runs" / "notes").mkdir(parents=True)
    assert command("runs", "--report-dir", "runs").stdout == "runs: no runs yet\n"
    (tmp_path / "runs" / "20260101T000000Z-abcdef").mkdir()
    (tmp_path / "runs" / "20260101T000000Z-abcdef" / "report.json").write_text("{")
    (run,) = read_history(tmp_path / "runs").runs
    assert (run.status, run.next.startswith("cannot be read: ")) == ("unreadable", True)
    with pytest.raises(ConfigError, match="name the folder of the runs with --report-dir"):
        read_history(tmp_path / "nowhere")
