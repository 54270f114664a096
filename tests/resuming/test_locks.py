"""One at a time: runs of one source do not overlap, nor processes in one run."""

import threading
from pathlib import Path

import pytest

from importer.books.report import Report
from importer.errors import AlreadyRunning
from importer.resuming.journal import Journal
from importer.resuming.lock import hold
from tests.delivery.runs import Listener

from .processes import importing, only_run, wait_for_requests
from .runs import Desk, adding, once

ROWS = 3_000


def test_same_source(desk: Desk, tmp_path: Path) -> None:
    """While a run is under way, a second one of its source is refused with 4 and sends nothing.

    Another source runs, and the same with another report folder. Killed, the first holds nobody up:
    it can be resumed at once, and while it runs it cannot.
    """
    desk.write(adding(ROWS))
    desk.emulator.faults({"kind": "sleep", "seconds": 60})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(tmp_path, *given, url=desk.emulator.url) as first:
        wait_for_requests(desk.emulator, 2, first)
        run_dir = only_run(desk.runs)
        with importing(tmp_path, *given, url=desk.emulator.url) as second:
            stdout, stderr = second.communicate(timeout=60)
        assert (second.returncode, stdout) == (4, "")
        source = desk.source.resolve()
        assert stderr == (
            f"importer: {source}: is being imported by another process (runs/{run_dir.name}); "
            "wait for it, or give this run another --report-dir\n"
        )
        assert only_run(desk.runs) == run_dir, "the second one leaves no folder"
        with pytest.raises(AlreadyRunning, match="is under way in another process"):
            desk.resume(run_dir)
        (tmp_path / "link.csv").symlink_to(desk.source)
        with pytest.raises(AlreadyRunning):
            Desk.run(Linked(tmp_path, desk.emulator))
        assert first.poll() is None
        desk.emulator.faults()
        other = Desk(tmp_path / "other", desk.emulator)
        other.folder.mkdir()
        other.write("elsewhere,1\n")
        assert other.run().exit_code == 0
        assert desk.run(limit=1, report_dir=tmp_path / "else").exit_code == 0
        first.kill()
        first.wait()
        ended = desk.resume(run_dir)
    assert ended.exit_code in (0, 7)
    assert ended.totals.imported + ended.totals.in_doubt == ROWS


class Linked(Desk):
    """The same source by another name."""

    @property
    def source(self) -> Path:
        return self.folder / "link.csv"


def test_two_resume_at_once(desk: Desk) -> None:
    """Of two that go on with one run at once, one does and the other is refused."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(300).folder
    desk.emulator.faults({"kind": "delay", "delay_ms": [60, 60]})
    together = threading.Barrier(2)
    ended: list[Report | AlreadyRunning] = []

    def resume() -> None:
        together.wait()
        try:
            ended.append(desk.resume(run_dir, observer=Listener()))
        except AlreadyRunning as refused:
            ended.append(refused)

    threads = [threading.Thread(target=resume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(how) for how in ended} == {Report, AlreadyRunning}
    assert desk.orders == once(ROWS)
    assert desk.updates == ROWS


def test_looked_at(tmp_path: Path) -> None:
    """Whoever looks whether a ledger is held keeps nobody from it; whoever holds it does."""
    fcntl = pytest.importorskip("fcntl")
    journal, other = (Journal(tmp_path / "ledger.jsonl") for _ in range(2))
    with (tmp_path / "ledger.jsonl").open("rb") as looked:
        fcntl.flock(looked, fcntl.LOCK_SH)
        hold(journal, tmp_path, sleep=lambda _: looked.close())
    pauses: list[float] = []
    with pytest.raises(AlreadyRunning):
        hold(other, tmp_path, sleep=pauses.append)
    assert 0 < sum(pauses) < 0.1
