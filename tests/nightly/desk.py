"""A folder with an export and a mapping, a server, and a memory from night to night."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.begin import import_profiles, resume_import, retry_import
from importer.books.report import Report
from importer.emulator import Emulator
from importer.progress import Progress
from importer.timing import Timing
from tests.delivery.made_updates import TOKEN
from tests.delivery.runs import Listener


class Crash(Exception):
    """What ends a run as if the program had been killed."""


@dataclass
class NightDesk:
    folder: Path
    emulator: Emulator
    told: list[str] = field(default_factory=list)

    @property
    def source(self) -> Path:
        return self.folder / "export.csv"

    @property
    def mapping(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state" / "importer"

    @property
    def updates(self) -> int:
        updates: int = self.emulator.stats()["updates"]
        return updates

    @property
    def run_dirs(self) -> list[Path]:
        """Return the folders of the runs, in the order in which they were begun."""
        return sorted((self.folder / "runs").iterdir(), key=lambda path: path.stat().st_ctime_ns)

    def write(self, text: str) -> None:
        self.source.write_text(text, "utf-8")

    def run(
        self, text: str | None = None, sources: Sequence[Path | str] = (), **options: Any
    ) -> Report:
        if text is not None:
            self.write(text)
        around = {"report_dir": self.folder / "runs", **self._around(), **options}
        return import_profiles(sources or self.source, self.mapping, **around)

    def resume(self, run_dir: Path) -> Report:
        return resume_import(run_dir, **self._around())

    def retry(self, run_dir: Path, **options: Any) -> Report:
        return retry_import(run_dir, **{**self._around(), **options})

    def crash(self, after: int) -> Path:
        """Begin a run that dies once so many rows are settled, and return its folder.

        It may be at its end before that.
        """
        before = set(self.run_dirs) if (self.folder / "runs").exists() else set()

        def watch(progress: Progress) -> None:
            if progress.totals.read >= after:
                raise Crash

        with suppress(Crash):
            self.run(observer=Listener(on_update=watch))
        (run_dir,) = set(self.run_dirs) - before
        return run_dir

    def _around(self) -> dict[str, Any]:
        return {
            "environment": {
                "MIXPANEL_URL": self.emulator.url,
                "MIXPANEL_TOKEN": TOKEN,
                "XDG_STATE_HOME": str(self.folder / "state"),
            },
            "observer": Listener(self.told),
            "timing": Timing(chance=lambda: 0.0),
        }
