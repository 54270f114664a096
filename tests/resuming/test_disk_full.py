"""A disk that fills up for real, by a limit on file sizes and on a file system of a few pages."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from importer.begin import import_profiles, resume_import
from importer.emulator import Emulator
from importer.errors import ReportError

from .mixed import TOKEN, noted, numbers_in, write_mapping
from .processes import importing, only_run, report_of
from .runs import Desk

pytestmark = pytest.mark.usefixtures("one_authority")

ROWS = 6_000
COLUMNS = {
    2: {"property": "orders", "type": "integer", "operation": "add"},
    3: {"property": "notes", "operation": "append"},
}


def write_faulty(folder: Path) -> tuple[Path, Path]:
    """Write rows of which every second one has a faulty cell, long enough to fill a disk."""
    filling = "x" * 40
    rows = "".join(
        f"u{row % 500},{'many ' + filling if row % 2 else 1},n{row}\n" for row in range(1, ROWS + 1)
    )
    source = folder / "customers.csv"
    source.write_text(rows, "utf-8")
    return source, write_mapping(folder / "config.yaml", COLUMNS, concurrency=2)


def expected(rows: Sequence[int]) -> dict[str, dict[str, object]]:
    """Return the profiles that these rows leave."""
    notes: dict[str, list[str]] = {}
    for row in rows:
        notes.setdefault(f"u{row % 500}", []).append(f"n{row}")
    return {name: {"orders": len(all_), "notes": all_} for name, all_ in notes.items()}


def check_full(done: "subprocess.Popen[str]", emulator: Emulator, folder: Path) -> Path:
    """Hold how a run ended whose disk was full against what is promised; return its folder."""
    stdout, stderr = done.communicate(timeout=60)
    assert done.returncode == 4, (stdout, stderr)
    assert emulator.stats()["requests"] > 0
    said = [line for line in stderr.splitlines() if line.startswith("importer: stopped")]
    assert len(said) == 1, stderr
    assert ("File too large" in said[0]) or ("No space left on device" in said[0]), said
    assert "Traceback" not in stderr
    return only_run(folder / "runs")


def check_resumed(run_dir: Path, emulator: Emulator) -> None:
    """Go on where there is room again, and hold everything against the model.

    Answers that the ledger had no room for leave their rows in doubt: of two requests at most.
    """
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    ended = resume_import(run_dir, environment=environment)
    doubts = set(numbers_in(run_dir / "in-doubt.csv"))
    assert len(doubts) in (0, 100, 200)
    assert report_of(run_dir)["rows"] == {
        "read": ROWS,
        "imported": ROWS // 2 - len(doubts),
        "failed": ROWS // 2,
        "in_doubt": len(doubts),
        "not_attempted": 0,
    }
    found = noted(emulator.profiles())
    assert len(found) == len(set(found))
    assert set(range(2, ROWS + 1, 2)) - doubts <= set(found)
    assert (ended.exit_code, emulator.profiles()) == (7 if doubts else 3, expected(found))
    assert len((run_dir / "rejects.csv").read_bytes().splitlines()) == ROWS // 2


@pytest.mark.parametrize("kilobytes", [4, 100])
def test_files_at_their_limit(emulator: Emulator, tmp_path: Path, kilobytes: int) -> None:
    """A file that may not grow ends the run in one line with 4; with room again nothing is lost.

    The ledger meets the small limit first, the tables of failures the large one.
    """
    write_faulty(tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, resource.RLIM_INFINITY))

    with importing(
        tmp_path, "run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs",
        url=emulator.url, preexec=limit,
    ) as process:  # fmt: skip
        run_dir = check_full(process, emulator, tmp_path)
    check_resumed(run_dir, emulator)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Mount a disk of some kilobytes as `runs`; the function changes its size."""
    place = tmp_path / "runs"
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k,mode=700", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount")
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("mounting is not allowed here")

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)

    yield resize
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk(emulator: Emulator, tmp_path: Path, small_disk: Callable[[str], None]) -> None:
    """A disk without room ends the run in one line with 4; with room again nothing is lost."""
    write_faulty(tmp_path)
    with importing(
        tmp_path, "run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs",
        url=emulator.url,
    ) as process:  # fmt: skip
        run_dir = check_full(process, emulator, tmp_path)
    small_disk("16m")
    check_resumed(run_dir, emulator)


def test_ledger_that_cannot_be_written(emulator: Emulator, tmp_path: Path) -> None:
    """Without room for its ledger's first line a run ends with 2, and sends nothing."""
    write_faulty(tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))

    with importing(
        tmp_path, "run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs",
        url=emulator.url, preexec=limit,
    ) as process:  # fmt: skip
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, emulator.stats()["requests"]) == (2, "", 0)
    assert stderr.startswith("importer: runs/")
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize("room", [True, False])
def test_end_that_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    """Without room for the ledger's last line a run ends with 4, and no report says anything else.

    Where there is room for that, it says so. Going on ends the run.
    """
    desk.write("u1,1\nu2,many\n")
    write, rename, full = os.write, Path.replace, False

    def written(file: int, content: bytes) -> int:
        nonlocal full
        if content.startswith(b'{"ended"'):
            full = not room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, content)

    def renamed(path: Path, other: Path) -> Path:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(path, other)

    monkeypatch.setattr(os, "write", written)
    monkeypatch.setattr(Path, "replace", renamed)
    stopped = desk.run()
    assert (stopped.exit_code, stopped.status) == (4, "stopped")
    monkeypatch.undo()
    if room:
        assert report_of(stopped.folder) == stopped.as_json()
    else:
        assert not {"report.json", "report.html"} & {path.name for path in stopped.folder.iterdir()}
    assert (desk.resume(stopped.folder).exit_code, desk.updates) == (3, 1)


@pytest.mark.parametrize("taken", ["runs", "runs/ledger"])
def test_folder_that_cannot_be_written(emulator: Emulator, tmp_path: Path, taken: str) -> None:
    """A report folder that is a file, or lies in one, is said before anything is sent."""
    source, mapping = write_faulty(tmp_path)
    (tmp_path / "runs").touch()
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    with pytest.raises(ReportError, match="name a folder that can be written with --report-dir"):
        import_profiles(source, mapping, report_dir=tmp_path / taken, environment=environment)
    assert emulator.stats()["requests"] == 0
