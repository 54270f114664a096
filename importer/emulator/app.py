"""The server as an ASGI application: /engage, /groups and the control endpoints."""

import asyncio
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from importer.emulator import answers, forms, limits, origins
from importer.emulator.answers import Answer
from importer.emulator.control import PREFIX, Control
from importer.emulator.faults import Arrival, Fault, Script
from importer.emulator.forms import Submission
from importer.emulator.page import PREFIX as PAGE
from importer.emulator.page import Page
from importer.emulator.profiles import Profiles
from importer.emulator.stats import Exchange, Stats
from importer.emulator.updates import Applier, Circumstances, identifier_of
from importer.emulator.waiting import left, left_within

DROP = "importer.emulator.drop"
"""The ASGI extension by which the server lets the application break off a connection."""

_SCRIPTED = "refused by the fault script"


@dataclass(frozen=True, slots=True)
class _Batch:
    submission: Submission
    groups: bool
    large: bool

    def ids(self) -> Collection[str]:
        found = (identifier_of(one, self.groups) for one in self.submission.records or ())
        return {identifier for identifier in found if identifier is not None}


class App:
    """One project's profiles behind the API's two paths.

    A batch is applied in one uninterrupted step once its last byte is here (and its scripted
    delays are over), so batches take effect whole and one after the other.
    """

    def __init__(self, profiles: Profiles, *, local: bool) -> None:
        self._applier = Applier(profiles)
        self._stats = Stats()
        self._script = Script()
        self._random = random.Random()
        self._local = local
        self._page = Page(profiles, self._stats, self._script)
        self.control = Control(profiles, self._stats, self._script)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["raw_path"].decode("ascii")
        match path.rstrip("/"), scope["method"]:
            case "/engage" | "/groups", "GET" | "POST":
                await self._submit(path.startswith("/groups"), scope, receive, send)
            case "/engage" | "/groups", "OPTIONS":
                await _send(Answer(200, b""), send, _header(scope, b"origin"))
            case "/engage" | "/groups", _:
                await _send(answers.error(405), send)
            case _ if path == "/" or path == PREFIX or path.startswith(f"{PREFIX}/"):
                response = await self._look(Request(scope, receive), path)
                await response(scope, receive, send)
            case _:
                await Response("not found", 404)(scope, receive, send)

    async def _look(self, request: Request, path: str) -> ASGIApp:
        """The answer to somebody who looks inside instead of using the API."""
        refusal = origins.refusal(request.headers, request.method, local=self._local)
        if refusal:
            return Response(f"refused: {refusal}", 403, origins.HEADERS, "text/plain")
        if path == "/" or path.startswith(PAGE):
            return await self._page.answer(request, path.removeprefix(PAGE).strip("/"))
        response = await self.control.answer(request, path.removeprefix(PREFIX))
        response.headers.update(origins.HEADERS)
        return response

    async def _submit(self, groups: bool, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._stats.arrived(scope["method"], "/groups" if groups else "/engage")
        # Let the others whose heads are here already be counted before this one is dealt with.
        await asyncio.sleep(0)
        answer: Answer | None = answers.error(500)
        try:
            body = await _body(receive)
            answer = None if body is None else await self._answer(exchange, scope, receive, body)
        finally:
            self._stats.ended(exchange, None if answer is None else answer.status)
        if answer is not None:
            await _send(answer, send, _header(scope, b"origin"))
        else:
            await _drop(scope, receive)

    async def _answer(
        self, exchange: Exchange, scope: Scope, receive: Receive, body: bytes
    ) -> Answer | None:
        """What to answer; None drops the connection."""
        query: bytes = scope["query_string"]
        batch = _batch(query, body, _header(scope, b"content-encoding"), exchange.path == "/groups")
        size = len(batch.submission.records or ())
        self._stats.received(exchange, len(body), size)
        arrival = Arrival(body or query, batch.ids, size)
        refused: set[str] = set()
        for fault in self._script.troubles(arrival):
            if fault.kind == "refuse" and not fault.whole_batch:
                refused |= fault.ids
                continue
            if fault.kind != "delay":
                return await self._trouble(fault, batch, refused, receive)
            if await left_within(self._random.uniform(*fault.delay_ms) / 1000, receive):
                return None
        return self._handle(batch, refused)

    async def _trouble(
        self, fault: Fault, batch: _Batch, refused: Collection[str], receive: Receive
    ) -> Answer | None:
        match fault.kind:
            case "refuse":
                return answers.to_refusal(batch.submission, _SCRIPTED)
            case "rate":
                return replace(answers.error(429), retry_after=fault.retry_after)
            case "sleep":
                return await self._slow(fault, batch, refused, receive)
            case "status" | "drop" | "body":
                if fault.apply == "before":
                    self._handle(batch, refused)
                return _instead(fault)
            case "delay":
                raise AssertionError("a delay answers nothing")
            case _:
                assert_never(fault.kind)

    async def _slow(
        self, fault: Fault, batch: _Batch, refused: Collection[str], receive: Receive
    ) -> Answer | None:
        answer = self._handle(batch, refused) if fault.apply == "before" else None
        if await left_within(fault.seconds, receive):
            return None
        if fault.apply == "never":
            return answers.error(504)
        return answer or self._handle(batch, refused)

    def _handle(self, batch: _Batch, refused: Collection[str] = ()) -> Answer:
        submission = batch.submission
        if batch.large:
            return answers.too_large(limits.BYTES_A_REQUEST, "bytes")
        if submission.records is None:
            return answers.to_refusal(submission)
        if len(submission.records) > limits.UPDATES_A_REQUEST:
            return answers.too_large(limits.UPDATES_A_REQUEST, "updates")
        around = Circumstances(
            groups=batch.groups,
            strict=submission.strict,
            geolocate=submission.geolocate,
            oversized=submission.document > limits.BYTES_AN_UPDATE,
            refused=refused,
        )
        return answers.to_outcome(submission, self._applier.apply(submission.records, around))


def _batch(query: bytes, body: bytes, encoding: bytes, groups: bool) -> _Batch:
    plain = forms.unpacked(body, encoding, limits.BYTES_A_REQUEST)
    large = max(len(body), len(plain or b"")) > limits.BYTES_A_REQUEST
    submission = forms.read(query, b"" if large or plain is None else plain)
    if groups:
        # The SPEC lists callback for /engage only.
        submission = replace(submission, callback=None)
    return _Batch(submission, groups, large)


def _instead(fault: Fault) -> Answer | None:
    """What a fault answers in place of the API."""
    body = None if fault.body is None else fault.body.encode()
    if fault.kind == "drop":
        return None
    if fault.kind == "body":
        return Answer(200, body or b"", retry_after=fault.retry_after)
    published = replace(answers.error(fault.status), retry_after=fault.retry_after)
    return published if body is None else replace(published, body=body)


def _header(scope: Scope, wanted: bytes) -> bytes:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value for name, value in headers if name == wanted), b"")


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where the client left before its end."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


async def _drop(scope: Scope, receive: Receive) -> None:
    drop: Callable[[], None] = scope["extensions"][DROP]["drop"]
    drop()
    await left(receive)


async def _send(answer: Answer, send: Send, origin: bytes = b"") -> None:
    body = b"" if answer.status in (204, 304) else answer.body
    headers = [
        (b"access-control-allow-origin", origin or b"*"),
        *answers.HEADERS,
        (b"content-type", answer.content_type),
        (b"content-length", str(len(body)).encode()),
    ]
    if answer.retry_after is not None:
        headers.append((b"retry-after", f"{answer.retry_after:.15g}".encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
