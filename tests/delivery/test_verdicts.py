"""What an answer means: status and body together, in every form that has been seen."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.verdict import (
    Accepted,
    Busy,
    Denied,
    Hopeless,
    Lost,
    PartlyRefused,
    Refusal,
    Refused,
    Reply,
    TooLarge,
    Verdict,
)
from importer.engage import Engage, Token

from .made_updates import HERE, TOKEN

NAMED = {"index": 1, "field": "$set.plan", "message": "too long"}
TOLD = Refusal("too long", "$set.plan")
HTML = b"<html><body>Welcome to the hotel</body></html>"


def judge(status: int, body: Any, updates: int = 3, **headers: str) -> Verdict:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HERE.judge(Reply(status, raw, names), updates)


ACCEPTED: list[tuple[int, Any]] = [
    (200, 1),
    (200, b"1\n"),
    (200, {"status": 1, "error": None}),
    (200, {"error": "", "status": 1}),
    (200, {"code": 200, "status": "OK", "error": None, "num_good_events": 3}),
    (200, {"code": 200, "status": "OK", "num_records_imported": 3}),
    (200, {"num_good_events": 3}),
    (200, {"status": "OK", "failed_records": []}),
    (202, {"status": 1, "error": None}),
]


@pytest.mark.parametrize(("status", "body"), ACCEPTED)
def test_accepted(status: int, body: Any) -> None:
    """A success is a 2xx whose body says so, in any of the API's forms."""
    assert judge(status, body) == Accepted()


REFUSED: list[tuple[int, Any, str]] = [
    (200, 0, "the server answered 0: no update was valid"),
    (200, {"status": 0}, "the server answered status 0"),
    (200, {"status": 0, "error": None}, "the server answered status 0"),
    (200, {"status": "error", "error": ""}, "the server answered status 0"),
    (200, {"error": "token, missing or empty", "status": 0}, "token, missing or empty"),
    (200, {"error": "half of it", "status": 1}, "half of it"),
    (200, {"error": {"why": "odd"}, "status": 1}, "{'why': 'odd'}"),
    (200, {"status": "OK", "num_good_events": 2}, "the server took 2 of 3 updates and named none"),
    (200, {"status": 1, "num_records_imported": 0}, "the server took 0 of 3 updates and named"),
    (400, {"status": "Bad Request", "error": "no good", "num_good_events": 0}, "no good"),
    (400, {"error": "e", "failed_records": ["$distinct_id: empty"]}, "e"),
    (400, {"failed_records": ["$distinct_id: empty"]}, "$distinct_id: empty"),
    (400, {"error": "e", "failed_records": [NAMED, {"index": 3}]}, "e"),
    (400, {"error": "e", "failed_records": [NAMED, {"index": -1}]}, "e"),
    (200, {"status": 1, "failed_records": {"u1": "too long"}}, "{'u1': 'too long'}"),
    (400, 1, "HTTP 400: 1"),
    (400, {"status": 1, "error": None}, "HTTP 400"),
    (400, HTML, "HTTP 400"),
    (400, b"", "HTTP 400"),
]


@pytest.mark.parametrize(("status", "body", "words"), REFUSED)
def test_refused_whole(status: int, body: Any, words: str) -> None:
    """Refused and nobody named, or named in a way that points at nobody: all are suspect."""
    verdict = judge(status, body)
    assert isinstance(verdict, Refused)
    assert verdict.message.startswith(words)


PARTLY: list[tuple[dict[str, Any], PartlyRefused]] = [
    ({"failed_records": [NAMED], "num_good_events": 2}, PartlyRefused({1: TOLD}, True)),
    ({"failed_records": [NAMED], "num_records_imported": 2}, PartlyRefused({1: TOLD}, True)),
    ({"failed_records": [NAMED], "num_good_events": 0}, PartlyRefused({1: TOLD}, False)),
    ({"failed_records": [NAMED], "num_good_events": 1}, PartlyRefused({1: TOLD}, False)),
    ({"failed_records": [NAMED]}, PartlyRefused({1: TOLD}, False)),
    ({"failed_records": [NAMED, NAMED], "num_good_events": 2}, PartlyRefused({1: TOLD}, True)),
    (
        {"failed_records": [{"index": 2}, {"index": 0, "message": None}], "num_good_events": 1},
        PartlyRefused({2: Refusal("refused"), 0: Refusal("refused")}, True),
    ),
]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("body", "verdict"), PARTLY)
def test_partly_refused(status: int, body: dict[str, Any], verdict: PartlyRefused) -> None:
    """Named updates are refused; the others count as applied only where the number says so."""
    assert judge(status, {"error": "some data points failed", **body}) == verdict


