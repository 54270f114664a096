"""Dates: their form, and whether the day or the month comes first, settled over the column."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from importer.guess.guesses import MOST, Guess, Level, Values, Vote, level_of, vote

ISO_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp][Mm])?"
ZONE = r"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}))?"
ISO_DATETIME = rf"{ISO_DATE}[T ]{TIME}{ZONE}"

_YEARS = range(1900, 2101)
_THIS_CENTURY = 2000

_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "jan january", "feb february", "mar march", "apr april", "may", "jun june",
                "jul july", "aug august", "sep sept september", "oct october", "nov november",
                "dec december",
            ),
            start=1,
        )
        for name in names.split()
    }
)  # fmt: skip

_year_first = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})").fullmatch
_year_last = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})").fullmatch
_named = re.compile(
    r"(?:[0-9]{1,2}[ -](?P<m1>[A-Za-z]{3,9})\.?,?[ -](?P<y1>[0-9]{4}))"
    r"|(?:(?P<m2>[A-Za-z]{3,9})\.? [0-9]{1,2},? (?P<y2>[0-9]{4}))"
).fullmatch
_with_time = re.compile(rf"(.*?[0-9])(?:[T ]|, ){TIME}{ZONE}").fullmatch


@dataclass(frozen=True, slots=True)
class _Form:
    """A way of writing dates; `orders` are the orders of day and month that a value allows."""

    name: str
    orders: frozenset[str]
    year: int


def split_time(text: str) -> tuple[str, bool]:
    """Take the time of day off a value; say whether there was one."""
    found = _with_time(text)
    return (found[1], True) if found else (text, False)


def form_of(text: str) -> _Form | None:
    """Return how a date is written; None for what is none, the 30th of February too."""
    day, timed = split_time(text)
    suffix = " time" if timed else ""
    if found := _year_first(day):
        year, month, number = int(found[1]), int(found[3]), int(found[4])
        iso = found[2] == "-" and len(found[3]) == len(found[4]) == 2
        if _exists(year, month, number):
            return _Form(("iso" if iso else "year first") + suffix, frozenset(), year)
        return None
    if found := _year_last(day):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if short := len(found[4]) == 2:
            year += _THIS_CENTURY
        orders = {"day"} if _exists(year, second, first) else set()
        orders |= {"month"} if _exists(year, first, second) else set()
        name = f"{found[2]}{' short' if short else ''}{suffix}"
        return _Form(name, frozenset(orders), year) if orders else None
    if found := _named(day):
        month_name = (found["m1"] or found["m2"]).lower()
        if month_name in _MONTHS:
            return _Form("named month" + suffix, frozenset(), int(found["y1"] or found["y2"]))
    return None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year in _YEARS
    except ValueError:
        return False


def dates(values: Values) -> Guess | None:
    """Recognise a column of dates or datetimes, settling day and month over all of its values."""
    forms = {value: form for value in values if (form := form_of(value))}
    ballot = vote(values, forms.__contains__)
    if ballot.share < MOST:
        return None
    timed = [form for form in forms.values() if form.name.endswith(" time")]
    kind = "datetime" if len(timed) > len(forms) / 2 else "date"
    names = Counter(form.name.removesuffix(" time") for form in forms.values())
    base = Guess(kind, level_of(ballot), ballot.cells, ballot.counter, type=kind)
    if 0 < len(timed) < len(forms) or len(names) > 1:
        return _mixed(base, forms, ballot)
    name = next(iter(names))
    if name == "iso":
        return base
    if name in ("year first", "named month"):
        return Guess(
            kind, base.level, base.share, base.counter, note="sent as text until a format is given"
        )
    return _ordered(base, forms, short="short" in name, dots=name.startswith("."))


def _mixed(base: Guess, forms: Mapping[str, _Form], ballot: Vote) -> Guess:
    """Judge a column in which dates are written in several ways."""
    by_name = {form.name: value for value, form in forms.items()}
    examples = [repr(value) for value in list(by_name.values())[:2]]
    note = f"written in several ways, such as {' and '.join(examples)}"
    if _settle(forms.values()) is None:
        return _no_date(forms)
    return Guess(base.kind, Level.PERHAPS, ballot.cells, ballot.counter, note=note)


def _ordered(base: Guess, forms: Mapping[str, _Form], *, short: bool, dots: bool) -> Guess:
    order = _settle(forms.values())
    if order is None:
        return _no_date(forms)
    if order == "either" and dots:  # only day-first countries write dots
        order, level = "day", Level.LIKELY
    else:
        level = base.level
    if order == "either":
        example = next(iter(forms))
        return Guess(
            base.kind,
            Level.PERHAPS,
            base.share,
            base.counter,
            rivals=(f"day-first {base.kind}", f"month-first {base.kind}"),
            note=f"no value says whether {example!r} begins with the day or the month",
        )
    witness = next((value for value, form in forms.items() if form.orders == {order}), None)
    note = f"the {order} comes first" + (f": {witness!r}" if witness else "")
    if short:
        return Guess(base.kind, Level.LIKELY, base.share, base.counter, note=f"{note}; short years")
    options = (("day_first", order == "day"),)
    return Guess(
        base.kind, level, base.share, base.counter, type=base.type, options=options, note=note
    )


def _settle(forms: Iterable[_Form]) -> str | None:
    """Return `day`, `month`, `either`, or None where values contradict each other."""
    orders = {form.orders for form in forms if form.orders}
    needs = {next(iter(order)) for order in orders if len(order) == 1}
    if len(needs) > 1:
        return None
    return needs.pop() if needs else "either"


def _no_date(forms: Mapping[str, _Form]) -> Guess:
    day, month = (
        next(value for value, form in forms.items() if form.orders == {order})
        for order in ("day", "month")
    )
    note = f"looks like dates, but {day!r} begins with the day and {month!r} with the month"
    return Guess("text", Level.LIKELY, note=note)


def is_compact(text: str) -> bool:
    """Is it a day written YYYYMMDD?"""
    if len(text) != 8 or not text.isdigit():
        return False
    return _exists(int(text[:4]), int(text[4:6]), int(text[6:]))


def years(values: Values) -> list[int]:
    """Return the year of each value that is a date."""
    return [form.year for value in values if (form := form_of(value))]
