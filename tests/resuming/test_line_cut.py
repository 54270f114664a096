"""The line is cut for real, connections broken off and new ones refused, and comes back."""

import random
from pathlib import Path
from typing import Any

import pytest

from importer.deliver import Timing
from importer.emulator import Emulator
from importer.pipeline import import_profiles, resume_import
from importer.progress import Progress
from tests.delivery.runs import Listener
from tests.delivery.virtual_time import VirtualTime

from .line import Line, line_to
from .mixed import (
    MIXED,
    REFUSED,
    REPEATABLE,
    TOKEN,
    check_end,
    customers,
    seed,
    write_mapping,
    write_rows,
)

pytestmark = pytest.mark.usefixtures("one_authority")

ROWS, PROFILES = 1_500, 1_900
"""Of many profiles small batches seldom wait for one another: several are on the line at once."""


def cutting(line: Line, after: int) -> Listener:
    """Watch a run, and cut its line once so many rows are settled."""

    def watch(progress: Progress) -> None:
        if progress.totals.read >= after:
            line.cut()

    return Listener(on_update=watch)


@pytest.mark.parametrize("columns", [MIXED, REPEATABLE], ids=["mixed", "repeatable"])
def test_cut_and_mended(emulator: Emulator, tmp_path: Path, columns: dict[int, Any]) -> None:
    """A run whose line is cut stops with 5; resumed when it is back, it is as if undisturbed.

    What must not be repeated and was on the line when it was cut is in doubt; all else is neither
    lost nor doubled. While the line is still cut, a resumed run stops with 5 again.
    """
    rows = customers(ROWS, random.Random(5), profiles=PROFILES)
    seed(emulator, PROFILES)
    emulator.faults(
        {"kind": "refuse", "ids": list(REFUSED)}, {"kind": "delay", "delay_ms": [1, 10]}
    )
    source = write_rows(tmp_path / "customers.csv", rows)
    mapping = write_mapping(tmp_path / "config.yaml", columns, batch_size=40, give_up_after=30)

    def fast() -> Timing:
        return VirtualTime().timing

    with line_to(emulator.port) as line:
        environment = {"MIXPANEL_URL": line.url, "MIXPANEL_TOKEN": TOKEN}
        stopped = import_profiles(
            source, mapping, report_dir=tmp_path / "runs", environment=environment,
            observer=cutting(line, 400), timing=fast(),
        )  # fmt: skip
        assert (stopped.exit_code, stopped.status) == (5, "stopped")
        assert stopped.totals.imported < ROWS / 2
        requests = emulator.stats()["requests"]
        still = resume_import(stopped.folder, environment=environment, timing=fast())
        assert (still.exit_code, emulator.stats()["requests"]) == (5, requests)
        line.mend()
        again = resume_import(
            stopped.folder, environment=environment, timing=fast(), observer=cutting(line, 900)
        )
        assert again.exit_code == 5
        line.mend()
        ended = resume_import(stopped.folder, environment=environment, timing=fast())
    assert ended.exit_code == (3 if not ended.totals.in_doubt else 7)
    doubtful, _ = check_end(stopped.folder, rows, columns, emulator, PROFILES)
    assert len(doubtful) < ROWS / 2


def test_cut_for_a_moment(emulator: Emulator, tmp_path: Path) -> None:
    """A line that is back before the run gives up ends nothing; what was on it is in doubt."""
    rows = customers(ROWS, random.Random(6), profiles=PROFILES)
    seed(emulator, PROFILES)
    # The first request has arrived and has no answer yet when the line is cut.
    emulator.faults(
        {"kind": "refuse", "ids": list(REFUSED)},
        {"kind": "sleep", "seconds": 30, "apply": "before", "first": 1},
    )
    source = write_rows(tmp_path / "customers.csv", rows)
    mapping = write_mapping(tmp_path / "config.yaml", MIXED, batch_size=40)
    cuts: list[str] = []
    with line_to(emulator.port) as line:

        class Electrician:
            def update(self, progress: Progress) -> None:
                if progress.totals.read >= 100 and not cuts:
                    cuts.append("cut")
                    line.cut()

            def narrate(self, message: str) -> None:  # noqa: ARG002
                if len(cuts) == 1:
                    cuts.append("mended")
                    line.mend()

        report = import_profiles(
            source,
            mapping,
            report_dir=tmp_path / "runs",
            environment={"MIXPANEL_URL": line.url, "MIXPANEL_TOKEN": TOKEN},
            observer=Electrician(),
            timing=VirtualTime().timing,
        )
    assert cuts == ["cut", "mended"]
    doubtful, arrived = check_end(report.folder, rows, MIXED, emulator, PROFILES)
    assert report.exit_code == 7
    assert doubtful & arrived, "some of them had arrived: sent again they would be doubled"
