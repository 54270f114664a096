"""How fast the server lets updates through: learnt from its 429s, kept to by all requests."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

SECOND = 1.0
"""Seconds' worth that a server is taken to save up; a rest of as long fills its bucket."""

MINUTE = 60.0
"""The longest window of a limit: the API's pages speak of a rolling minute."""

USED = 0.9
"""The share of what a server saved up that is used: the rest is for errors of measurement."""

LAG = 0.01
"""Seconds that sending may lag behind and catch up, where a server saves nothing up."""

CUT = 0.99
"""The pace after a 429, as a share of what was let through before it."""

EARLY, EARLY_CUT, LATE_CUT = 10.0, 0.95, 0.7
"""What a pace is cut to at least, as a share of it, if refused within so many seconds where the
server saves nothing up, and if refused later: what was let through on average is old by then."""

FLAT, LONG_FLAT = 20.0, 40.0
"""Seconds from a cut until the pace is again what was let through before it: it rises by 1 % in
them, by as much in the next, then ever faster, sixfold after 4.5 times as long. The longer where
a 429 confirmed what was known: each costs a pause of which a second or more is lost."""

CONFIRMED = 0.97
"""What is let through, as a share of what was known, if that was right."""

LEAST = 100.0
"""Updates a second that are sent always: a batch of 200 every 2 s, as the back-off would."""

GAP = 0.05
"""Seconds between requests after a 429, until one of them is let through."""


@dataclass(slots=True)
class Pace:
    """The pace of sending, in updates a second, shared by all requests. No limit before a 429.

    What is let through from the first request after a rest to a 429 is a second's worth that the
    server had saved up, and its rate since: so no burst is mistaken for a rate. Sending keeps to
    a bucket of its own that mirrors the server's. Ten requests refused together are one cut.

    A server that refuses within a second of a rest, having taken what it was known to take in a
    second, counts a rolling window. It saves nothing up; from then on it is sent to evenly.
    """

    clock: Callable[[], float]
    _rate: float = field(init=False, default=math.inf)
    _floor: float = field(init=False, default=LEAST)
    _ceiling: float = field(init=False, default=math.inf)
    _flat: float = field(init=False, default=FLAT)
    _grows_since: float = field(init=False, default=-math.inf)
    _cut_at: float = field(init=False, default=-math.inf)
    _saves: bool = field(init=False, default=True)
    _starved: bool = field(init=False, default=False)
    _probing: bool = field(init=False, default=False)
    _next_probe: float = field(init=False, default=-math.inf)
    _due: float = field(init=False, default=-math.inf)
    # What was let through since the last rest, when it was sent last, when answered first and last.
    _passed: int = field(init=False, default=0)
    _sent_last: float = field(init=False, default=-math.inf)
    _began: float = field(init=False, default=-math.inf)
    _until: float = field(init=False, default=-math.inf)

    def rate(self) -> float:
        """Return the updates a second that may be sent now."""
        if self._rate == math.inf:
            return self._rate
        flats = (self.clock() - self._grows_since) / self._flat
        return max(LEAST, self._rate * (1 + (1 - CUT) * (flats - 1) ** 5))

    def free_at(self, updates: int) -> float:
        """Return when a request of so many updates may go."""
        if self._rate == math.inf:
            return -math.inf
        depth = self._depth()
        free_at = max(self._due, self.clock() - depth) + min(updates / self.rate(), depth)
        return max(free_at, self._next_probe) if self._probing else free_at

    def sent(self, updates: int) -> None:
        """Note a request that goes now."""
        if self._rate == math.inf:
            return
        now = self.clock()
        self._due = max(self._due, now - self._depth()) + updates / self.rate()
        self._next_probe = now + GAP

    def passed(self, updates: int, sent_at: float) -> None:
        """Note updates that the server did not refuse with a 429, sent at that time."""
        now = self.clock()
        if sent_at - self._sent_last >= SECOND:
            if self._starved:
                self._starve(sent_at)
                self._starved = False
                self._grows_since = now
            self._began, self._passed = now, 0
        self._passed += updates
        self._until = now
        if sent_at > self._sent_last:
            self._sent_last = sent_at
        if sent_at > self._cut_at:
            self._probing = False
        elif not self._starved:
            self._learn()

    def refused(self, sent_at: float) -> None:
        """Note a 429. Before anything was let through there is nothing to learn from it."""
        if sent_at <= self._cut_at or not self._passed:
            return
        before = self.rate()
        now = self._cut_at = self._grows_since = self.clock()
        self._probing = True
        self._floor, self._ceiling = LEAST, before
        if sent_at - self._sent_last >= SECOND:
            self._starved = True
            self._starve(sent_at)
            return
        self._until = now
        took = now - self._began
        if self._saves and took < SECOND and self._passed >= USED * SECOND * before:
            self._saves = False
            self._ceiling = math.inf
        elif took >= EARLY:
            self._floor = before * LATE_CUT
        elif not self._saves:
            self._ceiling = max(self._passed / (took + SECOND), before * EARLY_CUT)
        self._learn()
        self._flat = LONG_FLAT if CONFIRMED * before <= self._rate < math.inf else FLAT

    def _learn(self) -> None:
        took = self._until - self._began
        seconds = took + SECOND if self._saves else max(took, SECOND)
        self._rate = min(max(self._passed / seconds, self._floor), self._ceiling)

    def _starve(self, sent_at: float) -> None:
        """A rest let nothing through: the limit's window is longer, and the rest is part of it."""
        took = self._until - self._began + min(sent_at - self._sent_last, MINUTE)
        self._rate = min(max(self._passed / took, self._floor), self._ceiling)

    def _depth(self) -> float:
        return USED * SECOND if self._saves else LAG
