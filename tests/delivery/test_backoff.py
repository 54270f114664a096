"""When to send again: the length of pauses, and that all requests share one."""

from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.backoff import Backoff, pause_length

from .virtual_time import VirtualTime


def backoff(time: VirtualTime, give_up_after: float = 600.0) -> Backoff:
    return Backoff(time.clock, lambda: 0.0, give_up_after)


def test_pauses_double() -> None:
    """2 s, doubled up to 60 s."""
    lengths = [pause_length(trouble, 0.0) for trouble in range(1, 8)]
    assert lengths == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_jitter_has_bounds(trouble: int, chance: float) -> None:
    """Jitter takes a quarter off a pause at most: never below 1.5 s, never beyond 60 s."""
    longest = pause_length(trouble, 0.0)
    pause = pause_length(trouble, chance)
    assert 1.5 <= pause <= 60.0
    assert 0.75 * longest <= pause <= longest


def test_ten_failures_together_are_one_trouble() -> None:
    """Requests that were in flight when the pause began do not prolong it, in one tick even."""
    time = VirtualTime(now=100.0)
    shared = backoff(time)
    assert [shared.trouble(100.0, 0) for _ in range(10)] == [2.0] + [None] * 9
    time.now = 101.0
    assert shared.trouble(99.0, 0) is None
    assert shared.resume_at == 102.0


def test_failures_after_the_pause_double_it() -> None:
    """A request sent after a pause that fails again is new trouble."""
    time = VirtualTime(now=100.0)
    shared = backoff(time)
    waits = []
    for _ in range(4):
        waits.append(shared.trouble(time.now, 0))
        time.now = shared.resume_at
    assert waits == [2.0, 4.0, 8.0, 16.0]


def test_retry_after_prolongs_and_never_shortens() -> None:
    """Retry-After of any request in flight holds all of them up, where it asks for more."""
    time = VirtualTime(now=100.0)
    shared = backoff(time)
    assert shared.trouble(100.0, 0.5) == 2.0
    assert shared.trouble(100.0, 30.0) is None
    assert shared.resume_at == 130.0
    assert shared.trouble(100.0, 5.0) is None
    assert shared.resume_at == 130.0


def test_progress_begins_anew() -> None:
    """A success after the pause makes the next trouble a first one; one before it does not."""
    time = VirtualTime(now=100.0)
    shared = backoff(time)
    shared.trouble(100.0, 0)
    shared.progress(100.0)
    time.now = 102.0
    assert shared.trouble(102.0, 0) == 4.0
    time.now = 106.0
    shared.progress(106.0)
    assert shared.trouble(106.0, 0) == 2.0


def test_gives_up_without_progress() -> None:
    """The last pause ends with the time that the run waits, counted from the last
    progress.
    """
    time = VirtualTime(now=100.0)
    shared = backoff(time, give_up_after=10.0)
    assert not shared.exhausted()
    assert shared.trouble(100.0, 0) == 2.0
    assert not shared.exhausted()
    time.now = 102.0
    assert shared.trouble(102.0, 0) == 4.0
    assert not shared.exhausted()
    time.now = 106.0
    assert shared.trouble(106.0, 0) == 4.0
    assert not shared.exhausted()
    time.now = 110.0
    shared.trouble(110.0, 0)
    assert shared.exhausted()


def test_no_attempt_within_less_than_a_pause() -> None:
    """Where less than the shortest pause is left nothing more is tried."""
    time = VirtualTime(now=100.0)
    shared = backoff(time, give_up_after=10.0)
    shared.trouble(100.0, 0)
    time.now = 109.0
    shared.trouble(109.0, 0)
    assert shared.exhausted()


def test_retry_after_beyond_patience_ends_at_once() -> None:
    """Nobody waits for a day that the server asks for."""
    shared = backoff(VirtualTime())
    shared.trouble(1_000.0, 86_400.0)
    assert shared.exhausted()


def test_a_slow_request_does_not_hide_progress() -> None:
    """A request that was under way for long says nothing of the time in which others succeeded."""
    time = VirtualTime(now=100.0)
    shared = backoff(time, give_up_after=10.0)
    time.now = 129.0
    shared.progress(128.0)
    time.now = 130.0
    shared.trouble(100.0, 0)
    assert not shared.exhausted()
