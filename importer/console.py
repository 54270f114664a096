"""What the command line shows of a run: progress on stderr, the summary on stdout."""

import shlex
import sys
import time
from collections.abc import Iterator
from typing import TextIO

from tqdm import tqdm

from importer.delta.outcome import Outcome
from importer.failure import Failure
from importer.ledger import Totals
from importer.progress import Progress
from importer.rehearsal_words import rehearsal_lines
from importer.report import Report
from importer.run_folder import FAILURES, IN_DOUBT, REJECTS
from importer.wording import plural

LINE_EVERY = 10.0
"""Seconds between two lines of progress where stderr is no terminal."""


class Bar:
    """A progress bar for a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar = tqdm(
            unit=" rows",
            unit_scale=False,
            file=stream,
            dynamic_ncols=True,
            leave=False,
            bar_format="{percentage:3.0f}% |{bar}| {n_fmt} of about {total_fmt} rows, "
            "{rate_fmt}, {remaining} left{postfix}",
        )

    def update(self, progress: Progress) -> None:
        totals = progress.totals
        self._bar.total = progress.expected
        self._bar.set_postfix_str(f"{totals.failed} failed" if totals.failed else "", refresh=False)
        self._bar.update(totals.read - self._bar.n)

    def narrate(self, message: str) -> None:
        self._bar.write(message, file=self._stream)

    def close(self) -> None:
        self._bar.close()


class Lines:
    """Progress where nobody watches: a line now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = time.monotonic()

    def update(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < LINE_EVERY:
            return
        self._last = now
        totals = progress.totals
        about = f" of about {progress.expected:,}" if progress.expected else ""
        self.narrate(f"{totals.read:,}{about} rows, {totals.failed:,} failed")

    def narrate(self, message: str) -> None:
        print(message, file=self._stream, flush=True)

    def close(self) -> None:
        pass


class Quiet:
    """No progress at all."""

    def update(self, progress: Progress) -> None:
        pass

    def narrate(self, message: str) -> None:
        pass

    def close(self) -> None:
        pass


def observer(*, quiet: bool) -> Bar | Lines | Quiet:
    if quiet:
        return Quiet()
    return Bar(sys.stderr) if sys.stderr.isatty() else Lines(sys.stderr)


def summary(report: Report, config: str) -> str:
    """Return the end of a run in words: the books, then what to do next."""
    totals = report.totals
    done = "deleted" if report.deletes else "imported"
    done = f"would be {done}" if report.dry_run else done
    rate = f", {report.rows_per_second:,.0f} rows/s" if report.seconds else ""
    before = f" ({totals.recalled:,} settled before)" if totals.recalled else ""
    codes = ", ".join(f"{code} {n:,}" for code, n in sorted(totals.failures_by_code.items()))
    kinds = totals.identifiers
    rows = plural(totals.read, "row")
    lines = [
        f"{totals.imported:,} of {rows} {done}{before} in {report.seconds:.1f} s{rate}",
        *(_compared_lines(totals, report.compared) if report.compared is not None else ()),
        f"  failed         {totals.failed:,}{f'  ({codes})' if codes else ''}",
        f"  in doubt       {totals.in_doubt:,}",
        f"  not attempted  {totals.not_attempted:,}",
        f"  identifiers    {kinds['column']:,} from their column, {kinds['email']:,} from $email, "
        f"{kinds['random']:,} random",
        f"  requests       {totals.requests_sent:,} sent, {totals.requests_retried:,} retries",
        f"  report         {report.folder}",
        *(rehearsal_lines(report.rehearsed) if report.rehearsed is not None else ()),
    ]
    folder = shlex.quote(str(report.folder))
    again = f"importer retry {folder}"
    if report.dry_run:
        again = shlex.join(["importer", "run", str(report.folder / REJECTS), "-c", config])
    elif report.resume_command:
        again += ", once the run is at its end"
    if totals.failed:
        rejects = report.folder / REJECTS
        lines += [
            "Failed rows:",
            *map(_failure_line, report.examples),
            f"  {'all of them' if totals.failed > len(report.examples) else 'as a table'}: "
            f"{report.folder / FAILURES}",
            f"Mend {rejects}, then: {again}",
        ]
    if totals.in_doubt:
        lines.append(f"Rows that may or may not have arrived: {report.folder / IN_DOUBT}")
        if not report.resume_command:
            lines.append(f"Settle them: importer retry {folder} --in-doubt resend (or skip)")
    if report.resume_command:
        lines.append(f"To go on: {report.resume_command}")
    return "\n".join(lines)


def _compared_lines(totals: Totals, compared: Outcome) -> Iterator[str]:
    everything = "; everything was to be sent" if compared.full else ""
    yield f"  unchanged      {totals.unchanged:,}, not sent{everything}"
    if compared.vanished:
        yield f"  vanished       {len(compared.vanished):,} since the last run: {compared.file}"


def _failure_line(failure: Failure) -> str:
    column = f", column {failure.column}" if failure.column else ""
    return f"  row {failure.row:,} (line {failure.line:,}{column}): {failure.reason}"
