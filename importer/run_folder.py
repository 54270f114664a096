"""What a run leaves behind: its folder, the failed rows, the report."""

import csv
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TextIO

from importer.errors import ReportError
from importer.failure import Failure
from importer.report import Report

EXAMPLES = 3
"""Failed rows that the summary shows; all of them are in failures.csv."""

FAILURES, REJECTS, IN_DOUBT, REPORT = "failures.csv", "rejects.csv", "in-doubt.csv", "report.json"

HEADER = ("row", "line", "column", "property", "identifier", "code", "reason")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
                csv.writer(stream, lineterminator="\n").writerow(HEADER)

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
        csv.writer(stream, lineterminator="\n").writerow(line)


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


@contextmanager
def _report_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or path
        raise ReportError(
            f"{where}: {error.strerror}; name a folder that can be written with --report-dir"
        ) from error
