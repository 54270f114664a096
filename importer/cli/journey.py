"""One call into the library, watched and interruptible, its summary and its exit code."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from importer.cli.endings import errors, print_json, say, say_error, warn
from importer.cli.options import LogFormat
from importer.cli.signals import in_time, signals
from importer.errors import ExitCode, Interrupted, NothingToDo
from importer.tell import tell

if TYPE_CHECKING:
    from importer.books.report import Report
    from importer.circumstances import Options


def travel(
    begin: "Callable[[Options], Report]",
    options: "Options",
    *,
    as_json: bool,
    quiet: bool,
    config: Path | None = None,
    earlier: Path | None = None,
    to_go_on: str = "",
    log_format: LogFormat = LogFormat.TEXT,
) -> None:
    """Carry a run out, print how it ended, and exit with its code.

    `earlier` is the folder of the run that is gone on with, or retried: where nothing of it is
    left its report is the one to print. `to_go_on` is the command for who ends it before it has
    begun.
    """
    import pyarrow as pa

    from importer.cli import console

    # It gives back what is no longer used: the peak of a long run is 160 MiB instead of 200.
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    # Two threads share the interpreter: one that has sent gets it back sooner (5 ms otherwise).
    sys.setswitchinterval(0.0005)
    observer = console.observer(quiet=quiet, as_lines=log_format is LogFormat.JSON)
    with (
        errors(log_format),
        signals(log_format) as interruption,
        in_time(options.get("max_duration"), interruption),
    ):
        interruption.to_go_on = to_go_on
        try:
            report = begin({**options, "observer": observer, "interruption": interruption})
        except NothingToDo:
            if as_json and earlier is not None:
                _print_report_of(earlier)
            raise
        except Interrupted:
            if interruption.to_go_on:
                say(f"to go on: {interruption.to_go_on}", log_format)
            raise
        finally:
            observer.close()
    for words in report.afterwards:
        warn(words, log_format)
    if report.stop is not None:
        say_error(report.stop, f"stopped: {report.stop}", log_format)
    if as_json:
        print_json(report.as_json())
        if report.resume_command:
            say(f"to go on: {report.resume_command}", log_format)
    elif not (quiet and report.exit_code == ExitCode.OK):
        tell(sys.stdout, console.summary(report, str(config)))
    raise typer.Exit(report.exit_code)


def _print_report_of(folder: Path) -> None:
    import json

    from importer.resuming.recall import REPORT

    with suppress(OSError, ValueError):
        print_json(json.loads((folder / REPORT).read_bytes()))
