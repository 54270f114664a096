"""Rows of one identifier take effect in file order: which batches a batch has to wait for.

Batches are compared in the thread that makes them, many at once, with the rows shortly before
them; what is unsettled for so long that it was not among those is compared when a batch begins.
"""

from asyncio import Task
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from importer.hashes import Hashes
from importer.records import Positions
from importer.updates import Updates

TOGETHER = 16
"""Batches that are compared at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Following:
    """A batch, and the rows before it that its rows must follow.

    `rows` are the last ones, in earlier batches, with the identifiers of this one; they were looked
    for from the row `since` on.
    """

    batch: Updates
    rows: Sequence[int]
    since: int


def following(batches: Iterable[Updates], reach: int) -> Iterator[Following]:
    """Tell of each batch which rows it follows, among the last `reach` batches or more."""
    coming = iter(batches)
    recent: list[_Names] = []
    while portion := list(islice(coming, TOGETHER)):
        recent = [*recent[-reach:], *map(_Names.of, portion)]
        yield from _compared(portion, recent)


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """What is kept of a batch to compare others with: not its updates, which are large."""

    hashes: Hashes
    rows: Positions
    first_row: int

    @classmethod
    def of(cls, batch: Updates) -> "_Names":
        return cls(batch.hashes, batch.rows, batch.first_row)


def _compared(batches: Sequence[Updates], names: Sequence[_Names]) -> Iterator[Following]:
    """Compare batches with one another and with all whose names come before theirs."""
    hashes: Hashes = np.concatenate([each.hashes for each in names])
    rows: Positions = np.concatenate([each.rows for each in names])
    codes = pa.array(hashes).dictionary_encode().indices.to_numpy()
    repeated = np.flatnonzero((np.bincount(codes) > 1)[codes]) if len(codes) else codes
    by_name = repeated[np.argsort(codes[repeated], kind="stable")]
    same = codes[by_name[1:]] == codes[by_name[:-1]]
    later, earlier = rows[by_name[1:][same]], rows[by_name[:-1][same]]
    since = names[0].first_row
    for batch in batches:
        own = (later >= batch.first_row) & (later <= batch.last_row) & (earlier < batch.first_row)
        yield Following(batch, earlier[own].tolist(), since)


class Order:
    """The batches that are under way, and whose turn is after whose."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[Updates, Task[None]]] = {}
        """By their first rows, in file order."""

    def begin(self, batch: Updates, task: Task[None]) -> None:
        self._under_way[batch.first_row] = batch, task

    def end(self, batch: Updates) -> None:
        self._under_way.pop(batch.first_row, None)

    def before(self, following: Following) -> set[Task[None]]:
        """Return the tasks that must end before this batch may be sent."""
        return {*self._sharing(following), *self._older(following)}

    def _sharing(self, following: Following) -> Iterator[Task[None]]:
        firsts = list(self._under_way) if following.rows else []
        for row in following.rows:
            place = bisect_right(firsts, row) - 1
            if place >= 0:
                batch, task = self._under_way[firsts[place]]
                if row <= batch.last_row:
                    yield task

    def _older(self, following: Following) -> Iterator[Task[None]]:
        for batch, task in self._under_way.values():
            if batch.last_row >= following.since:
                break
            if np.isin(batch.hashes, following.batch.hashes).any():
                yield task
