"""What ends a command from outside: signals, and the time that it may take."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from importer.bounds import Bounds
from importer.cli.json_lines import json_line
from importer.cli.options import LogFormat
from importer.errors import ImporterError, Interrupted, TookTooLong
from importer.interruption import Interruption

_STOP = "stopping; requests in flight may finish"


def _tell_at_once(words: str, log_format: LogFormat) -> None:
    """Not through the stream, in the middle of whose work this may be."""
    line = {
        LogFormat.TEXT: f"\nimporter: {words}\n",  # for people behind the terminal's ^C
        LogFormat.JSON: f"{json_line('narration', message=words)}\n",
    }[log_format]
    with suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), line.encode())


@contextmanager
def signals(log_format: LogFormat = LogFormat.TEXT) -> Iterator[Interruption]:
    """Let SIGINT, SIGTERM and a terminal that goes end a run in order; the second one ends the
    program.

    One that comes before the run has begun, in a pipe that stays silent say, ends it at once.
    """
    interruption = Interruption()
    early: Interrupted | None = None

    def on_signal(number: int, _frame: object) -> None:
        nonlocal early
        if interruption.signal_number is not None:
            if interruption.to_go_on:
                _tell_at_once(f"to go on: {interruption.to_go_on}", log_format)
            os._exit(128 + number)
        begun = interruption.heard
        # Before anything is printed: who reads it may send the second signal at once. And before
        # anything is raised, which a library that is at work may lose: the run hears of it then.
        interruption.request(number)
        if not begun:
            early = Interrupted(number)
            raise early
        _tell_at_once(_STOP, log_format)

    heeded = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heeded.append(signal.SIGHUP)  # ignored where nohup began the program
    previous = {number: signal.signal(number, on_signal) for number in heeded}
    try:
        with _first_cause(lambda: early):
            yield interruption
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _first_cause(early: Callable[[], ImporterError | None]) -> Iterator[None]:
    """Raise what a handler raised early instead of what a library made of that, and print nothing
    of what was lost in a callback of its: the run hears of it all the same.
    """
    unraisable = sys.unraisablehook

    def on_lost(lost: "sys.UnraisableHookArgs") -> None:
        if lost.exc_value is None or lost.exc_value is not early():
            unraisable(lost)

    sys.unraisablehook = on_lost
    try:
        yield
    except Exception as error:
        if (first := early()) is None or error is first:
            raise
        raise first from error
    finally:
        sys.unraisablehook = unraisable


@contextmanager
def in_time(max_duration: str | float | None, interruption: Interruption) -> Iterator[None]:
    """End a run that has not begun within that time, where the system has an alarm clock (Windows
    has none); one that has begun looks at the clock itself.
    """
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
