"""Spans of time as people write them."""

import re

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}


def seconds_of(text: str) -> float | None:
    """Read `90`, `90s`, `15m`, `2h` or `30d`; None where it is no such time, or none at all."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip())
    if found is None or found[2] not in _UNITS or float(found[1]) <= 0:
        return None
    return float(found[1]) * _UNITS[found[2]]
