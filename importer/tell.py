"""Lines for whoever reads along: that somebody has gone away is no reason to end a run."""

import os
from contextlib import suppress
from typing import TextIO

WARNING = "warning: "
"""How words begin that are told even to those who want to hear of nothing else."""


def tell(stream: TextIO, words: str) -> None:
    """Print a line; once nobody reads the stream any more, print nothing.

    A line that a reader who does not wait has no room for is left out.
    """
    try:
        print(words, file=stream, flush=True)
    except OSError as error:
        with suppress(OSError):
            _empty(stream, for_good=not isinstance(error, BlockingIOError))


def _empty(stream: TextIO, *, for_good: bool) -> None:
    """Let what is left in a stream's buffer go nowhere, `for_good` all that is to come too.

    Python would try again at the end and exit with 120.
    """
    number = stream.fileno()
    reader, nowhere = os.dup(number), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, number)
        stream.flush()
        if not for_good:
            os.dup2(reader, number)
    finally:
        os.close(nowhere)
        os.close(reader)
