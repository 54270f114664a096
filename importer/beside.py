"""A stage that runs in a thread of its own, one item ahead of its consumer."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

from importer.errors import ImporterError

T = TypeVar("T")

WAITING = 1
"""Items made and not yet asked for: each may be megabytes."""

PATIENCE = 0.1
"""Seconds of waiting after which it is asked whether to wait on."""


def beside(items: Iterator[T], stop: Callable[[], ImporterError | None]) -> Iterator[T]:
    """Iterate in a thread, a little ahead; what it raises is raised here, where it would have been.
    So is what `stop` returns while there is nothing to hand on.

    Arrow and numpy let the interpreter go while they work, so that two stages use two cores. The
    end of the program does not wait for the thread: a pipe may stay silent for ever.
    """
    made: Queue[tuple[T, ...] | BaseException] = Queue(WAITING)
    ended = False

    def run() -> None:
        try:
            for item in items:
                made.put((item,))
                if ended:
                    return
            made.put(())
        except BaseException as error:  # whatever it is, it is not this thread's to deal with
            made.put(error)

    Thread(target=run, name="reading", daemon=True).start()
    try:
        while True:
            match _next(made, stop):
                case BaseException() as error:
                    raise error
                case (item,):
                    yield item
                case _:
                    return
    finally:
        ended = True
        if made.full():
            made.get()  # let the thread see it


def _next(made: Queue[T], stop: Callable[[], ImporterError | None]) -> T:
    while True:
        with suppress(Empty):
            return made.get(timeout=PATIENCE)
        if (error := stop()) is not None:
            raise error
