"""The benchmark's rows with faults in them, each known beforehand, and without repeated ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .customers import Customer

ROWS_A_BAD_ONE = 200
_FIRST_BAD = 77
_BAD: tuple[dict[str, str], ...] = (
    {"email": "nobody at example.com"},
    {"phone": "call me"},
    {"signed_up": "2025-02-30"},
    {"credits": "twelve"},
)
REPEATS_KEPT = 3  # the generator repeats 1.5 % of the ids; every third of these makes 0.5 %


def bad_rows(rows: int) -> int:
    """How many of so many rows must fail."""
    return (rows - _FIRST_BAD - 1) // ROWS_A_BAD_ONE + 1 if rows > _FIRST_BAD else 0


def with_faults(rows: Iterable[Customer]) -> Iterator[Customer]:
    """Spoil one cell in each 200th row, and leave 0.5 % of the rows a repeated id."""
    seen: set[str] = set()
    repeats = 0
    for number, row in enumerate(rows):
        if row.customer_id in seen:
            repeats += 1
            if repeats % REPEATS_KEPT:
                row = replace(row, customer_id=f"R-{100_000_000 + number}")
        seen.add(row.customer_id)
        bad = _BAD[number // ROWS_A_BAD_ONE % len(_BAD)]
        yield replace(row, **bad) if number % ROWS_A_BAD_ONE == _FIRST_BAD else row


def without_repeats(rows: Iterable[Customer]) -> Iterator[Customer]:
    """Give each row an id of its own, so that none has to wait for another."""
    for number, row in enumerate(rows):
        yield replace(row, customer_id=f"U-{100_000_000 + number}")
