"""The verdict of a dry run in words."""

from collections.abc import Iterator

from importer.books.rehearsal import Rehearsed
from importer.updates.column_watch import ColumnFailures
from importer.wording import plural, visible

MOST_COLUMNS = 20
"""Columns with failures that are listed; the JSON has all of them."""

LONGEST_UPDATE = 1_000


def rehearsal_lines(rehearsed: Rehearsed, *, stopped: bool = False) -> Iterator[str]:
    """Yield the lines that a dry run's summary has beyond that of a run.

    Of one that was `stopped` cells are counted that the books do not have yet.
    """
    repeated = rehearsed.repeated
    rows = "row has" if repeated == 1 else "rows have"
    yield f"  repeated ids   {repeated:,} {rows} the id of an earlier row"
    length = f", {duration(rehearsed.seconds)}" if rehearsed.requests else ""
    yield f"  to expect      {plural(rehearsed.requests, 'request')}{length}"
    if rehearsed.columns:
        ahead = ", in rows read ahead too" if stopped else ""
        yield f"Cells that fail their rows{ahead}, the commonest masked:"
    for column in rehearsed.columns[:MOST_COLUMNS]:
        found = [_failed(column)] if column.failed else []
        found += [f"{column.empty:,} empty"] if column.empty else []
        yield f"  column {column.position} ({visible(column.property)}): {'; '.join(found)}"
    if len(rehearsed.columns) > MOST_COLUMNS:
        yield f"  and {len(rehearsed.columns) - MOST_COLUMNS} more columns; see report.json"
    if rehearsed.updates:
        yield "The first updates, as they would be sent:"
    for update in rehearsed.updates:
        cut = update if len(update) <= LONGEST_UPDATE else f"{update[: LONGEST_UPDATE - 1]}…"
        yield f"  {visible(cut)}"


def _failed(column: ColumnFailures) -> str:
    """Say how many cells failed, and what of them a mask leaves to be seen."""
    told = [(value, cells) for value, cells in column.commonest if value.strip("•")]
    values = ", ".join(f"{value} ({cells:,})" for value, cells in told)
    return f"{plural(column.failed, 'cell')}{f': {values}' if values else ''}"


def duration(seconds: float) -> str:
    """Return an estimate in words: no more exact than it is."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    minutes = seconds / 60
    return f"about {minutes:.0f} min" if minutes < 90 else f"about {minutes / 60:.1f} h"
