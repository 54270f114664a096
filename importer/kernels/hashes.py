"""A 64-bit hash of each text of a column, all of them at once: the same in every run.

Eight bytes of every text at a time are mixed in by numpy, so that no Python object is made for a
text. Not for use against somebody who looks for two texts of one hash.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.kernels.columns import as_mask, as_texts, byte_lengths, byte_offsets

Hashes = NDArray[np.uint64]

# The finishing steps of MurmurHash3's 64-bit variant (Austin Appleby, public domain); the golden
# ratio, as in SplitMix64, carries from one word to the next.
_STEP, _FIRST, _SECOND = (
    np.uint64(constant) for constant in (0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
)
_SHIFT = np.uint64(33)

_WORD = 8

LONG = 512
"""Bytes; longer values are rare, and hashed one by one."""

_KEPT = np.array([2 ** (8 * size) - 1 for size in range(_WORD)] + [2**64 - 1], np.uint64)
"""What is kept of a word that reaches beyond its text, by the bytes that belong to it."""


def hashes_of(values: pa.StringArray) -> Hashes:
    """Hash each value; equal texts have equal hashes."""
    hashes = byte_lengths(values).astype(np.uint64) * _STEP
    for rows, words in words_of(values):
        hashes[rows] = _carried(hashes[rows] ^ words)
    return _finished(hashes)


def hashes_of_numbers(numbers: Hashes) -> Hashes:
    """Hash whole numbers as if each were the only word of a text."""
    return _finished(_carried(numbers))


def words_of(values: pa.StringArray) -> Iterator[tuple[NDArray[np.intp] | slice, Hashes]]:
    """Yield the first eight bytes of the values, then the next ones, and which rows have them.

    What is beyond the end of a value is zero; for a long value there is its digest.
    """
    starts, lengths, text = _places(_digested(values))
    words = np.ndarray(len(text) - _WORD + 1, "<u8", text, strides=(1,))
    rows: NDArray[np.intp] | slice = slice(None)
    at, left = starts, lengths
    longest = int(lengths.max(initial=0))
    shortest = int(lengths.min(initial=longest))
    for begin in range(0, longest, _WORD):
        if begin:
            at, left = at + _WORD, left - _WORD
        if shortest <= begin:
            longer = np.flatnonzero(left > 0)
            rows = longer if isinstance(rows, slice) else rows[longer]
            at, left = at[longer], left[longer]
        taken = words[at]
        if shortest < begin + _WORD:
            taken &= _KEPT[np.minimum(left, _WORD)]
        yield rows, taken


def _digested(values: pa.StringArray) -> pa.StringArray:
    """Put the BLAKE2 digest for each long value: a step for each word would take minutes."""
    lengths = byte_lengths(values)
    if lengths.max(initial=0) <= LONG:
        return values
    beyond = lengths > LONG
    cells = values.filter(as_mask(beyond)).to_pylist()
    digests = as_texts([hashlib.blake2b(cell.encode()).hexdigest() for cell in cells])
    return pc.replace_with_mask(values, as_mask(beyond), digests)


def _places(
    values: pa.StringArray,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Return where in a text each value begins, its bytes, and the text, a word too long."""
    offsets = byte_offsets(values).astype(np.int64)
    first, last = (int(offsets[0]), int(offsets[-1])) if len(values) else (0, 0)
    text = np.zeros(last - first + _WORD, np.uint8)
    if last > first:
        text[:-_WORD] = np.frombuffer(values.buffers()[2], np.uint8)[first:last]
    return offsets[:-1] - first, offsets[1:] - offsets[:-1], text


def _carried(hashes: Hashes) -> Hashes:
    mixed = hashes * _STEP
    return mixed ^ (mixed >> _SHIFT)


def _finished(hashes: Hashes) -> Hashes:
    mixed = (hashes ^ (hashes >> _SHIFT)) * _FIRST
    mixed = (mixed ^ (mixed >> _SHIFT)) * _SECOND
    return mixed ^ (mixed >> _SHIFT)
