"""What the command line shows: progress on stderr, tables and the summary on stdout."""

import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from importer.failure import Failure
from importer.guess import Level
from importer.guess.guesses import percent
from importer.guess.starter import doubts, shortened, visible
from importer.previews import ColumnPreview, Preview
from importer.progress import Progress
from importer.rehearsal_words import rehearsal_lines
from importer.report import Report
from importer.run_folder import FAILURES, IN_DOUBT, REJECTS

LINE_EVERY = 10.0
"""Seconds between two lines of progress where stderr is no terminal."""

_SAMPLE_WIDTH = 28
_WIDEST = {"name": 13, "looks like": 13, "property": 14}


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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


def _failure_line(failure: Failure) -> str:
    column = f", column {failure.column}" if failure.column else ""
    return f"  row {failure.row:,} (line {failure.line:,}{column}): {failure.reason}"


def show_preview(preview: Preview) -> None:
    """Print a table of the columns to stdout, then what is doubtful about them."""
    console = Console(file=sys.stdout, highlight=False)
    misfits = f", {preview.misfits:,} of other shape" if preview.misfits else ""
    console.print(
        _plain(
            f"{preview.source}: {plural(preview.rows, 'row')}{misfits}, "
            f"{plural(len(preview.columns), 'column')}"
        )
    )
    for warning in preview.warnings:
        console.print(_plain(visible(warning)))
    console.print(_columns_table(preview, console.width))
    for line in _remarks(preview):
        console.print(_plain(line))


def _columns_table(preview: Preview, width: int) -> Table:
    """Lay the columns out; the samples get the room that the others leave."""
    named = any(column.name for column in preview.columns)
    heads = ["#", *(["name"] if named else []), "filled", "distinct", "looks like", "property"]
    rows = [_cells(column, preview, named=named) for column in preview.columns]
    taken = [
        min(max(cell_len(line[place]) for line in (heads, *rows)), _WIDEST.get(head, width))
        for place, head in enumerate(heads)
    ]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, room in zip(heads, taken, strict=True):
        table.add_column(
            head,
            justify="right" if head in ("#", "filled", "distinct") else "left",
            no_wrap=head != "looks like",
            overflow="ellipsis",
            width=room,
        )
    left = max(width - sum(taken) - 2 * len(taken), _SAMPLE_WIDTH // 2)
    table.add_column("samples", no_wrap=True, overflow="ellipsis", width=left)
    for column, row in zip(preview.columns, rows, strict=True):
        samples = _fitting(column.samples, left)
        table.add_row(*map(_plain, row), _plain(samples))
    return table


def _cells(column: ColumnPreview, preview: Preview, *, named: bool) -> list[str]:
    return [
        str(column.position),
        *([shortened(column.name, _WIDEST["name"])] if named else []),
        percent(column.filled / preview.rows) if preview.rows else "-",
        f"{'' if column.exact else '~'}{column.distinct:,}",
        str(column.guess),
        shortened(_target(column, preview), _WIDEST["property"]),
    ]


def _fitting(samples: Sequence[str], width: int) -> str:
    """Join as many samples as the width has room for, the first one cut if it has to be."""
    line = ""
    for sample in samples:
        shown = shortened(sample, min(width, _SAMPLE_WIDTH))
        if line and cell_len(line) + 2 + cell_len(shown) > width:
            break
        line = f"{line}  {shown}" if line else shown
    return line


def _target(column: ColumnPreview, preview: Preview) -> str:
    """Name what a column could feed, with a question mark where that is a mere idea."""
    if column.position == preview.identifier.column:
        return "(identifier)"
    if column.property is None:
        return ""
    unsure = Level.PERHAPS in (column.property.level, column.guess.level)
    return f"{column.property.property}{'?' if unsure else ''}"


def _remarks(preview: Preview) -> Iterator[str]:
    """Say what the table has no room for: how the identifier was chosen, doubts."""
    chosen = preview.identifier
    where = f"column {chosen.column}: " if chosen.column else ""
    among = ", ".join(map(str, chosen.candidates[:10]))
    many = "s" if len(chosen.candidates) > 1 else ""
    choice = f" (column{many} {among})" if among and not chosen.column else ""
    yield f"identifier: {where}{chosen.reason}{choice}"
    for column in preview.columns:
        if found := doubts(column):
            yield f"column {column.position}: {'; '.join(map(visible, found))}"


def _plain(text: str) -> str:
    """Keep square brackets from being read as markup."""
    return text.replace("[", "\\[")
