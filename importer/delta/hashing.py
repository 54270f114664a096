"""What of a row is remembered: whose it is, what it says, and the identifier for who may read it.

Both are 64 bits. What a row says is hashed together with whose it is: two identifiers that should
share a hash, which happens once in 37 million files of a million rows, differ in it, and are sent
every time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from importer.kernels.columns import byte_lengths, byte_offsets, text_column
from importer.kernels.hashes import hashes_of
from importer.kernels.siphash import siphash_texts, siphash_words
from importer.state import Memory

Signed = NDArray[np.int64]
"""Hashes as SQLite holds them."""

UNKNOWN = 0
"""Stands for the content of a profile that may be another one than was sent last."""


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """Rows that are about to be sent; `names` are their identifiers, enciphered, end to end."""

    rows: Signed
    keys: Signed
    contents: Signed
    lengths: NDArray[np.int32]
    names: bytes

    def __len__(self) -> int:
        return len(self.rows)

    def names_of(self, places: NDArray[np.intp]) -> list[bytes]:
        stops = np.cumsum(self.lengths)
        starts = stops - self.lengths
        spans = zip(starts[places].tolist(), stops[places].tolist(), strict=True)
        return [self.names[start:stop] for start, stop in spans]

    def only(self, kept: NDArray[np.bool_]) -> "Noted":
        if kept.all():
            return self
        names = b"".join(self.names_of(np.flatnonzero(kept)))
        return Noted(
            self.rows[kept], self.keys[kept], self.contents[kept], self.lengths[kept], names
        )


class Hasher:
    """Hashes what a mapping reads of a row; nothing of it can be guessed without the token."""

    def __init__(self, memory: Memory, salt: bytes, mapping: str, positions: tuple[int, ...]):
        """`mapping` is the digest of all that makes a row's update besides its cells."""
        self._positions = positions
        self._keys = memory.key("identifiers", salt)
        self._contents = memory.key(f"contents {mapping}", salt)
        self._names = memory.key("names", salt, 32)
        factors = memory.key("factors", salt, 8) * max(len(positions), 1)
        self._factors = siphash_words(
            self._contents,
            [np.frombuffer(factors, np.uint64), np.arange(max(len(positions), 1), dtype=np.uint64)],
        ) | np.uint64(1)

    def keys(self, identifiers: pa.StringArray) -> Signed:
        return siphash_texts(self._keys, identifiers).view(np.int64)

    def contents(self, keys: Signed, table: pa.Table) -> Signed:
        """Hash the sum of the cells' hashes, each times a secret factor of its column."""
        together = np.zeros(len(keys), np.uint64)
        for factor, position in zip(self._factors, self._positions, strict=False):
            together += hashes_of(text_column(table, position)) * factor
        whole = siphash_words(self._contents, [keys.view(np.uint64), together])
        return whole.view(np.int64)

    def noted(
        self, rows: Signed, keys: Signed, contents: Signed, identifiers: pa.StringArray
    ) -> Noted:
        offsets, lengths = byte_offsets(identifiers), byte_lengths(identifiers)
        text = bytes(memoryview(identifiers.buffers()[2] or b"")[offsets[0] : offsets[-1]])
        return Noted(rows, keys, contents, lengths, self._cipher(keys, lengths, text))

    def names(self, keys: Signed, enciphered: Sequence[bytes]) -> list[str]:
        """Return the identifiers that `noted` enciphered."""
        lengths = np.array([len(name) for name in enciphered], np.int32)
        text = self._cipher(keys, lengths, b"".join(enciphered))
        stops = np.cumsum(lengths)
        return [
            text[start:stop].decode()
            for start, stop in zip((stops - lengths).tolist(), stops.tolist(), strict=True)
        ]

    def _cipher(self, keys: Signed, lengths: NDArray[np.int32], text: bytes) -> bytes:
        """Lay a stream of its own over each text; a second time, it is taken off again."""
        stream = b"".join(
            hashlib.shake_128(self._names + key).digest(length)
            for key, length in zip(_words(keys), lengths.tolist(), strict=True)
        )
        mixed = np.frombuffer(text, np.uint8) ^ np.frombuffer(stream, np.uint8)
        return mixed.tobytes()


def _words(keys: Signed) -> list[bytes]:
    raw = keys.tobytes()
    return [raw[at : at + 8] for at in range(0, len(raw), 8)]
