"""Email addresses: checked for their form, sent as they are written."""

from functools import cache
from typing import Any

import pyarrow as pa

from importer.conversion.cells import Rows, lengths, matching, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown

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
        sure = matching(cells, _PLAIN) & (lengths(cells) <= _SHORT)
        if sure.any():
            sure &= ~matching(cells, f"(?i).*[@.](?:{_special_domains()})")
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


def _special_domains() -> str:
    return "|".join(name.replace(".", r"\.") for name in _library().SPECIAL_USE_DOMAIN_NAMES)


@cache
def _library() -> Any:
    import email_validator  # 0.1 s, only for a mapping that has such a column

    return email_validator
