"""Text: exactly what the cell holds."""

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.conversion.model import QUOTES, Conversion, Converted, TypeOptions
from importer.kernels.columns import as_mask, as_numbers, as_texts, byte_offsets

_QUOTE, _BACKSLASH, _FIRST_PRINTABLE = 0x22, 0x5C, 0x20


def escape(column: pa.StringArray) -> pa.StringArray:
    """Escape what JSON must have escaped (RFC 8259, section 7), without the surrounding quotes.

    The whole column's bytes are searched at once; only the cells that hold such a byte are
    touched singly. A regular expression per cell would double the cost of encoding.
    """
    offsets = byte_offsets(column)
    if offsets[0] == offsets[-1]:
        return column
    raw = memoryview(column.buffers()[2])[offsets[0] : offsets[-1]].tobytes()
    text = np.frombuffer(raw, np.uint8)
    if not (b'"' in raw or b"\\" in raw or text.min() < _FIRST_PRINTABLE):
        return column
    unsafe = (text == _QUOTE) | (text == _BACKSLASH) | (text < _FIRST_PRINTABLE)
    where = np.flatnonzero(unsafe) + offsets[0]
    cells = np.unique(np.searchsorted(offsets, where, side="right") - 1)
    escaped = [
        orjson.dumps(cell)[1:-1].decode() for cell in column.take(as_numbers(cells)).to_pylist()
    ]
    hit = np.zeros(len(column), bool)
    hit[cells] = True
    return pc.replace_with_mask(column, as_mask(hit), as_texts(escaped))


def string(_: TypeOptions) -> Conversion:
    """`007`, `NA`, `1e5`, `true` and white space stay what they are; nothing can fail."""
    return Conversion(
        convert=lambda column: Converted(escape(column), {}),
        read=lambda cell: orjson.dumps(cell)[1:-1].decode(),
        around=QUOTES,
        json_type="string",
        trims=False,
    )
