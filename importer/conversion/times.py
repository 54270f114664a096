"""Dates, datetimes and timestamps: sent as the two forms that Mixpanel takes for dates."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, timedelta
from datetime import datetime as Moment  # noqa: N812 - `datetime` is the name of a type here
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.conversion.cells import Rows, matching, once_each, typed
from importer.conversion.layouts import DAY, Layout, Parsed, layouts, parse, write
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown
from importer.conversion.moments import moment_reader
from importer.kernels.columns import as_mask, filled, has_any, numbers_in, one_text

_EPOCH = Moment(1970, 1, 1)
_LEAST, _MOST = -62_135_596_800, 253_402_300_799  # years 1 and 9999
_FIRST_MILLISECONDS = 100_000_000_000
"""From here on a timestamp counts milliseconds, as the API itself has it for `$time`."""

_FEW = 50
"""One day in so many may be written otherwise, and is read by itself."""

_CLOCKS = tuple(
    f"{mark}{clock}{offset}"
    for mark in "T "
    for clock in ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f")
    for offset in ("", "%z")
) + tuple(f"{mark}{clock}" for mark in (" ", ", ") for clock in ("%I:%M %p", "%I:%M:%S %p"))


def date(options: TypeOptions) -> Conversion:
    """Days, sent as `YYYY-MM-DD`. A time of day is refused, except midnight."""
    moment = moment_reader(options)
    known = _known(options)

    def read(cell: str) -> str:
        found = moment(cell)
        if found.hour or found.minute or found.second:
            raise Unfit(f"{shown(cell)} has a time of day; type datetime keeps it")
        return found.date().isoformat()

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        parsed = _parse(cells, known)
        # A cell with an offset was moved to UTC: its day is the reader's to find.
        sure = parsed.sure & ~parsed.utc & (parsed.seconds % DAY == 0)
        return write(parsed.seconds, sure, time=False), sure

    by_day = once_each(kernel)
    sent = layouts("%Y-%m-%d")

    def as_sent(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        """Leave days as they are where nearly all are written as they are sent."""
        sure = parse(cells, sent).sure
        others = filled(cells) & ~sure
        return (cells, sure) if _FEW * np.count_nonzero(others) < len(cells) else by_day(cells)

    return typed(read, json_type="string", kernel=as_sent if known[:1] == sent else by_day)


def datetime(options: TypeOptions) -> Conversion:
    """Moments, sent in UTC as `YYYY-MM-DDTHH:MM:SS`; fractions of a second are cut.

    Without an offset a cell is on the clock of the option `timezone`. A time that this clock
    skipped fails; one that it showed twice is the first of the two.
    """
    zone = ZoneInfo(options.timezone)
    moment = moment_reader(options)
    known = _known(options)

    def read(cell: str) -> str:
        found = moment(cell).replace(microsecond=0)
        try:
            return _in_utc(cell, found, zone).replace(tzinfo=None).isoformat()
        except OverflowError:
            raise Unfit(f"{shown(cell)} is outside of the years 1 to 9999") from None

    @cache
    def offset(day: int) -> int:
        return _offset_of_day(zone, day)

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        parsed = _parse(cells, known)
        sure, seconds = parsed.sure, parsed.seconds
        local = sure & ~parsed.utc
        if options.timezone != "UTC" and has_any(local):
            days, where = np.unique(seconds[local] // DAY, return_inverse=True)
            offsets = np.array([offset(day) for day in days.tolist()], np.int64)[where]
            seconds[local] -= offsets
            sure[local] = offsets != _CHANGES
        return write(seconds, sure, time=True), sure

    return typed(read, json_type="string", kernel=kernel)


def timestamp(options: TypeOptions) -> Conversion:
    """Unix time in seconds or milliseconds, sent as a datetime."""
    unit = options.format[0] if options.format else None

    def read(cell: str) -> str:
        if not re.fullmatch(r"[+-]?[0-9]{1,20}(?:\.[0-9]*)?", cell):
            raise Unfit(f"{shown(cell)} is no Unix timestamp")
        value = Fraction(cell.rstrip("."))
        milliseconds = unit == "milliseconds" or (not unit and abs(value) >= _FIRST_MILLISECONDS)
        seconds = math.floor(value / 1000 if milliseconds else value)
        if not _LEAST <= seconds <= _MOST:
            raise Unfit(f"{shown(cell)} is outside of the years 1 to 9999")
        return (_EPOCH + timedelta(seconds=seconds)).isoformat()

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        sure = matching(cells, "-?[0-9]{1,15}")
        values = numbers_in(pc.cast(pc.if_else(as_mask(sure), cells, one_text("0")), pa.int64()))
        milliseconds = np.abs(values) >= _FIRST_MILLISECONDS
        if unit:
            milliseconds = np.full(len(values), unit == "milliseconds")
        seconds = np.where(milliseconds, values // 1000, values)
        sure &= (seconds >= _LEAST) & (seconds <= _MOST)
        return write(seconds, sure, time=True), sure

    return typed(read, json_type="string", kernel=kernel)


def _known(options: TypeOptions) -> tuple[Layout, ...]:
    """Return the layouts that mean for the kernel what the reader finds in them.

    Of several declared formats the first that fits counts, so only the first has a kernel.
    """
    if options.format:
        return layouts(options.format[0])
    dates = [("%Y-%m-%d", False), ("%Y/%m/%d", False), ("%Y%m%d", False)]
    either = options.day_first is None
    for mark in "/.-":
        if options.day_first is not False:
            dates.append((f"%d{mark}%m{mark}%Y", either))
        if not options.day_first:
            dates.append((f"%m{mark}%d{mark}%Y", either))
    return tuple(
        layout
        for day, unambiguous in dates
        for clock in ("", *_CLOCKS)
        for layout in layouts(day + clock, unambiguous=unambiguous)
    )


_PADDING = (r"(^|[ /.-])([0-9])\b", r"\10\2")


def _parse(cells: pa.StringArray, known: Sequence[Layout]) -> Parsed:
    """Read the cells as they are; those that no layout fits with their single digits padded."""
    parsed = parse(cells, known)
    rest = ~parsed.sure & filled(cells)
    if known and has_any(rest):
        padded = pc.replace_substring_regex(cells.filter(as_mask(rest)), *_PADDING)
        more = parse(padded, [layout for layout in known if layout.may_be_padded])
        parsed.seconds[rest], parsed.sure[rest], parsed.utc[rest] = (
            more.seconds, more.sure, more.utc,
        )  # fmt: skip
    return parsed


def _in_utc(cell: str, found: Moment, zone: ZoneInfo) -> Moment:
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    moved = found.replace(tzinfo=zone).astimezone(UTC)
    if moved.astimezone(zone).replace(tzinfo=None) != found:
        raise Unfit(f"{shown(cell)} did not exist in {zone}: the clocks went forward")
    return moved


_CHANGES = 1 << 40


def _offset_of_day(zone: ZoneInfo, day: int) -> int:
    """Return the seconds that a zone is ahead of UTC all through a day; _CHANGES if they change."""
    midnight = _EPOCH + timedelta(days=day)
    hours = (midnight + timedelta(hours=hour) for hour in range(25))
    found = {hour.replace(tzinfo=zone, fold=fold).utcoffset() for hour in hours for fold in (0, 1)}
    offset = found.pop()
    return _CHANGES if found or offset is None else round(offset.total_seconds())
