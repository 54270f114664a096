"""The pace: learnt from 429s, close to what the server allows, and no limit where there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.books.ledger import Ledger
from importer.bounds import Bounds
from importer.delivery.deliver import deliver
from importer.delivery.pace import GAP, LEAST, Pace
from importer.delivery.verdict import Accepted, Busy, Lost, Refused, TooLarge
from importer.emulator import Emulator
from importer.engage import Engage, Token
from importer.interruption import Interruption
from importer.settings.sections import Delivery
from importer.timing import Timing

from .made_updates import TOKEN, batches_of
from .paced_servers import Bucket, Story, Window, deliver_to
from .test_deliver import Nowhere, people, silence
from .virtual_time import VirtualTime

BUDGETS = (1_000, 5_000, 30_000)
LATENCIES = (0.001, 0.02, 0.1)
TOO_FAST = Busy("HTTP 429", too_fast=True)


def best_end(story: Story, budget: float, updates: int, saved: float) -> float:
    """Return when a client could have ended that knew the budget from its first pause on."""
    resumed = story.resumed[0]
    return resumed + (updates - story.updates(until=resumed)) / budget - saved


@pytest.mark.parametrize("latency", LATENCIES)
def test_no_limit_without_a_refusal(latency: float) -> None:
    """Where the server refuses nothing all ten requests are in flight, all the time."""
    story = deliver_to(Bucket(math.inf), 400_000, latency)
    assert story.refused == []
    assert story.ended <= max(2_000 * 0.0005, 2_000 * latency / 10) + latency
    assert story.most_in_flight == 10 or latency < 10 * 0.0005


@pytest.mark.parametrize("latency", LATENCIES[:2])
def test_the_budget_is_used(latency: float) -> None:
    """A million updates at 30,000/s: 98 % of the budget after the first second, 1 % refused.

    A pause of 2 s costs one second of the 32, for the bucket holds what came in the other; the
    half second of burst that the first second left behind makes good for most of it.
    """
    story = deliver_to(Bucket(30_000), 1_000_000, latency)
    assert story.updates(since=1.0) / (30_000 * (story.ended - 1.0)) >= 0.981
    assert story.refused_share() < 0.01
    assert len(story.resumed) == 1


def test_the_longest_first_pause() -> None:
    """Jitter may leave the pause its 2 s."""
    story = deliver_to(Bucket(30_000), 1_000_000, 0.02, chance=0.0)
    assert story.resumed[0] > 1.9
    assert story.updates(since=1.0) / (30_000 * (story.ended - 1.0)) >= 0.97
    assert story.ended < 1.01 * best_end(story, 30_000, 1_000_000, saved=1.0)


@pytest.mark.parametrize("retry_after", [0.0, 1.0])
@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("latency", LATENCIES)
def test_a_bucket(budget: int, latency: float, retry_after: float) -> None:
    """A bucket costs one pause in half a minute, whether or not it asks for a second's patience."""
    updates = budget * 33
    story = deliver_to(Bucket(budget), updates, latency, retry_after=retry_after)
    if budget == 30_000 and latency == 0.1:
        assert story.refused == [], "ten requests in flight are 20,000 updates a second"
        return
    assert len(story.resumed) == 1
    assert len(story.refused) <= 10
    assert story.ended < 1.035 * best_end(story, budget, updates, saved=1.0)


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("latency", LATENCIES[:2])
def test_a_rolling_second(budget: int, latency: float) -> None:
    """A server that saves nothing up costs a second pause, to be told from a bucket by."""
    updates = budget * 60
    story = deliver_to(Window(budget, 1.0), updates, latency)
    assert len(story.resumed) == 2
    assert len(story.refused) <= 20
    assert story.ended < 1.03 * best_end(story, budget, updates, saved=0.0) + 2.0


