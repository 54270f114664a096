"""An HTTPS server with a budget of updates a second, or slow answers; it keeps a record of both.

    python -m tests.benchmarks.pacing_server RECORD CERTIFICATE PER_SECOND DELAY

It prints its port, and on SIGTERM writes one line a request into RECORD. PER_SECOND is 0 for no
budget, DELAY is in seconds. It shares no code with the importer or its emulator.
"""

from __future__ import annotations

import asyncio
import csv
import signal
import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httptools

HOST = "127.0.0.1"
FIELDS = ("arrival", "answer", "status", "updates", "in_flight")
UPDATE = b'"$token"'
OK = b'{"code":200,"status":"OK","error":null,"num_good_events":%d}'
BUSY = b'{"code":429,"status":"Error","error":"Project exceeded rate limits."}'
REASONS = {200: b"OK", 429: b"Too Many Requests"}


@dataclass(slots=True)
class Exchange:
    """One request: when its first byte came and its answer went (seconds), and what was in it.

    `in_flight` counts the requests begun and not answered, this one included.
    """

    arrival: float
    in_flight: int
    answer: float = 0.0
    status: int = 0
    updates: int = 0


class Bucket:
    """Updates a second, saved up for one second at most and full at the start.

    A batch that is larger than that needs it full: the emulator's rule (`faults.py`), anew.
    """

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._per_second, self._clock = per_second, clock
        self._level, self._at = per_second, clock()

    def takes(self, updates: int) -> bool:
        """Say whether so many updates are allowed now, and if so use them up."""
        now = self._clock()
        self._level = min(self._per_second, self._level + (now - self._at) * self._per_second)
        self._at = now
        if min(updates, self._per_second) > self._level:
            return False
        self._level -= updates
        return True


class Pacer:
    """What all connections share: the bucket, the delay and the record."""

    def __init__(self, per_second: float, delay: float) -> None:
        self.bucket = Bucket(per_second, time.monotonic) if per_second else None
        self.delay = delay
        self.exchanges: list[Exchange] = []
        self.in_flight = 0

    def begin(self) -> Exchange:
        self.in_flight += 1
        exchange = Exchange(time.monotonic(), self.in_flight)
        self.exchanges.append(exchange)
        return exchange

    def decide(self, exchange: Exchange, body: bytes) -> bytes:
        """Return the answer to a whole request."""
        exchange.updates = body.count(UPDATE)
        taken = self.bucket is None or self.bucket.takes(exchange.updates)
        exchange.status = 200 if taken else 429
        content = OK % exchange.updates if taken else BUSY
        return (
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (
                exchange.status,
                REASONS[exchange.status],
                len(content),
                content,
            )
        )

    def end(self, exchange: Exchange) -> None:
        exchange.answer = time.monotonic()
        self.in_flight -= 1

    def write(self, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(FIELDS)
            rows.writerows([getattr(each, name) for name in FIELDS] for each in self.exchanges)


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive; the parser calls the `on_` methods."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._parser = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._exchange = self._pacer.begin()

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        answer = self._pacer.decide(self._exchange, b"".join(self._body))
        self._body.clear()
        loop = asyncio.get_running_loop()
        if self._pacer.delay:
            loop.call_later(self._pacer.delay, self._answer, self._exchange, answer)
        else:
            self._answer(self._exchange, answer)

    def _answer(self, exchange: Exchange, answer: bytes) -> None:
        self._pacer.end(exchange)
        self._transport.write(answer)


async def serve(pacer: Pacer, certificate: Path) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    server = await loop.create_server(lambda: Connection(pacer), HOST, 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main(arguments: list[str]) -> None:
    record, certificate, per_second, delay = arguments
    pacer = Pacer(float(per_second), float(delay))
    asyncio.run(serve(pacer, Path(certificate)))
    pacer.write(Path(record))


if __name__ == "__main__":
    main(sys.argv[1:])
