"""The course of a run: nothing is lost when buckets become one, and there are never many."""

from hypothesis import given
from hypothesis import strategies as st

from importer.books.timeline import FIRST_WIDTH, MOST, Chronicle, Timeline
from importer.books.totals import Totals

SOME = st.integers(0, 1_000)
PAUSES = (st.integers(0, 10**6) | st.integers(0, 5)).map(lambda sixteenths: sixteenths / 16)
"""Seconds that add up exactly."""

EVENTS = st.lists(st.tuples(PAUSES, st.tuples(SOME, SOME, SOME, SOME)), max_size=60)


def told(events: list[tuple[float, tuple[int, ...]]], most: int, before: Totals) -> Timeline:
    """Let a run go on with these pauses and this news, and return its course."""
    now = 7.0
    chronicle = Chronicle(lambda: now, most=most)
    chronicle.begin(before)
    for pause, (rows, requests, retried, failed) in events:
        now += pause
        before.read += rows
        before.requests_sent += requests
        before.requests_retried += retried
        before.failed += failed
        chronicle.note(before)
    return chronicle.timeline()


def sums(line: Timeline) -> tuple[int, ...]:
    return tuple(map(sum, (line.rows, line.requests, line.retried, line.failed)))


@given(EVENTS, st.integers(1, 12), st.integers(1, 8))
def test_sums(events: list[tuple[float, tuple[int, ...]]], most: int, fewer: int) -> None:
    """Whatever the pauses, all that was told is in some bucket, and in one that was open then."""
    expected = tuple(sum(news[kind] for _, news in events) for kind in range(4))
    line = told(events, most, Totals())
    assert sums(line) == sums(line.coarser(fewer)) == expected
    assert len({len(line.rows), len(line.requests), len(line.retried), len(line.failed)}) == 1
    assert 1 <= len(line) <= most
    assert len(line.coarser(fewer)) <= fewer
    assert (line.width / FIRST_WIDTH).hex().startswith("0x1.0000000000000p"), "not doubled only"
    assert (len(line) - 1) * line.width <= line.seconds < len(line) * line.width
    moment, placed = 0.0, [0] * len(line)
    for pause, news in events:
        moment += pause
        placed[int(moment / line.width)] += news[0]
    assert placed == list(line.rows)


@given(EVENTS)
def test_own_part(events: list[tuple[float, tuple[int, ...]]]) -> None:
    """What was in the books when the process began is left out."""
    before = Totals(requests_sent=12, requests_retried=3)
    expected = tuple(sum(news[kind] for _, news in events) for kind in range(4))
    assert sums(told(events, 9, before)) == expected


def test_recalled() -> None:
    """Rows are recalled when their batch is opened and counted when it is closed: the course never
    goes back, and ends with the rows that were this process's own.
    """
    now, totals = iter((0.0, 0.0, 1.0, 2.0, 3.0, 3.0)), Totals()
    chronicle = Chronicle(lambda: next(now))
    chronicle.begin(totals)
    for recalled, failed_before, read, failed in [
        (400, 9, 0, 0), (400, 9, 200, 9), (400, 9, 400, 12), (400, 9, 700, 20),
    ]:  # fmt: skip
        totals.recalled, totals.recalled_failed = recalled, failed_before
        totals.read, totals.failed = read, failed
        chronicle.note(totals)
    line = chronicle.timeline()
    assert {place: count for place, count in enumerate(line.rows) if count} == {48: 300}
    assert {place: count for place, count in enumerate(line.failed) if count} == {32: 3, 48: 8}


def test_widths() -> None:
    """A run of 15 s fills its buckets; one of a day has at least half as many, and no more."""
    for seconds in (14.9, 15.1, 600.0, 86_400.0):
        line = told([(seconds, (1, 1, 0, 0))], MOST, Totals())
        assert MOST / 2 <= len(line) <= MOST
    assert sum(length for _, length in line.spans()) == line.seconds
