"""How a column's values are spread: the commonest ones, or a histogram of what they measure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from importer.guess.guesses import Guess, Values
from importer.wording import shortened

Measure = Literal["values", "numbers", "years", "lengths"]

MOST_VALUES, BINS, LABEL = 6, 10, 40

_NUMBERS = frozenset({"integer", "number", "money", "percentage"})
_DATES = frozenset({"date", "datetime"})
_FEW = 12
"""Different numbers up to which each of them is a value of its own."""

_year = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)").search
_number = re.compile(r"[+-]?\d+(?:\.\d+)?").fullmatch


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    cells: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Bars of what is measured: the commonest `values`, or ranges of something.

    `exact` is false where the bars are those of a sample of the different values, a fair one.
    """

    measure: Measure
    bars: tuple[Bar, ...]
    exact: bool


def shape_of(values: Values, guess: Guess, *, complete: bool) -> Shape:
    """Draw the shape of a column of which these are all the different values, or a sample."""
    if guess.kind in _DATES and (years := _years(values)):
        return Shape("years", tuple(_merged(years)), complete)
    numbers = {float(text): count for text, count in values.items() if _number(text)}
    if guess.kind in _NUMBERS and len(numbers) > max(_FEW, 0.9 * len(values)):
        return Shape("numbers", tuple(_binned(numbers)), complete)
    if complete:
        common = Counter(values).most_common(MOST_VALUES)
        return Shape("values", tuple(_bars(common)), exact=True)
    lengths: Counter[float] = Counter()
    for text, count in values.items():
        lengths[len(text)] += count
    return Shape("lengths", tuple(_binned(lengths, whole=True)), exact=False)


def _years(values: Values) -> Counter[int]:
    years: Counter[int] = Counter()
    for text, count in values.items():
        if found := _year(text):
            years[int(found[0])] += count
    return years


def _merged(years: Mapping[int, int]) -> Iterator[Bar]:
    """One bar a year, or several years to a bar where there are too many."""
    first, last = min(years), max(years)
    step = -(-(last - first + 1) // (2 * BINS))
    for start in range(first, last + 1, step):
        cells = sum(years.get(year, 0) for year in range(start, start + step))
        yield Bar(str(start) if step == 1 else f"{start} to {start + step - 1}", cells)


def _binned(numbers: Mapping[float, int], *, whole: bool = False) -> Iterator[Bar]:
    low, high = min(numbers), max(numbers)
    width = (high - low) / BINS or 1.0
    if whole:
        width = float(max(1, -(-int(high - low + 1) // BINS)))
    cells: Counter[int] = Counter()
    for number, count in numbers.items():
        cells[min(int((number - low) / width), BINS - 1)] += count
    for place in range(max(cells) + 1):
        start = low + place * width
        stop = start + width - 1 if whole else start + width
        label = f"{start:,g}" if whole and stop == start else f"{start:,.6g} to {stop:,.6g}"
        yield Bar(label, cells[place])


def _bars(counted: Iterable[tuple[str, int]]) -> Iterator[Bar]:
    for text, cells in counted:
        yield Bar(shortened(text, LABEL), cells)
