"""How a command ends: errors as lines and exit codes, JSON."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from importer.cli.options import LogFormat
from importer.errors import ExitCode, ImporterError, SourceBroken, TransformFailed
from importer.tell import WARNING, tell


@contextmanager
def errors(log_format: LogFormat = LogFormat.TEXT) -> Iterator[None]:
    """Turn an error into its line on stderr and its exit code."""
    try:
        yield
    except ImporterError as error:
        fail(error, log_format)


def fail(error: ImporterError, log_format: LogFormat = LogFormat.TEXT) -> NoReturn:
    say_error(error, str(error), log_format)
    # Raised, not reported: nothing was sent.
    early = isinstance(error, SourceBroken | TransformFailed)
    code = ExitCode.WRONG_INPUT if early else error.exit_code
    raise typer.Exit(code)


def say_error(error: ImporterError, message: str, log_format: LogFormat) -> None:
    """Say what ended a run; programs are told its name too."""
    say(message, log_format, event="error", error=type(error).__name__)


def say(message: str, log_format: LogFormat, *, event: str = "narration", **fields: str) -> None:
    """Say something on stderr, in the form that was asked for; `fields` are for programs."""
    if log_format is LogFormat.JSON:
        from importer.cli.json_lines import json_line

        tell(sys.stderr, json_line(event, **fields, message=message))
        return
    for line in message.splitlines():
        tell(sys.stderr, f"importer: {line}")


def warn(message: str, log_format: LogFormat) -> None:
    """Say what may be wrong; for people it begins with that word."""
    if log_format is LogFormat.JSON:
        say(message, log_format, event="warning")
    else:
        tell(sys.stderr, f"{WARNING}{message}")


def print_json(content: object, *, indent: bool = False) -> None:
    import json

    from importer.cli.json_lines import one_line

    shown = json.dumps(content, ensure_ascii=False, indent=2) if indent else one_line(content)
    tell(sys.stdout, shown)
