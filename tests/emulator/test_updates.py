"""Operations: what each does to a profile, and which records are refused."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.emulator import Emulator, running
from importer.emulator.operations import same
from importer.emulator.profiles import MemoryProfiles
from importer.emulator.updates import Applier, Circumstances

from .records import group, user

NOTHING: dict[str, Any] = {}
BEFORE = {"n": 1, "text": "a", "list": [1, "a", 1], "object": {"a": 1}, "null": None}

EFFECTS: list[tuple[str, Any, dict[str, Any]]] = [
    ("$set", {"n": None, "new": [], "five": 5}, {"n": None, "new": [], "five": 5}),
    ("$set_once", {"n": 2, "null": 2, "new": 2}, {"new": 2}),
    ("$add", {"n": -3, "new": 2.5}, {"n": -2, "new": 2.5}),
    ("$add", {"text": 1, "list": 1, "null": 1}, NOTHING),
    ("$add", {"n": 2**63 - 1}, {"n": 2.0**63}),
    ("$append", {"list": 1, "new": [1]}, {"list": [1, "a", 1, 1], "new": [[1]]}),
    ("$append", {"text": 1, "n": 1, "null": 1}, NOTHING),
    (
        "$union",
        {"list": ["a", "b", "b", 1.0], "new": "x"},
        {"list": [1, "a", 1, "b"], "new": ["x"]},
    ),
    ("$union", {"text": ["b"], "new": []}, NOTHING),
    ("$remove", {"list": 1, "text": "a", "new": 1}, {"list": ["a"]}),
    ("$remove", {"list": True}, NOTHING),
    (
        "$merge",
        {"object": {"b": 2}, "new": {"c": 3}},
        {"object": {"a": 1, "b": 2}, "new": {"c": 3}},
    ),
    ("$merge", {"n": {"b": 2}}, NOTHING),
    ("$set", {"$token": "x", "$distinct_id": "x", "$user_id": 1, "a": 1}, {"a": 1}),
]


@pytest.mark.parametrize(("operation", "values", "changed"), EFFECTS)
def test_effect(
    operation: str, values: Any, changed: dict[str, Any], http: httpx.Client, emulator: Emulator
) -> None:
    """An operation changes what the API's page says, and a mismatch of types changes nothing."""
    records = [user("u", values=BEFORE), user("u", operation, values)]
    assert http.post("/engage?strict=1", json=records).status_code == 200
    assert emulator.profile("u") == BEFORE | changed


def test_unset_and_delete(http: httpx.Client, emulator: Emulator) -> None:
    """$unset takes names away, one name may stand alone; $delete takes the profile away."""
    http.post("/engage", json=[user("u", values={"a": 1, "b": 2, "c": 3})])
    http.post("/engage", json=[user("u", "$unset", ["a", "none"]), user("u", "$unset", "b")])
    assert emulator.profile("u") == {"c": 3}
    assert (
        http.post("/engage", json=[user("u", "$delete", "null"), user("x", "$delete")]).text == "1"
    )
    assert emulator.profiles() == {}


CREATES = {
    "$set": ({"p": 1}, {"p": 1}),
    "$set_once": ({"p": 1}, {"p": 1}),
    "$add": ({"p": 1}, {"p": 1}),
    "$append": ({"p": 1}, {"p": [1]}),
    "$union": ({"p": [1]}, {"p": [1]}),
    "$merge": ({"p": {}}, {"p": {}}),
    "$unset": (["p"], {}),
    "$remove": ({"p": 1}, None),
    "$delete": (None, None),
}


@pytest.mark.parametrize("operation", CREATES)
def test_missing_profile(operation: str, http: httpx.Client, emulator: Emulator) -> None:
    """Whether an operation makes the profile that it does not find."""
    values, expected = CREATES[operation]
    assert http.post("/engage", json=[user("u", operation, values)]).text == "1"
    assert emulator.profile("u") == expected


