"""Who may talk to the page: the browser that was shown the secret, on this machine, and no site.

Another program cannot know the secret; another site in the same browser cannot use the cookie
(SameSite), cannot post (Origin, Sec-Fetch-Site), and cannot make its own name mean this machine
(Host). Every answer forbids the browser whatever the page does not need.
"""

import secrets
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
)

_SAFE = ("GET", "HEAD")

_DENIED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not open</title>
<h1>This page is not open to you yet</h1>
<p>Open the whole address that <code>importer ui</code> printed in its terminal. If you just did,
<a href="/">go on</a>.</p></html>"""


class Guard:
    """Stands before an application; `url` is the address that opens it."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port
        self._secret = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/?secret={self._secret}"

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers do not tell ports apart."""
        return f"importer-{self._port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = self._refusal(Request(scope))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await (answer or self._app)(scope, receive, guarded)

    def _refusal(self, request: Request) -> Response | None:
        """Answer in place of the application, or let it answer."""
        headers = request.headers
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("This page has another address.", 421)
        if request.method not in _SAFE and not self._from_itself(headers, hosts[0]):
            return PlainTextResponse("Only the page itself may ask for that.", 403)
        if request.url.path == "/" and request.method in _SAFE and "secret=" in request.url.query:
            return self._let_in(request)
        if not _equal(_cookies(headers, self.cookie), self._session):
            return HTMLResponse(_DENIED, 403)
        return None

    def _from_itself(self, headers: Headers, host: str) -> bool:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None and site is None:
            return False
        return origin in (None, f"http://{host}".lower()) and site in (None, "same-origin")

    def _let_in(self, request: Request) -> Response:
        """Trade the secret for a cookie, so that it stays in no address line and no history."""
        if not _equal(parse_qs(request.url.query).get("secret", []), self._secret):
            return HTMLResponse(_DENIED, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self._session, httponly=True, samesite="strict", path="/")
        return answer


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for line in headers.getlist("cookie"):
        try:
            jar = SimpleCookie(line)
        except CookieError:
            continue
        if name in jar:
            found.append(jar[name].value)
    return found


def _equal(given: Iterable[str], expected: str) -> bool:
    return any(secrets.compare_digest(each.encode(), expected.encode()) for each in given)
