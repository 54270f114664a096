"""What happens, told while somebody looks: one server-sent event for each change."""

import time
from collections.abc import Callable
from typing import Final

from starlette.types import Receive, Scope, Send

from importer.emulator.origins import HEADERS
from importer.emulator.waiting import left_within

PAUSE: Final = 0.5
"""Seconds between two looks."""
SHARE: Final = 20
"""A look waits so many times as long as the last one took: it gets no more than 5 % of the time.

Counting a million profiles in a file takes a while; the requests go first.
"""


class Live:
    """A stream of snapshots, of which those that say nothing new are left out.

    It ends with its client, and there is none of it without one.
    """

    def __init__(self, snapshot: Callable[[], bytes]) -> None:
        self._snapshot = snapshot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers.append((b"content-type", b"text/event-stream"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        told, pause = b"", 0.0
        while not await left_within(pause, receive):
            begun = time.perf_counter()
            now = self._snapshot()
            if now != told:
                event = b"data: %b\n\n" % now
                await send({"type": "http.response.body", "body": event, "more_body": True})
            told, pause = now, max(PAUSE, SHARE * (time.perf_counter() - begun))
