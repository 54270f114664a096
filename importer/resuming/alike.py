"""Which of some lines are mended versions of which others: by the words that they share.

The words are known by checksums of two bytes: enough to tell lines of one file apart, of no use to
whoever wants to know what they were.
"""

import re
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]+")

_MOST_WORDS = 64

_DIGITS = 4
"""Of a word's checksum, in hexadecimal."""

MOST_COMPARED = 5_000
"""Lines of a file that are compared with one another; of more no sketches are needed."""

_MOST_PAIRS = 250_000

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
    if not before or not now or len(before) * len(now) > _MOST_PAIRS:
        return []
    shared = _shared(before, now)
    best = np.zeros((len(before) + 1, len(now) + 1))
    for row in range(len(before)):
        taken = np.maximum(best[row, :-1] + shared[row], best[row, 1:])
        best[row + 1, 1:] = np.maximum.accumulate(taken)
    pairs, row, place = [], len(before), len(now)
    while row and place:
        if best[row, place] == best[row - 1, place]:
            row -= 1
        elif best[row, place] == best[row, place - 1]:
            place -= 1
        else:
            row, place = row - 1, place - 1
            pairs.append((row, place))
    return pairs[::-1]


def _shared(before: Sequence[str], now: Sequence[str]) -> NDArray[np.float64]:
    """Return for each pair the share of words that both have; 0 where these are too few."""
    old, new = [_words(sketch) for sketch in before], [_words(sketch) for sketch in now]
    shares = [[2 * (a & b).total() / max(a.total() + b.total(), 1) for b in new] for a in old]
    found = np.array(shares)
    return np.where(found >= _ENOUGH, found, 0.0)


def _words(sketch: str) -> Counter[str]:
    return Counter(sketch[at : at + _DIGITS] for at in range(0, len(sketch), _DIGITS))
