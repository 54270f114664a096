"""Texts put together row by row from literals and columns: one kernel for all rows of a chunk.

Literals and cells stand in one pool; where they go is a matrix of indices, a line for each row; and
Arrow's `take` copies them there, end to end. Its own `binary_join_element_wise` takes twice as
long, and needs a column of its own for every literal that not all rows have.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.kernels.columns import as_mask, as_numbers, as_texts, byte_offsets, has_all, has_any

_WIDE = 2**31
"""Bytes that offsets of 32 bits do not reach."""

Mask = NDArray[np.bool_]
Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """One piece for these rows, another one for the rest."""

    rows: Mask
    piece: "Piece"
    otherwise: "Piece"


Piece: TypeAlias = "str | pa.StringArray | Where"


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The texts of all rows, end to end.

    That of row i lies between `offsets[i]` and `offsets[i + 1]`; `sizes[i]` has the bytes of each
    group of its pieces.
    """

    text: pa.Buffer
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def filter(self, kept: Mask) -> "Joined":
        """Return the texts of some rows only."""
        whole = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), len(kept), [None, pa.py_buffer(self.offsets), self.text]
        )
        some = whole.filter(as_mask(kept))
        offsets = np.frombuffer(some.buffers()[1], np.int64)[: len(some) + 1]
        return Joined(some.buffers()[2], offsets, self.sizes[kept])


def where(rows: Mask, piece: Piece, otherwise: Piece = "") -> Piece:
    """Return one piece for these rows, another one for the rest: `Where` only if there are both."""
    if piece is otherwise or has_all(rows):
        return piece
    return Where(rows, piece, otherwise) if has_any(rows) else otherwise


def join(groups: Iterable[Sequence[Piece]], rows: int, kept: Mask | None = None) -> Joined:
    """Join the pieces of every group, row by row, of all rows or those that are `kept`.

    No cell may be null.
    """
    together = [list(_merged(group)) for group in groups]
    pieces = [piece for group in together for piece in group]
    pool = _Pool(pieces, rows)
    places = pool.matrix(pieces)
    places = places if kept is None else places[kept]
    rows = len(places)
    joined = pc.take(pool.texts(), as_numbers(places.reshape(-1)), boundscheck=False)
    wide = pa.types.is_large_binary(joined.type)
    offsets: NDArray[np.int64] = np.frombuffer(joined.buffers()[1], np.int64 if wide else np.int32)
    stops = np.cumsum([len(group) for group in together])
    ends = offsets[1 : rows * len(pieces) + 1].reshape(rows, len(pieces))[:, stops - 1]
    starts = offsets[: rows * len(pieces) + 1 : len(pieces)]
    before = np.concatenate((starts[:-1, None], ends[:, :-1]), axis=1)
    text = joined.buffers()[2] or pa.py_buffer(b"")
    return Joined(text, starts.astype(np.int64), ends - before)


def _merged(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Make one piece of literals that follow one another, though not all rows have them."""
    for is_literal, neighbours in groupby(pieces, key=_is_literal):
        if is_literal:
            yield reduce(_behind, neighbours)
        else:
            yield from neighbours


def _is_literal(piece: Piece) -> bool:
    return all(isinstance(leaf, str) for leaf in _leaves(piece))


def _behind(first: Piece, second: Piece) -> Piece:
    """Return what the rows have of the one, with what they have of the other behind it."""
    match first, second:
        case str(), str():
            return first + second
        case Where(rows, piece, otherwise), _:
            return where(rows, _behind(piece, second), _behind(otherwise, second))
        case _, Where(rows, piece, otherwise):
            return where(rows, _behind(first, piece), _behind(first, otherwise))
        case _:
            raise TypeError("columns stay apart")


class _Pool:
    """Every literal and every cell that the pieces name, each literal once."""

    def __init__(self, pieces: Sequence[Piece], rows: int) -> None:
        leaves = [leaf for piece in pieces for leaf in _leaves(piece)]
        literals = dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, str))
        columns = {id(leaf): leaf for leaf in leaves if not isinstance(leaf, str)}
        self._literals = {literal: place for place, literal in enumerate(literals)}
        self._columns = list(columns.values())
        self._firsts = {key: len(literals) + place * rows for place, key in enumerate(columns)}
        self._rows = np.arange(rows, dtype=np.int32)
        self._bytes = sum(
            rows * len(x.encode()) if isinstance(x, str) else _size(x) for x in leaves
        )

    def matrix(self, pieces: Sequence[Piece]) -> Indices:
        """Return where each piece of each row stands: a line for each row."""
        places = np.empty((len(self._rows), len(pieces)), np.int32)
        places[:] = [0 if isinstance(piece, Where) else self._first(piece) for piece in pieces]
        for column, piece in zip(places.T, pieces, strict=True):
            if isinstance(piece, Where):
                column[:] = self._places(piece)
            elif not isinstance(piece, str):
                column += self._rows
        return places

    def _places(self, piece: Piece) -> Indices | np.int32:
        if isinstance(piece, Where):
            picked: Indices = np.where(
                piece.rows, self._places(piece.piece), self._places(piece.otherwise)
            )
            return picked
        first = np.int32(self._first(piece))
        return first if isinstance(piece, str) else self._rows + first

    def _first(self, piece: str | pa.StringArray) -> int:
        return self._literals[piece] if isinstance(piece, str) else self._firsts[id(piece)]

    def texts(self) -> pa.StringArray | pa.LargeBinaryArray:
        """Return all of them as one array, of the kind that can hold what is joined of it."""
        texts = [as_texts([*self._literals]), *self._columns]
        if self._bytes >= _WIDE:
            texts = [column.cast(pa.large_binary()) for column in texts]
        return pa.concat_arrays(texts)


def _size(column: pa.StringArray) -> int:
    offsets = byte_offsets(column)
    return int(offsets[-1]) - int(offsets[0])


def _leaves(piece: Piece) -> Iterator["str | pa.StringArray"]:
    if isinstance(piece, Where):
        yield from _leaves(piece.piece)
        yield from _leaves(piece.otherwise)
    else:
        yield piece
