"""`importer retry`: what a run set aside, sent again."""

from enum import StrEnum
from typing import Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, print_json
from importer.cli.journey import travel
from importer.cli.options import (
    JsonOption,
    LogFormat,
    LogFormatOption,
    MaskOption,
    MaxDurationOption,
    MaxFailuresOption,
    MetricsFileOption,
    NoTokenOption,
    OtherTokenOption,
    QuietOption,
    RunDirArgument,
)


class InDoubt(StrEnum):
    """What to do with rows in doubt."""

    RESEND = "resend"
    SKIP = "skip"


@app.command(
    short_help="Send the mended rejects of a run, or settle its rows in doubt.",
    epilog="Example: importer retry importer-runs/20261125T041129Z-a645df",
)
def retry(
    run_dir: RunDirArgument,
    in_doubt: Annotated[
        InDoubt | None,
        typer.Option("--in-doubt", help="Send the rows in doubt again, or take them for settled."),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Send a row even if a later one has the same identifier."),
    ] = False,
    max_failures: MaxFailuresOption = None,
    max_duration: MaxDurationOption = None,
    mask: MaskOption = False,
    metrics_file: MetricsFileOption = None,
    as_json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
    quiet: QuietOption = False,
    yes: OtherTokenOption = False,
    _token: NoTokenOption = None,
) -> None:
    """Send the mended rejects.csv of a run, with the run's own mapping, as a run of its own.

    With --in-doubt its rows in doubt are settled instead: sent again, or skipped.
    """
    if in_doubt is InDoubt.SKIP:
        from importer.resuming.closing import skip_doubts

        with errors(log_format):
            skip_doubts(run_dir)
        if as_json:
            print_json({"run": run_dir.name, "settled": "in_doubt"})
        elif not quiet:
            typer.echo(f"{run_dir}: its rows in doubt are taken for settled")
        return
    from importer.begin import retry_import

    travel(
        lambda given: retry_import(
            run_dir, "in_doubt" if in_doubt else "rejects", overwrite=overwrite, **given
        ),
        {
            "max_failures": max_failures,
            "max_duration": max_duration,
            "mask": mask,
            "metrics_file": metrics_file,
            "other_token": yes,
        },
        as_json=as_json, quiet=quiet, earlier=run_dir, log_format=log_format,
    )  # fmt: skip
