"""Rows of one identifier take effect in file order: which batches a batch has to wait for.

In the thread that reads, the rows of a chunk are compared with one another and with those shortly
before it. What is unsettled for so long that it was not among those is compared when a batch
begins.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from importer.delivery.guard import BATCHES
from importer.reading.records import Positions
from importer.settings.sections import Delivery
from importer.updates.model import Updates

if TYPE_CHECKING:
    from asyncio import Task  # a rehearsal sends nothing

WINDOW = 4
"""Batches begun per request in flight: room to go on past a batch that waits for another."""

_SLOTS = 1 << 17
"""Slots for some 20,000 rows at the default concurrency: one row in seven shares its slot."""


def most_begun(settings: Delivery) -> int:
    """Return how many batches are under way at most."""
    return max(settings.concurrency * WINDOW, 2 * BATCHES)  # the guard must see so many


def note_repeats(chunks: Iterable[Updates], settings: Delivery) -> Iterator[Updates]:
    """Note with each row the last one before it that has its identifier.

    It is looked for among twice as many rows as may be under way, for some batches end late.
    """
    reach = 2 * most_begun(settings) * settings.batch_size
    recent: deque[Updates] = deque()
    for chunk in chunks:
        recent.append(replace(chunk, text=b"", failures=(), origins=()))  # they are large
        since = recent[0].first_row
        earlier = _earlier(recent)
        yield replace(chunk, earlier=earlier[len(earlier) - len(chunk) :], since=since)
        while sum(map(len, recent)) - len(recent[0]) > reach:
            recent.popleft()


def _earlier(chunks: Iterable[Updates]) -> Positions:
    """Return, for each row, the last one before it with the same identifier; 0 where none is."""
    hashes = np.concatenate([chunk.hashes for chunk in chunks])
    rows = np.concatenate([chunk.rows for chunk in chunks])
    earlier = np.zeros(len(rows), np.int64)
    # Few rows share a slot with another one; only those are sorted.
    slots = (hashes & np.uint64(_SLOTS - 1)).astype(np.intp)
    shared = np.flatnonzero(np.bincount(slots, minlength=_SLOTS)[slots] > 1)
    by_name = shared[np.argsort(hashes[shared], kind="stable")]
    same = hashes[by_name[1:]] == hashes[by_name[:-1]]
    earlier[by_name[1:][same]] = rows[by_name[:-1][same]]
    return earlier


class Order:
    """The batches that are under way, and whose turn is after whose."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[Updates, Task[None]]] = {}
        """By their first rows, in file order."""

    def begin(self, batch: Updates, task: "Task[None]") -> None:
        self._under_way[batch.first_row] = batch, task

    def end(self, batch: Updates) -> None:
        self._under_way.pop(batch.first_row, None)

    def before(self, batch: Updates) -> "set[Task[None]]":
        """Return the tasks that must end before this batch may be sent."""
        return {*self._noted(batch), *self._older(batch)}

    def _noted(self, batch: Updates) -> "Iterator[Task[None]]":
        rows = batch.earlier[batch.earlier > 0].tolist()
        firsts = list(self._under_way) if rows else []
        for row in rows:
            place = bisect_right(firsts, row) - 1
            if place >= 0:
                earlier, task = self._under_way[firsts[place]]
                if row <= earlier.last_row:
                    yield task

    def _older(self, batch: Updates) -> "Iterator[Task[None]]":
        for earlier, task in self._under_way.values():
            if earlier.first_row >= batch.since:
                break
            if np.isin(earlier.hashes, batch.hashes).any():
                yield task
