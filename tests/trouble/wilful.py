"""A server that answers as it likes, within what the API may do, and remembers what it did."""

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.delivery.raw_server import served

from .books import PROPERTY

Row = tuple[str, str]
"""Identifier and value of an update."""

MOODS = (
    *("plain",) * 3,
    "busy",
    "lost before",
    "lost after",
    "dropped before",
    "dropped after",
    "half",
    "too large",
    "void",
    "void, one named",
)
BAD = "bad"
"""How the value of a row begins that is refused wherever it comes."""


@dataclass
class Wilful:
    """Profiles, and for each update what may have become of it.

    A mood is a matter of what a request holds and how often that came, so that the order in which
    several in flight arrive changes nothing. `trouble` is the share of requests that meet any.
    """

    trouble: float = 0.0
    seed: int = 0
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    uncertain: set[Row] = field(default_factory=set)
    """Updates that were applied, or that nobody was told of that they were not."""
    settled: set[Row] = field(default_factory=set)
    """What must not come again, whatever it is: the test says so."""
    wrongs: list[str] = field(default_factory=list)
    crash_at: int | None = None
    """The request with which the client dies; `on_crash` is told at that moment."""
    crash_applies: bool = False
    on_crash: Callable[[], None] = lambda: None
    _dead: bool = False
    _requests: int = 0
    _times: dict[bytes, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, seed: int, trouble: float, crash_at: int | None, applies: bool) -> None:
        """Get ready for another process of the client."""
        self.seed, self.trouble = seed, trouble
        self.crash_at, self.crash_applies = crash_at, applies
        self._dead, self._requests = False, 0

    @property
    def crashed(self) -> bool:
        return self._dead

    def act(self, connection: socket.socket, request: bytes) -> None:
        with self._lock:
            answer = self._answer(request.partition(b"\r\n\r\n")[2])
        if answer is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        else:
            connection.sendall(answer)

    def _answer(self, body: bytes) -> bytes | None:
        updates = json.loads(body)
        if self._dead:
            return None  # of a process that is no more: it never came
        self._requests += 1
        rows = [_row(update) for update in updates]
        for row in rows:
            if row in self.settled:
                self.wrongs.append(f"{row} is settled, and was sent again")
            if row in self.uncertain and "$append" in updates[0]:
                self.wrongs.append(f"{row} may have been applied, and was sent again")
        if self._requests == self.crash_at:
            self._dead = True
            self.uncertain.update(rows)
            if self.crash_applies:
                self._apply(updates)
            self.on_crash()
            return None
        return self._by_mood(self._mood(body), updates, rows)

    def _mood(self, body: bytes) -> str:
        times = self._times[body] = self._times.get(body, 0) + 1
        text = b"%d %d %b" % (self.seed, times, body)
        chance = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
        if chance % 1000 >= self.trouble * 1000:
            return "plain"
        return MOODS[chance // 1000 % len(MOODS)]

    def _by_mood(
        self, mood: str, updates: Sequence[Mapping[str, Any]], rows: Sequence[Row]
    ) -> bytes | None:
        bad = [index for index, (_, value) in enumerate(rows) if value.startswith(BAD)]
        match mood:
            case "busy":
                return _http(429)
            case "too large" if len(rows) > 1:
                return _http(413)
            case "void" if bad:
                return _http(200, b"0")
            case "void, one named" if bad:
                return _refusing(bad[:1], 0)
        self.uncertain.update(rows)
        if mood in ("lost before", "dropped before"):
            return None if mood == "dropped before" else _http(503)
        self._apply(updates)
        if mood in ("lost after", "dropped after"):
            return None if mood == "dropped after" else _http(502)
        if mood == "half":
            return _http(200, b'{"status": 1, "err')
        if bad:
            return _refusing(bad, len(rows) - len(bad))
        return _http(200, b'{"code": 200, "status": "OK", "num_good_events": %d}' % len(rows))

    def _apply(self, updates: Sequence[Mapping[str, Any]]) -> None:
        for update in updates:
            name, value = _row(update)
            if value.startswith(BAD):
                continue
            profile = self.profiles.setdefault(name, {})
            if "$append" in update:
                profile.setdefault(PROPERTY, []).append(value)
            else:
                profile[PROPERTY] = value


@contextmanager
def serving(server: Wilful) -> Iterator[str]:
    """Yield the address of the server."""
    with served(server.act) as (port, _):
        yield f"http://127.0.0.1:{port}"


def _row(update: Mapping[str, Any]) -> Row:
    held = update.get("$append") or update["$set"]
    return update["$distinct_id"], held[PROPERTY]


def _http(status: int, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d It is so\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


def _refusing(indices: Sequence[int], good: int) -> bytes:
    named = [{"index": index, "field": f"$set.{PROPERTY}", "message": "bad"} for index in indices]
    return _http(400, json.dumps({"failed_records": named, "num_good_events": good}).encode())
