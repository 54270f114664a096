"""Between Arrow and numpy: columns of a chunk, how long their cells are, masks and indices.

Nothing is copied but masks and texts. Arrow's own ways, `pyarrow.array` and `to_numpy`, import
pandas, which takes longer than to read a small file.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_FIRST_VISIBLE, _VISIBLE = 0x21, 0x7F - 0x21


def text_column(table: pa.Table, position: int) -> pa.StringArray:
    """Return the column at a 1-based position of the file as one array, without nulls."""
    column = table[str(position)]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def byte_offsets(cells: pa.StringArray) -> NDArray[np.int32]:
    """Return where in the text of all cells each of them begins, and where the last one ends."""
    offsets: NDArray[np.int32] = np.frombuffer(cells.buffers()[1], np.int32)
    return offsets[cells.offset : cells.offset + len(cells) + 1]


def byte_lengths(cells: pa.StringArray) -> NDArray[np.int32]:
    """Return the bytes of each cell: twice as fast as Arrow's kernel."""
    offsets = byte_offsets(cells)
    return offsets[1:] - offsets[:-1]


def filled(cells: pa.StringArray) -> NDArray[np.bool_]:
    """Return which cells are not empty."""
    offsets = byte_offsets(cells)
    return offsets[1:] > offsets[:-1]


def has_any(rows: NDArray[np.bool_]) -> bool:
    """Is any of them true? numpy's own `any` hands the interpreter to other threads and back, which
    takes longer than the search.
    """
    return b"\x01" in rows.tobytes()


def has_all(rows: NDArray[np.bool_]) -> bool:
    """Are all of them true?"""
    return b"\x00" not in rows.tobytes()


def trimmed(cells: pa.StringArray) -> pa.StringArray:
    """Return the cells without white space, Unicode's included, at both ends.

    Where all of them begin and end with a visible character of ASCII, that is seen at once.
    """
    offsets = byte_offsets(cells)
    rows = np.flatnonzero(filled(cells))
    if not len(rows):
        return cells
    text = np.frombuffer(cells.buffers()[2], np.uint8)
    ends = text[np.concatenate((offsets[rows], offsets[rows + 1] - 1))]
    visible = ends - np.uint8(_FIRST_VISIBLE)  # what is smaller is a large number then
    return pc.utf8_trim_whitespace(cells) if visible.max() > _VISIBLE else cells


def as_mask(rows: NDArray[np.bool_]) -> pa.BooleanArray:
    bits = pa.py_buffer(np.packbits(rows, bitorder="little"))
    return pa.BooleanArray.from_buffers(pa.bool_(), len(rows), [None, bits])


def as_numbers(numbers: NDArray[np.integer[Any]]) -> pa.Array:
    """Return integers, of indices for example, as an array of their own type."""
    whole = np.ascontiguousarray(numbers)
    kind = pa.from_numpy_dtype(whole.dtype)
    return pa.Array.from_buffers(kind, len(whole), [None, pa.py_buffer(whole)])


def as_texts(texts: Sequence[str]) -> pa.StringArray:
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))
    )


def one_text(text: str) -> pa.StringScalar:
    """Return a text for kernels, which would make the same of it, and import pandas for that."""
    return as_texts([text])[0]


def empty_texts(count: int) -> pa.StringArray:
    offsets = pa.py_buffer(np.zeros(count + 1, np.int32))
    return pa.StringArray.from_buffers(count, offsets, pa.py_buffer(b""))


def mask_in(rows: pa.BooleanArray) -> NDArray[np.bool_]:
    """Return booleans, none of them null, as numpy has them."""
    bits = np.frombuffer(rows.buffers()[1], np.uint8) if len(rows) else np.empty(0, np.uint8)
    unpacked = np.unpackbits(bits, count=rows.offset + len(rows), bitorder="little")
    return unpacked[rows.offset :].view(np.bool_)


def numbers_in(numbers: pa.Array) -> NDArray[Any]:
    """Return numbers, none of them null, as numpy has them."""
    kind = np.dtype(numbers.type.to_pandas_dtype())
    if not len(numbers):
        return np.empty(0, kind)
    return np.frombuffer(numbers.buffers()[1], kind)[numbers.offset : numbers.offset + len(numbers)]
