"""The one way a column is converted: a kernel for what is common, a reader for all the rest.

The reader is the rule: it takes one trimmed cell, and returns its JSON or raises Unfit. A kernel
decides only what the reader would accept, with the same result; it is there for speed (0.02 to
0.2 s for a million cells, where a reader takes 1 to 30 s) and tests hold it to the reader.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.conversion.model import QUOTES, Conversion, Converted, JsonType, Unfit
from importer.kernels.columns import (
    as_mask,
    as_texts,
    filled,
    has_all,
    has_any,
    mask_in,
    numbers_in,
    trimmed,
)

Rows: TypeAlias = NDArray[np.bool_]
Reader: TypeAlias = Callable[[str], str]
Kernel: TypeAlias = Callable[[pa.StringArray], tuple[pa.StringArray, Rows]]
"""From trimmed cells to their JSON, and the rows for which it is sure; nothing for empty cells."""

REMEMBERED = 1 << 16
"""Distinct values whose outcome is kept from chunk to chunk, a few MiB a column."""


def typed(
    reader: Reader,
    *,
    json_type: JsonType,
    around: tuple[str, str] = QUOTES,
    kernel: Kernel | None = None,
) -> Conversion:
    """Make the conversion of a type. Cells are trimmed; a blank one holds nothing."""

    @lru_cache(REMEMBERED)
    def outcome(cell: str) -> str | Unfit:
        try:
            return reader(cell)
        except Unfit as unfit:
            return Unfit(str(unfit))  # remembered without its traceback

    def convert(column: pa.StringArray) -> Converted:
        cells = trimmed(column)
        open_ = filled(cells)
        values = cells
        if kernel:
            values, sure = kernel(cells)
            open_ &= ~sure
        return _read(cells, values, open_, outcome) if has_any(open_) else Converted(values, {})

    return Conversion(convert, reader, around, json_type)


def _read(
    cells: pa.StringArray,
    values: pa.StringArray,
    rows: Rows,
    outcome: Callable[[str], str | Unfit],
) -> Converted:
    """Fill these rows of `values` with what the reader makes of each distinct cell."""
    coded = cells.filter(as_mask(rows)).dictionary_encode()
    outcomes = [outcome(cell) for cell in coded.dictionary.to_pylist()]
    unfit = np.array([isinstance(each, Unfit) for each in outcomes])
    if not has_all(unfit):
        texts = as_texts([each if isinstance(each, str) else "" for each in outcomes])
        values = pc.replace_with_mask(values, as_mask(rows), texts.take(coded.indices))
    if not has_any(unfit):
        return Converted(values, {})
    codes = numbers_in(coded.indices)
    failing = np.flatnonzero(unfit[codes])
    places = np.flatnonzero(rows)[failing].tolist()
    words = [str(outcomes[code]) for code in codes[failing].tolist()]
    return Converted(values, dict(zip(places, words, strict=True)))


def once_each(kernel: Kernel) -> Kernel:
    """Convert each distinct cell once, where a quarter or more are repeated: days are."""

    def distinct(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        coded = cells.dictionary_encode()
        if 4 * len(coded.dictionary) > 3 * len(cells):
            return kernel(cells)
        values, sure = kernel(coded.dictionary)
        return values.take(coded.indices), sure[numbers_in(coded.indices)]

    return distinct


def matching(cells: pa.StringArray, pattern: str) -> Rows:
    """Tell which cells match a whole RE2 pattern: 0.03 to 0.12 s for a million."""
    return mask_in(pc.match_substring_regex(cells, f"^(?:{pattern})$"))


def buffers(cells: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where each cell begins and ends, from 0, and the bytes of all of them."""
    offsets = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset :][: len(cells) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    text = np.frombuffer(cells.buffers()[2] or b"", np.uint8)[first:last]
    return offsets - first, text


def is_digit(text: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which bytes are digits of ASCII."""
    return text - np.uint8(0x30) <= 9  # what is below "0" becomes large


def from_buffers(offsets: NDArray[np.integer], text: NDArray[np.uint8]) -> pa.StringArray:
    """Make an array of cells out of their bytes; the reverse of `buffers`."""
    places = pa.py_buffer(np.ascontiguousarray(offsets, np.int32))
    return pa.StringArray.from_buffers(len(offsets) - 1, places, pa.py_buffer(text.tobytes()))
