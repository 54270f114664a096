"""The guard against grinding on at a server that refuses everything."""

from collections import Counter

BATCHES = 5
"""Batches in a row of which nothing was accepted, before the run stops."""

ROWS = 2
"""Rows of a batch refused each by itself before the batch counts: one bad row in each batch,
which voids it, is the file's fault and not the server's refusal of everything."""


class Guard:
    """Counts batches of which rows were refused since anything was last accepted.

    A batch is known by its first row; `size` is the number of its rows.
    """

    def __init__(self) -> None:
        self._alone: Counter[int] = Counter()
        self._named: Counter[int] = Counter()
        self._counted: set[int] = set()

    def accepted(self) -> None:
        self._alone.clear()
        self._named.clear()
        self._counted.clear()

    def refused_alone(self, batch: int, size: int) -> bool:
        """Note a row that was refused when it was sent by itself; is that too much?"""
        self._alone[batch] += 1
        return self._count(batch, self._alone[batch] >= min(ROWS, size))

    def refused_by_name(self, batch: int, rows: int, size: int) -> bool:
        """Note rows that a refusal named, nothing else accepted; is that too much?

        Half of the batch must be named before it counts: a server may void a batch for its few
        bad rows, or name no more than the first of them.
        """
        self._named[batch] += rows
        return self._count(batch, 2 * self._named[batch] >= size)

    def suspects(self, batch: int) -> bool:
        """Does this batch look as if the server refused everything?"""
        return batch in self._counted

    def _count(self, batch: int, refused: bool) -> bool:
        if refused:
            self._counted.add(batch)
        return len(self._counted) >= BATCHES
