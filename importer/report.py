"""What a run leaves behind: its folder, the failed rows, the report, the summary."""

import csv
import io
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from importer.errors import ImporterError, Interrupted, ReportError, exit_code
from importer.failure import Failure
from importer.ledger import Totals
from importer.rehearsal import Rehearsed

SCHEMA = 1

EXAMPLES = 3
"""Failed rows that the summary shows; all of them are in failures.csv."""

FAILURES, REJECTS, IN_DOUBT, REPORT = "failures.csv", "rejects.csv", "in-doubt.csv", "report.json"

HEADER = ("row", "line", "column", "property", "identifier", "code", "reason")

Status = Literal["complete", "partial", "stopped", "interrupted", "dry-run"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: the books, and where the failed rows are.

    `stop` is why it ended before its last row, if it did; `folder` holds the files; `examples`
    are the first failed rows; `rehearsed` is what only a dry run can tell.
    """

    run: str
    status: Status
    source: Mapping[str, Any]
    totals: Totals
    started: datetime
    finished: datetime
    folder: Path
    stop: ImporterError | None = None
    examples: Sequence[Failure] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    rehearsed: Rehearsed | None = None

    @property
    def dry_run(self) -> bool:
        return self.rehearsed is not None

    @property
    def exit_code(self) -> int:
        return exit_code(
            failed=self.totals.failed,
            in_doubt=self.totals.in_doubt,
            stop=self.stop,
            sent=self.totals.requests_sent > 0,
        )

    @property
    def seconds(self) -> float:
        return (self.finished - self.started).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return the content of report.json."""
        totals = self.totals
        stopped = {"stopped": str(self.stop)} if self.stop is not None else {}
        rehearsed = {"rehearsed": self.rehearsed.as_json()} if self.rehearsed is not None else {}
        return {
            "schema": SCHEMA,
            "run": self.run,
            "status": self.status,
            **stopped,
            "source": dict(self.source),
            "rows": {
                "read": totals.read,
                "imported": totals.imported,
                "failed": totals.failed,
                "in_doubt": totals.in_doubt,
                "not_attempted": totals.not_attempted,
            },
            "identifiers": {
                kind: totals.identifiers[kind] for kind in ("column", "email", "random")
            },
            "requests": {
                "sent": totals.requests_sent,
                "retried": totals.requests_retried,
                "by_status": dict(sorted(totals.requests_by_status.items())),
            },
            "failures_by_code": dict(sorted(totals.failures_by_code.items())),
            "warnings": list(self.warnings),
            **rehearsed,
            "started": _iso(self.started),
            "finished": _iso(self.finished),
            "rows_per_second": round(totals.read / self.seconds) if self.seconds > 0 else 0,
            "files": dict(self.files),
        }


def status_of(totals: Totals, stop: ImporterError | None, *, dry_run: bool) -> Status:
    if isinstance(stop, Interrupted):
        return "interrupted"
    if stop is not None:
        return "stopped"
    if dry_run:
        return "dry-run"
    return "partial" if totals.failed or totals.in_doubt else "complete"


class RunFolder:
    """The folder of one run, readable by its owner only; takes failed rows as they are booked.

    `positions` tells the column of each mapped property, `codec` how the source is written. Every
    method raises ReportError where the disk refuses.
    """

    def __init__(
        self, report_dir: Path, *, positions: Mapping[str, int], preamble: bytes, codec: str
    ) -> None:
        self._positions = positions
        self._line_ends = ("\n".encode(codec), "\r".encode(codec))
        self.examples: list[Failure] = []
        self._ended = True
        with _report_errors(report_dir):
            report_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path = _new_folder(report_dir)
            self._failures = _open_text(self.path / FAILURES)
            self._in_doubt = _open_text(self.path / IN_DOUBT)
            self._rejects = os.fdopen(_create(self.path / REJECTS), "wb")
            self._rejects.write(preamble)
            for stream in (self._failures, self._in_doubt):
                stream.write(_csv_line(HEADER))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._failures, self._in_doubt, self._rejects):
            with suppress(OSError):
                stream.close()

    @property
    def run(self) -> str:
        return self.path.name

    @property
    def files(self) -> dict[str, str]:
        names = {"report": REPORT, "failures": FAILURES, "rejects": REJECTS, "in_doubt": IN_DOUBT}
        return {kind: str(self.path / name) for kind, name in names.items()}

    def failed(self, failure: Failure) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(failure)
        with _report_errors(self.path):
            self._write_line(self._failures, failure)
            if not self._ended:
                self._rejects.write(self._line_ends[0])
            self._rejects.write(failure.record)
            self._ended = failure.record.endswith(self._line_ends)

    def in_doubt(self, failure: Failure) -> None:
        with _report_errors(self.path):
            self._write_line(self._in_doubt, failure)

    def finish(self, report: Report) -> Report:
        """Write report.json, whole or not at all; a disk that refuses is a stop like others."""
        try:
            self._finish(report)
        except ReportError as error:
            return replace(report, stop=report.stop or error, status="stopped")
        return report

    def _finish(self, report: Report) -> None:
        with _report_errors(self.path):
            for stream in (self._failures, self._in_doubt, self._rejects):
                stream.flush()
            draft = self.path / f"{REPORT}.tmp"
            with _open_text(draft) as stream:
                json.dump(report.as_json(), stream, ensure_ascii=False, indent=2)
                stream.write("\n")
            draft.replace(self.path / REPORT)

    def _write_line(self, stream: TextIO, failure: Failure) -> None:
        column = failure.column or self._positions.get(failure.property) or ""
        texts = (failure.property, failure.identifier, failure.code, failure.reason)
        line = (failure.row, failure.line, column, *map(harmless, texts))
        stream.write(_csv_line(line))


def _csv_line(cells: Sequence[object]) -> str:
    # Before 3.13, Python quotes a cell only for those line ends that it is told to write.
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + "\n"


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _new_folder(report_dir: Path) -> Path:
    """Make a folder whose name sorts by time and is taken by no other run."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = report_dir / f"{now}-{secrets.token_hex(3)}"
    path.mkdir(mode=0o700)
    return path


def _create(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)


def _open_text(path: Path) -> TextIO:
    return os.fdopen(_create(path), "w", encoding="utf-8", newline="")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def _report_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or path
        raise ReportError(
            f"{where}: {error.strerror}; name a folder that can be written with --report-dir"
        ) from error
