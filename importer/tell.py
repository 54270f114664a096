"""Lines for whoever reads along: that somebody has gone away is no reason to end a run."""

import os
from contextlib import suppress
from typing import TextIO

WARNING = "warning: "
"""How words begin that are told even to those who want to hear of nothing else."""


def tell(stream: TextIO, words: str) -> None:
    """Print a line; once nobody reads the stream any more, print nothing.

    What is left in its buffer goes nowhere, or Python would try again at the end and exit with 120.
    """
    try:
        print(words, file=stream, flush=True)
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
