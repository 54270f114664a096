"""What a run leaves behind: its folder, the failed rows, the report, and what going on needs."""

import csv
import io
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TextIO

import numpy as np
from numpy.typing import NDArray

from importer.books.failure import Failure
from importer.books.failure_groups import FailureGroups
from importer.books.report import Report
from importer.errors import ReportError, SourceBroken
from importer.masking import masked, masked_words
from importer.private_file import open_private_text, replace_private, sync, sync_folder
from importer.reading.files import Files
from importer.resuming.journal import LEDGER, Journal
from importer.resuming.recall import MAPPING, REPORT, Recalled
from importer.resuming.reject_file import RejectFile

EXAMPLES = 3
"""Failed rows that the summary shows; all of them are in failures.csv."""

FAILURES, REJECTS, IN_DOUBT = "failures.csv", "rejects.csv", "in-doubt.csv"
DOUBTFUL_RECORDS, PAGE = "in-doubt-records.csv", "report.html"

HEADER = ("row", "line", "column", "property", "identifier", "code", "reason")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RunFolder:
    """The folder of one run, readable by its owner only; takes failed rows as they are booked.

    `journal` is its ledger, which a rehearsal has not, and `recalled` what that said before.
    `positions` tells the column of each mapped
    property, `codec` how the source is written; with `mask` the tables show the form of values
    only. Where the source is several `files` they name that of a row. Every method raises
    ReportError where the disk refuses.
    """

    def __init__(
        self,
        path: Path,
        journal: Journal | None = None,
        recalled: Recalled | None = None,
        *,
        positions: Mapping[str, int],
        preamble: bytes,
        codec: str,
        mask: bool = False,
        files: Files | None = None,
    ) -> None:
        self.path = path
        self.journal = journal
        self.recalled = recalled
        self._positions = positions
        self._mask = mask
        self._files = files or Files()
        self.examples: list[Failure] = []
        self.groups = FailureGroups(positions)
        with report_errors(path):
            self._failures = open_private_text(path / FAILURES)
            self._in_doubt = open_private_text(path / IN_DOUBT)
            for stream in (self._failures, self._in_doubt):
                stream.write(csv_line(HEADER))
            self._rejects = RejectFile(path / REJECTS, preamble=preamble, codec=codec)
            self._doubtful = RejectFile(path / DOUBTFUL_RECORDS, preamble=preamble, codec=codec)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._failures, self._in_doubt, self._rejects, self._doubtful):
            with suppress(OSError):
                stream.close()
        if self.journal is not None:
            self.journal.close()

    @property
    def run(self) -> str:
        return self.path.name

    @property
    def files(self) -> dict[str, str]:
        names = {
            "report": REPORT,
            "page": PAGE,
            "failures": FAILURES,
            "rejects": REJECTS,
            "in_doubt": IN_DOUBT,
        }
        if self.journal is not None:
            names |= {"in_doubt_records": DOUBTFUL_RECORDS, "ledger": LEDGER, "mapping": MAPPING}
        return {kind: str(self.path / name) for kind, name in names.items()}

    def failed(self, failure: Failure) -> None:
        self.groups.add(failure)
        shown = self._shown(failure)
        if len(self.examples) < EXAMPLES:
            # They are printed, and what is printed is logged: a server may echo what it was sent.
            echoes = failure.code == "refused"
            reason = masked_words(shown.reason) if echoes else shown.reason
            self.examples.append(replace(shown, reason=reason))
        with report_errors(self.path):
            self._write_line(self._failures, shown)
            self._rejects.write(failure)

    def in_doubt(self, failure: Failure) -> None:
        with report_errors(self.path):
            self._write_line(self._in_doubt, self._shown(failure))
            self._doubtful.write(failure)

    def finish(self, report: Report) -> Report:
        """Write report.html and report.json, each whole or not at all, and the end of the ledger;
        a disk that refuses is a stop like others.
        """
        for step in (self._close_tables, self._write_page):
            report = _taken(step, report)
        written = _taken(self._write_report, report)
        if written is not report:
            return written
        ended = _taken(self._write_end, report)
        if ended is report:
            return report
        with suppress(OSError):  # they tell of an end that is not on record
            (self.path / REPORT).unlink()
            (self.path / PAGE).unlink()
        for step in (self._write_page, self._write_report):
            ended = _taken(step, ended)
        return ended

    def _close_tables(self, report: Report) -> Report:
        with report_errors(self.path):
            if self.journal is not None:  # whose end says that they are there
                self._sync_tables()
            else:
                for stream in (self._failures, self._in_doubt, self._rejects, self._doubtful):
                    stream.flush()
            for records in (self._rejects, self._doubtful):
                for kept in records.kept():
                    words = f"{records.path} was edited before this run went on: kept as {kept}"
                    report = replace(report, warnings=(*report.warnings, words))
        return report

    def _sync_tables(self) -> None:
        for table in (self._failures, self._in_doubt):
            sync(table)
        for records in (self._rejects, self._doubtful):
            records.sync()
        sync_folder(self.path)

    def _write_page(self, report: Report) -> Report:
        from importer.report_page import report_page  # not before there is something to write

        with report_errors(self.path):
            replace_private(self.path / PAGE, report_page(report, self._positions))
        return report

    def _write_report(self, report: Report) -> Report:
        try:
            with report_errors(self.path):
                content = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
                replace_private(self.path / REPORT, f"{content}\n")
        except ReportError:
            with suppress(OSError):  # the page would show an ending that is not on record
                (self.path / PAGE).unlink()
            raise
        return report

    def _write_end(self, report: Report) -> Report:
        if self.journal is not None:
            broken = {"broken": True} if isinstance(report.stop, SourceBroken) else {}
            self.journal.write({"ended": report.status, **broken})
            self.journal.sync()
        return report

    def _shown(self, failure: Failure) -> Failure:
        """Return the failure as the tables show it."""
        if self._mask:
            words, identifier = failure.masked_reason(), masked(failure.identifier)
            failure = replace(failure, reason=words, identifier=identifier)
        file = self._files.of(failure.row)
        return replace(failure, reason=f"{file}: {failure.reason}") if file else failure

    def _write_line(self, stream: TextIO, failure: Failure) -> None:
        column = failure.column or self._positions.get(failure.property) or ""
        texts = (failure.property, failure.identifier, failure.code, failure.reason)
        line = (failure.row, failure.line, column, *map(harmless, texts))
        stream.write(csv_line(line))


