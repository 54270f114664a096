"""The page at `/`: its files, a profile as Mixpanel shows it, and what happens live."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest

from importer.emulator import Emulator, running

from .records import group, user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES = ("/", "/_emulator/page/page.css", "/_emulator/page/page.js")


@pytest.mark.parametrize("path", [*FILES, "/_emulator/stats", "/_emulator/page/search"])
def test_headers(path: str, http: httpx.Client) -> None:
    """Browsers are told to run and to show nothing but what the emulator itself serves."""
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_nothing_comes_from_elsewhere(http: httpx.Client) -> None:
    """The page is three files; it names no other server, and never makes markup of texts."""
    html, css, script = (http.get(path).text for path in FILES)
    assert set(re.findall(r'(?:src|href)="(/[^"]*)"', html)) == set(FILES[1:])
    everything = (html + css + script).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|@import|url\(", everything) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval", script) == []
    assert re.findall(r"<style|\son\w+=|\sstyle=|<script(?![^>]*\ssrc=)", html) == []


def test_only_the_page_is_new(http: httpx.Client) -> None:
    """Beside the page nothing else answers."""
    assert http.head("/").status_code == 200
    for method, path in (
        ("POST", "/"),
        ("GET", "/page.js"),
        ("GET", "/_emulator/page/app.py"),
        ("GET", "/_emulator/page/%2E%2E/app.py"),
        ("GET", "/_emulator/pages"),
    ):
        assert http.request(method, path).status_code == 404


VALUES: list[tuple[Any, str, Any]] = [
    ("Ann", "string", "Ann"),
    ("007", "string", "007"),
    ("", "string", ""),
    ("true", "string", "true"),
    ("<script>alert(1)</script>", "string", "<script>alert(1)</script>"),
    ("2025-04-03", "date", "2025-04-03"),
    ("2025-04-03T10:20:30", "date", "2025-04-03T10:20:30"),
    ("2025-02-30", "string", "2025-02-30"),
    ("2025-04-03T10:20", "string", "2025-04-03T10:20"),
    ("2025-04-03T10:20:30Z", "string", "2025-04-03T10:20:30Z"),
    ("٢٠٢٥-٠٤-٠٣", "string", "٢٠٢٥-٠٤-٠٣"),
    (1743638400, "number", "1743638400"),
    (9007199254740993, "number", "9007199254740993"),
    (-1.5, "number", "-1.5"),
    (True, "boolean", "true"),
    (None, "null", "null"),
    ({"a": [1]}, "object", '{\n  "a": [\n    1\n  ]\n}'),
]


@pytest.mark.parametrize(("value", "type_", "text"), VALUES)
def test_types(value: Any, type_: str, text: str, http: httpx.Client) -> None:
    """Each value comes with the type that Mixpanel documents for it, and as exactly its text."""
    http.post("/engage", json=[user("u", values={"p": value})])
    answer = http.get("/_emulator/page/profile", params={"id": "u"})
    expected = {"property": "p", "name": "p", "type": type_, "text": text}
    assert answer.json()["properties"] == [expected]
    assert answer.headers["content-type"] == "application/json"


def test_lists(http: httpx.Client) -> None:
    """A list comes item by item; of a long one it is said how much is missing."""
    values = {"tags": ["a", 1, None, {"b": 2}], "long": [1] * 205, "none": []}
    http.post("/engage", json=[user("u", values=values)])
    tags, long, none = http.get("/_emulator/page/profile?id=u").json()["properties"]
    assert (tags["items"], tags["more"], tags["type"]) == (["a", "1", "null", '{"b":2}'], 0, "list")
    assert (len(long["items"]), long["more"]) == (200, 5)
    assert (none["items"], none["more"]) == ([], 0)


def test_display_names(http: httpx.Client) -> None:
    """Mixpanel's own properties come first, under the names that it shows."""
    values = {"plan": "pro", "$email": "a@b.example", "$last_name": "Doe", "$first_name": "Jo"}
    updated = user("u", values=values) | {"$ignore_time": False, "$time": 1743638400}
    http.post("/engage", json=[updated])
    profile = http.get("/_emulator/page/profile?id=u").json()
    assert (profile["title"], profile["id"], profile["kind"]) == ("Jo Doe", "u", "")
    assert [(one["name"], one["type"]) for one in profile["properties"]] == [
        ("First Name", "string"),
        ("Last Name", "string"),
        ("Email", "string"),
        ("Updated at", "date"),
        ("plan", "string"),
    ]


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"$name": "Ann D", "$first_name": "Jo"}, "Ann D"),
        ({"$name": " ", "$last_name": "Doe"}, "Doe"),
        ({"$email": "a@b.example", "$first_name": None}, "a@b.example"),
        ({"plan": "pro"}, "u"),
    ],
)
def test_title(values: dict[str, Any], title: str, http: httpx.Client) -> None:
    """A profile is called by its name, its address or its id, whichever it has."""
    http.post("/engage", json=[user("u", values=values)])
    assert http.get("/_emulator/page/profile?id=u").json()["title"] == title
    assert http.get("/_emulator/page/search").json()["profiles"][0]["title"] == title


