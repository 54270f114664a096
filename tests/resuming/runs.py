"""Runs in the test's own process: imports, resumptions and retries that differ in little."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.begin import import_profiles, resume_import, retry_import
from importer.books.report import Report
from importer.emulator import Emulator
from importer.interruption import Interruption
from importer.progress import Progress
from importer.resuming.closing import Which
from importer.timing import Timing
from tests.delivery.runs import Listener

from .mixed import TOKEN

ADDING = (
    "identifier: {column: 1}\n"
    "columns: {2: {property: orders, type: integer, operation: add}}\n"
    "delivery: {batch_size: 100}\n"
)
"""A mapping with which every row that is applied twice shows."""


@dataclass
class Desk:
    """A folder with a source and a mapping, and a server."""

    folder: Path
    emulator: Emulator
    told: list[str] = field(default_factory=list)

    @property
    def source(self) -> Path:
        return self.folder / "customers.csv"

    @property
    def mapping(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def write(self, rows: str | bytes, mapping: str = ADDING) -> None:
        self.source.write_bytes(rows.encode() if isinstance(rows, str) else rows)
        self.mapping.write_text(mapping, "utf-8")

    def run(self, **options: Any) -> Report:
        return import_profiles(
            self.source, self.mapping, **self._around({"report_dir": self.runs} | options)
        )

    def resume(self, run_dir: Path, *given: str | Path, **options: Any) -> Report:
        return resume_import(run_dir, *given, **self._around(options))

    def retry(self, run_dir: Path, which: Which = "rejects", **options: Any) -> Report:
        return retry_import(run_dir, which, **self._around(options))

    def stopped_after(self, rows: int) -> Report:
        """Begin a run that is interrupted once so many rows are settled."""
        return self.run(**stopping(lambda progress: progress.totals.read >= rows))

    def _around(self, options: dict[str, Any]) -> dict[str, Any]:
        around = {
            "environment": {"MIXPANEL_URL": self.emulator.url, "MIXPANEL_TOKEN": TOKEN},
            "observer": Listener(self.told),
            "timing": Timing(chance=lambda: 0.0),
        }
        return around | options

    @property
    def orders(self) -> dict[str, int]:
        return {name: kept["orders"] for name, kept in self.emulator.profiles().items()}

    @property
    def updates(self) -> int:
        updates: int = self.emulator.stats()["updates"]
        return updates


def stopping(when: Callable[[Progress], bool], number: int = 2) -> dict[str, Any]:
    """Return the options of a run that is interrupted at a moment."""
    interruption = Interruption()

    def watch(progress: Progress) -> None:
        if when(progress):
            interruption.request(number)

    return {"interruption": interruption, "observer": Listener(on_update=watch)}


def adding(rows: int) -> str:
    """Return rows of one profile each, for the mapping that adds."""
    return "".join(f"u{row},1\n" for row in range(1, rows + 1))


def once(rows: int) -> dict[str, int]:
    """Return the orders that these rows leave when each was applied once."""
    return {f"u{row}": 1 for row in range(1, rows + 1)}
