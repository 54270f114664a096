"""Searching the profiles for the page: quickly, in turns, page by page."""

import asyncio
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.emulator import running
from importer.emulator.page.search import Search
from importer.emulator.profiles import USERS, Profiles, opened

from .records import group, user


def ids(http: httpx.Client, **asked: Any) -> list[str]:
    answer = http.get("/_emulator/page/search", params=asked)
    assert answer.status_code == 200
    return [one["id"] for one in answer.json()["profiles"]]


def test_group_profiles(http: httpx.Client) -> None:
    """Group profiles are listed and shown under their key, apart from users."""
    http.post("/groups", json=[group("acme/eu", values={"$name": "ACME"})])
    asked = {"kind": "company", "id": "acme/eu"}
    shown = http.get("/_emulator/page/profile", params=asked).json()
    assert (shown["title"], shown["kind"], shown["id"]) == ("ACME", "company", "acme/eu")
    assert ids(http, kind="company", q="acme") == ["acme/eu"]
    assert ids(http, q="acme") == []
    assert http.get("/_emulator/page/profile?id=acme/eu").status_code == 404


@pytest.fixture(params=["memory", "file"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with either store, and a client of it."""
    store = tmp_path / "profiles.db" if request.param == "file" else None
    with running(store=store) as emulator, httpx.Client(base_url=emulator.url) as client:
        yield client


def test_search(either: httpx.Client) -> None:
    """A part of an id or of a value finds the profile; names of properties and syntax do not."""
    records = [
        user("C-1", values={"$email": "ann@example.com", "city": "Köln", "note": '50%_of "A\\B"'}),
        user("ÜNÏ-2", values={"deep": [{"x": ["needle"]}], "n": 12.5, "ok": True, "line": "a\nb"}),
        user("a%b_c\\d", values={"$email": "100", "x": ":"}),
    ]
    either.post("/engage", json=records)
    found = {
        "ann@": ["C-1"],
        "ANN@EX": ["C-1"],
        "c-1": ["C-1"],
        "köln": ["C-1"],
        "KÖLN": ["C-1"],
        "ünï": ["ÜNÏ-2"],
        "needle": ["ÜNÏ-2"],
        "12.5": ["ÜNÏ-2"],
        "true": ["ÜNÏ-2"],
        "a\nb": ["ÜNÏ-2"],
        '%_of "a\\b"': ["C-1"],
        "%": ["C-1", "a%b_c\\d"],
        "b_C\\": ["a%b_c\\d"],
        "a_b": [],
        "email": [],
        "city": [],
        '":"': [],
        ",": [],
        "": ["C-1", "ÜNÏ-2", "a%b_c\\d"],
    }
    assert {query: ids(either, q=query) for query in found} == found
    (hit,) = either.get("/_emulator/page/search?q=KÖL").json()["profiles"]
    assert hit["match"] == {"name": "city", "text": "Köln"}
    (hit,) = either.get("/_emulator/page/search?q=ANN").json()["profiles"]
    assert hit["match"] == {"name": "Email", "text": "ann@example.com"}


def test_pages(either: httpx.Client) -> None:
    """The pages of a search have every profile once, oldest first, whatever was deleted."""
    either.post("/engage", json=[user(f"u{n}", values={"even": n % 2 == 0}) for n in range(1_100)])
    either.post("/engage", json=[user(f"u{n}", "$delete") for n in range(0, 1_100, 3)])
    for query, every in (("", 1), ("true", 2)):
        pages: list[list[str]] = []
        start: int | None = 0
        while start is not None:
            asked: dict[str, str | int] = {"q": query, "start": start, "limit": 100}
            page = either.get("/_emulator/page/search", params=asked).json()
            pages.append([one["id"] for one in page["profiles"]])
            start = page["next"]
        expected = [f"u{n}" for n in range(0, 1_100, every) if n % 3]
        assert [one for page in pages for one in page] == expected
        assert {len(page) for page in pages[:-1]} == {100}
        assert pages[-1]


@pytest.mark.parametrize("asked", ["limit=x", "start=-1", "limit=0", "limit=101", "start=9e99"])
def test_search_refuses(asked: str, http: httpx.Client) -> None:
    """What cannot be meant is a 400 with its reason."""
    answer = http.get(f"/_emulator/page/search?{asked}")
    assert answer.status_code == 400
    assert "must be" in answer.json()["error"]


def test_search_refuses_more_than_a_text_has(http: httpx.Client) -> None:
    """Texts have 255 characters at most; what is longer is in none."""
    assert http.get("/_emulator/page/search", params={"q": "x" * 255}).status_code == 200
    assert http.get("/_emulator/page/search", params={"q": "x" * 256}).status_code == 400


LETTERS = st.text("abAB 1%_\\\"'{}:,\n\t", max_size=4)
JSON = st.recursive(
    LETTERS | st.booleans() | st.integers(-12, 12) | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(LETTERS, inner, max_size=2),
    max_leaves=4,
)
PROFILES = st.dictionaries(LETTERS, st.dictionaries(LETTERS, JSON, max_size=3), max_size=5)


@given(content=PROFILES, query=LETTERS)
@example(content={"": {"": [{"": False, ":": ""}]}}, query="A")
def test_search_finds_what_a_slow_one_finds(content: dict[str, Any], query: str) -> None:
    """Being quick changes no result, in either store."""
    expected = [
        identifier
        for identifier, properties in content.items()
        if any(query.lower() in text.lower() for text in (identifier, *leaves(properties)))
        or not query
    ]
    for store in map(opened, (None, Path(":memory:"))):
        for identifier, properties in content.items():
            store.put(USERS, identifier, orjson.dumps(properties))
        result = asyncio.run(Search(store).find(USERS, query, 0, 100, stays))
        assert [one["id"] for one in result["profiles"]] == expected
        store.close()


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


async def stays() -> bool:
    return False


async def leaves_at_once() -> bool:
    return True


@pytest.fixture(params=[None, Path(":memory:")], ids=["memory", "file"])
def store(request: pytest.FixtureRequest) -> Iterator[Profiles]:
    profiles = opened(request.param)
    yield profiles
    profiles.close()


def test_long_searches_take_turns(store: Profiles) -> None:
    """A search that takes long stops in between, and goes on where it stopped."""
    with store.batch():
        for n in range(5_000):
            store.put(USERS, f"u{n}", b'{"a":"x"}' if n == 4_321 else b"{}")
    turns = 0
    start: int | None = 0
    found: list[str] = []
    while start is not None:
        slow = count(step=0.5)
        search = Search(store, clock=lambda slow=slow: next(slow))  # type: ignore[misc]
        result = asyncio.run(search.find(USERS, "x", start, 10, stays))
        found += [one["id"] for one in result["profiles"]]
        turns, start = turns + 1, result["next"]
    assert (found, turns > 2) == (["u4321"], True)
    slow = count(step=0.01)
    left = Search(store, clock=lambda: next(slow)).find(USERS, "x", 0, 10, leaves_at_once)
    assert asyncio.run(left) == {"profiles": [], "next": 1_000}


def test_searches_and_imports_side_by_side(store: Profiles) -> None:
    """Profiles that come while a scan waits neither end it nor have it see others twice."""
    for n in range(2_500):
        store.put(USERS, f"u{n}", b"{}")
    seen: list[str] = []
    for step in store.scan(USERS, 0, ()):
        seen += step.identifiers
        if len(seen) < 2_500:
            store.put(USERS, f"late{len(seen)}", b"{}")
    assert seen[:2_500] == [f"u{n}" for n in range(2_500)]
    assert len(seen) == len(set(seen))
