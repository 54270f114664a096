"""Who may look inside the emulator and change what it does."""

import httpx
import pytest

from importer.emulator import Emulator, running

from .records import user

FOREIGN = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://localhost:{port}"},
    {"host": "evil.example"},
    {"host": "evil.example:{port}", "origin": "http://evil.example:{port}"},
    {"host": "127.0.0.1.evil.example:{port}"},
    {"host": "[::1"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
]
OWN = [
    {},
    {"origin": "http://127.0.0.1:{port}"},
    {"host": "localhost:{port}", "origin": "http://localhost:{port}"},
    {"host": "LOCALHOST", "origin": "http://localhost"},
    {"host": "[::1]:{port}"},
    {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"},
    {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
]
CALLS = [
    ("GET", "/"),
    ("GET", "/_emulator/page/page.js"),
    ("GET", "/_emulator/page/live"),
    ("GET", "/_emulator/profiles"),
    ("PUT", "/_emulator/faults"),
    ("POST", "/_emulator/faults"),
    ("DELETE", "/_emulator"),
]


def ask(http: httpx.Client, method: str, path: str, headers: dict[str, str]) -> int:
    sent = {name: value.format(port=http.base_url.port) for name, value in headers.items()}
    content = {"PUT": b"[]", "POST": b'{"kind": "drop"}'}.get(method)
    with http.stream(method, path, headers=sent, content=content) as answer:
        return answer.status_code


@pytest.mark.parametrize("headers", FOREIGN)
def test_other_sites_are_refused(
    headers: dict[str, str], http: httpx.Client, emulator: Emulator
) -> None:
    """No other site that is open in the browser can look inside or change anything."""
    http.post("/engage", json=[user("u")])
    assert {ask(http, *call, headers) for call in CALLS} == {403}
    assert (len(emulator.profiles()), emulator.stats()["requests"]) == (1, 1)
    # The API is open to every site, as the real one is.
    sent = {name: value.format(port=emulator.port) for name, value in headers.items()}
    assert http.post("/engage", headers=sent, json=[user("v")]).text == "1"


@pytest.mark.parametrize("headers", OWN)
def test_own_pages_and_programs_are_not(headers: dict[str, str], http: httpx.Client) -> None:
    """The page itself, and what is no browser, may do everything."""
    assert {ask(http, *call, headers) for call in CALLS} == {200}


def test_links_to_the_page(http: httpx.Client) -> None:
    """A link on another site leads to the page; a form there changes nothing."""
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert ask(http, "GET", "/", followed) == 200
    assert ask(http, "POST", "/_emulator/faults", followed) == 403


def test_open_to_the_network() -> None:
    """A server for other machines answers to any name, and still to no other origin."""
    with running(host="0.0.0.0") as emulator, httpx.Client(base_url=emulator.url) as http:
        named = {"host": "build.example:8765"}
        assert ask(http, "GET", "/", named) == 200
        own, foreign = "http://build.example:8765", "http://evil.example"
        assert ask(http, "DELETE", "/_emulator", named | {"origin": own}) == 200
        assert ask(http, "DELETE", "/_emulator", named | {"origin": foreign}) == 403
