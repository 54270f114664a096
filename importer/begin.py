"""The ways to begin: from the start, where a run was left, with the rows that one set aside."""

from pathlib import Path
from typing import Unpack

from importer.circumstances import Circumstances, Options
from importer.closing import Which
from importer.config import Config
from importer.follow_up import follow_up
from importer.pipeline import carry_out
from importer.report import Report
from importer.retry import retry_task
from importer.task import Task, new_task, resumed_task


def import_profiles(
    source: str | Path,
    config: Config | str | Path,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    report_dir: str | Path = "importer-runs",
    **options: Unpack[Options],
) -> Report:
    """Import a CSV file (a path, or `-` for standard input) as a mapping says.

    Raises ConfigError, SourceError or ReportError while nothing has been sent, and AlreadyRunning.
    A run that has begun always returns its report; `report.stop` says why it ended early.
    """
    around = Circumstances.of(options)
    task = new_task(source, config, Path(report_dir), limit, around.warn, dry_run=dry_run)
    return _carried(task, around)


def resume_import(
    run_dir: str | Path,
    source: str | Path | None = None,
    config: Config | str | Path | None = None,
    **options: Unpack[Options],
) -> Report:
    """Go on with an interrupted run: nothing that was settled is done again.

    Source and mapping are the run's own; given again, they must be the same. Raises what
    `import_profiles` does, and NothingToDo where the run is at its end.
    """
    around = Circumstances.of(options)
    return _carried(resumed_task(Path(run_dir), source, config, around.warn), around)


def retry_import(
    run_dir: str | Path,
    which: Which = "rejects",
    *,
    overwrite: bool = False,
    **options: Unpack[Options],
) -> Report:
    """Send the mended `rejects.csv` of a run that is at its end, or its rows in doubt.

    A row of which the run imported a later one with the same identifier is held back, unless it may
    `overwrite` it. Closes the run when nothing of it is left. Raises what `resume_import` does.
    """
    around = Circumstances.of(options)
    task = retry_task(Path(run_dir), which, around.warn, overwrite=overwrite)
    return _carried(task, around)


def _carried(task: Task, around: Circumstances) -> Report:
    return follow_up(carry_out(task, around), task, around)
