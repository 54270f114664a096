"""The guard against grinding on at a server that refuses everything."""

from collections import Counter

BATCHES = 5
"""Batches in a row of which nothing was accepted, before the run stops."""

ROWS = 2
"""Rows of a batch refused each for itself before the batch counts: one bad row in each batch,
which voids it, is the file's fault and not the server's refusal of everything."""


class Guard:
    """Counts batches of which rows were refused since anything was last accepted."""

    def __init__(self) -> None:
        self._refused: Counter[int] = Counter()

    def accepted(self) -> None:
        self._refused.clear()

    def refused(self, batch: int, rows: int, size: int) -> bool:
        """Note rows of a batch (named by its first row) refused; is that too much?

        `size` is the number of updates in the batch.
        """
        self._refused[batch] += ROWS if rows >= size else rows
        return sum(count >= ROWS for count in self._refused.values()) >= BATCHES
