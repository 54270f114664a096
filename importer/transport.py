"""The border to httpx: a request goes out, a reply or a verdict on its absence comes back."""

import ssl

import aiohttp
import httpx
from httpx_aiohttp import HttpxAiohttpClient

from importer.engage import HEADERS
from importer.verdict import Busy, Hopeless, Lost, Reply


def open_client(*, concurrency: int, timeout: float) -> httpx.AsyncClient:
    """Return a client with a connection for each request in flight.

    It runs on aiohttp, which costs a third of httpx's own transport per request. Certificates
    are verified, redirects are not followed, and proxies and certificate authorities come from
    the environment as httpx users expect (`HTTPS_PROXY`, `SSL_CERT_FILE`).
    """
    return HttpxAiohttpClient(
        headers=dict(HEADERS),
        timeout=httpx.Timeout(timeout),
        limits=httpx.Limits(
            max_connections=concurrency,
            max_keepalive_connections=concurrency,
            keepalive_expiry=60,
        ),
        follow_redirects=False,
    )


async def post(client: httpx.AsyncClient, url: str, body: bytes) -> Reply | Busy | Lost | Hopeless:
    """Send one request. Every foreign exception ends here, as a verdict."""
    try:
        response = await client.post(url, content=body)
    except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
        return _judge_absence(error)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, response.content, headers)


def _judge_absence(error: Exception) -> Busy | Lost | Hopeless:
    """Tell what was certainly not sent from what may have arrived.

    The exception beneath decides: the bridge from aiohttp names a connection that closed without
    an answer a connect time-out, which it is not.
    """
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__ or error
    words = f"{type(cause).__name__}: {' '.join(str(cause).split())}".rstrip(": ")
    if isinstance(cause, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return Hopeless(f"the server's certificate is not trusted ({words})")
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Busy(words)
    if isinstance(cause, httpx.ConnectError | httpx.PoolTimeout | httpx.ProxyError):
        return Busy(words)
    if isinstance(cause, httpx.UnsupportedProtocol | aiohttp.InvalidURL):
        return Hopeless(words)
    return Lost(words)
