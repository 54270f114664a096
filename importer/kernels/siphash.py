"""SipHash-2-4 of many rows at once: what it gives tells nobody without the key what was hashed.

Jean-Philippe Aumasson and Daniel J. Bernstein, "SipHash: a fast short-input PRF" (2012). Each step
is one numpy operation over all rows, so that no Python object is made for a row.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from importer.kernels.columns import byte_lengths
from importer.kernels.hashes import Hashes, words_of

_State = list[Hashes]

_CONSTANTS = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_LAST = np.uint64(0xFF)


def siphash_texts(key: bytes, texts: pa.StringArray) -> Hashes:
    """Hash each text: the 8 bytes of its length, then itself, filled up with zeros."""
    state, counts = _begin(key, len(texts)), np.ones(len(texts), np.uint64)
    _absorb(state, byte_lengths(texts).astype(np.uint64))
    for rows, words in words_of(texts):
        if isinstance(rows, slice):
            _absorb(state, words)
        else:
            some = [part[rows] for part in state]
            _absorb(some, words)
            for part, taken in zip(state, some, strict=True):
                part[rows] = taken
        counts[rows] += np.uint64(1)
    return _finish(state, counts)


def siphash_words(key: bytes, words: Sequence[Hashes]) -> Hashes:
    """Hash each row of some columns of 64-bit words."""
    rows = len(words[0])
    state = _begin(key, rows)
    for column in words:
        _absorb(state, column)
    return _finish(state, np.full(rows, len(words), np.uint64))


def _begin(key: bytes, rows: int) -> _State:
    halves = np.frombuffer(key, "<u8").tolist() * 2
    return [
        np.full(rows, constant ^ half, np.uint64)
        for constant, half in zip(_CONSTANTS, halves, strict=True)
    ]


def _absorb(state: _State, words: Hashes) -> None:
    state[3] ^= words
    _rounds(state, 2)
    state[0] ^= words


def _finish(state: _State, counts: Hashes) -> Hashes:
    """End messages of so many whole words."""
    _absorb(state, counts << np.uint64(59))  # the bytes, modulo 256, as the highest one
    state[2] ^= _LAST
    _rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _rounds(state: _State, count: int) -> None:
    one, two, three, four = state
    room = np.empty_like(one)
    for _ in range(count):
        one += two
        three += four
        _turn(two, 13, room)
        _turn(four, 16, room)
        two ^= one
        four ^= three
        _turn(one, 32, room)
        three += two
        one += four
        _turn(two, 17, room)
        _turn(four, 21, room)
        two ^= three
        four ^= one
        _turn(three, 32, room)


def _turn(words: Hashes, bits: int, room: Hashes) -> None:
    np.right_shift(words, np.uint64(64 - bits), out=room)
    np.left_shift(words, np.uint64(bits), out=words)
    np.bitwise_or(words, room, out=words)