@pytest.mark.parametrize(
    "body", [b"", HTML, b'{"status": 1', b"true", b"false", b"null", b'"1"', b"2", b"[]", b"{}"]
)
@pytest.mark.parametrize("status", [200, 204])
def test_unknown_answers_are_lost(status: int, body: bytes) -> None:
    """An answer of no known form is never a success, and the updates may have been applied."""
    assert isinstance(judge(status, body), Lost)


BY_STATUS: list[tuple[int, type[Verdict]]] = [
    (401, Denied),
    (403, Denied),
    (408, Busy),
    (413, TooLarge),
    (425, Busy),
    (429, Busy),
    (500, Lost),
    (502, Lost),
    (503, Lost),
    (504, Lost),
    (524, Lost),
    (101, Hopeless),
    (301, Hopeless),
    (302, Hopeless),
    (307, Hopeless),
    (404, Hopeless),
    (405, Hopeless),
    (414, Hopeless),
    (415, Hopeless),
    (0, Hopeless),
    (999, Hopeless),
]


@pytest.mark.parametrize("body", [1, {"error": None, "status": 1}, {"error": "why"}, HTML])
@pytest.mark.parametrize(("status", "kind"), BY_STATUS)
def test_status_decides(status: int, kind: type[Verdict], body: Any) -> None:
    """Whatever the body says, such a status is no success; its own words are handed on."""
    verdict = judge(status, body)
    assert type(verdict) is kind
    words = ": why" if body == {"error": "why"} else ": 1" if body == 1 else ""
    assert getattr(verdict, "message", None) == f"HTTP {status}{words}"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 +99999999999999999999", 0.0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_seconds(status: int, value: str, seconds: float) -> None:
    """Retry-After is read as seconds or as a date; anything else asks for nothing."""
    verdict = judge(status, {"error": "slow down"}, retry_after=value)
    assert isinstance(verdict, Busy | Lost)
    assert verdict.retry_after == seconds


def test_retry_after_date() -> None:
    """A date in the future is as many seconds as it is away."""
    later = datetime.now(UTC) + timedelta(seconds=90)
    verdict = judge(429, 0, retry_after=format_datetime(later, usegmt=True))
    assert isinstance(verdict, Busy)
    assert 80 < verdict.retry_after <= 90


@given(st.integers(0, 999), st.binary(max_size=60), st.text(max_size=40))
def test_no_answer_is_too_strange(status: int, body: bytes, retry_after: str) -> None:
    """Any bytes with any status have a meaning, and it is no success but for a 2xx."""
    verdict = judge(status, body, retry_after=retry_after)
    assert not isinstance(verdict, Accepted | PartlyRefused) or status < 300 or status == 400


KEYS = ["status", "error", "failed_records", "index", "message", "field", "num_good_events"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS), _JSON), st.sampled_from([200, 400]))
def test_named_updates_exist(body: dict[str, Any], status: int) -> None:
    """However the answer is built, those it names were sent, and those it takes were not named."""
    match judge(status, body, updates=2):
        case Accepted():
            assert status == 200
            assert not body.get("error")
            assert not body.get("failed_records")
            assert body.get("num_good_events") in (None, 2) or not isinstance(
                body["num_good_events"], int
            )
        case PartlyRefused(refusals, others_applied):
            assert set(refusals) <= {0, 1}
            assert not others_applied or body["num_good_events"] == 2 - len(refusals)
        case _:
            pass


@pytest.mark.parametrize("status", [200, 400, 401, 404, 413, 429, 500])
def test_echoed_token_is_blotted_out(status: int) -> None:
    """A server that repeats the token does not bring it into a message."""
    words = f"no project has the token {TOKEN}"
    named = {"index": 0, "message": words, "field": TOKEN}
    bodies: list[Any] = [
        words,
        {"error": words},
        {"error": [words]},
        {"status": 0, "error": {TOKEN: "is not known"}},
        {"failed_records": [named], "num_good_events": 2},
        {"failed_records": [words]},
        {"failed_records": [{TOKEN: "is not known"}]},
    ]
    for body in bodies:
        assert TOKEN not in repr(judge(status, body))


def test_short_token_is_blotted_out_as_a_word() -> None:
    """A token as short as a letter is hidden where it stands alone, not inside of words."""
    short = Engage("http://127.0.0.1:9", Token("t"))
    reply = Reply(200, orjson.dumps({"status": 0, "error": "token t is not it"}))
    assert short.judge(reply, 1) == Refused("token … is not it")


def test_token_has_no_repr() -> None:
    """The token is in the requests and nowhere else."""
    assert TOKEN not in f"{HERE} {HERE!r} {HERE.token} {HERE.token!r} {HERE.url}"
    assert TOKEN in "".join(HERE.around_identifier("$set"))