@pytest.mark.parametrize("operation", ["$set", "$add", "$union", "$unset"])
def test_empty_operation(operation: str, http: httpx.Client, emulator: Emulator) -> None:
    """An operation that names no property is accepted and has no effect."""
    record = {"$token": "t", "$distinct_id": "u", operation: [] if operation == "$unset" else {}}
    assert http.post("/engage", json=[record]).text == "1"
    assert emulator.profiles() == {}


JUNK = [
    *("anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "<nil>"),
    *("0", "-1", "true", "false", "[]", "{}", "00000000-0000-0000-0000-000000000000"),
]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({**user("u"), "$token": None}, "$token"),
    ({**user("u"), "$token": 5}, "$token"),
    (user(None), "$distinct_id"),
    (user(""), "$distinct_id"),
    (user(["u"]), "$distinct_id"),
    *((user(junk), "$distinct_id") for junk in JUNK),
    (user("Anonymous"), "$distinct_id"),
    (user(0), "$distinct_id"),
    ({"$token": "t", "$distinct_id": "u"}, ""),
    (user("u", "$increment", {"a": 1}), ""),
    (user("u", "$set") | {"$add": {"a": 1}}, ""),
    (user("u", "$set", "text"), "$set"),
    (user("u", "$add", {"a": 1, "b": "2"}), "$add.b"),
    (user("u", "$add", {"a": True}), "$add.a"),
    (user("u", "$add", ["a"]), "$add"),
    (user("u", "$unset", {"a": 1}), "$unset"),
    (user("u", "$unset", [1]), "$unset"),
    (user("u", "$merge", {"a": 1}), "$merge.a"),
    (user("u", "$merge", 1), "$merge"),
]


@pytest.mark.parametrize(("record", "field"), REFUSED)
def test_refused(
    record: dict[str, Any], field: str, http: httpx.Client, emulator: Emulator
) -> None:
    """A refused record is named with the field at fault and leaves no trace."""
    answer = http.post("/engage?strict=1", json=[user("good"), record]).json()
    assert [(one["index"], one["field"]) for one in answer["failed_records"]] == [(1, field)]
    assert answer["num_good_events"] == 1
    assert emulator.profiles() == {"good": {"plan": "pro"}}


def test_junk_ids_without_strict(http: httpx.Client, emulator: Emulator) -> None:
    """The junk ids are refused under strict=1 only."""
    assert http.post("/engage", json=[user("null")]).text == "1"
    assert list(emulator.profiles()) == ["null"]


def test_ids(http: httpx.Client, emulator: Emulator) -> None:
    """Ids are kept as they are; numbers become text."""
    ids = [12345678901234567, 1.5, " u ", "007", "ü/ %2F?#\n\u0000"]
    assert http.post("/engage?strict=1", json=[user(one) for one in ids]).status_code == 200
    assert list(emulator.profiles()) == ["12345678901234567", "1.5", *ids[2:]]


REFUSED_GROUPS: list[tuple[dict[str, Any], str]] = [
    (group("g") | {"$distinct_id": "u"}, "$distinct_id"),
    (group("g") | {"$group_key": ""}, "$group_key"),
    (group(""), "$group_id"),
    (group("g", "$append", {"a": 1}), "$append"),
    (group("g", "$merge", {"a": {}}), "$merge"),
    (user("u"), "$distinct_id"),
]


@pytest.mark.parametrize(("record", "field"), REFUSED_GROUPS)
def test_refused_group(record: dict[str, Any], field: str, http: httpx.Client) -> None:
    """Group updates need key and id, have no $distinct_id, and know fewer operations."""
    answer = http.post("/groups?strict=1", json=[record]).json()
    assert [(one["index"], one["field"]) for one in answer["failed_records"]] == [(0, field)]


