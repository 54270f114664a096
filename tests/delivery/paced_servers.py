"""Servers that count updates, and a delivery to them in which only a simulated clock ticks."""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Protocol

from importer.delivery.backoff import Backoff
from importer.delivery.pace import Pace
from importer.delivery.verdict import Accepted, Busy

COST = 0.0005
"""Seconds from one request to the next: a client sends 2,000 a second at most."""


class Server(Protocol):
    per_second: float

    def allows(self, updates: int, now: float) -> bool: ...


@dataclass
class Bucket:
    """Saves up one second's worth, and is full at the start: the emulator's rule."""

    per_second: float
    left: float = field(init=False)
    seen: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.per_second

    def allows(self, updates: int, now: float) -> bool:
        saved = self.left + (now - self.seen) * self.per_second
        self.left, self.seen = min(saved, self.per_second), now
        if self.left < min(updates, self.per_second):
            return False
        self.left -= updates
        return True


@dataclass
class Window:
    """Counts the updates of the last so many seconds: a minute of them at Mixpanel."""

    per_second: float
    seconds: float
    taken: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def allows(self, updates: int, now: float) -> bool:
        while self.taken and self.taken[0][0] <= now - self.seconds:
            self.total -= self.taken.popleft()[1]
        if self.total + updates > self.per_second * self.seconds:
            return False
        self.taken.append((now, updates))
        self.total += updates
        return True


@dataclass
class Story:
    """When updates were let through, when a request was refused, and when the pauses ended."""

    passed: list[tuple[float, int]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)
    most_in_flight: int = 0

    @property
    def ended(self) -> float:
        return self.passed[-1][0]

    def updates(self, since: float = 0.0, until: float = float("inf")) -> int:
        return sum(updates for at, updates in self.passed if since <= at < until)

    def refused_share(self) -> float:
        return len(self.refused) / (len(self.refused) + len(self.passed))


def deliver_to(
    server: Server,
    updates: int,
    latency: float,
    *,
    sizes: Sequence[int] = (200,),
    chance: float = 0.0,
    retry_after: float = 0.0,
    changes: Sequence[tuple[float, float]] = (),
) -> Story:
    """Send so many updates, ten requests at a time; `changes` are moments and new budgets."""
    now = 0.0
    pace = Pace(lambda: now)
    backoff = Backoff(lambda: now, lambda: chance, 600.0)
    story = Story()
    events: list[tuple[float, int, str, int, float]] = []
    coming = cycle(sizes)
    waiting: deque[int] = deque()
    changing = deque(changes)
    number = in_flight = 0
    ready_at: float = 0.0

    def plan(at: float, what: str, size: int = 0, sent_at: float = 0.0) -> None:
        nonlocal number
        number += 1
        heapq.heappush(events, (at, number, what, size, sent_at))

    def next_turn() -> None:
        nonlocal updates
        if not waiting and updates > 0:
            waiting.append(min(next(coming), updates))
            updates -= waiting[0]
        if waiting and in_flight < 10:
            plan(max(now, ready_at), "turn")

    next_turn()
    turning = True
    while events:
        now, _, what, size, sent_at = heapq.heappop(events)
        while changing and changing[0][0] <= now:
            server.per_second = changing.popleft()[1]
        match what:
            case "turn":
                if (wait := pace.wait(waiting[0], backoff.resume_at)) > 1e-9:
                    plan(now + wait, "turn")
                    continue
                size = waiting.popleft()
                pace.sent(size)
                in_flight += 1
                story.most_in_flight = max(story.most_in_flight, in_flight)
                ready_at = now + COST
                plan(now + latency / 2, "arrives", size, now)
                turning = False
            case "arrives":
                allowed = server.allows(size, now)
                if allowed:
                    story.passed.append((now, size))
                else:
                    story.refused.append(now)
                plan(now + latency / 2, "taken" if allowed else "refused", size, sent_at)
                continue
            case "taken":
                in_flight -= 1
                pace.answered(Accepted(), size, sent_at)
                backoff.progress(sent_at)
            case _:
                in_flight -= 1
                waiting.append(size)
                pace.answered(Busy("HTTP 429", retry_after, too_fast=True), size, sent_at)
                if backoff.trouble(sent_at, retry_after) is not None:
                    story.resumed.append(backoff.resume_at)
        if not turning:
            before = len(events)
            next_turn()
            turning = len(events) > before
    return story
