"""The runs of a report folder: how each of them ended, and what is to be done next."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from importer.books.report import iso, resume_command
from importer.errors import ConfigError
from importer.resuming.lock import is_held
from importer.resuming.recall import (
    IMPORTED,
    IN_DOUBT,
    LEDGER,
    OVERWRITTEN,
    REPORT,
    Recalled,
    recall,
    recall_end,
)
from importer.streams import FRAME, STDIN, to_give_again

SCHEMA = 1

Ending = Literal[
    "complete", "partial", "stopped", "interrupted", "dry-run", "running", "unreadable"
]


@dataclass(frozen=True, slots=True)
class Run:
    """One folder of the report folder.

    Where a process was killed before it wrote its report, `rows` are those that its ledger has,
    and `seconds` last until the ledger was last written to. `next` is what to do, in words that
    end with a command where there is one; "" where nothing is left. `retried_by` names the run
    that took up what this one set aside.
    """

    run: str
    status: Ending
    started: datetime | None
    seconds: float | None
    source: str
    rows: Mapping[str, int]
    folder: str
    next: str = ""
    retries: str = ""
    retried_by: str = ""
    closed_by: str = ""
    rehearsed: bool = False
    """Was nothing to be sent, whatever its status?"""

    def as_json(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "run": self.run,
            "status": self.status,
            "started": iso(self.started) if self.started else None,
            "seconds": round(self.seconds, 1) if self.seconds is not None else None,
            "source": self.source,
            "rows": dict(self.rows),
            "folder": self.folder,
            "next": self.next,
            "dry_run": self.rehearsed,
        }
        for name in ("retries", "retried_by", "closed_by"):
            if value := getattr(self, name):
                content[name] = value
        return content


@dataclass(frozen=True, slots=True)
class History:
    """All runs of a report folder, the newest first."""

    report_dir: Path
    runs: tuple[Run, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "report_dir": str(self.report_dir),
            "runs": [run.as_json() for run in self.runs],
        }


def read_history(report_dir: Path, now: datetime | None = None) -> History:
    """Read the runs of a report folder. Raises ConfigError where there is no such folder."""
    try:
        folders = list(report_dir.iterdir())
    except OSError as error:
        raise ConfigError(
            f"{report_dir}: {error.strerror}; name the folder of the runs with --report-dir"
        ) from error
    moment = now or datetime.now(UTC)
    runs = [_read(folder, moment) for folder in folders if _is_run(folder)]
    return History(report_dir, tuple(sorted(runs, key=_began, reverse=True)))


def _began(run: Run) -> tuple[str, datetime, str]:
    """By the second in its name, which a folder that cannot be read has too."""
    return run.run[:15], run.started or datetime.min.replace(tzinfo=UTC), run.run


def _is_run(folder: Path) -> bool:
    return (folder / REPORT).is_file() or (folder / LEDGER).is_file()


def _read(folder: Path, now: datetime) -> Run:
    try:
        report = _report(folder)
        if not (folder / LEDGER).is_file():
            return _reported(folder, report)
        if is_held(folder / LEDGER):
            return _unended(folder, recall(folder), "running", now)
        ended = recall_end(folder)
        if ended is not None and report:
            return _reported(folder, report, ended)
        written = datetime.fromtimestamp((folder / LEDGER).stat().st_mtime, UTC)
        # What is taken up of a run is not written anew, though its report be gone.
        taken_up = ended is not None and (ended.retried_by or ended.settled)
        status: Ending = "partial" if taken_up else "interrupted"
        return _unended(folder, recall(folder), status, written)
    except (ConfigError, OSError, ValueError, KeyError, TypeError) as error:
        words = f"cannot be read: {error}"
        return Run(folder.name, "unreadable", None, None, "", {}, str(folder), next=words)


def _report(folder: Path) -> dict[str, Any]:
    path = folder / REPORT
    content: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return content


def _reported(folder: Path, report: Mapping[str, Any], recalled: Recalled | None = None) -> Run:
    """Describe a run whose last process wrote its report."""
    started, finished = (datetime.fromisoformat(report[at]) for at in ("started", "finished"))
    later = [recalled.taken_up_by(which) for which in recalled.retried_by] if recalled else []
    return Run(
        run=report["run"],
        status=report["status"],
        started=started,
        seconds=(finished - started).total_seconds(),
        source=report["source"]["name"],
        rows=report["rows"],
        folder=str(folder),
        next="; ".join(_to_do(folder, report, recalled)) if recalled is not None else "",
        retries=_whose(recalled),
        retried_by=", ".join(dict.fromkeys(run.name for run in later if run is not None)),
        closed_by=report.get("closed_by", ""),
        rehearsed="rehearsed" in report,
    )


def _unended(folder: Path, recalled: Recalled, status: Ending, until: datetime) -> Run:
    """Describe a run of which there is no more than its ledger: under way, or killed."""
    begun = recalled.begun
    started = datetime.fromisoformat(begun.started)
    settled = {"imported": IMPORTED, "in_doubt": IN_DOUBT}  # most that fail are not in a ledger
    return Run(
        run=folder.name,
        status=status,
        started=started,
        seconds=max((until - started).total_seconds(), 0.0),
        source="standard input" if begun.source == STDIN else begun.source,
        rows={
            name: int(np.count_nonzero(recalled.states == state)) for name, state in settled.items()
        },
        folder=str(folder),
        next=_resume(folder, recalled) if status == "interrupted" else "",
        retries=_whose(recalled),
    )


def _to_do(folder: Path, report: Mapping[str, Any], recalled: Recalled) -> Iterator[str]:
    """Say what is left to do for a run that has ended, in the order in which to do it."""
    if not recalled.finished:
        yield _resume(folder, recalled)
        return
    where, rows = shlex.quote(str(folder)), report["rows"]
    if rows["failed"] and not _seen_to(recalled, "rejects"):
        if set(report["failures_by_code"]) == {OVERWRITTEN}:
            yield f"to send old rows over newer ones: importer retry {where} --overwrite"
        else:
            yield f"mend its rejects.csv, then: importer retry {where}"
    if rows["in_doubt"] and not _seen_to(recalled, "in_doubt"):
        yield f"importer retry {where} --in-doubt resend (or skip)"


def _seen_to(recalled: Recalled, which: str) -> bool:
    """Are these rows settled, or another run's?"""
    return which in recalled.settled or recalled.taken_up_by(which) is not None


def _resume(folder: Path, recalled: Recalled) -> str:
    sources = recalled.begun.sources
    return resume_command(folder, to_give_again(sources), framed=FRAME in sources)


def _whose(recalled: Recalled | None) -> str:
    if recalled is None or recalled.begun.retries is None:
        return ""
    return Path(recalled.begun.retries[0]).name
