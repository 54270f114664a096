"""A run inside of a program's own event loop, a notebook's say, which waits meanwhile."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from importer.interruption import Interruption

T = TypeVar("T")

_LOOK_UP = 0.1
"""Seconds between looks at whether the caller was cancelled: nothing wakes a thread for that."""


def beside_a_loop(work: Callable[[], T], interruption: Interruption) -> T:
    """Do the work in a thread, and never leave that behind: it uses what the caller closes.

    A Ctrl-C ends the work in order, and is raised once it has ended, as it is without a loop.
    `asyncio.run` makes one a cancellation, which ends the work too; the caller sees it when it
    next awaits something.
    """
    caller = asyncio.current_task()
    cancelled_before = caller.cancelling() if caller is not None else 0
    thread = ThreadPoolExecutor(1)
    ending = thread.submit(work)
    thread.shutdown(wait=False)
    ctrl_c: KeyboardInterrupt | None = None
    asked = False
    while True:
        try:
            while not wait([ending], _LOOK_UP).done:
                cancelled = caller is not None and caller.cancelling() > cancelled_before
                if (ctrl_c is not None or cancelled) and not asked:
                    interruption.request(signal.SIGINT)
                    asked = True
            break
        except KeyboardInterrupt as error:  # nothing more in here, where the next may come
            ctrl_c = error
    if ctrl_c is not None:
        raise ctrl_c
    return ending.result()
