"""How many different values a column has: exact while that is cheap, an estimate beyond.

Values are counted by their 64-bit hashes, so that memory does not grow with their length; two
values among ten million share one with a probability of about 1 in 400,000.
"""

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from importer.kernels.columns import as_numbers
from importer.kernels.hashes import Hashes, hashes_of

EXACT_TO = 50_000
"""Different values that are counted one by one in a column that repeats values."""

UNIQUE_TO = 5_000_000
"""Values up to which a column without any repetition is followed: 40 MB of hashes."""

SAMPLE = 1_000
"""Different values kept: those with the smallest hashes, a fair sample of the whole column
(Bar-Yossef et al. 2002, "Counting distinct elements in a data stream")."""

LONGEST = 4_000
"""Characters of a value that are kept in the sample: a cell may have millions."""

_MERGE_AT = 65_536


class Distinct:
    """The different values of a column, seen chunk by chunk."""

    def __init__(self) -> None:
        self.repeated = False
        self.sample: dict[str, int] = {}
        self._highest = np.iinfo(np.uint64).max
        self._sampled: dict[str, int] = {}
        self._known: Hashes = np.empty(0, np.uint64)
        self._new: list[Hashes] = []
        self._counting = True

    def add(self, values: pa.StringArray, counts: NDArray[np.int64]) -> None:
        """Take the different values of a chunk, and how often each is there."""
        hashes = hashes_of(values)
        self.repeated = self.repeated or bool((counts > 1).any())
        self._add_to_sample(values, hashes, counts)
        if self._counting:
            self._new.append(hashes)
            if sum(map(len, self._new)) >= max(_MERGE_AT, len(self._known)):
                self._merge()

    def count(self) -> tuple[int, bool]:
        """Return how many different values there are, and whether that is exact.

        An estimate has two digits that mean something: its standard error is 3 %.
        """
        if self._counting:
            self._merge()
        if self._counting:
            return len(self._known), True
        estimate = (len(self.sample) - 1) / (float(self._highest) / 2.0**64)
        return int(round(estimate, 1 - int(math.log10(estimate)))), False

    def unique(self) -> bool | None:
        """Does no value come twice? None where the column is too long to tell."""
        _, exact = self.count()
        if self.repeated:
            return False
        return True if exact else None

    def _merge(self) -> None:
        hashes = np.concatenate([self._known, *self._new])
        self._known, self._new = hashes, []
        hashes.sort()  # np.unique would hold two copies more
        first = np.ones(len(hashes), np.bool_)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        if not first.all():
            self.repeated, self._known = True, hashes[first]
        if len(self._known) > (EXACT_TO if self.repeated else UNIQUE_TO):
            self._known, self._counting = np.empty(0, np.uint64), False

    def _add_to_sample(
        self, values: pa.StringArray, hashes: Hashes, counts: NDArray[np.int64]
    ) -> None:
        # A value of the final sample has been in it since its first occurrence, for the highest
        # hash only falls: so its count is exact.
        low = np.flatnonzero(hashes <= self._highest)
        if len(low) > SAMPLE:
            low = low[np.argpartition(hashes[low], SAMPLE)[:SAMPLE]]
        texts: Sequence[str] = values.take(as_numbers(low)).to_pylist()
        for text, key, n in zip(texts, hashes[low].tolist(), counts[low].tolist(), strict=True):
            text = text[:LONGEST]
            self._sampled[text] = key
            self.sample[text] = self.sample.get(text, 0) + n
        if len(self.sample) > SAMPLE:
            kept = sorted(self._sampled.items(), key=lambda item: item[1])[:SAMPLE]
            self._sampled = dict(kept)
            self.sample = {text: self.sample[text] for text, _ in kept}
        if len(self.sample) == SAMPLE:
            self._highest = max(self._sampled.values())
