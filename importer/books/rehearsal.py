"""What a dry run finds out beyond its books: repeated ids, the first updates, time to expect."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from importer.books.ledger import Ledger
from importer.books.totals import Totals
from importer.bounds import Bounds
from importer.errors import ImporterError, Interrupted
from importer.interruption import Interruption
from importer.kernels.hashes import Hashes
from importer.updates.column_watch import ColumnFailures
from importer.updates.identify import Kind
from importer.updates.model import Updates
from importer.updates.shown_updates import shown_updates

FIRST = 3
"""Updates that are shown as they would be sent."""

UPDATES_PER_SECOND = 30_000
"""What a project may send (the API's pages on rate limits)."""

SECONDS_PER_REQUEST = 0.1
"""A guess of how long an answer takes, for the time to expect."""

TOGETHER = 1_000_000
"""Ids that are looked up at once: to put them in order is quicker than to find each its place."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The verdict on a mapping with a whole source, beside the report's books.

    `repeated` counts the rows whose identifier an earlier row has; `updates` are the first ones
    as they would be sent, JSON texts without the token; `seconds` is an estimate.
    """

    columns: tuple[ColumnFailures, ...]
    repeated: int
    updates: tuple[str, ...]
    requests: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": [column.as_json() for column in self.columns],
            "repeated_ids": self.repeated,
            "first_updates": [json.loads(update) for update in self.updates],
            "requests": self.requests,
            "seconds": round(self.seconds, 1),
        }


class Rehearsal:
    """Counts batches as they pass, and keeps the first updates to be shown."""

    def __init__(self, *, mask: bool = False) -> None:
        """With `mask` the first updates show the form of values only."""
        self._mask = mask
        self._updates: list[str] = []
        self._distinct = DistinctIds()
        self._requests = 0
        self._sent = 0

    def watch(self, batches: Iterable[Updates]) -> Iterator[Updates]:
        """Hand batches on, each looked at."""
        for batch in batches:
            self._look_at(batch)
            yield batch

    def result(self, columns: tuple[ColumnFailures, ...], concurrency: int) -> Rehearsed:
        by_answers = ceil(self._requests / concurrency) * SECONDS_PER_REQUEST
        return Rehearsed(
            columns=columns,
            repeated=self._distinct.repeated,
            updates=tuple(self._updates),
            requests=self._requests,
            seconds=max(by_answers, self._sent / UPDATES_PER_SECOND),
        )

    def _look_at(self, batch: Updates) -> None:
        self._requests += len(batch) > 0
        self._sent += batch.count
        for place in range(min(FIRST - len(self._updates), len(batch))):
            start, stop = int(batch.offsets[place]), int(batch.offsets[place + 1])
            text = bytes(batch.text[start:stop])
            self._updates += shown_updates(text, mask=self._mask)
        del self._updates[FIRST:]
        self._distinct.add(batch.hashes[batch.kinds != Kind.RANDOM])


def wish_to_stop(
    interruption: Interruption, bounds: Bounds, totals: Totals, now: float
) -> ImporterError | None:
    """Say whether a rehearsal that is so far must stop, and why."""
    if interruption.signal_number is not None:
        return Interrupted(interruption.signal_number)
    return bounds.reached(totals, now)


def rehearse(
    batches: Iterator[Updates], ledger: Ledger, stop: Callable[[], ImporterError | None]
) -> ImporterError | None:
    """Book every batch as it would be if the server took it, until `stop`; send nothing."""
    try:
        for batch in batches:
            entry = ledger.open(batch)
            entry.imported = len(batch)
            ledger.close(entry)
            if (reached := stop()) is not None:
                return reached
    except ImporterError as error:
        return error
    return None


class DistinctIds:
    """Tells how many of the ids added were there before, by their 64-bit hashes.

    It holds 8 bytes for each different id, 16 while it puts them in order: at most 16 MB for a
    million. That two ids of a million share a hash, and one is taken for the other, happens once
    in 37 million files.
    """

    def __init__(self) -> None:
        self._repeated = 0
        self._waiting: list[Hashes] = []
        self._waiting_ids = 0
        self._known: list[Hashes] = []
        """Sorted, none of them in another one; each at least twice as long as the next."""

    def add(self, hashes: Hashes) -> None:
        self._waiting.append(hashes)
        self._waiting_ids += len(hashes)
        if self._waiting_ids >= TOGETHER:
            self._look_up()

    @property
    def repeated(self) -> int:
        self._look_up()
        return self._repeated

    def _look_up(self) -> None:
        hashes = np.concatenate([np.empty(0, np.uint64), *self._waiting])
        self._waiting.clear()
        self._waiting_ids = 0
        hashes.sort()
        fresh = hashes[np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))]  # an eighth of unique
        for known in self._known:
            places = np.minimum(np.searchsorted(known, fresh), len(known) - 1)
            fresh = fresh[known[places] != fresh]
        self._repeated += len(hashes) - len(fresh)
        while self._known and len(self._known[-1]) < 2 * len(fresh):
            fresh = np.concatenate((self._known.pop(), fresh))
            fresh.sort()
        if len(fresh):
            self._known.append(fresh)
