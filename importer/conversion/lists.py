"""Lists: one cell, several texts."""

from typing import Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.columns import as_mask, one_text
from importer.conversion.cells import Kernel, Rows, buffers, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown
from importer.conversion.nesting import MOST_BYTES, size_fault
from importer.conversion.text import escape

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
        return text if items else ""

    # Not a character that the escapes of JSON are written with.
    simple = separator in set("!#$%&'()*+,-./:;<=>?@[]^_`{|}~ ")
    kernel = _kernel(separator) if simple else None
    return typed(read, json_type="array", quote="", kernel=kernel)


def _kernel(separator: str) -> Kernel:
    """Split by replacing, where no item has white space around it and none is empty."""
    mark = ord(separator)

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        tight = cells
        offsets, text = buffers(cells)
        # The space that people put behind a separator.
        if mark != _SPACE and ((text[:-1] == mark) & (text[1:] == _SPACE)).any():
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
        sizes = np.diff(offsets)
        sure = (sizes > 0) & (sizes <= _SURELY_FITS)
        sure[np.searchsorted(offsets, where[odd], side="right") - 1] = False
        items = pc.replace_substring(escape(tight), separator, _BETWEEN)
        if sure.all():
            opening, closing = one_text('["'), one_text('"]')
        else:
            mask, none = as_mask(sure), one_text("")
            opening, closing = (pc.if_else(mask, one_text(end), none) for end in ('["', '"]'))
        return pc.binary_join_element_wise(opening, items, closing, one_text("")), sure

    return kernel
