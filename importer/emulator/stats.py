"""What the server has received and answered since it started or was told to forget."""

from collections import Counter
from typing import Any, Final

DROPPED: Final = "dropped"
"""Counted in place of a status where a connection ended without an answer, on either side."""


class Stats:
    """Counts API requests only, never those to the control endpoints."""

    def __init__(self) -> None:
        self._in_flight = 0
        self.clear()

    def clear(self) -> None:
        """Begin again; requests still in flight go on counting as such."""
        self._requests = 0
        self._updates = 0
        self._bytes = 0
        self._most = self._in_flight
        self._by_status: Counter[str] = Counter()
        self._batch_sizes: Counter[int] = Counter()

    def arrived(self) -> None:
        self._requests += 1
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)

    def received(self, data: int, updates: int) -> None:
        """Count a body of that many bytes; an unreadable one has no updates and no batch size."""
        self._bytes += data
        self._updates += updates
        if updates:
            self._batch_sizes[updates] += 1

    def ended(self, status: int | None) -> None:
        self._in_flight -= 1
        self._by_status[DROPPED if status is None else str(status)] += 1

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
