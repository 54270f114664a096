"""The types a column can declare: how the text of its cells becomes JSON.

A converter takes one column of a chunk, as an Arrow array of text, and returns an array of the
same length: the JSON of each cell, without the quotes that all cells of the type have around
them. Adding a type is one function and one line of the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

Converter = Callable[[pa.StringArray], pa.StringArray]

_QUOTE, _BACKSLASH, _FIRST_PRINTABLE = 0x22, 0x5C, 0x20


def escape(column: pa.StringArray) -> pa.StringArray:
    """Escape what JSON must have escaped (RFC 8259, section 7), without the surrounding quotes.

    The whole column's bytes are searched at once; only the cells that hold such a byte are
    touched singly. A regular expression per cell would double the cost of encoding.
    """
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1]
    if offsets[0] == offsets[-1]:
        return column
    text = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    unsafe = (text < _FIRST_PRINTABLE) | (text == _QUOTE) | (text == _BACKSLASH)
    if not unsafe.any():
        return column
    where = np.flatnonzero(unsafe) + offsets[0]
    cells = np.unique(np.searchsorted(offsets, where, side="right") - 1)
    escaped = [orjson.dumps(cell)[1:-1].decode() for cell in column.take(cells).to_pylist()]
    hit = np.zeros(len(column), bool)
    hit[cells] = True
    return pc.replace_with_mask(column, hit, pa.array(escaped, pa.string()))


@dataclass(frozen=True, slots=True)
class Conversion:
    """How cells of a type are sent: the converter, and what stands on both sides of its result."""

    convert: Converter
    quote: str


CONVERSIONS: Mapping[str, Conversion] = MappingProxyType(
    {
        # Exactly the text of the cell: `007`, `NA`, `1e5` and `true` stay what they are.
        "string": Conversion(escape, quote='"'),
    }
)
