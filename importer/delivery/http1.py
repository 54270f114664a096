"""HTTP/1.1 on asyncio as a transport of httpx: for large requests, many at once, at little cost."""

import asyncio
import select
import ssl
from collections.abc import Callable
from functools import partial
from math import inf

import httpx

from importer.delivery.answer import Answer

IDLE_SECONDS = 60.0
"""A connection unused for longer is not trusted: what lies between may have forgotten it."""

_LAST_PORT = 65_535

Origin = tuple[bytes, bytes, int | None]


class Http1Transport(httpx.AsyncBaseTransport):
    """Sends requests, of bodies in memory, over at most `concurrency` connections, which it keeps.

    Raises what httpx raises; ConnectError, ConnectTimeout and UnsupportedProtocol say that nothing
    was sent. Of the time-outs that a request brings along, `connect` bounds the wait for a
    connection; whoever sends bounds the exchange on it.
    """

    def __init__(self, trust: ssl.SSLContext, *, concurrency: int) -> None:
        self._trust = trust
        self._slots = asyncio.Semaphore(concurrency)
        self._idle: list[_Connection] = []  # the last to be used goes first
        self._open: set[_Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        connection = await self._acquire(request)
        try:
            answer = await connection.exchange(_head(request), _whole(request.stream))
        finally:
            self._release(connection)
        body = httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=answer.headers, stream=body)

    async def aclose(self) -> None:
        for connection in self._open:
            connection.abort()
        if self._open:
            await asyncio.wait([connection.closed for connection in self._open])

    async def _acquire(self, request: httpx.Request) -> "_Connection":
        await self._slots.acquire()
        try:
            return self._reuse(_origin(request.url)) or await self._connect_in_time(request)
        except BaseException:
            self._slots.release()
            raise

    async def _connect_in_time(self, request: httpx.Request) -> "_Connection":
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("connect")):
                return await self._connect(request.url)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no answer") from error
        except (OSError, UnicodeError) as error:  # UnicodeError: no name that can be looked up
            raise httpx.ConnectError(str(error)) from error

    def _reuse(self, origin: Origin) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.origin == origin and connection.is_quiet():
                return connection
            connection.abort()
        return None

    async def _connect(self, url: httpx.URL) -> "_Connection":
        if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > _LAST_PORT:
            raise httpx.UnsupportedProtocol(f"not an http(s) address: {url}")
        trust = self._trust if url.scheme == "https" else None
        host, port = url.raw_host.decode("ascii"), url.port or (443 if trust else 80)
        loop = asyncio.get_running_loop()
        connection = _Connection(_origin(url), loop)
        await loop.create_connection(lambda: connection, host, port, happy_eyeballs_delay=0.25)
        if trust:
            await connection.encrypt(trust, host)
        self._open.add(connection)
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    def _release(self, connection: "_Connection") -> None:
        if connection.is_done():
            self._idle.append(connection)
        else:
            connection.abort()
        self._slots.release()


class _Connection(asyncio.Protocol):
    """A connection, which carries one exchange after another."""

    def __init__(self, origin: Origin, loop: asyncio.AbstractEventLoop) -> None:
        self.origin = origin
        self.closed: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._wire: asyncio.Transport
        self._line: asyncio.Transport
        self._readable: Callable[[], object]
        self._answer: Answer | None = None
        self._outcome: asyncio.Future[httpx.TransportError | None] = loop.create_future()
        self._idle_since = -inf  # not idle

    async def encrypt(self, trust: ssl.SSLContext, host: str) -> None:
        try:
            line = await self._loop.start_tls(self._wire, self, trust, server_hostname=host)
        except BaseException:
            self.abort()
            raise
        if line is None:
            raise ConnectionResetError("closed while encryption was agreed on")
        self._line = line

    async def exchange(self, head: bytes, body: bytes) -> Answer:
        if self._line.is_closing():
            raise httpx.ConnectError("the connection was closed before anything was sent")
        self._idle_since = -inf
        self._outcome = self._loop.create_future()
        answer = self._answer = Answer()
        # As one: each piece would be encrypted by itself, and gives the interpreter away for that.
        # As a view: what TLS does not take at once is cut off it, and bytes would be copied.
        self._line.write(memoryview(head + body))
        if (failure := await self._outcome) is not None:
            raise failure
        return answer

    def is_done(self) -> bool:
        """Say whether another request may follow: all is said."""
        return self._idle_since > -inf and not self._line.is_closing()

    def is_quiet(self) -> bool:
        """Say whether no end and no word came since all was said.

        The event loop may not have seen it yet, so the socket is asked too.
        """
        idle = self._loop.time() - self._idle_since
        return idle < IDLE_SECONDS and not self._line.is_closing() and not self._readable()

    def abort(self) -> None:
        self._line.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._wire = self._line = transport
        self._readable = _looking_at(transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.abort()  # nobody asked
            return
        try:
            self._answer.feed(data)
        except httpx.RemoteProtocolError as error:
            self._conclude(error)
        else:
            self._look_at(self._answer)

    def eof_received(self) -> None:
        if self._answer is None:
            return
        try:
            self._answer.end()
        except httpx.RemoteProtocolError as error:
            self._conclude(error)
        else:
            self._look_at(self._answer)

    def connection_lost(self, exc: Exception | None) -> None:
        error = httpx.ReadError(str(exc) if exc else "closed without an answer")
        error.__cause__ = exc
        self._conclude(error)
        self.closed.set_result(None)

    def _look_at(self, answer: Answer) -> None:
        if not answer.whole:
            return
        # A server that answers before it has the whole request may not read the rest of it.
        unsent = self._wire.get_write_buffer_size()
        self._idle_since = -inf if answer.is_last or unsent else self._loop.time()
        self._conclude(None)

    def _conclude(self, failure: httpx.TransportError | None) -> None:
        if self._answer is not None and not self._outcome.done():
            self._outcome.set_result(failure)
        self._answer = None
        if failure is not None:
            self.abort()


def _whole(stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> bytes:
    assert isinstance(stream, httpx.SyncByteStream)  # what is in memory is both
    return b"".join(stream)


def _origin(url: httpx.URL) -> Origin:
    return url.raw_scheme, url.raw_host, url.port


def _head(request: httpx.Request) -> bytes:
    first = b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)
    lines = [b"%b: %b" % header for header in request.headers.raw]
    return b"\r\n".join([first, *lines, b"", b""])


def _looking_at(transport: asyncio.Transport) -> Callable[[], object]:
    """Return what says whether something is there to be read, an end of the connection included."""
    line = transport.get_extra_info("socket")
    if not hasattr(select, "poll"):  # Windows, whose `select` takes any socket
        return lambda: select.select([line], [], [], 0)[0]
    look = select.poll()
    look.register(line, select.POLLIN)
    return partial(look.poll, 0)
