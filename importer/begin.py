"""The ways to begin: from the start, where a run was left, with the rows that one set aside."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from importer.books.report import Report
from importer.circumstances import Circumstances, Options
from importer.errors import ConfigError, Drifted, MappingError, SourceError, TookTooLong
from importer.frames.source import Frame, as_frame_is_written
from importer.pipeline import carry_out
from importer.resuming.closing import Which
from importer.resuming.resume import resumed_task
from importer.resuming.retry import retry_task
from importer.settings.config import Config
from importer.settings.config_file import settle_config
from importer.streams import FRAME, Place
from importer.task import Task, mapping_path, new_task
from importer.unattended.follow_up import follow_up, tell_of_refusal

if TYPE_CHECKING:  # it is slow to import, and few need it
    import pandas as pd


def import_profiles(
    source: Place | Sequence[Place],
    config: Config | str | Path,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    report_dir: str | Path = "importer-runs",
    full: bool = False,
    accept_drift: bool = False,
    **options: Unpack[Options],
) -> Report:
    """Import CSV files (paths, patterns, addresses, or `-` for standard input) as a mapping says.

    Where the mapping says `delta`, rows that have not changed are sent too if it is a `full` run;
    with `accept_drift` a file that looks unlike the last one is imported, and the next one is
    compared with it.

    Raises ConfigError, SourceError or ReportError while nothing has been sent, and AlreadyRunning.
    A run that has begun always returns its report; `report.stop` says why it ended early.
    """
    around = Circumstances.of(options)
    task = new_task(
        source,
        config,
        Path(report_dir),
        limit,
        around.warn,
        dry_run=dry_run,
        full=full,
        accepts_drift=accept_drift,
    )
    return _carried(task, around)


def resume_import(
    run_dir: str | Path,
    source: Place | Sequence[Place] | None = None,
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


def import_frame(
    frame: "pd.DataFrame",
    config: Config | str | Path,
    *,
    resume: str | Path | None = None,
    dry_run: bool = False,
    report_dir: str | Path = "importer-runs",
    **options: Unpack[Options],
) -> Report:
    """Import a pandas data frame, one partition of many for example, and return its books.

    Its cells are taken as a CSV file would have them (`importer.frames.cells`), its columns by
    their numbers or, where the mapping has `source.header: true`, by their labels; nothing else of
    `source` counts. `resume` is the folder of an interrupted run of the same frame. Hooks and
    metrics are for whoever adds the partitions up. Raises what `import_profiles` does.
    """
    if resume is not None and dry_run:
        raise ConfigError(
            "dry_run: says how a run begins, and resume goes on with one; leave one of them out"
        )
    around = Circumstances.of(options)
    if around.metrics_file is not None:
        raise ConfigError(
            "metrics_file: tells of a whole import, and a frame may be a part; leave it out"
        )
    settings, folder = settle_config(config, around.warn)
    settings = as_frame_is_written(settings)
    if resume is not None:
        task = resumed_task(Path(resume), FRAME, settings, lambda _known: None)
    else:
        task = new_task(
            FRAME, settings, Path(report_dir), None, lambda _known: None, dry_run=dry_run
        )
        task = replace(task, folder=folder, mapping=mapping_path(config))
    return carry_out(replace(task, frame=Frame.of(frame)), around)


def _carried(task: Task, around: Circumstances) -> Report:
    try:
        report = carry_out(task, around)
    except (Drifted, MappingError, SourceError, TookTooLong) as error:
        tell_of_refusal(error, task, around)
        raise
    return follow_up(report, task, around)
