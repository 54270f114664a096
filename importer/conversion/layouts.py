"""Dates and times of fixed width, read from whole columns of bytes at once.

A layout is a strptime format whose directives each have one width (`%Y-%m-%d %H:%M`). Cells of
that length are a matrix of bytes; fields are slices of it, and the calendar is numpy's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from importer.conversion.cells import Rows, buffers, from_buffers
from importer.kernels.columns import as_mask, byte_lengths, has_all, has_any

Seconds: TypeAlias = NDArray[np.int64]

DAY = 86_400

_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "p": 2, "M": 2, "S": 2, "f": 0, "z": 0}
_FRACTIONS = ("fff", "ffffff")
_OFFSETS = ("Z", "z:", "z")
_LIMITS = {"m": (1, 12), "d": (1, 31), "H": (0, 23), "I": (1, 12), "M": (0, 59), "S": (0, 59)}
_LIMITS |= {"Y": (2, 9998), "y": (0, 99)}  # a day off both ends, for time zones


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field and each other character stands. `unambiguous`: day and month must be such
    that they cannot be taken for each other.
    """

    length: int
    fields: Mapping[str, slice]
    others: tuple[tuple[int, int], ...]
    unambiguous: bool = False

    @property
    def has_offset(self) -> bool:
        return "z" in self.fields or "Z" in self.fields

    @property
    def may_be_padded(self) -> bool:
        """May single digits be given a zero? Not those of years and offsets."""
        return not self.has_offset and "y" not in self.fields


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """Seconds since 1970 on the clock that the cell shows; `utc` where the cell says which."""

    seconds: Seconds
    sure: Rows
    utc: Rows


def layouts(format: str, *, unambiguous: bool = False) -> tuple[Layout, ...]:  # noqa: A002
    """Return the layouts of a format; none where one of its directives has no width."""
    tokens = re.findall("%.|[^%]", format, re.DOTALL)
    names = [token[1] for token in tokens if token[0] == "%" and len(token) == 2]
    others = "".join(token for token in tokens if len(token) == 1)
    whole = {"m", "d"} <= set(names) <= set(_WIDTHS) and ("Y" in names) != ("y" in names)
    whole &= not {"H", "I"} <= set(names)
    if not whole or not others.isascii() or re.search("[0-9%]", others):
        return ()
    return tuple(
        _layout(tokens, fraction, offset, unambiguous)
        for fraction in (_FRACTIONS if "%f" in tokens else ("",))
        for offset in (_OFFSETS if "%z" in tokens else ("",))
    )


def _layout(tokens: list[str], fraction: str, offset: str, unambiguous: bool) -> Layout:
    place = 0
    fields: dict[str, slice] = {}
    others: list[tuple[int, int]] = []
    for token in tokens:
        match token:
            case "%f":
                width, name = len(fraction), "f"
            case "%z" if offset == "Z":
                width, name = 1, "Z"
                others.append((place, ord("Z")))
            case "%z":
                width, name = (6 if offset == "z:" else 5), "z"
                if offset == "z:":
                    others.append((place + 3, ord(":")))
            case _ if len(token) == 2:
                width, name = _WIDTHS[token[1]], token[1]
            case _:
                width, name = 1, ""
                others.append((place, ord(token)))
        if name:
            fields[name] = slice(place, place + width)
        place += width
    return Layout(place, fields, tuple(others), unambiguous)


def parse(cells: pa.StringArray, known: Sequence[Layout]) -> Parsed:
    """Read the cells that have one of these layouts and a place in the calendar."""
    sizes = byte_lengths(cells)
    present = set(np.unique(sizes).tolist())
    parsed = Parsed(np.zeros(len(cells), np.int64), *np.zeros((2, len(cells)), bool))
    for layout in (layout for layout in known if layout.length in present):
        rows = (sizes == layout.length) & ~parsed.sure
        if not has_any(rows):
            continue
        part = cells if has_all(rows) else cells.filter(as_mask(rows))
        _, text = buffers(part)
        seconds, good = _read(layout, np.ascontiguousarray(text.reshape(-1, layout.length).T))
        where = np.flatnonzero(rows)[good]
        parsed.seconds[where] = seconds[good]
        parsed.sure[where] = True
        parsed.utc[where] = layout.has_offset
    return parsed


