"""Email addresses: checked for their form, sent as they are written."""

import re
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from importer.conversion.cells import Rows, buffers, matching, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown
from importer.kernels.columns import as_numbers, byte_lengths

# Plain addresses that email-validator accepts for sure: no two hyphens in a row (it refuses some),
# no domain reserved for special use, short enough that no part can be too long.
_ATOM = "[A-Za-z0-9_+'-]+"
_PLAIN = rf"{_ATOM}(?:\.{_ATOM})*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{{2,}}"
_SHORT = 65


def email(_: TypeOptions) -> Conversion:
    """What email-validator accepts without asking the network.

    Not normalised: the address may be the identifier of a profile, which is sent verbatim.
    """

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        sure = matching(cells, _PLAIN) & (byte_lengths(cells) <= _SHORT)
        rows = np.flatnonzero(sure)
        offsets, text = buffers(cells)
        last = offsets[1:][rows]
        ending = text[last - 2].astype(np.uint16) << 8 | text[last - 1]
        names, endings = _special_domains()
        suspects = rows[np.isin(ending & 0xDFDF, endings)]
        if len(suspects):
            sure[suspects] = ~matching(cells.take(as_numbers(suspects)), f"(?i).*[@.](?:{names})")
        return cells, sure

    return typed(_read, json_type="string", kernel=kernel)


def _read(cell: str) -> str:
    library = _library()
    try:
        library.validate_email(cell, check_deliverability=False)
    except library.EmailNotValidError as error:
        raise Unfit(f"{shown(cell)} is no email address: {_lower(str(error))}") from None
    return cell  # which holds nothing that JSON must have escaped


def _lower(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")


@cache
def _special_domains() -> tuple[str, NDArray[np.uint16]]:
    """Return the pattern of the domains for special use, and the two letters that each ends in."""
    names = _library().SPECIAL_USE_DOMAIN_NAMES
    endings = [name.upper().encode()[-2] << 8 | name.upper().encode()[-1] for name in names]
    return "|".join(map(re.escape, names)), np.array(endings, np.uint16)


@cache
def _library() -> Any:
    import email_validator  # 0.1 s, only for a mapping that has such a column

    return email_validator