def _taken(step: Callable[[Report], Report], report: Report) -> Report:
    """Take a step; where the disk refuses, the report says so, if it did not say worse."""
    try:
        return step(report)
    except ReportError as error:
        return replace(report, stop=report.stop or error, status="stopped")


def csv_line(cells: Sequence[object]) -> str:
    """Return a line of a CSV file, every cell quoted that needs it."""
    # Before 3.13, Python quotes a cell only for those line ends that it is told to write.
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + "\n"


def failed_rows(run_dir: Path) -> NDArray[np.int64]:
    """Return the rows that a run lists as failed, as far as its table is there."""
    try:
        with (run_dir / FAILURES).open(encoding="utf-8", newline="") as stream:
            return np.array([int(line["row"]) for line in csv.DictReader(stream)], np.int64)
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return np.zeros(0, np.int64)


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def make_report_dir(report_dir: Path) -> None:
    with report_errors(report_dir):
        report_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def new_folder(report_dir: Path) -> Path:
    """Make a folder whose name sorts by time and is taken by no other run."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = report_dir / f"{now}-{secrets.token_hex(3)}"
    with report_errors(report_dir):
        path.mkdir(mode=0o700)
    return path


@contextmanager
def report_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or path
        raise ReportError(
            f"{where}: {error.strerror}; name a folder that can be written with --report-dir"
        ) from error
