"""The power fails: what a run said is there afterwards; what is lost is not taken for settled."""

import sys
from pathlib import Path

import pytest

from .power import Disk, at_the_end
from .runs import Desk

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
