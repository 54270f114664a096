"""Identifiers: the column's, else the e-mail's, else a random id made of seed and row alone."""

import random
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.updates.identify import Kind
from tests.reading.strategies import often
from tests.reading.through import SEED, Named, named, quoted, updates_of

# The list of invalid identifiers in the documentation of the import API.
JUNK = (
    *("00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a"),
    *("na", "undefined", "unknown", "<nil>", "0", "-1", "true", "false", "[]", "{}"),
)
BLANK = ("", " ", "\t \r\n", "\u00a0\u2003", "\x1f")
IDS = ("u1", "U1", "007", "nullo", "nulls", "00", "a b", 'q"', "\\", "é", "\0", "x" * 300)

BOTH: dict[str, Any] = {"identifier": {"column": 1}, "columns": {2: "$email", 3: "p"}}


def mixed_case(word: str) -> str:
    return "".join(c.upper() if i % 2 else c for i, c in enumerate(word))


nobody = st.sampled_from((*BLANK, *JUNK, *map(str.upper, JUNK), *map(mixed_case, JUNK)))
somebody = st.sampled_from(IDS)
padded = st.tuples(st.sampled_from(BLANK), nobody | somebody, st.sampled_from(BLANK)).map("".join)
people = st.lists(st.tuples(padded, padded, st.just("x")), min_size=1, max_size=20)


def expected(row: tuple[str, str, str]) -> tuple[Kind, str]:
    """The rule, for one row; a random id is left open."""
    for kind, cell in ((Kind.COLUMN, row[0]), (Kind.EMAIL, row[1])):
        if (name := cell.strip()) and name.lower() not in JUNK:
            return kind, name
    return Kind.RANDOM, ""


@often
@given(people, st.integers(1, 21))
def test_column_then_email_then_random(people: Sequence[tuple[str, str, str]], most: int) -> None:
    """Blank and junk, in any case of letters and any space around it, names nobody."""
    found = named(updates_of(quoted(people), BOTH, most=most))
    assert [row.row for row in found] == list(range(1, len(people) + 1))
    assert [(row.kind, "" if row.kind is Kind.RANDOM else row.identifier) for row in found] == list(
        map(expected, people)
    )
    drawn = [row.identifier for row in found if row.kind is Kind.RANDOM]
    assert all(str(uuid.UUID(one)) == one and uuid.UUID(one).version == 4 for one in drawn)
    assert len(set(drawn)) == len(drawn)


@often
@given(
    st.lists(st.sampled_from(("", "a")), min_size=1, max_size=40), st.integers(1, 41), st.uuids()
)
def test_random_ids_depend_on_seed_and_row_only(
    ids: Sequence[str], most: int, seed: uuid.UUID
) -> None:
    """The same row of the same seed gets the same id, whatever the chunks and its neighbours."""

    def drawn(ids: Sequence[str], most: int, seed: uuid.UUID = seed) -> dict[int, str]:
        rows = named(updates_of(quoted((i, "", "x") for i in ids), BOTH, most=most, seed=seed))
        return {row.row: row.identifier for row in rows if row.kind is Kind.RANDOM}

    alone = drawn([""] * len(ids), 1)
    assert drawn(ids, most) == {row: alone[row] for row, i in enumerate(ids, 1) if not i}
    assert not set(drawn([""], 1, uuid.UUID(int=seed.int ^ 1)).values()) & set(alone.values())


def test_random_ids_are_those_of_a_seed_for_ever() -> None:
    """A run that is resumed by another release draws the ids that it drew before."""
    rows = named(updates_of(quoted([("", "", "x")] * 3), BOTH))
    assert [row.identifier for row in rows] == PINNED


PINNED = [
    "38deb1e2-6ed0-4404-a5ff-61b7f9dd0f63",
    "50022fcb-2e84-4c27-b41e-ed18b89d4ae1",
    "bba7029e-89fa-4243-b598-ab914d6bf14e",
]


@pytest.mark.parametrize(
    ("fallback", "kinds"),
    [
        (["email", "random"], [Kind.COLUMN, Kind.EMAIL, Kind.RANDOM]),
        (["email"], [Kind.COLUMN, Kind.EMAIL]),
        (["random"], [Kind.COLUMN, Kind.RANDOM, Kind.RANDOM]),
        ([], [Kind.COLUMN]),
    ],
)
def test_fallback(fallback: list[str], kinds: list[Kind]) -> None:
    """Only the fallbacks that the mapping names are used; what is left over fails."""
    settings = {**BOTH, "identifier": {"column": 1, "fallback": fallback}}
    rows = [("a", "b@x.org", ""), ("", "b@x.org", ""), ("", "", "x")]
    parts = list(updates_of(quoted(rows), settings))
    assert [row.kind for row in named(parts)] == kinds
    failures = [(f.row, f.code) for part in parts for f in part.failures]
    assert failures == [(row, "no_identifier") for row in range(len(kinds) + 1, 4)]


