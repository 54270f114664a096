"""Updates: the text of every cell arrives as it stands in the file, and JSON never breaks."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.engage import UPDATE_BYTES
from importer.errors import MappingError
from importer.updates.operations import OPERATIONS
from tests.reading.strategies import often
from tests.reading.through import quoted, sent, updates_of

texts = st.one_of(
    st.text(max_size=12),
    st.text(st.sampled_from('"\\\b\f\n\r\t\0\x1f\x7f\x85\u2028\ufeff\U0010ffff aé'), max_size=8),
    st.sampled_from(("", "", "007", "1e5", "NA", "null", "true", " x ", "{}", "é" * 3000)),
)
names = texts.filter(bool)
rows_of_texts = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=12)


def update(identifier: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$token": 'se"cret',
        "$distinct_id": identifier,
        "$ip": "0",
        "$ignore_time": True,
        "$set": properties,
    }


@often
@given(
    rows_of_texts,
    st.lists(names, min_size=3, max_size=3, unique=True),
    st.dictionaries(names, st.none() | st.booleans() | texts | st.lists(st.integers(0, 9))),
    st.integers(1, 13),
)
def test_updates_say_what_the_cells_say(
    rows: Sequence[tuple[str, str, str]],
    properties: Sequence[str],
    constants: dict[str, Any],
    most: int,
) -> None:
    """Every update is JSON, has the constants and each cell that is not empty, verbatim."""
    constants = {name: value for name, value in constants.items() if name not in properties}
    data = quoted((f"u{number}", *cells) for number, cells in enumerate(rows))
    settings = {
        "identifier": {"column": 1},
        "columns": dict(zip((2, 3, 4), properties, strict=True)),
        "properties": constants,
    }
    assert sent(updates_of(data, settings, most=most)) == [
        update(
            f"u{number}",
            {**constants, **{k: v for k, v in zip(properties, cells, strict=True) if v}},
        )
        for number, cells in enumerate(rows)
    ]


def test_one_column_feeds_several_properties_and_the_identifier() -> None:
    """A column may be used more than once."""
    settings = {"identifier": {"column": 1}, "columns": {1: ["a", "b"], 2: "c"}}
    assert sent(updates_of(quoted([("x", ""), ("y", "z")]), settings)) == [
        update("x", {"a": "x", "b": "x"}),
        update("y", {"a": "y", "b": "y", "c": "z"}),
    ]


def test_the_largest_update() -> None:
    """An update of 1,048,576 bytes goes; a byte more fails, and the rows around it go."""
    empty = len(next(updates_of(quoted([("a", "")]), SETTINGS)).body()) - len("[]")
    most = UPDATE_BYTES - empty - len('"p":""')
    rows = [("a", "x" * most), ("b", "x" * (most + 1)), ("c", "1")]
    (updates,) = updates_of(quoted(rows), SETTINGS, width=2)
    assert updates.rows.tolist() == [1, 3]
    (failure,) = updates.failures
    assert (failure.row, failure.line, failure.code, failure.identifier, failure.reason) == (
        2,
        2,
        "too_large",
        "b",
        "1,048,577 bytes as an update; the API takes 1,048,576",
    )


SETTINGS: dict[str, Any] = {"identifier": {"column": 1}, "columns": {2: "p"}}


@pytest.mark.parametrize("value", [10**30, float("nan"), {"a": [float("inf")]}])
def test_a_constant_without_json(value: Any) -> None:
    """A constant that YAML can say and JSON cannot is refused before the first row, by name."""
    with pytest.raises(
        MappingError, match=r"^properties\.c: cannot be sent: .*; put text in quotes$"
    ):
        updates_of(b"a,b\n", {**SETTINGS, "properties": {"c": value}})


def test_a_constant_beyond_the_limits() -> None:
    """A constant that the API does not store is refused before the first row, too."""
    with pytest.raises(MappingError, match=r"^properties\.c: is nested more than 3 levels deep$"):
        updates_of(b"a,b\n", {**SETTINGS, "properties": {"c": [[[[1]]]]}})


@pytest.mark.parametrize("fallback", [[], ["email"]])
def test_a_row_without_identifier_fails(fallback: list[str]) -> None:
    """Without the fallback to a random id such a row fails, in its place among the failures."""
    settings = {**SETTINGS, "identifier": {"column": 1, "fallback": fallback}}
    data = b'"","1"\n"a"x,"2"\n"n/a","3"\n"b","4"\n"c"\n'
    (updates,) = updates_of(data, settings)
    assert updates.rows.tolist() == [4]
    assert [(f.row, f.line, f.code, f.column) for f in updates.failures] == [
        (1, 1, "no_identifier", 1),
        (2, 2, "quote", None),
        (3, 3, "no_identifier", 1),
        (5, 5, "width", None),
    ]
    assert updates.failures[0].reason == "no identifier: column 1 gives none, and no fallback does"


def test_a_chunk_of_nothing_but_failures() -> None:
    """A chunk may have no update at all."""
    parts = list(updates_of(b'"a","1"\n"b"\n"c"\n"d","2"\n', SETTINGS, most=1))
    assert [(len(part), len(part.failures)) for part in parts] == [(1, 0), (0, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_rows_with_nothing_to_say(operation: str) -> None:
    """They set nothing: the API's specification knows no empty union, nor an empty list of names
    to unset.
    """
    column = {"property": "p", "operation": operation}
    column |= {"type": "integer"} if operation == "add" else {}
    found = sent(updates_of(b"u1,,x\n", {"identifier": {"column": 1}, "columns": {2: column}}))
    assert found == [update("u1", {})]
