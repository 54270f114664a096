"""The border to httpx, over real sockets: what came back, or what its absence means."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import trustme

from importer.delivery.transport import Client, open_client, post
from importer.delivery.verdict import Busy, Hopeless, Lost, Reply
from importer.engage import HEADERS

from .raw_server import (
    ONE,
    refusing,
    reset,
    say,
    say_and_close,
    say_nothing,
    served,
    unreachable,
)

T = TypeVar("T")
Outcome = Reply | Busy | Lost | Hopeless


def with_client(use: Callable[[Client], Awaitable[T]], url: str, *, timeout: float = 5.0) -> T:
    async def run() -> T:
        async with open_client(url, concurrency=2, timeout=timeout) as client:
            return await use(client)

    return asyncio.run(run())


def sent(port: int, body: bytes = b"[]", *, scheme: str = "http", timeout: float = 5.0) -> Outcome:
    """Send one request to this machine."""
    url = f"{scheme}://127.0.0.1:{port}/engage"
    return with_client(lambda client: post(client, body), url, timeout=timeout)


def test_request_on_the_wire() -> None:
    """A POST of JSON with its length, neither compressed nor chunked; the answer is handed on."""
    with served(say(ONE)) as (port, requests):
        reply = sent(port, b'[{"a":1}]')
    head, _, body = requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert (first, body) == ("POST /engage HTTP/1.1", b'[{"a":1}]')
    assert headers["content-length"] == "9"
    assert headers.items() >= {name.lower(): value for name, value in HEADERS.items()}.items()
    assert not headers.keys() & {"transfer-encoding", "content-encoding", "authorization"}
    assert reply == Reply(200, b"1", {"content-length": "1"})


def test_large_body_goes_without_a_warning() -> None:
    """A request may have 2 MB."""
    body = b"[" + b"1," * 990_000 + b"1]"
    with warnings.catch_warnings(), served(say(ONE)) as (port, requests):
        warnings.simplefilter("error")
        assert sent(port, body) == Reply(200, b"1", {"content-length": "1"})
    assert requests[0].endswith(body)


def test_header_names_are_lower_case() -> None:
    with served(say(b"HTTP/1.1 429 No\r\nRETRY-After: 7\r\nContent-Length: 0\r\n\r\n")) as (
        port,
        _,
    ):
        assert sent(port) == Reply(429, b"", {"retry-after": "7", "content-length": "0"})


def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other: the token goes nowhere else."""
    answer = b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with served(say(answer)) as (port, requests):
        reply = sent(port)
    assert isinstance(reply, Reply)
    assert (reply.status, len(requests)) == (307, 1)


MANGLED = {
    "no answer": b"",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "bytes": b"\x00\x01\x02\r\n\r\n",
    "a bare page": b"<html>hello</html>",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1",
    "no length": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n1",
    "no chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n1",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n1",
    "a head without end": b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
    "not what it is packed as": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: 3\r\n\r\nabc",
}


@pytest.mark.parametrize("answer", MANGLED.values(), ids=MANGLED.keys())
def test_mangled_answers_are_lost(answer: bytes) -> None:
    """The request was written, so it may have been applied, whatever came instead of an answer."""
    with served(say_and_close(answer)) as (port, requests):
        assert isinstance(sent(port), Lost)
    assert len(requests) == 1, "and nothing below sends it again by itself"


def test_what_a_server_sends_back_is_not_quoted() -> None:
    """A server that answers with what it was sent does not bring the token into a message."""
    secret = b'[{"$token":"0123456789abcdef"}]'
    with served(lambda connection, request: connection.sendall(request[-len(secret) :])) as (
        port,
        _,
    ):
        assert sent(port, secret + b"\r\n") == Lost(
            "an answer that is not whole or not HTTP (RemoteProtocolError)"
        )


def test_reset_after_the_request_is_lost() -> None:
    with served(reset) as (port, _):
        assert isinstance(sent(port), Lost)


def test_slow_answer_is_lost() -> None:
    """A server that took the request and does not answer in time may have applied it."""
    with served(say_nothing) as (port, _):
        assert isinstance(sent(port, timeout=0.2), Lost)


