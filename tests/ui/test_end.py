"""However the page ends, what it began ends in order, and its private copies go."""

import signal
from pathlib import Path

import pytest

from importer.emulator import Emulator
from importer.lookback.history import read_history

from .pages import TOKEN, OpenPage, drafted, opened, saved


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_by_a_signal(server: Emulator, tmp_path: Path, number: signal.Signals) -> None:
    """A page whose terminal is closed stops its import, as Ctrl-C would, and leaves no copy."""
    content = "".join(f"u{n},1\n" for n in range(20_000)).encode()
    server.faults({"kind": "delay", "delay_ms": [200, 200]})
    with opened(tmp_path, MIXPANEL_URL=server.url, MIXPANEL_TOKEN=TOKEN) as page:
        copy = Path(page.client.put("/api/uploads", content=content).json()["path"])
        job = import_of(page, copy)
        for state in page.states(job):
            if state["progress"].get("in_flight"):
                page.process.send_signal(number)
                break
        assert page.process.wait(30) == 0
        assert page.process.stdout is not None
        said = page.process.stdout.read()
    server.faults()
    assert not copy.parent.parent.exists()
    (run,) = read_history(tmp_path / "importer-runs").runs
    assert run.status == "interrupted"
    assert said == f"To go on: importer run --resume {tmp_path / 'importer-runs' / run.run}\n"


def import_of(page: OpenPage, path: Path) -> str:
    given, sheet = drafted(page, path, columns={"2": [{"property": "orders"}]})
    order = saved(page, given, sheet, "m.yaml")
    job: str = page.post("/api/jobs", {"kind": "import", **order})["id"]
    return job
