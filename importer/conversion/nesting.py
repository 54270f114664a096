"""What a list or an object may hold: the limits on the API's page on data types."""

from typing import Any

MOST_BYTES = 262_144
"""256 KB for a list or an object."""

MOST_KEYS = 255
DEEPEST = 3


def nesting_fault(value: Any, levels: int = DEEPEST) -> str:
    """Say how a value is nested deeper, or has more keys, than the API stores; or nothing."""
    match value:
        case list() | dict() if not levels:
            return f"is nested more than {DEEPEST} levels deep"
        case dict() if len(value) > MOST_KEYS:
            return f"has an object of {len(value):,} keys; {MOST_KEYS} are the most"
        case dict():
            faults = [nesting_fault(member, levels - 1) for member in value.values()]
        case list():
            # Objects in a list are on the level of the list, lists in it one deeper.
            faults = [nesting_fault(item, levels - isinstance(item, list)) for item in value]
        case _:
            return ""
    return next(filter(None, faults), "")


def size_fault(value: Any, text: str) -> str:
    """Say that a list or an object is longer, as this JSON, than the API stores; or nothing."""
    size = len(text.encode()) if isinstance(value, list | dict) else 0
    return f"has {size:,} bytes as JSON; {MOST_BYTES:,} are the most" if size > MOST_BYTES else ""