def _read(layout: Layout, text: NDArray[np.uint8]) -> tuple[Seconds, Rows]:
    good = np.ones(text.shape[1], bool)
    for place, byte in layout.others:
        good &= text[place] == byte
    if not has_any(good):
        return np.zeros(len(good), np.int64), good
    field = dict(_fields(layout, text, good))
    for name, (least, most) in _LIMITS.items():
        if name in field:
            good &= (field[name] >= least) & (field[name] <= most)
    year = field["Y"] if "Y" in field else _century(field["y"])
    month, day = field["m"], field["d"]
    if layout.unambiguous:
        good &= (day > 12) | (day == month)
    months = np.where(good, year * 12 + month - 1, 0)  # nonsense must not leave the calendar
    first = _first_days()[months]
    good &= day <= _first_days()[months + 1] - first
    seconds = (first + day - 1) * DAY
    for name, unit in (("H", 3600), ("M", 60), ("S", 1), ("z", -1)):
        if name in field:
            seconds += field[name] * unit
    if "I" in field:
        hours = field["I"] % 12 + 12 * field.get("p", np.int64(0))
        seconds += hours * 3600
    return seconds, good


def _fields(
    layout: Layout, text: NDArray[np.uint8], good: Rows
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Read the fields as numbers, and clear `good` where one is none."""
    for name, part in layout.fields.items():
        if name == "z":
            yield name, _offset(text[part], good)
        elif name == "p":
            yield name, _afternoon(text[part], good)
        elif name != "Z":
            yield name, _number(text[part], good)


def _number(digits: NDArray[np.uint8], good: Rows) -> NDArray[np.int64]:
    total = np.zeros(digits.shape[1], np.int64)
    for digit in digits:
        value = digit - np.uint8(0x30)  # wraps: what is below "0" becomes large
        good &= value <= 9
        total *= 10
        total += value
    return total


def _offset(text: NDArray[np.uint8], good: Rows) -> NDArray[np.int64]:
    good &= (text[0] == ord("+")) | (text[0] == ord("-"))
    hours, minutes = _number(text[1:3], good), _number(text[-2:], good)
    good &= (hours <= 23) & (minutes <= 59)
    seconds = hours * 3600 + minutes * 60
    seconds[text[0] == ord("-")] *= -1
    return seconds


def _afternoon(text: NDArray[np.uint8], good: Rows) -> NDArray[np.int64]:
    first, second = text & ~np.uint8(0x20)  # capital letters
    good &= ((first == ord("A")) | (first == ord("P"))) & (second == ord("M"))
    afternoon: NDArray[np.int64] = (first == ord("P")).astype(np.int64)
    return afternoon


def _century(year: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give two digits their century, as strptime does (POSIX: 69 is 1969)."""
    return year + np.where(year >= 69, 1900, 2000)


def write(seconds: Seconds, rows: Rows, *, time: bool) -> pa.StringArray:
    """Write these rows as `YYYY-MM-DD`, with `time` as `YYYY-MM-DDTHH:MM:SS`; others as nothing."""
    moments = seconds if has_all(rows) else seconds[rows]
    days = moments // DAY
    months = days.astype("M8[D]").astype("M8[M]").astype(np.int64) + 1970 * 12
    year = months // 12
    day = days - _first_days()[months] + 1
    fields = [(0, year // 100), (2, year % 100), (5, months % 12 + 1), (8, day)]
    marks = [(4, "-"), (7, "-")]
    if time:
        clock = moments - days * DAY
        fields += [(11, clock // 3600), (14, clock // 60 % 60), (17, clock % 60)]
        marks += [(10, "T"), (13, ":"), (16, ":")]
    text = np.empty((19 if time else 10, len(moments)), np.uint8)
    for place, values in fields:
        pair = values.astype(np.uint8)
        tens = pair // 10
        text[place] = tens + ord("0")
        text[place + 1] = pair - tens * 10 + ord("0")
    for place, mark in marks:
        text[place] = ord(mark)
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(rows * np.int32(len(text)), out=offsets[1:])
    return from_buffers(offsets, np.ascontiguousarray(text.T).reshape(-1))


@cache
def _first_days() -> NDArray[np.int64]:
    """Return the day, counted from 1970, on which each month begins, counted from year 0."""
    return np.arange(-1970 * 12, 8031 * 12).astype("M8[M]").astype("M8[D]").astype(np.int64)