def test_groups(http: httpx.Client, emulator: Emulator) -> None:
    """Group profiles live apart by key, and from the user profiles."""
    other = group("g", values={"a": 2}) | {"$group_key": "team"}
    records = [group("g", values={"a": 1}), other, group("g", "$add", {"a": 5})]
    assert http.post("/groups?strict=1", json=[*records, group(7)]).status_code == 200
    found = [
        emulator.group(*names) for names in [("company", "g"), ("team", "g"), ("company", "7")]
    ]
    assert found == [{"a": 6}, {"a": 2}, {"plan": "pro"}]
    http.post("/groups", json=[group("g", "$delete")])
    assert (emulator.group("company", "g"), emulator.group("team", "g")) == (None, {"a": 2})


PLACE = {
    "$city": "San Francisco",
    "$region": "California",
    "$country_code": "US",
    "$timezone": "America/Los_Angeles",
}
LOCATED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("ip=0", {}, {}),
    ("", {"$ip": "0"}, {}),
    ("", {"$ip": 0}, {}),
    ("", {}, PLACE),
    ("ip=1", {}, PLACE),
    ("ip=0", {"$ip": "198.51.100.7"}, PLACE),
    ("ip=0", {"$latitude": 1.5, "$longitude": 2}, PLACE | {"$geo_source": "reverse_geocoding"}),
]


@pytest.mark.parametrize(("query", "envelope", "expected"), LOCATED)
def test_place(
    query: str,
    envelope: dict[str, Any],
    expected: dict[str, Any],
    http: httpx.Client,
    emulator: Emulator,
) -> None:
    """An update moves the profile to its sender's place unless it says ip=0 or $ip: 0."""
    record = {"$token": "t", "$distinct_id": "u", "$ignore_time": True, "$set": {"a": 1}} | envelope
    http.post(f"/engage?{query}", json=[record])
    assert emulator.profile("u") == {"a": 1} | expected


def test_explicit_place_wins(http: httpx.Client, emulator: Emulator) -> None:
    """What $set itself says of the place is kept."""
    record = {"$token": "t", "$distinct_id": "u", "$ignore_time": 1, "$set": {"$city": "Łódź"}}
    http.post("/engage", json=[record])
    assert emulator.profile("u") == PLACE | {"$city": "Łódź"}


MOMENTS: list[tuple[Any, str]] = [
    (1700000000, "2023-11-14T22:13:20"),
    (1700000000.75, "2023-11-14T22:13:20"),
    (1700000000123, "2023-11-14T22:13:20"),
    (None, "2001-09-09T01:46:40"),
    ("yesterday", "2001-09-09T01:46:40"),
    (1e300, "2001-09-09T01:46:40"),
]


@pytest.mark.parametrize(("given_time", "expected"), MOMENTS)
def test_last_seen(given_time: Any, expected: str) -> None:
    """$last_seen is the update's $time in seconds or milliseconds, else the time of arrival."""
    profiles = MemoryProfiles()
    record = {"$token": "t", "$distinct_id": "u", "$time": given_time, "$set": {"a": 1}}
    around = Circumstances(groups=False, strict=True, geolocate=False)
    Applier(profiles, clock=lambda: 1e9).apply([record], around)
    assert profiles.get("", "u") == b'{"a":1,"$last_seen":"%b"}' % expected.encode()


def test_ignore_time(http: httpx.Client, emulator: Emulator) -> None:
    """$ignore_time leaves $last_seen as it was, and without it an update touches it."""
    started = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    loud = user("u", values={"a": 1}) | {"$ignore_time": False}
    http.post("/engage", json=[loud])
    seen = emulator.profile("u")
    assert seen is not None
    assert seen["$last_seen"] >= started
    http.post("/engage", json=[user("u", values={"a": 2})])
    assert emulator.profile("u") == {"a": 2, "$last_seen": seen["$last_seen"]}


# A model of the operations in plain Python, read from the documentation a second time.

scalars = st.integers(-5, 5) | st.sampled_from(["a", "b", "c"])
names = st.sampled_from(["p", "q", "r"])


def valued(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, values, min_size=1)


