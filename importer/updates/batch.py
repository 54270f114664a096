"""Updates become batches: in file order, as many as a request takes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from importer.engage import REQUEST_BYTES
from importer.updates.model import Updates

MOST_FAILURES = 10_000
"""Failed rows that wait for a batch to fill; beyond, it goes as it is, so that a file of almost
nothing but failures does not pile up in memory."""

MOST_HELD = 64 * 1024 * 1024
"""Bytes of the file that rows waiting for a batch to fill keep in memory; beyond, it goes as it
is. Only records of 300 kB and more of which little is imported get there."""


def batch(updates: Iterable[Updates], size: int) -> Iterator[Updates]:
    """Regroup updates into batches of `size`, fewer only where the bytes of a request end it."""
    rest: Updates | None = None
    for portion in updates:
        start = 0
        if rest is not None and len(portion) > size:
            # Enough to fill a batch: all of it need not be copied.
            both = rest.followed_by(portion.cut(0, size))
            while start <= len(rest) and (stop := _fill(both, start, size)) is not None:
                yield both.cut(start, stop)
                start = stop
            portion = portion.cut(start - len(rest), len(portion))
            rest, start = None, 0
        rest = rest.followed_by(portion) if rest is not None else portion
        while (stop := _fill(rest, start, size)) is not None:
            yield rest.cut(start, stop)
            start = stop
        rest = rest.cut(start, len(rest)) if start < len(rest) or not start else None
        if rest is not None and (not len(rest) or _holds_much(rest)):
            yield rest
            rest = None
    if rest is not None:
        yield rest


def _fill(updates: Updates, start: int, size: int) -> int | None:
    """Return where a batch that begins at `start` ends, or None while more may fit into it.

    A row's updates stay together: a batch ends before the row that would make it too long.
    """
    # Nearly always each row has one update, and a request takes far more bytes.
    stop = min(start + size, len(updates))
    most = updates.numbers[start] + size
    limit = updates.offsets[start] + REQUEST_BYTES - 2
    if updates.numbers[stop] > most or updates.offsets[stop] > limit:
        stop = bisect_right(updates.numbers, most, start, stop + 1) - 1
        stop = bisect_right(updates.offsets, limit, start, stop + 1) - 1
    full = stop < len(updates) or updates.numbers[stop] == most
    return stop if full and stop > start else None


def _holds_much(updates: Updates) -> bool:
    blocks = {id(origin.data): len(origin.data) for origin in updates.origins}
    return len(updates.failures) > MOST_FAILURES or sum(blocks.values()) > MOST_HELD
