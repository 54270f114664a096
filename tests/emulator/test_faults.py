"""The fault script: each kind of trouble, and how often it strikes."""

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from importer.emulator import Emulator, FaultError
from importer.emulator.faults import Arrival, Script

from .records import user

STRICT = "/engage?ip=0&strict=1&verbose=1"


def put(http: httpx.Client, *rules: dict[str, Any]) -> httpx.Response:
    return http.put("/_emulator/faults", json={"rules": list(rules)})


def codes(http: httpx.Client, number: int) -> list[int]:
    return [http.post("/engage", json=[user(f"u{n}")]).status_code for n in range(number)]


PUBLISHED: list[tuple[int, Any]] = [
    (401, {"error": "Invalid credentials", "status": "error"}),
    (403, {"error": "Forbidden", "status": "error"}),
    (
        413,
        {
            "code": 413,
            "status": "Request Entity Too Large",
            "error": "request exceeds max limit of 2097152 bytes",
        },
    ),
    (
        429,
        {
            "code": 429,
            "status": "Too Many Requests",
            "error": "Project exceeded rate limits. Please retry the request with exponential"
            " backoff.",
        },
    ),
]


@pytest.mark.parametrize(("status", "body"), PUBLISHED)
def test_status(status: int, body: Any, http: httpx.Client, emulator: Emulator) -> None:
    """A status is answered with its published body, and nothing is applied."""
    put(http, {"kind": "status", "status": status, "first": 1})
    answer = http.post("/engage", json=[user("u1")])
    assert (answer.status_code, answer.json()) == (status, body)
    assert "retry-after" not in answer.headers
    assert emulator.profiles() == {}
    assert codes(http, 1) == [200]
    assert emulator.stats()["by_status"] == {"200": 1, str(status): 1}


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_gateway_pages(status: int, http: httpx.Client) -> None:
    """5xx come as an HTML page, as from the proxies before the API."""
    put(http, {"kind": "status", "status": status})
    answer = http.post(STRICT, json=[user("u1")])
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
    assert answer.text.startswith("<html>")


def test_status_with_body_and_retry_after(http: httpx.Client) -> None:
    """A rule may bring its own body and a Retry-After."""
    put(http, {"kind": "status", "status": 429, "body": "slow", "retry_after": 1.5})
    answer = http.post("/engage", json=[user("u1")])
    assert (answer.status_code, answer.text) == (429, "slow")
    assert answer.headers["retry-after"] == "1.5"


@pytest.mark.parametrize("apply", ["before", "never"])
def test_drop(apply: str, http: httpx.Client, emulator: Emulator) -> None:
    """The connection breaks without an answer; the batch is applied first or not at all."""
    put(http, {"kind": "drop", "apply": apply, "first": 1})
    with pytest.raises(httpx.ReadError):
        http.post("/engage", json=[user("u1")])
    assert emulator.profiles() == ({"u1": {"plan": "pro"}} if apply == "before" else {})
    assert emulator.stats()["by_status"] == {"dropped": 1}
    assert codes(http, 1) == [200]


@pytest.mark.parametrize(("body", "apply"), [("0", "never"), ("1", "before"), ("{", "never")])
def test_body(body: str, apply: str, http: httpx.Client, emulator: Emulator) -> None:
    """200 is answered with exactly the body that the rule gives."""
    put(http, {"kind": "body", "body": body, "apply": apply})
    answer = http.post(STRICT, json=[user("u1")])
    assert (answer.status_code, answer.text) == (200, body)
    assert len(emulator.profiles()) == (apply == "before")


SLOW: list[tuple[dict[str, Any], int, int]] = [
    ({}, 200, 1),
    ({"apply": "before"}, 200, 1),
    ({"apply": "never"}, 504, 0),
]


@pytest.mark.parametrize(("more", "status", "applied"), SLOW)
def test_sleep(
    more: dict[str, Any], status: int, applied: int, http: httpx.Client, emulator: Emulator
) -> None:
    """A slow answer is a true one, unless the rule loses the batch: then a gateway gives up."""
    put(http, {"kind": "sleep", "seconds": 0.01, **more})
    assert codes(http, 1) == [status]
    assert len(emulator.profiles()) == applied


@pytest.mark.parametrize(("more", "applied"), [({}, 0), ({"apply": "before"}, 1)])
def test_client_that_gives_up(
    more: dict[str, Any], applied: int, http: httpx.Client, emulator: Emulator
) -> None:
    """Where the client leaves during the wait, only a batch applied before it has effect."""
    put(http, {"kind": "sleep", "seconds": 35, **more})
    with pytest.raises(httpx.ReadTimeout):
        http.post("/engage", json=[user("u1")], timeout=0.05)
    until(lambda: emulator.stats()["by_status"] == {"dropped": 1})
    assert len(emulator.profiles()) == applied


