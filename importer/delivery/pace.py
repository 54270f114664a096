"""How fast the server lets updates through: learnt from its 429s, kept to by all requests.

Where the figures come from: tests/delivery/test_pace.py sends to servers of several kinds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from importer.delivery.verdict import Busy, Lost, Verdict

SECOND = 1.0
"""Seconds' worth that a server is taken to save up; a rest of as long fills its bucket."""

MINUTE = 60.0
"""The longest window of a limit: the API's pages speak of a rolling minute."""

USED = 0.9
"""The share of what a server saved up that is used: the rest is for errors of measurement."""

LAG = 0.01
"""Seconds that sending may lag behind and catch up, where a server saves nothing up."""

EVEN = 0.97
"""The share of the pace that is used where a server saves nothing up: sending is never even."""

CUT = 0.99
"""The pace right after a 429, as a share of what was let through before it."""

EARLY, EARLY_CUT, LATE_CUT = 10.0, 0.9, 0.7
"""A pace refused later than so many seconds after a rest is cut to 0.7 of it at most, for what was
let through on average is old by then. One refused earlier is cut to 0.9 at least where a server
saves nothing up."""

FLAT, LONG_FLAT = 20.0, 40.0
"""Seconds from a cut until the pace is again what was let through before it: it rises by 1 % in
them, by as much in the next, then ever faster, sixfold after 4.5 times as long. The longer where
a 429 confirmed what was known: each costs a pause of which a second or more is lost."""

CONFIRMED = 0.94
"""What the pace is cut to, as a share of it, if no more was wrong than its having risen."""

LEAST = 100.0
"""Updates a second that are sent always: a batch of 200 every 2 s, as the back-off would."""

GAP = 0.05
"""Seconds between requests after a 429, until one of them is let through."""

NEVER = -math.inf


@dataclass(slots=True)
class _Spell:
    """What was let through since the server last had a second's rest: sent when, answered when."""

    updates: float = 0
    sent_last: float = NEVER
    began: float = NEVER
    ended: float = NEVER

    def rested(self, sent_at: float) -> bool:
        """Did the server rest before a request sent at that time?"""
        return sent_at - self.sent_last >= SECOND

    def add(self, updates: int, sent_at: float, now: float) -> None:
        self.updates += updates
        self.sent_last = max(self.sent_last, sent_at)
        self.ended = now

    def end(self, refused: int, now: float) -> None:
        """Note a request that was not let through, though a part of it would have been.

        On average that is half of it, which counts as far as the cut covers where it is less.
        """
        self.updates += min(refused / 2, self.updates * (1 - CUT) / 2)
        self.ended = now

    def seconds(self) -> float:
        return self.ended - self.began

    def rate(self, *, saved: float) -> float:
        """Return the updates a second, if so many seconds' worth of them had been saved up."""
        return self.updates / (self.seconds() + saved)

    def even_rate(self) -> float:
        """Return the updates a second that are safe if nothing had been saved up."""
        return EVEN * self.updates / max(self.seconds(), SECOND)


@dataclass(slots=True)
class Pace:
    """The pace of sending, in updates a second, shared by all requests. No limit before a 429.

    What is let through from the first request after a rest to a 429 is a second's worth that the
    server had saved up, and its rate since: so no burst is mistaken for a rate. Sending keeps to
    a bucket of its own that mirrors the server's. Ten requests refused together are one cut.

    A server that refuses within a second of a rest, having taken what it was known to take in a
    second, counts a rolling window. It saves nothing up; from then on it is sent to evenly. One
    that refuses right after a rest counts a longer window, and the rest is part of it.
    """

    clock: Callable[[], float]
    _known: float = field(init=False, default=math.inf)
    _even: float = field(init=False, default=math.inf)
    _least: float = field(init=False, default=LEAST)
    _most: float = field(init=False, default=math.inf)
    _flat: float = field(init=False, default=FLAT)
    _grows_since: float = field(init=False, default=NEVER)
    _cut_at: float = field(init=False, default=NEVER)
    _spell: _Spell = field(init=False, default_factory=_Spell)
    _saves: bool = field(init=False, default=True)
    _starved: bool = field(init=False, default=False)
    _probing: bool = field(init=False, default=False)
    _probed_at: float = field(init=False, default=NEVER)
    _due: float = field(init=False, default=NEVER)

    def rate(self) -> float:
        """Return the updates a second that may be sent now."""
        if self._known == math.inf:
            return math.inf
        flats = (self.clock() - self._grows_since) / self._flat
        return max(LEAST, self._known * (1 + (1 - CUT) * (flats - 1) ** 5))

    def wait(self, updates: int, resume_at: float) -> float:
        """Return the seconds until a request may go that must not before a pause has ended."""
        now = self.clock()
        if self._known == math.inf:
            return resume_at - now
        depth = self._depth()
        full_at = max(self._due, now - depth) + min(updates / self.rate(), depth)
        probe_at = self._probed_at + GAP if self._probing else NEVER
        return max(resume_at, full_at, probe_at) - now

    def sent(self, updates: int) -> None:
        """Note a request that goes now."""
        if self._known == math.inf:
            return
        self._probed_at = self.clock()
        self._due = max(self._due, self._probed_at - self._depth()) + updates / self.rate()

    def answered(self, verdict: Verdict, updates: int, sent_at: float) -> None:
        """Note what became of so many updates sent at that time."""
        match verdict:
            case Busy(too_fast=True):
                self._refused(updates, sent_at)
            case Busy() | Lost():
                pass
            case _:
                self._passed(updates, sent_at)

    def _passed(self, updates: int, sent_at: float) -> None:
        now = self.clock()
        if self._spell.rested(sent_at):
            if self._starved:
                self._starve(sent_at)
                self._starved = False
                self._grows_since = now
            self._spell = _Spell(began=now)
        self._spell.add(updates, sent_at, now)
        if sent_at > self._cut_at:
            self._probing = False
        elif not self._starved:
            self._learn()

    def _refused(self, updates: int, sent_at: float) -> None:
        # Before anything was let through there is nothing to learn from.
        if sent_at <= self._cut_at or not self._spell.updates:
            return
        before = self.rate()
        self._cut_at = self._grows_since = self.clock()
        self._probing = True
        self._least, self._most = LEAST, before
        if self._spell.rested(sent_at):
            self._starved = True
            self._starve(sent_at)
            return
        self._spell.end(updates, self._cut_at)
        if before < math.inf:
            self._bound(before)
        self._learn()
        self._flat = LONG_FLAT if CONFIRMED * before <= self._known else FLAT

    def _bound(self, before: float) -> None:
        """Say between what the pace is to be, given what it was."""
        spell = self._spell
        late = spell.seconds() >= EARLY
        if self._saves:
            if spell.seconds() < SECOND and spell.updates >= USED * SECOND * before:
                self._saves, self._most = False, self._even
            elif late:
                self._least = LATE_CUT * before
        elif late:
            self._least = self._most = EVEN * before
        else:
            self._most = max(spell.rate(saved=SECOND), EARLY_CUT * before)

    def _learn(self) -> None:
        spell = self._spell
        self._even = spell.even_rate()
        self._limit_to(spell.rate(saved=SECOND) if self._saves else self._even)

    def _starve(self, sent_at: float) -> None:
        self._limit_to(self._spell.rate(saved=min(sent_at - self._spell.sent_last, MINUTE)))

    def _limit_to(self, rate: float) -> None:
        self._known = min(max(rate, self._least), self._most)

    def _depth(self) -> float:
        return USED * SECOND if self._saves else LAG