@pytest.mark.parametrize("budget", BUDGETS[:2])
@pytest.mark.parametrize("latency", LATENCIES)
def test_a_rolling_minute(budget: int, latency: float) -> None:
    """A minute's worth goes at once; when the minute is over the rest goes at the minute's pace."""
    updates = budget * 240
    story = deliver_to(Window(budget, 60.0), updates, latency)
    reopened = next(at for at in story.resumed if at > 60.0)
    assert story.resumed.index(reopened) == 4, "2, 4, 8, 16 and 32 s"
    assert story.ended < reopened + 1.1 * (updates - story.updates(until=reopened)) / budget
    assert story.refused_share() < 0.02


def test_ten_minutes() -> None:
    """In a long run the pace is tried out less and less often: 98 % of the budget are used."""
    story = deliver_to(Bucket(5_000), 5_000 * 600, 0.02)
    assert story.ended < 600 / 0.98
    assert len(story.resumed) <= 8


@pytest.mark.parametrize("latency", LATENCIES[:2])
def test_a_budget_that_falls(latency: float) -> None:
    """Two pauses and the new pace is found."""
    story = deliver_to(Bucket(30_000), 800_000, latency, changes=[(20.0, 5_000)])
    assert len([at for at in story.resumed if at > 20.0]) == 2
    assert story.updates(since=26.0, until=46.0) > 0.95 * 20 * 5_000


@pytest.mark.parametrize("latency", LATENCIES[:2])
def test_a_budget_that_rises(latency: float) -> None:
    """Six times the budget is found within a minute and a half, and kept to."""
    story = deliver_to(Bucket(5_000), 2_000_000, latency, changes=[(20.0, 30_000)])
    assert story.updates(since=110.0, until=115.0) > 0.9 * 5 * 30_000


def test_a_rolling_second_that_falls_a_little() -> None:
    """A pace that is hardly too high is cut by little."""
    story = deliver_to(Window(5_000, 1.0), 250_000, 0.02, changes=[(30.0, 4_700)])
    assert story.updates(since=36.0, until=46.0) > 0.85 * 10 * 4_700


def test_updates_are_counted_and_not_requests() -> None:
    """Batches of any sizes share one pace."""
    story = deliver_to(Bucket(5_000), 165_000, 0.02, sizes=(1, 20, 500, 200, 7))
    assert len(story.resumed) == 1
    assert story.ended < 1.06 * best_end(story, 5_000, 165_000, saved=1.0)


def refused_pace(time: VirtualTime) -> Pace:
    """Return a pace that a server of 1,000/s has just taught, ten requests in flight."""
    pace = Pace(time.clock)
    for _ in range(5):
        pace.answered(Accepted(), 200, time.now)
    pace.answered(TOO_FAST, 200, time.now)
    return pace


def test_a_burst_is_no_rate() -> None:
    """What a full bucket lets through at once is what it is given in a second."""
    assert refused_pace(VirtualTime()).rate() == pytest.approx(994.95)


def test_ten_refused_together_are_one_cut() -> None:
    """Requests that were in flight when the pace was cut do not cut it again."""
    time = VirtualTime()
    pace = refused_pace(time)
    for _ in range(9):
        pace.answered(TOO_FAST, 200, time.now)
    assert pace.rate() == pytest.approx(994.95)
    pace.answered(Accepted(), 200, time.now)
    assert pace.rate() == pytest.approx(1_192.95), "what was let through after all counts"


@pytest.mark.parametrize("verdict", [Busy("HTTP 408"), Lost("HTTP 503")])
def test_other_trouble_says_nothing(verdict: Busy | Lost) -> None:
    """Only a 429 speaks of the pace."""
    time = VirtualTime()
    pace = Pace(time.clock)
    pace.answered(Accepted(), 200, time.now)
    pace.answered(verdict, 200, time.now)
    assert pace.rate() == math.inf
    pace.answered(TOO_FAST, 200, time.now)
    assert pace.rate() == pytest.approx(198.99)


