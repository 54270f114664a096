"""What the command line shows of a run: progress on stderr, the summary on stdout."""

import sys
import time
from collections.abc import Iterator
from typing import Any, TextIO

from tqdm import tqdm

from importer.books.failure import Failure
from importer.books.next_steps import next_steps, outcome
from importer.books.rehearsal_words import rehearsal_lines
from importer.books.report import Report
from importer.books.run_folder import FAILURES
from importer.books.totals import Totals
from importer.cli.json_lines import JsonLines
from importer.delta.outcome import Outcome
from importer.errors import Stopped
from importer.progress import Progress
from importer.tell import WARNING, tell
from importer.wording import plural

LINE_EVERY = 10.0
"""Seconds between two lines of progress where stderr is no terminal."""


_FORMS = (
    "{percentage:3.0f}% |{bar}| {done} of about {expected}, "
    "{pace} rows/s, {remaining} left{postfix}",
    "{percentage:3.0f}% {done} of {expected}, {pace} rows/s, {remaining} left{postfix}",
    "{percentage:3.0f}% {done} rows, {pace}/s, {remaining} left{postfix}",
    "{done} rows{postfix}",
)
"""What a bar says, the longest first: a narrow terminal shows how many rows failed, too."""


class _Rows(tqdm):  # type: ignore[type-arg]
    """A bar whose numbers are written as everywhere else, and that says what there is room for."""

    @property
    def format_dict(self) -> dict[str, Any]:
        known = dict(super().format_dict)
        pace = known["rate"] or (known["n"] / known["elapsed"] if known["elapsed"] else 0.0)
        total = plural(known["total"], "row") if known["total"] else "? rows"
        known |= {"done": f"{known['n']:,}", "expected": total, "pace": f"{pace:,.0f}"}
        shown = known | {"percentage": 0, "bar": "", "remaining": "00:00"}
        shown["postfix"] = f", {known['postfix']}" if known["postfix"] else ""
        room = known["ncols"] or sys.maxsize
        fitting = (form for form in _FORMS if len(form.format(**shown)) < room)
        return known | {"bar_format": next(fitting, _FORMS[-1])}


class Bar:
    """A progress bar for a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar = _Rows(
            file=stream,
            dynamic_ncols=True,
            leave=False,
        )

    def update(self, progress: Progress) -> None:
        totals = progress.totals
        self._bar.total = progress.expected
        failed = f"{totals.failed:,} failed" if totals.failed else ""
        self._bar.set_postfix_str(failed, refresh=False)
        self._bar.update(totals.ended - self._bar.n)

    def narrate(self, message: str) -> None:
        with self._bar.external_write_mode(file=self._stream):
            tell(self._stream, message)

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
        about = f" of about {plural(progress.expected, 'row')}" if progress.expected else " rows"
        self.narrate(f"{totals.ended:,}{about}, {totals.failed:,} failed")

    def narrate(self, message: str) -> None:
        tell(self._stream, message)

    def close(self) -> None:
        pass


class Quiet:
    """No progress at all, warnings only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def update(self, progress: Progress) -> None:
        pass

    def narrate(self, message: str) -> None:
        if message.startswith(WARNING):
            tell(self._stream, message)

    def close(self) -> None:
        pass


def observer(*, quiet: bool, as_lines: bool = False) -> Bar | Lines | Quiet | JsonLines:
    """Choose who tells of a run; `as_lines` of JSON for a program that reads along."""
    if as_lines:
        return JsonLines(sys.stderr, quiet=quiet)
    if quiet:
        return Quiet(sys.stderr)
    return Bar(sys.stderr) if sys.stderr.isatty() else Lines(sys.stderr)


def summary(report: Report, config: str) -> str:
    """Return the end of a run in words: the books, then what to do next."""
    totals = report.totals
    codes = ", ".join(f"{code} {n:,}" for code, n in sorted(totals.failures_by_code.items()))
    kinds = totals.identifiers
    lines = [
        outcome(report),
        *(_compared_lines(totals, report.compared) if report.compared is not None else ()),
        f"  failed         {totals.failed:,}{f'  ({codes})' if codes else ''}",
        f"  in doubt       {totals.in_doubt:,}",
        f"  not attempted  {totals.not_attempted:,}",
        f"  identifiers    {kinds['column']:,} from their column, {kinds['email']:,} from $email, "
        f"{kinds['random']:,} random",
        f"  requests       {totals.requests_sent:,} sent, {totals.requests_retried:,} retries",
        f"  report         {report.folder}",
        *_rehearsal_lines(report),
    ]
    if totals.failed:
        lines += [
            "Failed rows:",
            *map(_failure_line, report.examples),
            f"  {'all of them' if totals.failed > len(report.examples) else 'as a table'}: "
            f"{report.folder / FAILURES}",
        ]
    lines += map(str, next_steps(report, config))
    return "\n".join(lines)


def _rehearsal_lines(report: Report) -> Iterator[str]:
    if report.rehearsed is not None:
        yield from rehearsal_lines(report.rehearsed, stopped=isinstance(report.stop, Stopped))


def _compared_lines(totals: Totals, compared: Outcome) -> Iterator[str]:
    everything = compared.full and not totals.unchanged
    words = ": everything was to be sent" if everything else ", not sent"
    yield f"  unchanged      {totals.unchanged:,}{words}"
    if compared.vanished:
        yield f"  vanished       {len(compared.vanished):,} since the last run: {compared.file}"


def _failure_line(failure: Failure) -> str:
    column = f", column {failure.column}" if failure.column else ""
    return f"  row {failure.row:,} (line {failure.line:,}{column}): {failure.reason}"
