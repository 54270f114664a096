"""How a run went over time: rows, requests, retries and failures, a bounded number of times each.

A long run has wider buckets than a short one, never more of them: when they are full, each two
become one of twice the width. What is added up that way is never lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importer.books.totals import Totals

MOST = 240
"""Buckets at most; a run that fills half of them or more has at least 120."""

FIRST_WIDTH = 1 / 16
"""Seconds: a run of 15 s fills all buckets. Its doubles are exact in binary."""

Buckets = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was done in each stretch of `width` seconds, the first of which began with the run.

    `rows` were settled then, `requests` answered or given up, `retried` of these sent again.
    `seconds` is the length of the whole; the last bucket may be cut short by its end.
    """

    width: float
    seconds: float
    rows: Buckets = ()
    requests: Buckets = ()
    retried: Buckets = ()
    failed: Buckets = ()

    def __len__(self) -> int:
        return len(self.rows)

    def coarser(self, most: int) -> "Timeline":
        """Return the same with at most so many buckets."""
        if len(self) <= most:
            return self
        series = (self.rows, self.requests, self.retried, self.failed)
        halves = (tuple(_in_pairs(list(counts))) for counts in series)
        return Timeline(2 * self.width, self.seconds, *halves).coarser(most)

    def spans(self) -> list[tuple[float, float]]:
        """Return where each bucket begins and how long it is, in seconds."""
        begins = [number * self.width for number in range(len(self))]
        return [(begin, min(self.width, max(0.0, self.seconds - begin))) for begin in begins]

    def as_json(self) -> dict[str, Any]:
        return {
            "seconds_per_bucket": self.width,
            "rows": list(self.rows),
            "requests": list(self.requests),
            "retried": list(self.retried),
            "failed": list(self.failed),
        }


class Chronicle:
    """Told of the totals as they grow, it notes when they did.

    Rows and requests that an earlier process settled are no part of it.
    """

    def __init__(self, clock: Callable[[], float], *, most: int = MOST) -> None:
        self._clock = clock
        self._began = clock()
        self._most = most
        self._width = FIRST_WIDTH
        self._buckets: list[list[int]] = [[], [], [], []]
        self._before = [0, 0, 0, 0]

    def begin(self, totals: "Totals") -> None:
        """Leave out what these totals hold already."""
        self._before = list(_counts(totals))

    def note(self, totals: "Totals") -> None:
        """Book what is new to the present moment."""
        place = self._place(self._clock() - self._began)
        before = self._before
        for which, now in enumerate(_counts(totals)):
            # Batches are recalled when they are opened and counted when they are closed: until
            # then less seems to be done than was.
            if now > before[which]:
                self._buckets[which][place] += now - before[which]
                before[which] = now

    def timeline(self) -> Timeline:
        """Return the course of the run up to now."""
        seconds = self._clock() - self._began
        self._place(seconds)
        return Timeline(self._width, seconds, *map(tuple, self._buckets))

    def _place(self, seconds: float) -> int:
        """Return the bucket of a moment, made if it is not there yet."""
        while (place := int(max(seconds, 0.0) / self._width)) >= self._most:
            self._buckets = [_in_pairs(counts) for counts in self._buckets]
            self._width *= 2
        if place >= len(self._buckets[0]):
            for counts in self._buckets:
                counts.extend([0] * (place + 1 - len(counts)))
        return place


def _counts(totals: "Totals") -> Buckets:
    return (
        totals.fresh,
        totals.requests_sent,
        totals.requests_retried,
        totals.failed - totals.recalled_failed,
    )


def _in_pairs(counts: list[int]) -> list[int]:
    return [sum(counts[place : place + 2]) for place in range(0, len(counts), 2)]
