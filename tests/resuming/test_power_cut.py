"""The power fails: what a run said is there afterwards; what is lost is not taken for settled."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from importer.errors import ConfigError, NothingToDo
from importer.lookback.history import read_history
from importer.resuming.closing import Which

from .power import Disk, at_the_end
from .runs import Desk, adding, once

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks files up in /proc")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@needs_proc
def test_cut_at_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a run's end is on the disk, its tables, its report and all their names are too."""
    desk.write("u1,many\nu2,1\n")
    desk.emulator.faults({"kind": "drop", "first": 1})
    disk = Disk(monkeypatch, at_the_end)
    report = desk.run()
    assert (report.totals.failed, report.totals.in_doubt) == (1, 1)
    whole = contents(report.folder)
    disk.restore(report.folder)
    assert contents(report.folder) == whole


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b'{"answer"', b'\0"answer"'),
        (b'{"sent":[[2,', b'{"sent":[[2.'),
        (b'"imported":[[', b'"imqorted":[['),
    ],
)
def test_damaged_line(desk: Desk, was: bytes, now: bytes) -> None:
    """Damage in the middle of a ledger is no torn end: nothing is cut off and nothing sent twice,
    by a run that goes on or is retried.
    """
    desk.write("u0,many\n" + adding(1_000))
    stopped = desk.stopped_after(300).folder
    ended = desk.run(report_dir=desk.folder / "others").folder
    for run_dir, take_up in ((stopped, desk.resume), (ended, desk.retry)):
        ledger = run_dir / "ledger.jsonl"
        content = ledger.read_bytes().replace(was, now, 1)
        line = content[: content.index(now)].count(b"\n") + 1
        ledger.write_bytes(content)
        before = desk.updates
        with pytest.raises(ConfigError, match=rf"ledger\.jsonl: line {line} is damaged, .* copy"):
            take_up(run_dir)
        assert (ledger.read_bytes(), desk.updates) == (content, before)


def test_end_that_is_full_of_zeros(desk: Desk) -> None:
    """A ledger that a power cut left longer than what was written goes on from what was."""
    desk.write(adding(1_000))
    run_dir = desk.stopped_after(300).folder
    with (run_dir / "ledger.jsonl").open("ab") as ledger:
        ledger.write(bytes(3_000))
    assert (desk.resume(run_dir).exit_code, desk.orders) == (0, once(1_000))


@pytest.mark.parametrize("ledger", [None, b"", b'{"run":"2026', bytes(300)])
def test_cut_before_the_first_line(desk: Desk, ledger: bytes | None) -> None:
    """A run that died before the first line of its ledger sent nothing, and says so."""
    run_dir = desk.runs / "20261130T000000Z-abcdef"
    run_dir.mkdir(parents=True)
    (run_dir / "mapping.yaml").touch()
    if ledger is not None:
        (run_dir / "ledger.jsonl").write_bytes(ledger)
    for take_up in (desk.resume, desk.retry):
        with pytest.raises(ConfigError, match=r"ended before it sent anything; begin a new run$"):
            take_up(run_dir)


@pytest.mark.parametrize("lost", ["rejects.index", "in-doubt-records.index", "report.json"])
@pytest.mark.parametrize("left", [None, b"", bytes(40)])
def test_lost_at_the_end(desk: Desk, lost: str, left: bytes | None) -> None:
    """What is lost of a run at its end is not taken for given up: going on writes it anew, sends
    nothing, and ends with the code of what is left.
    """
    desk.write("u1,many\nu2,1\n")
    desk.emulator.faults({"kind": "drop", "first": 1})
    report = desk.run()
    whole = contents(report.folder)
    for name in (lost, "rejects.csv", "in-doubt-records.csv"):
        (report.folder / name).unlink()
        if left is not None and name != "report.json":
            (report.folder / name).write_bytes(left)
    which: Which = "in_doubt" if lost == "in-doubt-records.index" else "rejects"
    with pytest.raises(ConfigError, match="written anew: importer run --resume"):
        desk.retry(report.folder, which)
    again = desk.resume(report.folder)
    assert (again.exit_code, again.rows, desk.updates) == (7, report.rows, 1)
    now = contents(report.folder)
    assert again.as_json()["files"] == report.as_json()["files"]
    for name in ("rejects.csv", "rejects.index", "in-doubt-records.csv", "failures.csv"):
        assert now[name] == whole[name]
    with pytest.raises(NothingToDo):
        desk.resume(report.folder)


def test_report_of_a_retried_run_is_lost(desk: Desk) -> None:
    """Nothing is written anew under a run that took it up; what is left counts all the same."""
    desk.write("u1,many\n")
    report = desk.run()
    desk.retry(report.folder)
    (report.folder / "report.json").unlink()
    with pytest.raises(NothingToDo, match="1 row that failed: taken up by") as ended:
        desk.resume(report.folder)
    assert ended.value.exit_code == 3
    (run,) = (run for run in read_history(desk.runs).runs if run.run == report.run)
    assert (run.status, run.next) == ("partial", "")


class PowerCut(Exception):
    """What ends a run at that moment."""


@needs_proc
def test_cut_while_rows_are_taken_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are never taken up by a run that nobody finds: they can be retried after all."""
    desk.write("u1,many\n")
    first = desk.run()
    (first.folder / "rejects.csv").write_text("u1,1\n", "utf-8")

    def cut(path: Path) -> bool:
        if path.name == "ledger.jsonl" and b'"retried"' in path.read_bytes():
            raise PowerCut
        return False

    disk = Disk(monkeypatch, cut)
    with suppress(PowerCut):
        desk.retry(first.folder)
    monkeypatch.undo()
    (second,) = set(desk.runs.iterdir()) - {first.folder}
    if not disk.knows(second):
        shutil.rmtree(second)
    assert (desk.retry(first.folder).exit_code, desk.orders) == (0, once(1))
