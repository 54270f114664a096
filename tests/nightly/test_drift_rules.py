"""What is a drift and what is none, on believable exports."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.drift.compare import known_share
from importer.drift.gather import SAMPLE
from importer.drift.portrait import Portrait

from .exports import Row, crm, drifts, exports, portrait

NAMES = st.sampled_from(sorted(exports()))

WELL_FILLED = 0.8
"""Of thirty rows that is enough to be compared."""


def filled(rows: list[Row], at: int) -> bool:
    return sum(bool(row[at].strip()) for row in rows) >= WELL_FILLED * len(rows)


def alike(rows: list[Row], one: int, other: int) -> bool:
    """Do two columns say the same of most rows, so that nobody could tell them apart?"""
    return sum(row[one] == row[other] for row in rows) > 0.5 * len(rows)


def swapped(row: Row, one: int, other: int) -> Row:
    cells = row[:]
    cells[one], cells[other] = cells[other], cells[one]
    return cells


def test_known_share() -> None:
    """Which share of the customers was there before is estimated from samples of both files."""
    rows = [[f"u{n}", f"Ann {n}"] for n in range(8 * SAMPLE)]
    before = Portrait.of_json(portrait(rows[: 4 * SAMPLE]).as_json())
    assert before.size == SAMPLE
    for known in (0.0, 0.25, 0.5, 1.0):
        start = 4 * SAMPLE - round(known * 2 * SAMPLE)
        share = known_share(before, portrait(rows[start:][: 2 * SAMPLE]))
        assert share == pytest.approx(known, abs=0.05)


@given(NAMES, st.randoms(use_true_random=False), st.data())
@settings(max_examples=25)
def test_ordinary_nights(name: str, chance: Random, data: st.DataObject) -> None:
    """Rows that come and go and stand in another order, sorted by any column even, are no drift,
    and neither is a column whose values are other ones of the same form.
    """
    rows = [row[:] for row in exports()[name][0]]
    chance.shuffle(rows)
    rows = rows[: data.draw(st.integers(9 * len(rows) // 10, len(rows)))]
    at = data.draw(st.integers(0, len(rows[0]) - 1))
    if data.draw(st.booleans()):
        rows.sort(key=lambda row: row[at])
    if at != exports()[name][1] - 1:
        cells = [row[at] for row in rows]
        chance.shuffle(cells)
        for row, cell in zip(rows, cells, strict=True):
            row[at] = cell
    assert drifts(name, rows) == []


@given(NAMES, st.randoms(use_true_random=False), st.data())
@settings(max_examples=25)
def test_swapped_columns(name: str, chance: Random, data: st.DataObject) -> None:
    """Two columns that change places are noticed, whatever became of the rows."""
    rows, identifier = exports()[name]
    columns = [at for at in range(len(rows[0])) if at != identifier - 1 and filled(rows, at)]
    one, other = data.draw(
        st.tuples(st.sampled_from(columns), st.sampled_from(columns)).filter(
            lambda pair: pair[0] != pair[1] and not alike(rows, *pair)
        )
    )
    now = [swapped(row, one, other) for row in rows]
    chance.shuffle(now)
    assert {str(one + 1), str(other + 1)} & {finding.label for finding in drifts(name, now)}


@given(NAMES, st.data())
@settings(max_examples=25)
def test_shifted_columns(name: str, data: st.DataObject) -> None:
    """A column put in before others is noticed, at the first place even."""
    rows, _ = exports()[name]
    at = data.draw(st.sampled_from([n for n in range(len(rows[0]) - 1) if filled(rows, n)]))
    fresh = data.draw(st.sampled_from(["", "x", "2026-11-25"]))
    now = [[*row[:at], fresh, *row[at:]] for row in rows]
    assert drifts(name, now)


@given(NAMES, st.data())
@settings(max_examples=25)
def test_gutted_columns(name: str, data: st.DataObject) -> None:
    """A column that is empty all at once is noticed, the identifier too."""
    rows, _ = exports()[name]
    at = data.draw(st.sampled_from([n for n in range(len(rows[0])) if filled(rows, n)]))
    assert drifts(name, [[*row[:at], "", *row[at + 1 :]] for row in rows])


@pytest.mark.parametrize("seed", [2, 3])
def test_other_customers(seed: int) -> None:
    """A file of other customers is noticed by its identifiers, and by nothing else."""
    now = [[f"X-{row[0]}", *row[1:]] for row in crm(600, seed)]
    kinds = {(finding.kind, finding.label) for finding in drifts("crm", now)}
    assert kinds <= {("strangers", "ids"), ("form", "1")}
    assert ("strangers", "ids") in kinds
