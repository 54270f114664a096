"""What follows a run whose books are closed: metrics, hooks. Nothing here changes how it ended."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from importer.books.report import Report
from importer.books.totals import Totals
from importer.circumstances import Circumstances
from importer.destination import find_token
from importer.errors import ConfigError, ImporterError
from importer.streams import shown
from importer.task import Task


def follow_up(report: Report, task: Task, around: Circumstances) -> Report:
    """Write metrics and tell the hooks, however the run ended; a rehearsal is none.

    Return the report with words for what went wrong with that.
    """
    if task.dry_run:
        return report
    faults = (*_metrics(report, task, around), *_hooks(report, task, around))
    return replace(report, afterwards=faults) if faults else report


def tell_of_refusal(error: ImporterError, task: Task, around: Circumstances) -> None:
    """Do the same for a run that refused its source before it had a folder, or a report there."""
    now = datetime.now(UTC)
    report = Report(
        run="",
        status="stopped",
        source={"name": ", ".join(map(shown, task.sources))},
        totals=Totals(),
        started=now,
        finished=now,
        seconds=0.0,
        folder=task.report_dir,
        stop=error,
        warnings=tuple(around.warnings),
        config=task.named,
    )
    for words in follow_up(report, task, around).afterwards:
        around.warn(words)


def _metrics(report: Report, task: Task, around: Circumstances) -> Iterator[str]:
    given, own = around.metrics_file, task.config.metrics_file
    path = Path(given) if given is not None else task.folder / own if own else None
    if path is None:
        return
    from importer.unattended.metrics import write_metrics

    try:
        write_metrics(path, report, str(task.mapping or ""))
    except OSError as error:
        yield f"metrics_file: {path}: {error.strerror}"


def _hooks(report: Report, task: Task, around: Circumstances) -> Iterator[str]:
    settings = task.config.on_finish
    if settings.command is not None:
        from importer.unattended.hooks import run_command

        yield from run_command(report, settings, task.folder, _without_token(task, around))
    if settings.webhook is not None:
        from importer.unattended.webhook import post_report

        yield from post_report(report, settings.webhook, settings.timeout)


def _without_token(task: Task, around: Circumstances) -> dict[str, str]:
    """Return the environment of the program, less the token, whatever the names it goes by."""
    token = ""
    with suppress(ConfigError):  # its file may be gone since
        token = find_token(task.config, task.folder, around.environment).reveal()
    return {
        name: value
        for name, value in os.environ.items()
        if name != "MIXPANEL_TOKEN" and (not token or value.strip() != token)
    }