def test_slow_body_is_lost() -> None:
    with served(say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1")) as (port, _):
        assert isinstance(sent(port, timeout=0.2), Lost)


def test_refused_port_is_unsent() -> None:
    with refusing() as port:
        assert isinstance(sent(port), Busy)


def test_unresolvable_name_is_unsent() -> None:
    """`.invalid` never resolves (RFC 6761)."""
    verdict = with_client(lambda client: post(client, b"[]"), "http://nowhere.invalid/engage")
    assert isinstance(verdict, Busy)


def test_connecting_gives_up_before_the_whole_timeout() -> None:
    """A connection that does not come about in half of the time is known to be unsent."""

    async def within(client: Client) -> Outcome:
        async with asyncio.timeout(1.6):
            return await post(client, b"[]")

    with unreachable() as port:
        verdict = with_client(within, f"http://127.0.0.1:{port}/engage", timeout=1.6)
    assert verdict == Busy("cannot connect: no answer")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://127.0.0.1:99999/", "http://\u2028/"])
def test_impossible_addresses_are_hopeless(url: str) -> None:
    assert isinstance(with_client(lambda client: post(client, b"[]"), url), Hopeless)


def test_connection_is_kept() -> None:
    """Requests follow one another on one connection."""
    ports: list[Any] = []

    def note(connection: Any, request: bytes) -> None:
        ports.append(connection.getpeername())
        connection.sendall(ONE)

    async def thrice(client: Client) -> list[Outcome]:
        return [await post(client, b"[]") for _ in range(3)]

    with served(note) as (port, _):
        replies = with_client(thrice, f"http://127.0.0.1:{port}/")
    assert [type(reply) for reply in replies] == [Reply] * 3
    assert len(set(ports)) == 1


def test_connection_that_was_closed_meanwhile() -> None:
    """A connection that ended while the loop was busy is not used again: nothing is lost on it."""
    closed = threading.Event()

    def act(connection: Any, _: bytes) -> None:
        connection.sendall(ONE)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    async def twice(client: Client) -> list[Outcome]:
        first = await post(client, b"[]")
        assert closed.wait(10)  # the loop sees nothing meanwhile
        return [first, await post(client, b"[]")]

    with served(act, say(ONE)) as (port, _):
        replies = with_client(twice, f"http://127.0.0.1:{port}/")
    assert [type(reply) for reply in replies] == [Reply] * 2


@pytest.fixture
def tls() -> ssl.SSLContext:
    """A server's side of TLS, certified for this machine by an authority nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_untrusted_certificate_is_hopeless(tls: ssl.SSLContext) -> None:
    """Certificates are verified, and nothing is sent to a server that cannot show a good one."""
    with served(say(ONE), tls=tls) as (port, requests):
        verdict = sent(port, scheme="https")
    assert isinstance(verdict, Hopeless)
    assert "certificate is not trusted" in verdict.message
    assert len(requests) == 0


def test_trusted_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificate authorities come from the environment, as users of httpx expect."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with served(say(ONE), tls=context) as (port, _):
        assert isinstance(sent(port, scheme="https"), Reply)


def test_certificates_are_read_before_the_clock_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes its time before a request can be sent is not taken for an answer that is late."""
    (tmp_path / "ca.pem").write_bytes(trustme.CA().cert_pem.bytes() * 4_000)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with served(say(ONE)) as (port, _):
        assert isinstance(sent(port, timeout=0.3), Reply)


def test_no_tls_behind_https_is_unsent() -> None:
    """A server that does not speak TLS never saw the request."""
    with served(say_and_close(ONE)) as (port, requests):
        with_tls = sent(port, scheme="https")
    assert (type(with_tls), len(requests)) == (Busy, 0)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_this_machine_is_reached_without_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment does not stand before an emulator."""
    for other in ("NO_PROXY", "no_proxy", name.lower()):
        monkeypatch.delenv(other, raising=False)
    with refusing() as nobody, served(say(ONE)) as (port, _):
        monkeypatch.setenv(name, f"http://127.0.0.1:{nobody}")
        assert isinstance(sent(port), Reply)


def test_proxy_that_cannot_be_reached_is_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as nobody:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{nobody}")
        verdict = with_client(lambda c: post(c, b"[]"), "https://api.mixpanel.invalid/")
    assert isinstance(verdict, Busy)


UNSENT: list[Exception] = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("no answer"),
    httpx.PoolTimeout("no connection is free"),
    httpx.ProxyError("refused"),
]
PERHAPS_SENT: list[Exception] = [
    httpx.CloseError(""),
    httpx.DecodingError(""),
    httpx.LocalProtocolError(""),
    httpx.ReadError(""),
    httpx.ReadTimeout(""),
    httpx.RemoteProtocolError(""),
    httpx.TooManyRedirects(""),
    httpx.WriteError(""),
    httpx.WriteTimeout(""),
    ConnectionResetError(104, "reset"),
    BrokenPipeError(32, "pipe"),
    TimeoutError(),
    UnicodeError("label too long"),
]
NEVER: list[Exception] = [
    httpx.InvalidURL("x"),
    httpx.UnsupportedProtocol("x"),
]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (error, kind)
        for errors, kind in ((UNSENT, Busy), (PERHAPS_SENT, Lost), (NEVER, Hopeless))
        for error in errors
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_foreign_exception_has_a_meaning(error: Exception, kind: type[Outcome]) -> None:
    """Certainly unsent, perhaps applied, or hopeless."""

    async def fail(request: httpx.Request) -> httpx.Response:
        raise error

    async def run() -> Outcome:
        url, wire = "http://127.0.0.1/engage", httpx.MockTransport(fail)
        async with Client(url, concurrency=1, timeout=5.0, transport=wire) as client:
            return await post(client, b"[]")

    assert type(asyncio.run(run())) is kind


def test_the_list_of_foreign_exceptions_is_complete() -> None:
    """A new version's new exception is looked at by somebody."""
    covered = {type(error) for error in (*UNSENT, *PERHAPS_SENT, *NEVER)}
    assert set(_leaves(httpx.RequestError)) - covered == set()


def _below(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _below(child))]


def _leaves(kind: type[Exception]) -> list[type[Exception]]:
    return [below for below in _below(kind) if not below.__subclasses__()]


def test_no_answer_waits_for_the_garbage_collector() -> None:
    """What a request leaves is given up at once: a long run would keep megabytes until a sweep."""

    async def use(client: Client) -> int:
        await post(client, b"[]")
        gc.collect()
        gc.disable()
        try:
            for _ in range(50):
                await post(client, b"[]")
            return gc.collect()
        finally:
            gc.enable()

    with served(say(ONE)) as (port, _):
        assert with_client(use, f"http://127.0.0.1:{port}") < 50
