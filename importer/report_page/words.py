"""Numbers, times and states as the page words them."""

from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from importer.books.report import Report, Status

NOTHING = "\N{EN DASH}"

STATES: "MappingProxyType[Status, tuple[str, str, str]]" = MappingProxyType(
    {
        "complete": ("✓", "Complete", "good"),
        "partial": ("!", "Finished, with rows left over", "fair"),
        "stopped": ("■", "Stopped before its end", "bad"),
        "interrupted": ("■", "Interrupted", "bad"),
        "dry-run": ("○", "Rehearsal: nothing was sent", "calm"),
    }
)
"""By status: a sign, words, and the class of the badge; never told by its colour alone."""

CODES = MappingProxyType(
    {
        "width": "more or fewer cells than the other records",
        "encoding": "bytes that are not valid in the file's encoding",
        "quote": "text behind a closing quote; often a quote left open in the same record",
        "type": "a cell is not of the type that its column declares",
        "blank": "every cell is empty, or white space",
        "empty": "a cell that must not be empty is",
        "no_identifier": "neither the column nor an allowed fallback names the profile",
        "too_large": "more than the API takes in one update",
        "refused": "the API's own words are the reason",
        "overwritten": "the original run imported a later row with the same identifier",
    }
)


def source_name(report: Report) -> str:
    """Return the name of the source, without its folders."""
    return Path(report.source["name"]).name


def share(part: int, whole: int) -> str:
    """Return a percentage that says neither 0 % of something nor 100 % of less than all."""
    if not whole:
        return NOTHING
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %"


def length(seconds: float) -> str:
    """Return a stretch of time as exactly as one would say it."""
    if seconds < 90:
        return f"{round(seconds, 1) if seconds < 10 else round(seconds):g} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def size(count: int) -> str:
    for unit, worth in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= worth:
            return f"{count / worth:.1f} {unit}"
    return f"{count} bytes"
