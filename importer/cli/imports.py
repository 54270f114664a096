"""`importer run` and `importer check`: what imports, or rehearses it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, print_json, signals
from importer.cli.options import (
    ConfigOption,
    JsonOption,
    LimitOption,
    QuietOption,
    ReportDirOption,
    SourceArgument,
    YesOption,
)
from importer.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from importer.report import Report


@app.command(epilog="Example: importer run customers.csv -c config.yaml --dry-run")
def run(
    source: SourceArgument,
    config: ConfigOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read, map and check every row; send nothing.")
    ] = False,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:
    """Import a CSV file as profiles.

    The project token is read from the environment variable MIXPANEL_TOKEN, or from the file
    that the mapping names as project.token_file.
    """
    if not (dry_run or yes):
        _confirm_deletion(source, config)
    _import(source, config, dry_run, limit, report_dir, as_json, quiet)


def _confirm_deletion(source: str, config: Path) -> None:
    """Ask before profiles are deleted: nothing brings them back."""
    from importer.config_file import load_config, resolve_destination

    with errors():
        settings = load_config(config)
        if not settings.deletes:
            return
        where = resolve_destination(settings, config.parent, os.environ, sends=True).base_url
        if source == "-" or not sys.stdin.isatty():
            raise ConfigError("operation: delete needs --yes where nobody can be asked")
    typer.echo(f"This deletes the profile of every row of {source} at {where}, for good.", err=True)
    typer.echo("Type delete to go on: ", nl=False, err=True)
    if sys.stdin.readline().strip() != "delete":
        typer.echo("importer: nothing was deleted", err=True)
        raise typer.Exit(ExitCode.WRONG_INPUT)


def _print_schema(wanted: bool) -> None:
    if wanted:
        from importer.config_schema import config_schema

        print_json(config_schema(), indent=True)
        raise typer.Exit(ExitCode.OK)


@app.command(
    short_help="Check a mapping file, or rehearse an import with it.",
    epilog="Example: importer check -c config.yaml customers.csv",
)
def check(
    config: ConfigOption,
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A CSV file, or - for stdin.")
    ] = None,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    as_json: JsonOption = False,
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
    if source is not None:
        _import(source, config, True, limit, report_dir, as_json, quiet)
        return
    from importer.config_file import load_config

    warnings: list[str] = []
    with errors():
        settings = load_config(config, warnings.append)
        if settings.transform is not None:
            from importer.transform import find_callback

            find_callback(settings.transform, config.parent)
    for warning in () if quiet else warnings:
        typer.echo(f"warning: {warning}", err=True)
    if as_json:
        print_json({"config": str(config), "valid": True, "warnings": warnings})
    elif not quiet:
        count = sum(map(len, settings.columns.values()))
        does = f"{count} properties from {len(settings.columns)} columns"
        typer.echo(f"{config}: valid, {'deletes profiles' if settings.deletes else does}")


def _import(
    source: str,
    config: Path,
    dry_run: bool,
    limit: int | None,
    report_dir: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    from importer import console
    from importer.pipeline import import_profiles

    observer = console.observer(quiet=quiet)
    with errors(), signals() as interruption:
        try:
            report = import_profiles(
                source,
                config,
                dry_run=dry_run,
                limit=limit,
                report_dir=report_dir,
                observer=observer,
                interruption=interruption,
            )
        finally:
            observer.close()
    _finish(report, config, as_json=as_json, quiet=quiet)


def _finish(report: "Report", config: Path, *, as_json: bool, quiet: bool) -> None:
    from importer.console import summary

    if report.stop is not None:
        typer.echo(f"importer: stopped: {report.stop}", err=True)
    if as_json:
        print_json(report.as_json())
    elif not (quiet and report.exit_code == ExitCode.OK):
        typer.echo(summary(report, str(config)))
    raise typer.Exit(report.exit_code)
