"""Integers and numbers: exact, digit for digit, and never infinite."""

import math
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.conversion.cells import Kernel, Rows, buffers, is_digit, matching, typed
from importer.conversion.model import NOTHING, Conversion, TypeOptions, Unfit, shown
from importer.kernels.columns import byte_lengths

# How the mark that a mapping names is written in files: a space is often one that does not
# break, a Swiss apostrophe often a curly one.
_WRITTEN_AS = {
    " ": "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]",
    "'": "['\N{RIGHT SINGLE QUOTATION MARK}]",
}

_SURELY_FINITE = 300
"""Characters. The largest double has 309 digits before its point."""


def integer(options: TypeOptions) -> Conversion:
    """Whole numbers of any length; a fraction of zeros, as in `12.0`, is none."""
    pattern = _pattern(options, exponent=False)

    def read(cell: str) -> str:
        parts = pattern.fullmatch(cell)
        if not parts:
            raise Unfit(f"{shown(cell)} is no integer{_hint(cell, options)}")
        if (parts["fraction"] or "").strip("0"):
            raise Unfit(f"{shown(cell)} is no integer; type number keeps its decimals")
        return _finite(cell, parts["sign"], _digits(parts["whole"]), "")

    kernel: Kernel = _plain
    if options.thousands is not None:
        kernel = _kernel(options, f"0|-?(?:{_whole(options, '[1-9]')})")
    return typed(read, json_type="number", around=NOTHING, kernel=kernel)


def number(options: TypeOptions) -> Conversion:
    """Decimal numbers, with an exponent too, sent with the digits that the file has."""
    pattern = _pattern(options, exponent=True)
    point = re.escape(options.decimal)

    def read(cell: str) -> str:
        parts = pattern.fullmatch(cell)
        if not parts or not (parts["whole"] or parts["fraction"]):
            raise Unfit(f"{shown(cell)} is no number{_hint(cell, options)}")
        fraction = f".{parts['fraction']}" if parts["fraction"] else ""
        exponent = f"e{parts['exponent']}" if parts["exponent"] else ""
        return _finite(cell, parts["sign"], _digits(parts["whole"]) + fraction, exponent)

    whole = f"(?:{_whole(options, '[1-9]')})"
    decimals = f"-?{whole}(?:{point}[0-9]+)?|-?0{point}[0-9]*[1-9][0-9]*|0(?:{point}0+)?"
    return typed(read, json_type="number", around=NOTHING, kernel=_kernel(options, decimals))


def _pattern(options: TypeOptions, *, exponent: bool) -> re.Pattern[str]:
    point = re.escape(options.decimal)
    power = "(?:[eE](?P<exponent>[+-]?[0-9]+))?" if exponent else ""
    start = "?" if exponent else ""  # `.5` is a number; an integer begins with a digit
    whole = f"(?P<whole>{_whole(options, '[0-9]')}){start}"
    return re.compile(f"(?P<sign>[+-]?){whole}(?:{point}(?P<fraction>[0-9]*))?{power}")


def _whole(options: TypeOptions, first: str) -> str:
    """Return the pattern of the digits before the point: in groups of three throughout, or none.

    Nobody groups behind a zero: `0,123` is no 123.
    """
    if options.thousands is None:
        return f"{first}[0-9]*"
    mark = _WRITTEN_AS.get(options.thousands, re.escape(options.thousands))
    return f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|{first}[0-9]*"


def _digits(whole: str | None) -> str:
    return re.sub("[^0-9]", "", whole or "").lstrip("0") or "0"


def _finite(cell: str, sign: str, digits: str, exponent: str) -> str:
    if not math.isfinite(float(f"{digits}{exponent}")):
        raise Unfit(f"{shown(cell)} is larger than any number that can be stored")
    minus = "-" if sign == "-" and digits.strip("0.") else ""
    return f"{minus}{digits}{exponent}"


def _kernel(options: TypeOptions, pattern: str) -> Kernel:
    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        sure = matching(cells, pattern) & (byte_lengths(cells) <= _SURELY_FINITE)
        values = cells
        if options.thousands is not None:
            mark = _WRITTEN_AS.get(options.thousands)
            values = (
                pc.replace_substring_regex(values, mark, "")
                if mark
                else pc.replace_substring(values, options.thousands, "")
            )
        if options.decimal != ".":
            values = pc.replace_substring(values, options.decimal, ".")
        return values, sure

    return kernel


def _plain(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
    """Tell which cells are integers in the one form that JSON has for them."""
    offsets, text = buffers(cells)
    sizes = byte_lengths(cells)
    sure = (sizes > 0) & (sizes <= _SURELY_FINITE)
    rows = np.flatnonzero(sure)
    first = offsets[rows]
    begins_with = text[first]
    minus = (begins_with == ord("-")) & (sizes[rows] > 1)
    leading = text[first + minus] == ord("0")
    sure[rows[leading & (sizes[rows] > 1)]] = False
    others = np.flatnonzero(~is_digit(text))
    sign = np.zeros(len(text), bool)
    sign[first[minus]] = True
    sure[np.searchsorted(offsets, others[~sign[others]], side="right") - 1] = False
    return cells, sure


def _hint(cell: str, options: TypeOptions) -> str:
    """Name the option that would read this cell, where the mapping does not settle it."""
    if (own := options.thousands) is not None:
        grouped = own in cell and re.fullmatch(r"[\W\d]+", cell)
        return f'; behind "{own}" come groups of three digits' if grouped else ""
    for mark in sorted({*",. '"} - {options.decimal}):
        candidate = TypeOptions(decimal=options.decimal, thousands=mark)
        if _pattern(candidate, exponent=False).fullmatch(cell):
            return f'; thousands: "{mark}" would read it'
    other = "." if options.decimal == "," else ","
    if _pattern(TypeOptions(decimal=other), exponent=False).fullmatch(cell):
        return f'; decimal: "{other}" would read it'
    return ""
