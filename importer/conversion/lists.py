"""Lists: one cell, several texts."""

from typing import Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.conversion.cells import Kernel, Rows, buffers, typed
from importer.conversion.model import LIST, Conversion, TypeOptions, Unfit, shown
from importer.conversion.nesting import MOST_BYTES, size_fault
from importer.conversion.text import escape
from importer.kernels.columns import byte_lengths, has_any

_SPACE: Final = 0x20
_BETWEEN = '","'
_SURELY_FITS: Final = MOST_BYTES // 6
"""Bytes of a cell. JSON escapes one character with six."""


def list_(options: TypeOptions) -> Conversion:
    """The trimmed texts between separators, empty ones dropped; a cell without any is empty."""
    separator = options.separator

    def read(cell: str) -> str:
        items = [item for part in cell.split(separator) if (item := part.strip())]
        text = orjson.dumps(items).decode()
        if fault := size_fault(items, text):
            raise Unfit(f"{shown(cell)} {fault}")
        return text[2:-2] if items else ""  # without what stands around every list

    # Not a character that the escapes of JSON are written with.
    simple = separator in set("!#$%&'()*+,-./:;<=>?@[]^_`{|}~ ")
    kernel = _kernel(separator) if simple else None
    return typed(read, json_type="array", around=LIST, kernel=kernel)


def _kernel(separator: str) -> Kernel:
    """Split by replacing, where no item has white space around it and none is empty."""
    mark = ord(separator)

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        tight = cells
        offsets, text = buffers(cells)
        # The space that people put behind a separator.
        if mark != _SPACE and has_any((text[:-1] == mark) & (text[1:] == _SPACE)):
            tight = pc.replace_substring(cells, f"{separator} ", separator)
            offsets, text = buffers(tight)
        plain = (text > _SPACE) & (text < 0x7F) & (text != mark)
        where = np.flatnonzero(text == mark)
        # A separator that begins or ends its cell has an empty item beside it.
        border = np.zeros(len(text) + 1, bool)
        border[offsets] = True
        odd = border[where] | border[where + 1]
        inner = where[~odd]
        odd[~odd] = ~(plain[inner - 1] & plain[inner + 1])
        sizes = byte_lengths(tight)
        sure = (sizes > 0) & (sizes <= _SURELY_FITS)
        sure[np.searchsorted(offsets, where[odd], side="right") - 1] = False
        return pc.replace_substring(escape(tight), separator, _BETWEEN), sure

    return kernel
