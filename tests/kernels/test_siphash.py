"""The keyed hash is SipHash-2-4, for many rows at once."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from importer.kernels.siphash import siphash_texts, siphash_words

KEY = bytes(range(16))

PUBLISHED = {8: "6224939a79f5f593", 0: "310e0edd47db6f72", 16: "db9bc2577fcc2a3f"}
"""From the vectors of its authors: the hashes of 0, 1, 2 ... up to that many bytes."""

_MASK = 2**64 - 1


def reference(key: bytes, message: bytes) -> int:
    """The algorithm as its authors' paper describes it, a byte string at a time."""
    k0, k1 = (int.from_bytes(half, "little") for half in (key[:8], key[8:]))
    a, b = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    c, d = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def turned(word: int, bits: int) -> int:
        return ((word << bits) | (word >> (64 - bits))) & _MASK

    def rounds(count: int) -> None:
        nonlocal a, b, c, d
        for _ in range(count):
            a, c = (a + b) & _MASK, (c + d) & _MASK
            b, d = turned(b, 13) ^ a, turned(d, 16) ^ c
            a = turned(a, 32)
            c, a = (c + b) & _MASK, (a + d) & _MASK
            b, d = turned(b, 17) ^ c, turned(d, 21) ^ a
            c = turned(c, 32)

    whole = len(message) // 8 * 8
    last = message[whole:].ljust(7, b"\0") + bytes([len(message) % 256])
    for at in range(0, whole + 8, 8):
        word = int.from_bytes((message[:whole] + last)[at : at + 8], "little")
        d ^= word
        rounds(2)
        a ^= word
    c ^= 0xFF
    rounds(4)
    return a ^ b ^ c ^ d


def test_published_vectors() -> None:
    """The authors' test vectors come out, of the reference too."""
    for size, expected in PUBLISHED.items():
        assert reference(KEY, bytes(range(size))).to_bytes(8, "little").hex() == expected
    words = np.frombuffer(bytes(range(16)), np.uint64)
    both = siphash_words(KEY, [words[:1], words[1:]])
    assert both.tobytes().hex() == PUBLISHED[16]


@given(st.lists(st.text(max_size=40), max_size=8), st.binary(min_size=16, max_size=16))
def test_texts(texts: list[str], key: bytes) -> None:
    """Each text is hashed as its length and itself in whole words."""
    hashes = siphash_texts(key, pa.array(texts, pa.string()))
    messages = [text.encode() for text in texts]
    padded = [len(m).to_bytes(8, "little") + m + bytes(-len(m) % 8) for m in messages]
    assert hashes.tolist() == [reference(key, message) for message in padded]
