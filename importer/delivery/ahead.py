"""Batches are made in a thread of their own, beside the event loop that sends them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Semaphore, Thread

from importer.updates.model import Updates

HELPING = 16
"""Batches taken at a time from the stages before."""

AHEAD = 2
"""Helpings made ahead of what is being sent: a block gives two or three, all at once."""


async def ahead(batches: Iterator[Updates]) -> AsyncGenerator[Updates, None]:
    """Iterate over batches made beside the event loop, some helpings ahead of those in use.

    They are made in a thread that the end of the program does not wait for, as it does for an
    executor's: a pipe that nobody writes to would hold it up.
    """
    loop = asyncio.get_running_loop()
    made: asyncio.Queue[list[Updates] | BaseException] = asyncio.Queue()
    wanted = Semaphore(AHEAD)
    ended = False

    def run() -> None:
        helping: list[Updates] | BaseException = []
        while wanted.acquire() and not ended:
            try:
                helping = list(islice(batches, HELPING))
            except BaseException as fault:  # whatever it is, it is not this thread's to deal with
                helping = fault
            call_soon(loop, made.put_nowait, helping)
            if not isinstance(helping, list) or not helping:
                return

    Thread(target=run, name="reading", daemon=True).start()
    try:
        while helping := await made.get():
            if isinstance(helping, BaseException):
                raise helping
            wanted.release()
            for batch in helping:
                yield batch
    finally:
        ended = True
        wanted.release()  # let the thread see it


def call_soon(
    loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *args: object
) -> None:
    """Schedule a call from another thread or a signal handler; a loop that has ended needs none."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *args)
