"""One call into the library, watched and interruptible, its summary and its exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from importer.cli.endings import errors, print_json, signals
from importer.errors import ExitCode

if TYPE_CHECKING:
    from importer.circumstances import Options
    from importer.report import Report


def travel(
    begin: "Callable[[Options], Report]",
    options: "Options",
    *,
    as_json: bool,
    quiet: bool,
    config: Path | None = None,
) -> None:
    """Carry a run out, print how it ended, and exit with its code."""
    from importer import console

    observer = console.observer(quiet=quiet)
    with errors(), signals() as interruption:
        try:
            report = begin({**options, "observer": observer, "interruption": interruption})
        finally:
            observer.close()
    for words in report.afterwards:
        typer.echo(f"importer: warning: {words}", err=True)
    if report.stop is not None:
        typer.echo(f"importer: stopped: {report.stop}", err=True)
    if as_json:
        print_json(report.as_json())
        if report.resume_command:
            typer.echo(f"importer: to go on: {report.resume_command}", err=True)
    elif not (quiet and report.exit_code == ExitCode.OK):
        typer.echo(console.summary(report, str(config)))
    raise typer.Exit(report.exit_code)