steps = st.one_of(
    st.tuples(st.just("$set"), valued(scalars | st.lists(scalars))),
    st.tuples(st.just("$set_once"), valued(scalars | st.lists(scalars))),
    st.tuples(st.just("$add"), valued(st.integers(-5, 5))),
    st.tuples(st.just("$append"), valued(scalars)),
    st.tuples(st.just("$remove"), valued(scalars)),
    st.tuples(st.just("$union"), valued(st.lists(scalars, min_size=1))),
    st.tuples(st.just("$unset"), st.lists(names, min_size=1)),
    st.tuples(st.just("$delete"), st.none()),
)


def modelled(profile: dict[str, Any] | None, operation: str, values: Any) -> dict[str, Any] | None:
    if operation == "$delete" or (profile is None and operation == "$remove"):
        return None
    now = dict(profile or {})
    if operation == "$unset":
        return {name: value for name, value in now.items() if name not in values}
    for name, value in values.items():
        old = now.get(name)
        is_list = isinstance(old, list)
        if operation == "$set" or (operation == "$set_once" and name not in now):
            now[name] = value
        elif operation == "$add" and isinstance(old, int | None):
            now[name] = (old or 0) + value
        elif operation == "$append" and (is_list or old is None):
            now[name] = [*(old or []), value]
        elif operation == "$union" and (is_list or old is None):
            now[name] = (old or []) + [v for v in dict.fromkeys(value) if v not in (old or [])]
        elif operation == "$remove" and isinstance(old, list):
            now[name] = [v for v in old if v != value]
    return now


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Emulator, httpx.Client]]:
    with running() as started, httpx.Client(base_url=started.url, trust_env=False) as client:
        yield started, client


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["u1", "u2"]), steps), min_size=1, max_size=30))
def test_model(
    shared: tuple[Emulator, httpx.Client], updates: list[tuple[str, tuple[str, Any]]]
) -> None:
    """Any batch of operations, applied in its order, ends as a plain model of them does."""
    emulator, http = shared
    emulator.forget()
    expected: dict[str, dict[str, Any] | None] = {}
    for identifier, (operation, values) in updates:
        expected[identifier] = modelled(expected.get(identifier), operation, values)
    records = [user(who) | {"$set": None} for who, _ in updates]
    for record, (_, (operation, values)) in zip(records, updates, strict=True):
        del record["$set"]
        record[operation] = values
    assert http.post("/engage?strict=1", json=records).json()["num_good_events"] == len(records)
    assert {who: emulator.profile(who) for who in expected} == expected


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def test_long_union(http: httpx.Client, emulator: Emulator) -> None:
    """As many values as a list may hold are put together without holding the server up."""
    tags = [f"{n:05}" for n in range(24_000)]
    for _ in range(2):
        record = user("u", "$union", {"tags": [*tags, tags[7]]})
        assert http.post("/engage", json=[record], timeout=10).text == "1"
    assert emulator.profiles()["u"]["tags"] == tags


@given(anything, anything)
def test_same(one: Any, other: Any) -> None:
    """Equality is reflexive, and symmetric, and tells true from 1."""
    assert same(one, one)
    assert same(one, other) == same(other, one)
    assert not same(True, 1)
    assert not same([True], [1])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        anything
        | st.dictionaries(
            st.sampled_from(["$token", "$set", "$add", "$unset"]) | st.text(), anything
        ),
        min_size=1,
    )
)
def test_any_records(shared: tuple[Emulator, httpx.Client], records: list[Any]) -> None:
    """Whatever records arrive, each is either good or named as refused."""
    whole = [
        {"$token": "t", "$distinct_id": "u"} | one if isinstance(one, dict) else one
        for one in records
    ]
    answer = shared[1].post("/engage?strict=1", json=whole).json()
    if answer["error"] != "data, missing or empty":
        assert answer["num_good_events"] + len(answer.get("failed_records", [])) == len(records)