def until(reached: Callable[[], bool]) -> None:
    """The server notices a closed connection in its own time; each look lets it go on."""
    for _ in range(10_000):
        if reached():
            return
    raise AssertionError("never came")


def test_delay_goes_on_to_later_rules(http: httpx.Client, emulator: Emulator) -> None:
    """A delay only delays: what comes after it still applies."""
    put(
        http,
        {"kind": "delay", "delay_ms": [1, 3]},
        {"kind": "status", "status": 502, "first": 1},
    )
    assert codes(http, 2) == [502, 200]
    assert list(emulator.profiles()) == ["u1"]


def test_in_flight(http: httpx.Client, emulator: Emulator) -> None:
    """max_in_flight is the greatest number of requests that were being dealt with at once."""
    put(http, {"kind": "delay", "delay_ms": [250, 250]})
    threads = [threading.Thread(target=codes, args=(http, 1)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert emulator.stats()["max_in_flight"] == 4


def test_refuse_records(http: httpx.Client, emulator: Emulator) -> None:
    """The records with the given ids are refused and named, the others applied."""
    put(http, {"kind": "refuse", "ids": ["u1", "7"]})
    records = [user("u0"), user("u1"), user(7), user("u2")]
    answer = http.post(STRICT, json=records)
    assert answer.status_code == 400
    assert [one["index"] for one in answer.json()["failed_records"]] == [1, 2]
    assert answer.json()["num_good_events"] == 2
    assert list(emulator.profiles()) == ["u0", "u2"]
    assert http.post("/engage", json=records[1:3]).text == "0"


def test_several_refusals(http: httpx.Client, emulator: Emulator) -> None:
    """Every rule that refuses has its say on a batch, and a trouble behind them is not hidden."""
    put(http, {"kind": "refuse", "ids": ["u1"]}, {"kind": "refuse", "ids": ["u2"]})
    records = [user(f"u{n}") for n in range(4)]
    answer = http.post(STRICT, json=records).json()
    assert [one["index"] for one in answer["failed_records"]] == [1, 2]
    assert list(emulator.profiles()) == ["u0", "u3"]
    put(
        http,
        {"kind": "refuse", "ids": ["u1"]},
        {"kind": "status", "status": 503, "apply": "before", "first": 1},
    )
    assert http.post(STRICT, json=[user("u1"), user("u9")]).status_code == 503
    assert "u9" in emulator.profiles()
    assert "u1" not in emulator.profiles()


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status: int, http: httpx.Client) -> None:
    """What has no body by HTTP has none here, and the connection goes on."""
    put(http, {"kind": "status", "status": status, "first": 1})
    assert http.post("/engage", json=[user("u1")]).content == b""
    assert codes(http, 1) == [200]


def test_refuse_whole_batch(http: httpx.Client, emulator: Emulator) -> None:
    """A batch with one of the ids is refused whole and nobody is named."""
    put(http, {"kind": "refuse", "ids": ["u1"], "whole_batch": True})
    records = [user("u0"), user("u1")]
    reason = "refused by the fault script"
    strict = http.post(STRICT, json=records)
    assert (strict.status_code, strict.json()) == (
        400,
        {"code": 400, "status": "Bad Request", "error": reason, "num_good_events": 0},
    )
    assert http.post("/engage", json=records).text == "0"
    assert http.post("/engage?verbose=1", json=records).json() == {"error": reason, "status": 0}
    assert emulator.profiles() == {}
    assert http.post(STRICT, json=records[:1]).status_code == 200


def test_rate() -> None:
    """A budget of updates a second, saved up for one second at most."""
    now = [100.0]
    script = Script(clock=lambda: now[0])
    script.put([{"kind": "rate", "per_second": 100}])

    def limited(size: int) -> bool:
        return bool(list(script.troubles(Arrival(b"", frozenset, size))))

    assert [limited(60), limited(60)] == [False, True]
    now[0] += 0.2
    assert [limited(60), limited(1)] == [False, True]
    now[0] += 60
    # A batch larger than a second's budget passes when the budget is full, and is paid off.
    assert [limited(250), limited(1)] == [False, True]
    now[0] += 1.5
    assert limited(1)
    now[0] += 0.1
    assert not limited(1)


def test_rate_answer(http: httpx.Client, emulator: Emulator) -> None:
    """Beyond the budget the answer is 429."""
    put(http, {"kind": "rate", "per_second": 0.001, "retry_after": 1_234_567})
    assert codes(http, 2) == [200, 429]
    answer = http.post("/engage", json=[user("x")])
    assert answer.headers["retry-after"] == "1234567"
    assert list(emulator.profiles()) == ["u0"]


def test_first(http: httpx.Client) -> None:
    """first: n strikes the first n requests that reach the rule."""
    put(
        http,
        {"kind": "status", "status": 503, "first": 2},
        {"kind": "status", "status": 502, "first": 1},
    )
    assert codes(http, 5) == [503, 503, 502, 200, 200]


def test_every_and_times(http: httpx.Client, emulator: Emulator) -> None:
    """every: n picks bodies by their hash, and the same ones again; times bounds the attempts."""
    put(http, {"kind": "status", "status": 503, "every": 3})
    struck = codes(http, 60)
    assert codes(http, 60) == struck
    assert 8 <= struck.count(503) <= 32
    put(http, {"kind": "status", "status": 503, "every": 3, "times": 2})
    assert [codes(http, 60) for _ in range(3)] == [struck, struck, [200] * 60]


def test_times_alone(http: httpx.Client) -> None:
    """times: 1 strikes the first attempt of every body."""
    put(http, {"kind": "status", "status": 429, "times": 1})
    assert [codes(http, 3), codes(http, 4)] == [[429] * 3, [200] * 3 + [429]]


WRONG: list[tuple[Any, str]] = [
    ({"rules": [{"kind": "explode"}]}, "rule 0: kind must be one of status, drop, body"),
    ({"rules": [{"kind": "drop"}, {"kind": "drop", "ever": 1}]}, "rule 1: unknown key 'ever'"),
    ({"rules": [{}]}, "rule 0: kind is missing"),
    ({"rules": [{"kind": "status"}]}, "rule 0: status is missing"),
    ({"rules": [{"kind": "status", "status": "503"}]}, "rule 0: status must be a status"),
    ({"rules": [{"kind": "status", "status": 99}]}, "rule 0: status must be a status"),
    ({"rules": [{"kind": "sleep", "seconds": -1}]}, "rule 0: seconds must be"),
    ({"rules": [{"kind": "sleep"}]}, "rule 0: seconds is missing"),
    ({"rules": [{"kind": "delay", "delay_ms": [5, 1]}]}, "rule 0: delay_ms must be"),
    ({"rules": [{"kind": "delay", "delay_ms": 5}]}, "rule 0: delay_ms must be"),
    ({"rules": [{"kind": "rate", "per_second": 0}]}, "rule 0: per_second must be"),
    ({"rules": [{"kind": "refuse"}]}, "rule 0: ids or whole_batch is missing"),
    ({"rules": [{"kind": "refuse", "ids": "u1"}]}, "rule 0: ids must be a list of texts"),
    ({"rules": [{"kind": "body", "body": 0}]}, "rule 0: body must be a text"),
    ({"rules": [{"kind": "drop", "apply": "after"}]}, "rule 0: apply must be"),
    ({"rules": [{"kind": "drop", "first": True}]}, "rule 0: first must be"),
    ({"rules": [{"kind": "drop", "every": 0}]}, "rule 0: every must be"),
    ({"rules": [{"kind": "drop", "times": 1.5}]}, "rule 0: times must be"),
    ({"rules": [{"kind": ["drop"]}]}, "rule 0: kind must be"),
    ({"rules": [7]}, "rule 0: must be an object"),
    ({"rules": {}}, "a script is"),
    ({"rule": []}, "a script is"),
]


@pytest.mark.parametrize(("script", "message"), WRONG)
def test_wrong_script(script: Any, message: str, http: httpx.Client) -> None:
    """A wrong rule is answered 400 with what is wrong, and the old rules stay."""
    rules = [{"kind": "status", "status": 503, "first": 9}]
    assert put(http, *rules).json() == {"rules": rules}
    answer = http.put("/_emulator/faults", json=script)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(message)
    assert http.get("/_emulator/faults").json() == {"rules": rules}
    assert codes(http, 1) == [503]


def test_not_json(http: httpx.Client) -> None:
    """A script that is no JSON is answered 400."""
    assert http.put("/_emulator/faults", content=b"{").status_code == 400


def test_empty_list_ends_all(http: httpx.Client, emulator: Emulator) -> None:
    """An empty list of rules ends the trouble."""
    emulator.faults({"kind": "drop"})
    assert put(http).json() == {"rules": []}
    assert codes(http, 1) == [200]
    assert http.put("/_emulator/faults", content=json.dumps([])).status_code == 200


def test_direct_scripts_are_checked(emulator: Emulator) -> None:
    """The accessor refuses what the endpoint refuses."""
    with pytest.raises(FaultError, match="rule 0: kind is missing"):
        emulator.faults({})
