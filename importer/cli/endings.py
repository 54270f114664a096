"""How a command ends: errors as lines and exit codes, signals, JSON."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import typer

from importer.cli.options import LogFormat
from importer.errors import (
    ExitCode,
    ImporterError,
    Interrupted,
    SourceBroken,
    TookTooLong,
    TransformFailed,
)
from importer.interruption import Interruption
from importer.tell import WARNING, tell

_STOP = "stopping; requests in flight may finish"

# For people behind the terminal's ^C.
_STOPPING = {
    LogFormat.TEXT: f"\nimporter: {_STOP}\n",
    LogFormat.JSON: f'{{"event": "narration", "message": "{_STOP}"}}\n',
}


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


@contextmanager
def signals(log_format: LogFormat = LogFormat.TEXT) -> Iterator[Interruption]:
    """Let SIGINT and SIGTERM end a run in order; the second one ends the program.

    One that comes before the run has begun, in a pipe that stays silent say, ends it at once.
    """
    interruption = Interruption()
    early: Interrupted | None = None

    def on_signal(number: int, _frame: object) -> None:
        nonlocal early
        if interruption.signal_number is not None:
            os._exit(128 + number)
        begun = interruption.heard
        # Before anything is printed: who reads it may send the second signal at once. And before
        # anything is raised, which a library that is at work may lose: the run hears of it then.
        interruption.request(number)
        if not begun:
            early = Interrupted(number)
            raise early
        # Not through the stream, in the middle of whose work this may be.
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), _STOPPING[log_format].encode())

    previous = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with _first_cause(lambda: early):
            yield interruption
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _first_cause(early: Callable[[], ImporterError | None]) -> Iterator[None]:
    """Raise what a handler raised early instead of what a library made of that."""
    try:
        yield
    except Exception as error:
        if (first := early()) is None or error is first:
            raise
        raise first from error


@contextmanager
def in_time(max_duration: str | float | None, interruption: Interruption) -> Iterator[None]:
    """End a run that has not begun within that time, where the system has an alarm clock (Windows
    has none); one that has begun looks at the clock itself.
    """
    from importer.bounds import Bounds

    seconds = Bounds.of(None, max_duration).seconds
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return

    early: TookTooLong | None = None

    def on_alarm(_number: int, _frame: object) -> None:
        nonlocal early
        if not interruption.heard:
            words = f"--max-duration of {seconds:g} s is over, and nothing was sent"
            early = TookTooLong(words)
            raise early

    previous = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with _first_cause(lambda: early):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def print_json(content: object, *, indent: bool = False) -> None:
    import json

    from importer.cli.json_lines import one_line

    shown = json.dumps(content, ensure_ascii=False, indent=2) if indent else one_line(content)
    tell(sys.stdout, shown)
