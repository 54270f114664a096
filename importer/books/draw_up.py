"""What a run leaves in its stages becomes its report."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from importer.books.rehearsal import Rehearsal
from importer.books.report import Report, status_of
from importer.books.run_folder import RunFolder
from importer.books.timeline import Timeline
from importer.books.totals import Totals
from importer.delta.outcome import Outcome
from importer.errors import ImporterError
from importer.prepare import Prepared
from importer.task import Task


def draw_up(
    task: Task,
    ready: Prepared,
    folder: RunFolder,
    totals: Totals,
    *,
    began: datetime,
    seconds: float,
    stop: ImporterError | None,
    warnings: Sequence[str],
    rehearsal: Rehearsal,
    compared: Outcome | None,
    timeline: Timeline,
) -> Report:
    """Return the report of a run whose books are closed; it `began` at a time of day, in UTC, and
    took so many `seconds`, whatever became of the clock on the wall.
    """
    columns, opened = ready.watch.failures(), ready.opened
    return Report(
        run=folder.run,
        status=status_of(totals, stop, dry_run=task.dry_run),
        source={
            "name": opened.name,
            "bytes": opened.size,
            "columns": ready.layout.width,
            **opened.files.account(totals.read),
        },
        totals=totals,
        started=task.started or began,
        finished=began + timedelta(seconds=seconds),
        seconds=seconds,
        folder=folder.path,
        stop=stop,
        examples=tuple(folder.examples),
        files=folder.files,
        warnings=tuple(warnings),
        rehearsed=rehearsal.result(columns, task.config.delivery.concurrency)
        if task.dry_run
        else None,
        deletes=task.config.deletes,
        given_again=task.given_again,
        groups=folder.groups.result(totals.failures_by_code),
        columns=columns,
        timeline=timeline,
        resumed=task.run_dir is not None,
        config=task.named,
        compared=compared,
        framed=task.frame is not None,
    )
