"""When to send again: decisions only, handed their clock and their chance."""

from collections.abc import Callable
from dataclasses import dataclass, field

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
JITTER = 0.25
"""Seconds, and the share of a pause that chance may take off: the API's 429 page asks for 2 s
doubling to 60 s. Only off: after a 429 a server has saved up again after a second, and the rest of
a pause is lost."""

SHORTEST_PAUSE = FIRST_PAUSE * (1 - JITTER)


def pause_length(trouble: int, chance: float) -> float:
    """Return the seconds to wait after the n-th trouble in a row (from 1); `chance` in [0, 1)."""
    length = min(FIRST_PAUSE * 2.0 ** min(trouble - 1, 16), LONGEST_PAUSE)
    return float(length * (1 - JITTER * chance))


@dataclass(slots=True)
class Backoff:
    """One pause shared by all requests in flight.

    Ten requests that fail together are one trouble, not ten: a failure of a request that was not
    sent after the present pause began neither doubles nor prolongs it, except by its
    `Retry-After`. (Not after, rather than before: clocks may tick as slowly as every 16 ms.)
    """

    clock: Callable[[], float]
    chance: Callable[[], float]
    give_up_after: float
    resume_at: float = field(init=False, default=0.0)
    _troubles: int = field(init=False, default=0)
    _pause_began: float = field(init=False, default=float("-inf"))
    _progress_at: float = field(init=False, default=float("-inf"))
    _stuck_since: float | None = field(init=False, default=None)

    def progress(self, sent_at: float) -> None:
        """Note an answer that settled something, to a request sent at that time."""
        self._progress_at = self.clock()
        self._stuck_since = None
        if sent_at > self._pause_began:
            self._troubles = 0

    def trouble(self, sent_at: float, retry_after: float) -> float | None:
        """Note a request that must go again.

        Returns the seconds that sending now pauses if this is news, None while it is the same
        trouble still.
        """
        now = self.clock()
        if self._stuck_since is None:
            self._stuck_since = max(sent_at, self._progress_at)
        news = sent_at > self._pause_began
        if news:
            self._troubles += 1
            self._pause_began = now
            deadline = self._stuck_since + self.give_up_after
            resume_at = now + pause_length(self._troubles, self.chance())
            # A pause that would end too late leaves time for a last attempt.
            if now + SHORTEST_PAUSE <= deadline < resume_at:
                resume_at = deadline
            self.resume_at = max(self.resume_at, resume_at)
        self.resume_at = max(self.resume_at, now + retry_after)
        return self.resume_at - now if news else None

    def stuck(self) -> bool:
        """Has nothing been settled since the last trouble?"""
        return self._stuck_since is not None

    def exhausted(self) -> bool:
        """Would the next attempt come later than the run is willing to wait without progress?"""
        if self._stuck_since is None:
            return False
        return max(self.clock(), self.resume_at) > self._stuck_since + self.give_up_after
