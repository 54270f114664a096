"""A stage that runs in a thread of its own, one item ahead of its consumer."""

from collections.abc import Iterator
from queue import Queue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

WAITING = 1
"""Items made and not yet asked for: each may be megabytes."""


def beside(items: Iterator[T]) -> Iterator[T]:
    """Iterate in a thread, a little ahead; what it raises is raised here, where it would have been.

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
            match made.get():
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
