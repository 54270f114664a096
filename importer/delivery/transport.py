"""The border to httpx: a request goes out, a reply or a verdict on its absence comes back."""

import asyncio
import os
import re
import ssl
from collections.abc import Iterator
from functools import cached_property
from typing import Self
from urllib.request import getproxies, proxy_bypass

import httpx

from importer.address import is_loopback
from importer.delivery.http1 import Http1Transport
from importer.delivery.verdict import Busy, Hopeless, Lost, Reply
from importer.engage import HEADERS


class Client:
    """Requests to one address; `transport` is for those who want no network."""

    def __init__(
        self,
        url: str,
        *,
        concurrency: int,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._transport = transport
        self._concurrency = concurrency
        self.timeout = timeout

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._transport is not None:
            await self._transport.aclose()

    async def send(self, body: bytes) -> Reply:
        """Send one request. httpx's own client would double what it costs (0.26 ms of 0.5)."""
        url, shared, extensions = self._common
        transport = self.prepare()
        # A stream: of a body as `content` httpx works out what is known here.
        headers = [*shared, (b"Content-Length", b"%d" % len(body))]
        request = httpx.Request(
            "POST", url, headers=headers, stream=httpx.ByteStream(body), extensions=extensions
        )
        response = await transport.handle_async_request(request)
        return Reply(response.status_code, await _content(response), response.headers)

    def prepare(self) -> httpx.AsyncBaseTransport:
        """Return the transport; what it takes is read first: certificates, proxies."""
        if self._transport is None:
            self._transport = _way_to(self._common[0], self._concurrency)
        return self._transport

    @cached_property
    def _common(self) -> tuple[httpx.URL, list[tuple[bytes, bytes]], dict[str, object]]:
        """What all requests have in common."""
        url = httpx.URL(self._url)
        first = httpx.Request("POST", url, headers=dict(HEADERS))
        if url.userinfo:
            next(httpx.BasicAuth(url.username, url.password).auth_flow(first))
        del first.headers["Content-Length"]
        limits = httpx.Timeout(self.timeout, connect=self.timeout / 2, pool=self.timeout / 2)
        return url, first.headers.raw, {"timeout": limits.as_dict()}


def open_client(url: str, *, concurrency: int, timeout: float) -> Client:
    """Return a client with a connection for each request in flight.

    Certificates are verified, redirects are not followed, and proxies and certificate authorities
    come from the environment as httpx users expect (`HTTPS_PROXY`, `SSL_CERT_FILE`); a server on
    this machine is reached without a proxy.

    Connecting, the name's resolution included, may take half of `timeout` (seconds): who waits
    the whole of it for an answer must be able to tell that the request never left.
    """
    return Client(url, concurrency=concurrency, timeout=timeout)


async def post(client: Client, body: bytes) -> Reply | Busy | Lost | Hopeless:
    """Send one request. Every foreign exception ends here, as a verdict."""
    try:
        client.prepare()  # takes its time on a busy machine, and nothing has been sent until then
        async with asyncio.timeout(client.timeout):
            return await client.send(body)
    except TimeoutError:
        return Lost(f"no answer within {client.timeout:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # ValueError: what is not text where HTTP has text.
        return _judge_absence(error)


async def _content(response: httpx.Response) -> bytes:
    """Return the body: one that is in memory, and not packed, as we ask for, is there already."""
    stream = response.stream
    if isinstance(stream, httpx.ByteStream) and "content-encoding" not in response.headers:
        return b"".join(stream)
    return await response.aread()


def _way_to(url: httpx.URL, concurrency: int) -> httpx.AsyncBaseTransport:
    """Return our own transport, or httpx's for the rare run that goes by a proxy."""
    try:
        trust = httpx.create_ssl_context()
        if (proxy := _proxy(url)) is None:
            return Http1Transport(trust, concurrency=concurrency)
        limits = httpx.Limits(
            max_connections=concurrency, max_keepalive_connections=concurrency, keepalive_expiry=60
        )
        return httpx.AsyncHTTPTransport(trust, proxy=proxy, limits=limits)
    except (OSError, ValueError, ImportError) as error:  # ImportError: a package for SOCKS
        said = f"the proxy or the certificates that the environment names: {error}"
        raise httpx.UnsupportedProtocol(said) from error


def _proxy(url: httpx.URL) -> str | None:
    """Return the proxy to this address, chosen as urllib documents it."""
    if is_loopback(url.host) or proxy_bypass(url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _judge_absence(error: Exception) -> Busy | Lost | Hopeless:
    """Tell what was certainly not sent from what may have arrived."""
    root = list(_causes(error))[-1]
    text = " ".join(_system_words(root).split())
    if isinstance(root, ssl.SSLCertVerificationError):
        return Hopeless(f"the server's certificate is not trusted ({text})")
    match error:
        case httpx.ConnectTimeout():
            return Busy("cannot connect: no answer")
        case httpx.ConnectError():
            return Busy(f"cannot connect: {text}")
        case httpx.PoolTimeout():
            return Busy("no connection was free")
        case httpx.ProxyError():
            return Busy(f"the proxy does not connect: {text}")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Hopeless(text)
        case httpx.ProtocolError() | httpx.DecodingError():
            # Their words may quote what was received, and a server may send back what it was sent.
            return Lost(f"an answer that is not whole or not HTTP ({type(error).__name__})")
        case _:
            return Lost(text)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _system_words(error: BaseException) -> str:
    """Say what the system says, without a library's words around it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}".replace("_", " ").lower().replace("tls", "TLS", 1)
    code = getattr(error, "errno", None)
    # Several addresses were tried: asyncio tells of all of them in one text.
    if code is None and (found := re.search(r"\[Errno (\d+)\]", str(error))):
        code = int(found[1])
    if code is not None and code > 0:
        return os.strerror(code)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