def test_without_an_identifier_column() -> None:
    """A file need not have one: e-mail and random ids do."""
    settings = {"columns": {2: "$email", 3: "p"}}
    rows = named(updates_of(quoted([("u1", " b@x.org ", "1"), ("u2", "", "2")]), settings))
    assert rows[0] == Named(1, "b@x.org", Kind.EMAIL, {"$email": " b@x.org ", "p": "1"})
    assert (rows[1].kind, rows[1].properties) == (Kind.RANDOM, {"p": "2"})


def test_random_ids_are_spread() -> None:
    """Ids of neighbouring rows and seeds have nothing in common."""
    chance = random.Random(7)
    drawn = [
        uuid.UUID(row.identifier).hex
        for seed in (SEED, uuid.UUID(int=SEED.int + 1), uuid.UUID(int=chance.getrandbits(128)))
        for row in named(updates_of(quoted([("", "", "x")] * 500), BOTH, seed=seed))
    ]
    assert len(set(drawn)) == len(drawn)
    assert len({one[:8] for one in drawn}) == len({one[-8:] for one in drawn}) == len(drawn)


def test_email_as_the_mapping_gives_it() -> None:
    """A row is named by the `$email` that the mapping gives it, or none that it unsets."""
    replaced = {"-": "", "none@none.com": "", "old@x.org": "new@x.org"}
    settings = {"columns": {1: {"property": "$email", "values": replaced}, 2: "p"}}
    rows = named(updates_of(b"-,1\nnone@none.com,2\nold@x.org,3\na@x.org,4\n", settings))
    assert [row.kind for row in rows] == [Kind.RANDOM, Kind.RANDOM, Kind.EMAIL, Kind.EMAIL]
    assert [row.identifier for row in rows[2:]] == ["new@x.org", "a@x.org"]
    for operation in ("unset", "remove", "union", "append"):
        settings = {"columns": {1: {"property": "$email", "operation": operation}, 2: "p"}}
        (updates,) = updates_of(b"a@x.org,1\n", settings)
        assert updates.kinds.tolist() == [Kind.RANDOM]


def test_email_joined_of_columns() -> None:
    """An address that stands in two columns names its row too."""
    settings = {"columns": {3: "p"}, "properties": {"$email": {"join": [1, 2], "with": "@"}}}
    rows = named(updates_of(b"jo,x.org,1\n,,2\njo,,3\n", settings))
    assert [(row.kind, row.identifier) for row in rows if row.kind == Kind.EMAIL] == [
        (Kind.EMAIL, "jo@x.org"), (Kind.EMAIL, "jo"),
    ]  # fmt: skip
    assert rows[0].properties == {"$email": "jo@x.org", "p": "1"}
    assert rows[1].kind == Kind.RANDOM


def test_default_of_an_email_stands_in_where_it_does_for_the_property() -> None:
    """A row is not named by an address that its profile does not get."""
    column = {"property": "$email", "default": "nobody@x.org"}
    rows = named(updates_of(b"  ,1\n,2\n", {"columns": {1: column, 2: "p"}}))
    assert [(row.kind, row.properties["$email"]) for row in rows] == [
        (Kind.RANDOM, "  "), (Kind.EMAIL, "nobody@x.org"),
    ]  # fmt: skip
    typed = {"columns": {1: {**column, "type": "email"}, 2: "p"}}
    rows = named(updates_of(b"  ,1\n,2\n", typed))
    assert [row.properties["$email"] for row in rows] == ["nobody@x.org"] * 2
    assert {(row.kind, row.identifier) for row in rows} == {(Kind.EMAIL, "nobody@x.org")}


def test_value_maps_of_types_that_trim() -> None:
    """White space around a cell does not count for its value map either, except for texts."""
    values = {"none": ""}
    settings = {
        "identifier": {"column": 1},
        "columns": {
            2: {"property": "l", "type": "list", "values": values},
            3: {"property": "s", "values": values},
        },
    }
    (row,) = named(updates_of(b"u1,none ,none \n", settings))
    assert row.properties == {"s": "none "}
