"""`python -m importer`, and the entry point of the `importer` command."""

import atexit
import gc
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

# Until there is something to end in order, Ctrl-C ends the program without a word.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

# What is imported stays: to look through it for cycles as it grows, and once more before it is
# thrown away at the end, is a quarter of a short command.
gc.set_threshold(200_000)
atexit.register(gc.freeze)
# numpy's threads for linear algebra, of which there is none here, wait for work by spinning.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# httpx would bring a command of its own along, which draws with rich; it does without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

from importer.cli import app  # noqa: E402 # see above
from importer.errors import ExitCode  # noqa: E402
from importer.tell import tell  # noqa: E402


def _open_what_is_closed() -> None:
    """Let what is told to a stream that nobody gave the program go nowhere: the first file of a run
    would take its number, and what is told. (That there is no input is for whoever reads it.)
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115


def main() -> None:
    _open_what_is_closed()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What libraries log of their own accord would stand between the lines for the user.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(prog_name="importer")
    except SystemExit as end:
        if threading.active_count() > 1:
            _leave(end.code)
        raise
    except OSError as error:
        if not _is_stuck(sys.stdout):
            raise
        tell(sys.stdout, "")  # and nothing is left for Python to try again
        say = f"importer: standard output: {error.strerror}; have it written somewhere else"
        tell(sys.stderr, say)
        sys.exit(ExitCode.WRONG_INPUT)


def _leave(code: object) -> NoReturn:
    """End without taking the interpreter down: a thread that still reads is inside Arrow, perhaps,
    which that would make abort, so that the program had crashed for whoever started it.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _is_stuck(stream: TextIO) -> bool:
    """Can what was printed not be written?"""
    try:
        print(file=stream, flush=True)
    except OSError:
        return True
    return False


if __name__ == "__main__":
    main()
