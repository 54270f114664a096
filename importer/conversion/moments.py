"""Dates and times as people write them: what one cell says, or why it says nothing certain."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from importer.conversion.model import TypeOptions, Unfit, shown

MomentReader: TypeAlias = Callable[[str], datetime]
"""From a cell to its moment, with an offset where the cell has one."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)

_DATE = (
    r"(?:(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<y2>\d{4})(?P<m2>\d\d)(?P<d2>\d\d)"
    r"|(?P<a>\d{1,2})(?P<s3>[-/.])(?P<b>\d{1,2})(?P=s3)(?P<y3>\d{4})"
    r"|(?P<d4>\d{1,2})(?:[ -]|\. )(?P<m4>[A-Za-z]{3,9})[ -](?P<y4>\d{4})"
    r"|(?P<m5>[A-Za-z]{3,9}) (?P<d5>\d{1,2}),? (?P<y5>\d{4}))"
)
_TIME = (
    r"(?:(?:[Tt]|,? +)(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?"
    r"(?: ?(?:(?P<utc>[Zz]|UTC|GMT)|(?P<sign>[+-])(?P<oh>\d\d)(?::?(?P<om>[0-5]\d))?))?)?"
)
_MOMENT = re.compile(_DATE + _TIME, re.ASCII)


def moment_reader(options: TypeOptions) -> MomentReader:
    """Return the reader for the declared formats, or for the shapes that are known without."""
    if options.format:
        return lambda cell: _by_format(cell, options.format)
    return lambda cell: _by_shape(cell, options.day_first)


def _by_format(cell: str, formats: tuple[str, ...]) -> datetime:
    for known in formats:
        try:
            return datetime.strptime(cell, known)
        except (ValueError, OverflowError):
            continue
    raise Unfit(f"{shown(cell)} does not have the format {' or '.join(formats)}")


def _by_shape(cell: str, day_first: bool | None) -> datetime:
    part = _MOMENT.fullmatch(cell)
    if not part:
        raise Unfit(f"{shown(cell)} is no date; format can say how it is written")
    year = int(part["y1"] or part["y2"] or part["y3"] or part["y4"] or part["y5"])
    if part["a"]:
        day, month = _ordered(cell, int(part["a"]), int(part["b"]), day_first)
    else:
        day = int(part["d1"] or part["d2"] or part["d4"] or part["d5"])
        month = _month(part["m1"] or part["m2"] or part["m4"] or part["m5"])
    try:
        return datetime(
            year, month, day, _hour(part), int(part["M"] or 0), int(part["S"] or 0),
            tzinfo=_zone(part),
        )  # fmt: skip
    except ValueError:
        raise Unfit(f"{shown(cell)} is no date: the calendar or the clock has none such") from None


def _ordered(cell: str, first: int, second: int, day_first: bool | None) -> tuple[int, int]:
    """Return day and month."""
    if day_first is None and first != second and first <= 12 and second <= 12:
        raise Unfit(f"{shown(cell)} may be day or month first; declare day_first: true or false")
    if day_first or (day_first is None and first > 12):
        return first, second
    return second, first


def _month(text: str) -> int:
    """Return the number of a month by its digits, its English name or three letters; 0 if none."""
    if text.isdigit():
        return int(text)
    word = text.lower()
    for number, name in enumerate(_MONTHS, start=1):
        if word in (name, name[:3]) or (word, number) == ("sept", 9):
            return number
    return 0


def _hour(part: re.Match[str]) -> int:
    hour = int(part["H"] or 0)
    if not part["half"]:
        return hour
    if not 1 <= hour <= 12:
        return 24  # no such hour
    return hour % 12 + (12 if part["half"] in "Pp" else 0)


def _zone(part: re.Match[str]) -> timezone | None:
    if part["utc"]:
        return UTC
    if not part["sign"]:
        return None
    offset = timedelta(hours=int(part["oh"]), minutes=int(part["om"] or 0))
    return timezone(-offset if part["sign"] == "-" else offset)
