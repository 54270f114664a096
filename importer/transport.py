"""The border to httpx: a request goes out, a reply or a verdict on its absence comes back."""

import os
import ssl
from collections.abc import AsyncIterator

import aiohttp
import httpx
from httpx_aiohttp import HttpxAiohttpClient

from importer.engage import HEADERS
from importer.verdict import Busy, Hopeless, Lost, Reply


def open_client(*, concurrency: int, timeout: float) -> httpx.AsyncClient:
    """Return a client with a connection for each request in flight.

    It runs on aiohttp, which costs a third of httpx's own transport per request. Certificates
    are verified, redirects are not followed, and proxies and certificate authorities come from
    the environment as httpx users expect (`HTTPS_PROXY`, `SSL_CERT_FILE`); a server on this
    machine is reached without a proxy.

    Connecting, the name's resolution included, may take half of `timeout` (seconds): who waits
    the whole of it for an answer must be able to tell that the request never left.
    """
    return HttpxAiohttpClient(
        headers=dict(HEADERS),
        timeout=httpx.Timeout(timeout, connect=timeout / 2, pool=timeout / 2),
        limits=httpx.Limits(
            max_connections=concurrency,
            max_keepalive_connections=concurrency,
            keepalive_expiry=60,
        ),
        follow_redirects=False,
        mounts=dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]")),
    )


async def post(client: httpx.AsyncClient, url: str, body: bytes) -> Reply | Busy | Lost | Hopeless:
    """Send one request. Every foreign exception ends here, as a verdict."""
    length = {"Content-Length": str(len(body))}
    try:
        response = await client.post(url, content=_whole(body), headers=length)
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
        # ValueError: what is not text where HTTP has text, in a host name or in a reason phrase.
        return _judge_absence(error)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, response.content, headers)


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    """Give a body as a stream: aiohttp warns of bytes beyond 1 MiB, which a request may have."""
    yield body


def _judge_absence(error: Exception) -> Busy | Lost | Hopeless:
    """Tell what was certainly not sent from what may have arrived.

    The exception beneath decides: the bridge from aiohttp names a connection that closed without
    an answer a connect time-out, which it is not.
    """
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__ or error
    words = f"{type(cause).__name__}: {' '.join(str(cause).split())}".rstrip(": ")
    if isinstance(cause, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return Hopeless(f"the server's certificate is not trusted ({words})")
    if isinstance(cause, aiohttp.ClientConnectorError):
        # Its own words are aiohttp's inner life; the system's are the ones people know.
        code = cause.errno or 0
        reason = os.strerror(code) if code > 0 else cause.strerror
        return Busy(f"cannot connect: {reason or words}")
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return Busy("cannot connect: no answer")
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return Busy(f"the proxy does not connect ({words})")
    if isinstance(cause, httpx.ConnectError | httpx.PoolTimeout | httpx.ProxyError):
        return Busy(words)
    if isinstance(cause, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        # Their words quote what was received, and a server may send back what it was sent.
        return Lost(f"an answer that is not whole or not HTTP ({type(cause).__name__})")
    if isinstance(cause, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return Hopeless(words)
    if isinstance(cause, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Hopeless(words)
    return Lost(words)
