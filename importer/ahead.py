"""Batches are made in a thread of their own, beside the event loop that sends them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Thread

from importer.updates import Updates

HELPING = 16
"""Batches taken at a time from the stages before, one helping ahead of what is being sent."""


async def ahead(batches: Iterator[Updates]) -> AsyncGenerator[Updates, None]:
    """Iterate over batches made beside the event loop, one helping ahead of those in use."""
    pull = _in_thread(lambda: list(islice(batches, HELPING)))
    try:
        while helping := await pull:
            pull = _in_thread(lambda: list(islice(batches, HELPING)))
            for batch in helping:
                yield batch
    finally:
        pull.cancel()


def _in_thread(work: Callable[[], list[Updates]]) -> asyncio.Future[list[Updates]]:
    """Run work in a thread that the end of the program does not wait for.

    An executor's threads are waited for, and a pipe that nobody writes to would hold the end up.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Updates]] = loop.create_future()

    def settle_future(result: list[Updates] | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result or [])

    def run() -> None:
        try:
            result, error = work(), None
        except BaseException as fault:
            result, error = None, fault
        call_soon(loop, settle_future, result, error)

    Thread(target=run, name="reading", daemon=True).start()
    return future


def call_soon(
    loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *args: object
) -> None:
    """Schedule a call from another thread or a signal handler; a loop that has ended needs none."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *args)