def test_refused_rows_use_the_budget_up() -> None:
    """The API counts what it refuses for its content as well."""
    time = VirtualTime()
    pace = Pace(time.clock)
    pace.answered(Refused("no"), 300, time.now)
    pace.answered(TooLarge("no"), 700, time.now)
    pace.answered(TOO_FAST, 200, time.now)
    assert pace.rate() == pytest.approx(994.95)


def test_a_server_that_lets_nothing_through_teaches_nothing() -> None:
    time = VirtualTime()
    pace = Pace(time.clock)
    pace.answered(TOO_FAST, 200, time.now)
    assert pace.rate() == math.inf


def test_a_refusal_after_a_rest() -> None:
    """Where a rest was not enough the limit's window is longer, and the rest counts as part."""
    time = VirtualTime()
    pace = Pace(time.clock)
    pace.answered(Accepted(), 1_000, time.now)
    time.now += 5.0
    pace.answered(TOO_FAST, 200, time.now)
    assert pace.rate() == pytest.approx(198.0)


def test_one_after_the_other_after_a_pause() -> None:
    """After a pause requests go one by one until the first is let through; then at the pace."""
    time = VirtualTime()
    pace = refused_pace(time)
    resume_at = time.now + 2.0
    assert pace.wait(200, resume_at) == pytest.approx(2.0)
    time.now = resume_at
    assert pace.wait(200, resume_at) <= 0
    pace.sent(200)
    assert pace.wait(200, resume_at) == pytest.approx(GAP)
    time.now += 0.01
    pace.answered(Accepted(), 200, resume_at)
    burst = 0
    while pace.wait(200, resume_at) <= 0:
        pace.sent(200)
        burst += 200
    assert burst == 600, "with the first, what 0.9 s have filled in"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["send", "pass", "refuse", "late"]),
            st.integers(1, 2_000),
            st.floats(0.0, 100.0),
        )
    )
)
def test_whatever_is_answered(steps: list[tuple[str, int, float]]) -> None:
    """A refusal never raises the pace above what was let through in all, those in flight with it
    change nothing, the pace keeps its floor, and nobody waits for ever.
    """
    time = VirtualTime()
    pace = Pace(time.clock)
    cut_at, passed = -math.inf, 0
    for what, updates, seconds in steps:
        before = pace.rate()
        match what:
            case "send":
                wait = pace.wait(updates, -math.inf)
                assert wait <= 2 * 2_000 / LEAST, "what two of the largest take"
                time.now += max(wait, 0.0)
                pace.sent(updates)
            case "pass":
                pace.answered(Accepted(), updates, time.now)
                passed += updates
            case "refuse":
                time.now += seconds
                pace.answered(TOO_FAST, updates, time.now)
                assert pace.rate() <= max(before, passed, LEAST)
                cut_at = time.now if pace.rate() < math.inf else cut_at
            case _:
                pace.answered(TOO_FAST, updates, min(cut_at, time.now - seconds))
                assert pace.rate() == before
        assert pace.rate() >= LEAST


def test_at_a_real_server(emulator: Emulator) -> None:
    """The emulator's 1,000 updates a second are met with a pause, or two on a busy machine, whose
    clock is the real one here.
    """
    emulator.faults({"kind": "rate", "per_second": 1_000})
    told: list[str] = []
    ledger = Ledger(Nowhere(), silence)
    stop = deliver(
        batches_of(people(2_600), 20),
        Engage(emulator.url, Token(TOKEN)),
        Delivery(),
        ledger,
        interruption=Interruption(),
        narrate=told.append,
        timing=Timing(chance=lambda: 0.999),
        bounds=Bounds(),
        divides=True,
        rate=None,
    )
    ledger.balance(2_600)
    assert (stop, ledger.totals.imported) == (None, 2_600)
    assert 1 <= len(told) <= 2
    by_status = emulator.stats()["by_status"]
    assert by_status["200"] == 130
    assert by_status["429"] <= 10 * len(told)