def events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_live(http: httpx.Client) -> None:
    """Who listens is told what there is, and then every change."""
    http.post("/groups", json=[group("g")])
    http.put("/_emulator/faults", json=[{"kind": "status", "status": 503, "first": 1}])
    with http.stream("GET", "/_emulator/page/live") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        told = events(answer)
        first = next(told)
        assert first["stats"] == http.get("/_emulator/stats").json()
        assert (first["kinds"], first["in_flight"]) == ({"company": 1}, 0)
        assert [one["path"] for one in first["latest"]] == ["/groups"]
        for _ in range(2):
            http.post("/engage", json=[user("u"), user("v")])
        last = next(event for event in told if event["stats"]["requests"] == 3)
        assert last["kinds"] == {"": 2, "company": 1}
        rule = {"kind": "status", "status": 503, "first": 1}
        (fault,) = last["faults"]
        assert (fault["rule"], fault["struck"], fault["over"]) == (rule, 1, True)
        shown = [
            (one["method"], one["path"], one["status"], one["updates"]) for one in last["latest"]
        ]
        assert shown == [
            ("POST", "/engage", "200", 2),
            ("POST", "/engage", "503", 2),
            ("POST", "/groups", "200", 1),
        ]
        assert all(one["milliseconds"] > 0 for one in last["latest"])
        http.delete("/_emulator")
        forgotten = next(event for event in told if event["stats"]["requests"] == 0)
        assert (forgotten["latest"], forgotten["faults"], forgotten["kinds"]) == ([], [], {})


def test_latest_requests_are_bounded(http: httpx.Client, emulator: Emulator) -> None:
    """The latest fifty requests are remembered, those without an answer too."""
    for n in range(60):
        http.post("/engage", json=[user("u")] * (n + 1))
    emulator.faults({"kind": "drop"})
    with pytest.raises(httpx.TransportError):
        http.post("/engage", json=[user("u")])
    with http.stream("GET", "/_emulator/page/live") as answer:
        latest = next(events(answer))["latest"]
    assert [one["updates"] for one in latest] == [1, *range(60, 11, -1)]
    assert latest[0]["status"] == "dropped"


def test_stops_while_somebody_listens() -> None:
    """An open page does not keep the server from stopping."""
    with (
        running() as emulator,
        httpx.stream("GET", f"{emulator.url}/_emulator/page/live", timeout=30) as answer,
    ):
        told = events(answer)
        next(told)
        emulator.forget()
    with running(port=emulator.port):
        pass


def test_single_rules(http: httpx.Client) -> None:
    """A rule can be added to others and ended alone; the others keep their counts."""
    once = {"kind": "status", "status": 503, "first": 1}
    assert http.post("/_emulator/faults", json=once).json() == {"rules": [once]}
    assert http.post("/engage", json=[user("u")]).status_code == 503
    later = {"kind": "status", "status": 429}
    assert http.post("/_emulator/faults", json=later).json() == {"rules": [once, later]}
    assert http.post("/engage", json=[user("u")]).status_code == 429
    with http.stream("GET", "/_emulator/page/live") as answer:
        numbers = [one["number"] for one in next(events(answer))["faults"]]
    assert http.delete(f"/_emulator/faults/{numbers[1]}").json() == {"rules": [once]}
    assert http.post("/engage", json=[user("u")]).text == "1"
    assert http.delete(f"/_emulator/faults/{numbers[1]}").status_code == 404
    assert http.delete("/_emulator/faults/x").status_code == 404
    wrong = http.post("/_emulator/faults", json={"kind": "nonsense"})
    assert (wrong.status_code, "kind must be" in wrong.json()["error"]) == (400, True)
    assert http.get("/_emulator/faults").json() == {"rules": [once]}


def test_files_are_in_the_package() -> None:
    """What the page consists of lies beside the code that serves it."""
    names = {path.name for path in files("importer.emulator.page").iterdir()}
    assert {"page.html", "page.css", "page.js"} <= names
