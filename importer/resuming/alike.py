"""Which of some lines are mended versions of which others: by the words that they share.

The words are known by checksums of two bytes: enough to tell lines of one file apart, of no use to
whoever wants to know what they were.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]+")

_MOST_WORDS = 64

_DIGITS = 4
"""Of a word's checksum, in hexadecimal."""

MOST_COMPARED = 5_000
"""Lines of a file that are compared with one another; of more no sketches are needed."""

_MOST_PAIRS = 500_000
"""Pairs of lines that are compared, some seconds; of more, only those that stand about where they
would if `_AROUND` lines had been added or taken out besides."""

_AROUND = 20

_ENOUGH = 0.5
"""The share of words that a line must have kept to be taken for the same, mended."""


def sketch_of(line: bytes) -> str:
    """Return the checksums of a line's first words, in their order."""
    words = _WORD.findall(line)[:_MOST_WORDS]
    return "".join([f"{crc32(word) & 0xFFFF:04x}" for word in words])


def pair(before: Sequence[str], now: Sequence[str]) -> list[tuple[int, int]]:
    """Return which sketch of a line is whose that was before, in one order; no line is two.

    Of all ways to pair them the one is taken in which the most is shared.
    """
    left, right = -len(before), len(now)
    if len(before) * len(now) > _MOST_PAIRS:
        more = len(now) - len(before)
        left, right = min(more, 0) - _AROUND, max(more, 0) + _AROUND
        if len(before) * (right - left) > _MOST_PAIRS:
            return []
    best = [_Best(0, np.zeros(min(right, len(now)) + 1))]
    new = [_words(sketch) for sketch in now]
    for row, sketch in enumerate(before):
        first, stop = max(0, row + left), min(len(now), row + right + 1)
        shared = _shares(_words(sketch), new[first:stop])
        above = best[-1].upto(np.arange(first, stop + 1))
        taken = np.maximum(above[:-1] + shared, above[1:])
        best.append(_Best(first, np.maximum.accumulate(np.concatenate((above[:1], taken)))))
    pairs, row, place = [], len(before), len(now)
    while row and place:
        if best[row].upto(place) == best[row - 1].upto(place):
            row -= 1
        elif best[row].upto(place) == best[row].upto(place - 1):
            place -= 1
        else:
            row, place = row - 1, place - 1
            pairs.append((row, place))
    return pairs[::-1]


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The most that the lines up to one share with those up to a place, from place `first` on."""

    first: int
    shared: NDArray[np.float64]

    def upto(self, places: int | NDArray[np.int64]) -> NDArray[np.float64]:
        return self.shared.take(places - self.first, mode="clip")


def _shares(words: Counter[str], others: Sequence[Counter[str]]) -> NDArray[np.float64]:
    """Return the share of words that a line has with each of others; 0 where these are too few."""
    size = words.total()
    found = np.array([2 * (words & each).total() / max(size + each.total(), 1) for each in others])
    return np.where(found >= _ENOUGH, found, 0.0)


def _words(sketch: str) -> Counter[str]:
    return Counter(sketch[at : at + _DIGITS] for at in range(0, len(sketch), _DIGITS))
