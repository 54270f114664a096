"""What a run leaves behind is for its owner alone; masked, the tables show no value; no token."""

import os
import re
import stat
from pathlib import Path

import pytest

from .mixed import TOKEN
from .processes import importing, only_run
from .runs import Desk

MAPPING = (
    "identifier: {column: 1, fallback: []}\n"
    "columns:\n"
    "  2: {property: born, type: date}\n"
    "  3: {property: $email, type: email}\n"
    "  4: {property: orders, type: integer, operation: add}\n"
    "  5: {property: $phone, type: phone}\n"
    "  6: {property: tier, values: {gold: g}}\n"
    "  7: {property: extra, type: json}\n"
)

FAULTY = (
    ("faulty-one", "31 Brumaire", "ada(at)example.org", "7 dozen", "no-phone-here", "gold", "{}"),
    ("faulty-two", "yesterday", "grace.hopper.example", "12'000\"5", "+49 12", "gold", "{bad:json"),
    ("refused-by-name@example.org", "2020-01-02", "r@example.org", "5", "", "gold", "{}"),
    ("'quoted' \"id\"", "the 'day' \"eventide\"", "x y@z", "1`2`3", "0", "gold", "['a']"),
)
DOUBTFUL = ("doubtful-person@example.org", "1999-12-31", "d@example.org", "31337", "", "gold", "{}")
SHORT = "Margaret Hamilton,only two cells"


def quoted(cells: tuple[str, ...]) -> str:
    return ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)


def values() -> list[str]:
    """Return what must not be seen: all cells of failing rows that are long enough to tell."""
    cells = [*(cell for row in (*FAULTY, DOUBTFUL) for cell in row), *SHORT.split(",")]
    pieces = {piece.strip() for cell in cells for piece in re.split("[\"'`]", cell)}
    return sorted(value for value in {*cells, *pieces} if len(value) >= 5)


def write(desk: Desk) -> None:
    lines = [*map(quoted, FAULTY), SHORT, quoted(DOUBTFUL)]
    desk.write("".join(f"{line}\n" for line in lines), MAPPING)
    desk.emulator.faults({"kind": "refuse", "ids": ["refused-by-name@example.org"]})


@pytest.mark.parametrize("doubtful", [False, True], ids=["refused", "in doubt"])
def test_masked(desk: Desk, doubtful: bool) -> None:
    """With --mask no cell of a failing row is in a table, in the report, or said."""
    write(desk)
    if doubtful:
        desk.emulator.faults({"kind": "drop", "first": 1})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs", "--mask")
    with importing(desk.folder, *given, url=desk.emulator.url) as process:
        stdout, stderr = process.communicate(timeout=60)
    run_dir = only_run(desk.runs)
    assert process.returncode == (7 if doubtful else 3), stderr
    shown = {
        name: (run_dir / name).read_text("utf-8")
        for name in ("failures.csv", "in-doubt.csv", "report.json", "report.html")
    } | {"stdout": stdout, "stderr": stderr}
    assert [(place, v) for place, text in shown.items() for v in values() if v in text] == []
    assert shown["failures.csv"].count("\n") == (5 if doubtful else 6)
    assert shown["in-doubt.csv"].count("\n") == (3 if doubtful else 1)
    raw = (run_dir / "rejects.csv").read_text("utf-8")
    assert "ada(at)example.org" in raw, "rejects are for mending, and raw"


def test_mask_stays(desk: Desk) -> None:
    """A run that was begun with a mask goes on with it, and so do its retries."""
    desk.write("".join(f"person-{row},secret-{row}\n" for row in range(1, 400)))
    stopped = desk.run(mask=True, max_failures=1)
    assert stopped.exit_code == 4
    ended = desk.resume(stopped.folder)
    again = desk.retry(ended.folder)
    for report in (ended, again):
        assert report.totals.failed == 399
        failures = (report.folder / "failures.csv").read_text("utf-8")
        assert "person-" not in failures
        assert "secret-" not in failures + "".join(each.reason for each in report.examples)


def test_rehearsal_masked(desk: Desk) -> None:
    """A rehearsal with a mask shows the names of properties, and the form of everything else."""
    mapping = "identifier: {column: 1}\ncolumns: {2: $email, 3: {property: n, type: integer}}\n"
    desk.write("somebody,ada@example.com,12345678\n" * 3, mapping)
    report = desk.run(dry_run=True, mask=True)
    assert report.rehearsed is not None
    assert report.rehearsed.as_json()["first_updates"][0] == {
        "$token": "…",
        "$distinct_id": "so•••••",
        "$ip": "0",
        "$ignore_time": True,
        "$set": {"$email": "ada•••••om", "n": "12•••••"},
    }


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_owner_only(desk: Desk, umask: int) -> None:
    """Whatever the umask gives away, folders are 0700 and files 0600; the token is in none."""
    write(desk)
    before = os.umask(umask)
    try:
        report = desk.run()
        desk.emulator.faults()
        path = report.folder / "rejects.csv"
        path.write_text(path.read_text("utf-8").replace("7 dozen", "84"), "utf-8")
        desk.retry(report.folder)
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in desk.runs.rglob("*")}
    wrong = {
        str(path): oct(mode)
        for path, mode in modes.items()
        if mode != (0o700 if path.is_dir() else 0o600)
    }
    assert wrong == {}
    assert stat.S_IMODE(desk.runs.stat().st_mode) == 0o700
    assert len(modes) > 10
    assert leaks(desk.runs) == []


def test_token_in_no_file(desk: Desk) -> None:
    """A run that is refused, one that fails and one that stops: none writes the token down."""
    write(desk)
    desk.emulator.faults({"kind": "status", "status": 401, "body": f"no such token: {TOKEN}"})
    denied = desk.run()
    desk.emulator.faults({"kind": "body", "body": f'{{"status": 0, "error": "bad {TOKEN}"}}'})
    refused = desk.run()
    desk.emulator.faults({"kind": "status", "status": 500, "body": TOKEN, "first": 1})
    lost = desk.run()
    assert [report.exit_code for report in (denied, refused, lost)] == [6, 7, 7]
    assert leaks(desk.runs) == []
    assert TOKEN not in repr((denied, refused, lost, desk.told))


def leaks(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()
    ]
