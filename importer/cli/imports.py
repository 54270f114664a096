"""`importer run` and `importer check`: what imports, or rehearses it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, fail, print_json, warn
from importer.cli.journey import travel
from importer.cli.options import (
    AcceptDriftOption,
    ConfigOption,
    FullOption,
    JsonOption,
    LimitOption,
    LogFormat,
    LogFormatOption,
    MaskOption,
    MaxDurationOption,
    MaxFailuresOption,
    MetricsFileOption,
    NoTokenOption,
    QuietOption,
    ReportDirOption,
    SourcesArgument,
    YesOption,
)
from importer.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from importer.circumstances import Options


_HOW_IT_BEGAN = "--dry-run, --limit, --full and --accept-drift"


@app.command(epilog="Example: importer run customers.csv -c config.yaml --dry-run")
def run(
    source: SourcesArgument = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="CONFIG", help="The mapping file (YAML)."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume",
            metavar="RUN_DIR",
            help="Go on with an interrupted run; source and mapping are its own.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read, map and check every row; send nothing.")
    ] = False,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    max_failures: MaxFailuresOption = None,
    max_duration: MaxDurationOption = None,
    mask: MaskOption = False,
    metrics_file: MetricsFileOption = None,
    full: FullOption = False,
    accept_drift: AcceptDriftOption = False,
    as_json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
    quiet: QuietOption = False,
    yes: YesOption = False,
    _token: NoTokenOption = None,
) -> None:
    """Import a CSV file as profiles.

    The project token is read from the environment variable MIXPANEL_TOKEN, or from the file
    that the mapping names as project.token_file.
    """
    from importer.begin import import_profiles, resume_import
    from importer.books.report import resume_command

    options: Options = {
        "max_failures": max_failures,
        "max_duration": max_duration,
        "mask": mask,
        "metrics_file": metrics_file,
        "other_token": yes,
    }
    if resume is not None:
        if dry_run or limit is not None or full or accept_drift:
            words = f"--resume goes on as the run began: leave out {_HOW_IT_BEGAN}"
            fail(ConfigError(words), log_format)
        travel(
            lambda given: resume_import(resume, source, config, **given),
            options, as_json=as_json, quiet=quiet, earlier=resume,
            to_go_on=resume_command(resume, source or (), framed=False), log_format=log_format,
        )  # fmt: skip
    if not source or config is None:
        words = "name a SOURCE and, with -c, a mapping; or a run to --resume"
        fail(ConfigError(words), log_format)
    if not (dry_run or yes):
        _confirm_deletion(source, config, log_format)
    travel(
        lambda given: import_profiles(
            source, config, dry_run=dry_run, limit=limit, report_dir=report_dir, full=full,
            accept_drift=accept_drift, **given,
        ),
        options, as_json=as_json, quiet=quiet, config=config, log_format=log_format,
    )  # fmt: skip


def _confirm_deletion(sources: Sequence[str], config: Path, log_format: LogFormat) -> None:
    """Ask before profiles are deleted: nothing brings them back."""
    from importer.destination import resolve_destination
    from importer.settings.config_file import load_config
    from importer.streams import shown

    with errors(log_format):
        settings = load_config(config)
        if not settings.deletes:
            return
        where = resolve_destination(settings, config.parent, os.environ, sends=True).base_url
        if "-" in sources or sys.stdin is None or not sys.stdin.isatty():
            raise ConfigError("operation: delete needs --yes where nobody can be asked")
    names = ", ".join(map(shown, sources))
    typer.echo(f"This deletes the profile of every row of {names} at {where}, for good.", err=True)
    typer.echo("Type delete to go on: ", nl=False, err=True)
    if sys.stdin.readline().strip() != "delete":
        typer.echo("importer: nothing was deleted", err=True)
        raise typer.Exit(ExitCode.WRONG_INPUT)


def _print_schema(wanted: bool) -> None:
    if wanted:
        from importer.settings.config_schema import config_schema

        print_json(config_schema(), indent=True)
        raise typer.Exit(ExitCode.OK)


@app.command(
    short_help="Check a mapping file, or rehearse an import with it.",
    epilog="Example: importer check -c config.yaml customers.csv",
)
def check(
    config: ConfigOption,
    source: SourcesArgument = None,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    mask: MaskOption = False,
    as_json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
    quiet: QuietOption = False,
    _schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            is_eager=True,
            callback=_print_schema,
            help="Print the JSON Schema of mapping files, for editors, and nothing else.",
        ),
    ] = False,
) -> None:
    """Check a mapping file; with SOURCE, rehearse the whole import without sending."""
    if source:
        from importer.begin import import_profiles

        travel(
            lambda given: import_profiles(
                source, config, dry_run=True, limit=limit, report_dir=report_dir, **given
            ),
            {"mask": mask}, as_json=as_json, quiet=quiet, config=config, log_format=log_format,
        )  # fmt: skip
    from importer.settings.config_file import load_config

    warnings: list[str] = []
    found = {"config": str(config), "valid": True, "faults": (), "warnings": warnings}
    try:
        settings = load_config(config, warnings.append)
        if settings.transform is not None:
            from importer.frames.transform import find_callback

            find_callback(settings.transform, config.parent)
    except ConfigError as error:
        if as_json:
            print_json(found | {"valid": False, "faults": str(error).splitlines()})
        fail(error, log_format)
    for warning in warnings:
        warn(warning, log_format)
    if as_json:
        print_json(found)
    elif not quiet:
        count = sum(map(len, settings.columns.values()))
        from importer.wording import plural

        columns = plural(len(settings.columns), "column")
        does = f"{count:,} {'property' if count == 1 else 'properties'} from {columns}"
        typer.echo(f"{config}: valid, {'deletes profiles' if settings.deletes else does}")
