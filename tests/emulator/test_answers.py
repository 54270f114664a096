"""Answers: 1 and 0, verbose, strict, callback."""

from typing import Any

import httpx
import pytest

from importer.emulator import Emulator

from .records import group, user

GOOD = user("u1")
BAD = user("")
NO_DATA = "data, missing or empty"
NO_ID = "$distinct_id, missing or empty"

PLAIN: list[tuple[Any, str, str | None]] = [
    ([GOOD], "1", None),
    ([GOOD, BAD], "1", None),
    ([BAD], "0", NO_ID),
    ([user("u1") | {"$token": ""}], "0", "token, missing or empty"),
    ([], "0", NO_DATA),
    ("text", "0", NO_DATA),
]


@pytest.mark.parametrize(("records", "body", "error"), PLAIN)
def test_plain_and_verbose(
    records: object, body: str, error: str | None, http: httpx.Client
) -> None:
    """The answer is 1 where a record was good and 0 where none was; verbose says why."""
    plain = http.post("/engage", json=records)
    assert (plain.status_code, plain.text) == (200, body)
    assert plain.headers["content-type"] == "application/json"
    for level in ("1", "2"):
        verbose = http.post(f"/engage?verbose={level}", json=records)
        assert (verbose.status_code, verbose.json()) == (200, {"error": error, "status": int(body)})


@pytest.mark.parametrize("query", ["strict=1", "ip=0&strict=1&verbose=1", "strict=1&callback=f"])
def test_strict(query: str, http: httpx.Client, emulator: Emulator) -> None:
    """strict=1 names the refused records by their place and applies the others."""
    fine = http.post(f"/engage?{query}", json=[GOOD, user("u2")])
    assert (fine.status_code, fine.json()) == (
        200,
        {"code": 200, "status": "OK", "error": None, "num_good_events": 2},
    )
    mixed = http.post(f"/engage?{query}", json=[user("u3"), BAD, 7, user("u4"), user("NULL")])
    assert (mixed.status_code, mixed.json()) == (
        400,
        {
            "code": 400,
            "status": "Bad Request",
            "error": "some data points in the request failed validation",
            "failed_records": [
                {"index": 1, "field": "$distinct_id", "message": NO_ID},
                {"index": 2, "field": "", "message": "must be an object"},
                {
                    "index": 4,
                    "field": "$distinct_id",
                    "message": "$distinct_id, 'NULL' is not an identifier",
                },
            ],
            "num_good_events": 2,
        },
    )
    assert list(emulator.profiles()) == ["u1", "u2", "u3", "u4"]


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'[{"$set":NaN}]', b"data=%%%"])
def test_strict_unreadable(body: bytes, http: httpx.Client) -> None:
    """What cannot be read is refused whole: no record is named."""
    answer = http.post("/engage?strict=1", content=body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"code": 400, "status": "Bad Request", "error": NO_DATA, "num_good_events": 0},
    )


def test_callback(http: httpx.Client) -> None:
    """A callback wraps the answer into a call, on /engage only."""
    answer = http.post("/engage?callback=jQuery.f_1", json=[GOOD])
    assert answer.text == "jQuery.f_1(1);"
    assert answer.headers["content-type"] == "text/javascript"
    verbose = http.post("/engage?callback=f&verbose=1", json=[GOOD])
    assert verbose.text == 'f({"error":null,"status":1});'
    assert http.post("/engage?callback=<b>", json=[GOOD]).text == "1"
    assert http.post("/groups?callback=f", json=[group("g")]).text == "1"


def test_headers(http: httpx.Client) -> None:
    """The headers recorded from the API are there."""
    headers = http.post("/engage", json=[GOOD]).headers
    assert dict(headers) == {
        "access-control-allow-origin": "*",
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "X-Requested-With",
        "access-control-allow-methods": "GET, POST, OPTIONS",
        "access-control-max-age": "1728000",
        "access-control-expose-headers": "X-MP-CE-Backoff",
        "cache-control": "no-cache, no-store",
        "content-type": "application/json",
        "content-length": "1",
    }


def test_basic_credentials_are_ignored(http: httpx.Client) -> None:
    """mixpanel-utils sends a service account's name and secret; they mean nothing here."""
    assert http.post("/engage?project_id=1", json=[GOOD], auth=("name", "secret")).text == "1"


def test_browsers_may_read(http: httpx.Client) -> None:
    """A page that sends its credentials along is let in by its own origin: `*` would not do."""
    answer = http.post("/engage", json=[user("u")], headers={"Origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
