"""What the server has received and answered since it started or was told to forget."""

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

DROPPED: Final = "dropped"
"""Counted in place of a status where a connection ended without an answer, on either side."""


LATEST: Final = 50
"""Requests remembered one by one: as many as somebody looks through."""


@dataclass(slots=True)
class Exchange:
    """One request and how it ended; written to while it lasts."""

    method: str
    path: str
    at: float = field(default_factory=time.time)
    begun: float = field(default_factory=time.perf_counter)
    updates: int = 0
    status: str = ""
    milliseconds: float = 0


class Stats:
    """Counts API requests only, never those to the control endpoints."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.changes = 0
        """Grows with every request that ends, and never becomes less."""
        self.clear()

    def clear(self) -> None:
        """Begin again; requests still in flight go on counting as such."""
        self.changes += 1
        self._requests = 0
        self._updates = 0
        self._bytes = 0
        self._most = self.in_flight
        self._latest: deque[tuple[int, Exchange]] = deque(maxlen=LATEST)
        self._by_status: Counter[str] = Counter()
        self._batch_sizes: Counter[int] = Counter()

    def arrived(self, method: str, path: str) -> Exchange:
        self._requests += 1
        self.in_flight += 1
        self._most = max(self._most, self.in_flight)
        return Exchange(method, path)

    def received(self, exchange: Exchange, data: int, updates: int) -> None:
        """Count a body of that many bytes; an unreadable one has no updates and no batch size."""
        exchange.updates = updates
        self._bytes += data
        self._updates += updates
        if updates:
            self._batch_sizes[updates] += 1

    def ended(self, exchange: Exchange, status: int | None) -> None:
        exchange.status = DROPPED if status is None else str(status)
        exchange.milliseconds = (time.perf_counter() - exchange.begun) * 1000
        self.in_flight -= 1
        self._by_status[exchange.status] += 1
        self.changes += 1
        self._latest.appendleft((self.changes, exchange))

    def latest(self) -> list[dict[str, Any]]:
        """The requests that ended last, the latest first, each with a number of its own."""
        return [
            {
                "number": number,
                "at": one.at,
                "method": one.method,
                "path": one.path,
                "status": one.status,
                "updates": one.updates,
                "milliseconds": round(one.milliseconds, 2),
            }
            for number, one in self._latest
        ]

    def as_json(self, profiles: int) -> dict[str, Any]:
        """The counts; ``profiles`` is how many the store holds, users and groups together."""
        return {
            "requests": self._requests,
            "updates": self._updates,
            "profiles": profiles,
            "bytes": self._bytes,
            "by_status": dict(sorted(self._by_status.items())),
            "max_in_flight": self._most,
            "batch_sizes": {str(size): n for size, n in sorted(self._batch_sizes.items())},
        }
