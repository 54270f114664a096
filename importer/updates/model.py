"""Rows as updates, ready to send: their JSON end to end in one buffer, and whose they are."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from importer.books.failure import Failure
from importer.kernels.columns import as_numbers
from importer.kernels.hashes import Hashes
from importer.reading.records import Positions, Records


@dataclass(frozen=True, eq=False)
class Updates:
    """The updates of consecutive rows of a file, and the rows among them that failed already.

    `text` holds the updates end to end, each followed by a comma. Those of row i, one for each of
    its operations, lie between `offsets[i]` and `offsets[i + 1]`, and are the updates `numbers[i]`
    to `numbers[i + 1]`. `rows`, `identifiers`, `hashes` (of the
    identifiers) and `kinds` have one entry per row. `earlier` has for each
    row the last one before it that has its identifier, 0 where there is none from row `since` on.
    `unchanged` are rows that need not be sent, `unchanged_kinds` where their identifiers come from.
    Together, these rows, those and the failures are the rows from `first_row` to `last_row`, each
    once.
    """

    text: bytes | memoryview = field(repr=False)  # the token is in it
    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]
    rows: Positions
    identifiers: pa.StringArray
    hashes: Hashes
    kinds: NDArray[np.uint8]
    earlier: Positions
    since: int
    failures: tuple[Failure, ...]
    first_row: int
    last_row: int
    origins: tuple[Records, ...]
    unchanged: Positions = field(default_factory=lambda: np.empty(0, np.int64))
    unchanged_kinds: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def row_count(self) -> int:
        return self.last_row - self.first_row + 1

    @property
    def count(self) -> int:
        """Return the number of updates; rows with several operations have several."""
        return int(self.numbers[-1] - self.numbers[0])

    @cached_property
    def ranges(self) -> list[list[int]]:
        """Return the row numbers as ranges, both ends included."""
        if len(self) and self.rows[-1] - self.rows[0] + 1 == len(self):
            return [[int(self.rows[0]), int(self.rows[-1])]]
        rows = self.rows.tolist()
        found, start = [], 0
        while start < len(rows):
            # Rows that follow one another are as far from the first as their places are.
            first = rows[start] - start
            stop = bisect_right(range(len(rows)), first, start, key=lambda at: rows[at] - at)
            found.append([rows[start], rows[stop - 1]])
            start = stop
        return found

    def count_of(self, index: int) -> int:
        """Return how many updates a row has."""
        return int(self.numbers[index + 1] - self.numbers[index])

    def rows_of(self, numbers: Iterable[int]) -> list[int]:
        """Return the indices of the rows to which these updates of the request belong."""
        places = np.fromiter(numbers, np.int64) + self.numbers[0]
        found: list[int] = (np.searchsorted(self.numbers, places, side="right") - 1).tolist()
        return found

    def body(self) -> bytes:
        """Return the updates as a JSON array: one slice of the buffer, its last comma left out."""
        return b"".join((b"[", self.text[int(self.offsets[0]) : int(self.offsets[-1]) - 1], b"]"))

    def cut(self, start: int, stop: int) -> "Updates":
        """Return the updates from one index up to another, with the failures around them.

        Cuts that follow one another cover every row once: the failures between two updates go
        with the later one, those behind the last one with it, and so do unchanged rows.
        """
        first = self.first_row if start == 0 else int(self.rows[start - 1]) + 1
        last = self.last_row if stop >= len(self) else int(self.rows[stop - 1])
        same = slice(0)
        if len(self.unchanged):
            same = slice(*np.searchsorted(self.unchanged, (first, last + 1)).tolist())
        return Updates(
            text=self.text,
            offsets=self.offsets[start : stop + 1],
            numbers=self.numbers[start : stop + 1],
            rows=self.rows[start:stop],
            identifiers=self.identifiers[start:stop],
            hashes=self.hashes[start:stop],
            kinds=self.kinds[start:stop],
            earlier=self.earlier[start:stop],
            since=self.since,
            failures=self._failures_between(first, last),
            first_row=first,
            last_row=last,
            origins=tuple(o for o in self.origins if o.first_row <= last and first <= o.last_row),
            unchanged=self.unchanged[same],
            unchanged_kinds=self.unchanged_kinds[same],
        )

    def without(self, settled: NDArray[np.bool_]) -> "Updates":
        """Return the updates that are not marked; without failures if any is."""
        if not settled.any():
            return self
        if settled.all():
            return self.cut(0, 0)
        return self.only(np.flatnonzero(~settled).tolist())

    def only(self, indices: Sequence[int]) -> "Updates":
        """Return some of the updates, without failures: what is left of a request to send again."""
        pieces = [self.text[self.offsets[i] : self.offsets[i + 1]] for i in indices]
        chosen = np.array(indices, np.int64)
        rows = self.rows[chosen]
        counts = self.numbers[chosen + 1] - self.numbers[chosen]
        return Updates(
            text=b"".join(pieces),
            offsets=np.concatenate(([0], np.cumsum([len(piece) for piece in pieces]))),
            numbers=np.concatenate(([0], np.cumsum(counts))),
            rows=rows,
            identifiers=self.identifiers.take(as_numbers(chosen)),
            hashes=self.hashes[chosen],
            kinds=self.kinds[chosen],
            earlier=self.earlier[chosen],
            since=self.since,
            failures=(),
            first_row=int(rows[0]),
            last_row=int(rows[-1]),
            origins=self.origins,
        )

    def followed_by(self, later: "Updates") -> "Updates":
        """Return these updates and those of the rows that come next, as one."""
        start, stop = int(self.offsets[0]), int(self.offsets[-1])
        then, end = int(later.offsets[0]), int(later.offsets[-1])
        return Updates(
            text=b"".join((self.text[start:stop], later.text[then:end])),
            offsets=np.concatenate(
                (self.offsets[:-1] - start, later.offsets + (stop - start - then))
            ),
            numbers=np.concatenate(
                (self.numbers[:-1], later.numbers - later.numbers[0] + self.numbers[-1])
            ),
            rows=np.concatenate((self.rows, later.rows)),
            identifiers=pa.concat_arrays((self.identifiers, later.identifiers)),
            hashes=np.concatenate((self.hashes, later.hashes)),
            kinds=np.concatenate((self.kinds, later.kinds)),
            earlier=np.concatenate((self.earlier, later.earlier)),
            since=later.since,
            failures=self.failures + later.failures,
            first_row=self.first_row,
            last_row=later.last_row,
            origins=self.origins + later.origins,
            unchanged=np.concatenate((self.unchanged, later.unchanged)),
            unchanged_kinds=np.concatenate((self.unchanged_kinds, later.unchanged_kinds)),
        )

    def record_of(self, row: int) -> tuple[bytes, int]:
        """Return the bytes of a row's record and the physical line where it begins."""
        for origin in self.origins:
            if 0 <= row - origin.first_row < len(origin):
                index = row - origin.first_row
                return origin.raw(index), origin.line(index)
        raise KeyError(row)

    def _failures_between(self, first: int, last: int) -> tuple[Failure, ...]:
        if not self.failures:
            return ()
        start = bisect_left(self.failures, first, key=lambda failure: failure.row)
        stop = bisect_left(self.failures, last + 1, key=lambda failure: failure.row)
        return self.failures[start:stop]
