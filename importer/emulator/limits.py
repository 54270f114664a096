"""The API's limits: which of them refuse an update, and which cut it to size."""

from typing import Any, Final

import orjson

from importer.emulator.operations import Fault, Properties

UPDATES_A_REQUEST: Final = 2000
BYTES_A_REQUEST: Final = 2_097_152
"""As the published 413 message says; the user-profile-limits page gives no figure."""
BYTES_AN_UPDATE: Final = 1_048_576
"""The user-profile-limits page says 1 MB; read in binary, as the request's limit is."""
PROPERTIES_A_PROFILE: Final = 2000
CHARACTERS: Final = 255
"""Of a name and of a text; what is longer is cut. Pages differ on bytes or characters."""
BYTES_A_VALUE: Final = 262_144
KEYS_AN_OBJECT: Final = 255
DEPTH: Final = 3


def is_oversized(record: Properties) -> bool:
    try:
        return len(orjson.dumps(record)) > BYTES_AN_UPDATE
    except orjson.JSONEncodeError:
        # Nested deeper than can be written: for the check of depths to refuse.
        return False


def plain(values: Properties) -> bool:
    """Whether no name and no text is too long, and no value is a list or an object."""
    for name, value in values.items():
        if isinstance(value, str):
            if len(value) > CHARACTERS:
                return False
        elif isinstance(value, list | dict):
            return False
        if len(name) > CHARACTERS:
            return False
    return True


def trimmed(values: Properties) -> Properties:
    """The values with names and texts cut to 255 characters."""
    return {name[:CHARACTERS]: cut(value) for name, value in values.items()}


def cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:CHARACTERS]
    if isinstance(value, list):
        return [cut(one) for one in value]
    if isinstance(value, dict):
        return {name[:CHARACTERS]: cut(one) for name, one in value.items()}
    return value


def value_fault(values: Properties, operation: str) -> Fault | None:
    """The first list or object among the values that is larger than the data-type page allows."""
    for name, value in values.items():
        if isinstance(value, list | dict):
            reason = _nesting_fault(value, DEPTH) or _size_fault(value)
            if reason:
                return f"{operation}.{name}", reason
    return None


def _size_fault(value: Any) -> str | None:
    if len(orjson.dumps(value)) > BYTES_A_VALUE:
        return f"exceeds max limit of {BYTES_A_VALUE} bytes for a list or an object"
    return None


def _nesting_fault(value: Any, depth: int) -> str | None:
    if not isinstance(value, list | dict):
        return None
    if depth == 0:
        return f"exceeds max depth of {DEPTH}"
    if isinstance(value, dict):
        if len(value) > KEYS_AN_OBJECT:
            return f"exceeds max limit of {KEYS_AN_OBJECT} keys"
        faults = (_nesting_fault(one, depth - 1) for one in value.values())
    else:
        # A list of objects is as deep as its objects; a list of lists is one deeper.
        faults = (_nesting_fault(one, depth - isinstance(one, list)) for one in value)
    return next(filter(None, faults), None)
