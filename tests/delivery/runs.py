"""One import from a file to a server, and what is to be seen of it on both sides."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.begin import import_profiles
from importer.books.report import Report
from importer.emulator import Emulator
from importer.interruption import Interruption
from importer.progress import Progress

from .made_updates import TOKEN, config
from .virtual_time import VirtualTime

Row = tuple[str, str]


@dataclass
class Listener:
    """An observer that keeps what it is told, and may do something on each piece of news."""

    told: list[str] = field(default_factory=list)
    on_update: Callable[[Progress], None] = lambda progress: None  # noqa: ARG005

    def update(self, progress: Progress) -> None:
        self.on_update(progress)

    def narrate(self, message: str) -> None:
        self.told.append(message)


@dataclass(frozen=True)
class Run:
    """How an import ended; `failed` and `in_doubt` are the lines of the files it left."""

    report: Report
    told: list[str]
    failed: list[dict[str, str]]
    in_doubt: list[dict[str, str]]

    @property
    def rows(self) -> dict[str, int]:
        rows: dict[str, int] = self.report.as_json()["rows"]
        return rows

    @property
    def reasons(self) -> dict[int, tuple[str, str]]:
        """Code and reason of each failed row."""
        return {int(line["row"]): (line["code"], line["reason"]) for line in self.failed}


def imported(read: int) -> dict[str, int]:
    """Return the books of a run in which every row was imported."""
    return {"read": read, "imported": read, "failed": 0, "in_doubt": 0, "not_attempted": 0}


def run_import(
    rows: Sequence[Row],
    url: str,
    folder: Path,
    *,
    delivery: dict[str, Any] | None = None,
    time: VirtualTime | None = None,
    interruption: Interruption | None = None,
    on_update: Callable[[Progress], None] = lambda progress: None,  # noqa: ARG005
    operation: str = "set",
) -> Run:
    """Import rows of identifier and plan; time passes at once."""
    source = folder / "customers.csv"
    source.write_text("".join(f"{name},{plan}\n" for name, plan in rows), "utf-8")
    listener = Listener(on_update=on_update)
    report = import_profiles(
        source,
        config(delivery, operation),
        report_dir=folder / "runs",
        environment={"MIXPANEL_URL": url, "MIXPANEL_TOKEN": TOKEN},
        observer=listener,
        interruption=interruption,
        timing=(time or VirtualTime()).timing,
    )
    totals = report.totals
    ended = totals.imported + totals.failed + totals.in_doubt + totals.not_attempted
    assert ended == totals.read, "the books balance, however a run ends"
    assert TOKEN not in everything_written(folder / "runs"), "no file holds the token"
    assert TOKEN not in repr((report, listener.told, report.stop)), "no message holds the token"
    return Run(
        report,
        listener.told,
        _lines(report.folder / "failures.csv"),
        _lines(report.folder / "in-doubt.csv"),
    )


def everything_written(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())


def last_values(rows: Sequence[Row], without: set[int] | None = None) -> dict[str, dict[str, str]]:
    """Return the profiles after all rows took effect in file order, save those with a number."""
    kept = (row for number, row in enumerate(rows, 1) if number not in (without or set()))
    return {name: {"plan": plan} for name, plan in kept}


def assert_stored(emulator: Emulator, rows: Sequence[Row], run: Run) -> None:
    """Assert that the store holds what a finished run's books say, and nothing else."""
    assert run.rows["not_attempted"] == run.rows["in_doubt"] == 0
    assert emulator.profiles() == last_values(rows, without=set(run.reasons))


def people(count: int) -> list[Row]:
    """Return rows of one profile each."""
    return [(f"u{number}", f"plan {number}") for number in range(1, count + 1)]


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
