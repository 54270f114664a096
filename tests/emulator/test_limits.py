"""Limits: what is answered 413, what is refused, what is cut."""

import gzip
import json
from typing import Any

import httpx
import pytest

from importer.emulator import Emulator

from .records import user


def too_large(limit: str) -> dict[str, Any]:
    return {
        "code": 413,
        "status": "Request Entity Too Large",
        "error": f"request exceeds max limit of {limit}",
    }


def test_updates_a_request(http: httpx.Client, emulator: Emulator) -> None:
    """2,000 updates are taken, 2,001 are not, not even in part."""
    answer = http.post("/engage", json=[user(f"u{n}") for n in range(2001)])
    assert (answer.status_code, answer.json()) == (413, too_large("2000 updates"))
    assert emulator.profiles() == {}
    assert http.post("/engage", json=[user(f"u{n}") for n in range(2000)]).text == "1"
    assert emulator.stats()["batch_sizes"] == {"2000": 1, "2001": 1}


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_bytes_a_request(encoding: str, http: httpx.Client, emulator: Emulator) -> None:
    """2,097,152 bytes are taken and one more is not, packed or unpacked."""
    body = json.dumps([user("u1"), user("u2")]).encode()
    fits = body + b" " * (2_097_152 - len(body))
    for data, status in ((fits, 200), (fits + b" ", 413)):
        packed = gzip.compress(data) if encoding else data
        answer = http.post("/engage", content=packed, headers={"content-encoding": encoding})
        assert answer.status_code == status
    assert answer.json() == too_large("2097152 bytes")
    assert emulator.stats()["updates"] == 2


def test_bytes_an_update(http: httpx.Client, emulator: Emulator) -> None:
    """A cell of a megabyte is taken (and cut); an update beyond 1 MiB is refused alone."""
    large, larger = user("u1", values={"a": "x" * 1_000_000}), user("u2", values={"a": "x" * 2**20})
    assert http.post("/engage?strict=1", json=[large]).status_code == 200
    answer = http.post("/engage?strict=1", json=[user("u3"), larger]).json()
    assert answer["failed_records"] == [
        {"index": 1, "field": "", "message": "exceeds max limit of 1048576 bytes"}
    ]
    assert emulator.profiles() == {"u1": {"a": "x" * 255}, "u3": {"plan": "pro"}}


def test_properties_a_profile(http: httpx.Client, emulator: Emulator) -> None:
    """2,000 properties fit on a profile; room is made with $unset, and known ones still change."""
    full = {f"p{n}": n for n in range(2000)}
    records = [
        user("u", values=full),
        user("u", values={"more": 1}),
        user("u", values={"p0": "changed"}),
        user("u", "$unset", ["p1"]),
        user("u", values={"more": 2}),
        user("v", values=full | {"more": 1}),
    ]
    answer = http.post("/engage?strict=1", json=records).json()
    message = "profile exceeds max limit of 2000 properties"
    assert answer["failed_records"] == [
        {"index": index, "field": "$set", "message": message} for index in (1, 5)
    ]
    del full["p1"]
    assert emulator.profiles() == {"u": full | {"p0": "changed", "more": 2}}


def test_cut(http: httpx.Client, emulator: Emulator) -> None:
    """Names and texts are cut at 255 characters, wherever they stand; fewer are left alone."""
    long, cut = "é" * 256, "é" * 255
    values = {long: 1, "text": long, "list": [long, {"n": long}], "fits": cut}
    http.post("/engage", json=[user("u", values=values), user("u", "$append", {"list": long})])
    assert emulator.profile("u") == {
        cut: 1,
        "text": cut,
        "list": [cut, {"n": cut}, cut],
        "fits": cut,
    }


OVERSIZED: list[tuple[Any, str]] = [
    (["x" * 200] * 1400, "exceeds max limit of 262144 bytes for a list or an object"),
    ({str(n): n for n in range(256)}, "exceeds max limit of 255 keys"),
    ([{str(n): n for n in range(256)}], "exceeds max limit of 255 keys"),
    ({"a": {"b": {"c": {"d": 1}}}}, "exceeds max depth of 3"),
    ([[[[[]]]]], "exceeds max depth of 3"),
    (json.loads("[" * 500 + "]" * 500), "exceeds max depth of 3"),
]


@pytest.mark.parametrize(("value", "message"), OVERSIZED)
def test_oversized_values(value: Any, message: str, http: httpx.Client) -> None:
    """Lists and objects beyond the data-type page's limits are refused."""
    answer = http.post("/engage?strict=1", json=[user("u", values={"fine": 1, "p": value})]).json()
    assert answer["failed_records"] == [{"index": 0, "field": "$set.p", "message": message}]


def test_large_values_that_fit(http: httpx.Client, emulator: Emulator) -> None:
    """Lists and objects at the limits are taken as they are."""
    values = {
        "list": ["x" * 200] * 1200,
        "object": {str(n): n for n in range(255)},
        "deep": {"a": {"b": {"c": 1}}},
        "objects": [{"a": {"b": 1}}],
    }
    assert http.post("/engage?strict=1", json=[user("u", values=values)]).status_code == 200
    assert emulator.profile("u") == values


@pytest.mark.parametrize("operation", ["$append", "$union"])
def test_values_that_grow(operation: str, http: httpx.Client, emulator: Emulator) -> None:
    """What is added to a list counts together with what is there."""
    some = ["v" * 250] * 1000 if operation == "$append" else [f"{n:0250}" for n in range(1000)]
    http.post("/engage", json=[user("u", values={"l": some})])
    more = [f"x{n:0249}" for n in range(1000)]
    answer = http.post("/engage?strict=1", json=[user("u", operation, {"l": more})])
    assert answer.status_code == 400
    profile = emulator.profile("u")
    assert profile is not None
    assert profile["l"] == some


def test_own_properties_do_not_count(http: httpx.Client) -> None:
    """A profile holds 2,000 properties of its owner's, whoever else sets some."""
    update = {"$token": "t", "$distinct_id": "u", "$set": {f"p{n}": n for n in range(1999)}}
    assert http.post("/engage", json=[update]).text == "1"
    assert http.post("/engage", json=[user("u", values={"q": 1})]).text == "1"
    assert http.post("/engage", json=[user("u", values={"r": 1})]).text == "0"


def test_long_names_are_unset(http: httpx.Client, emulator: Emulator) -> None:
    """A name that was cut when it was set is cut when it is unset."""
    http.post("/engage", json=[user("u", values={"n" * 300: 1, "o": {"n" * 300: 1}})])
    assert emulator.profile("u") == {"n" * 255: 1, "o": {"n" * 255: 1}}
    http.post("/engage", json=[user("u", "$unset", ["n" * 300])])
    assert emulator.profile("u") == {"o": {"n" * 255: 1}}
