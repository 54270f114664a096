"""Imports, one after the other, against a model of them in plain Python.

The model knows the README's rules for cells and the API's documentation of its operations, and
shares no code with the importer or the emulator.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer import import_profiles
from importer.emulator import Emulator, running
from importer.settings.config import Config
from tests.mappings import NOT_FOR_GROUPS, TYPES_OF
from tests.reading.strategies import often
from tests.reading.through import quoted

Profiles = dict[str, dict[str, Any]]
Row = Sequence[str]
Import = tuple[dict[str, Any], list[Row]]
"""A mapping and the rows of its file."""

COLUMNS = (2, 3, 4)

VALUES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "string": {"a": "a", "7": "7", " x ": " x ", " ": " ", "a;b": "a;b", "é" * 300: "é" * 300},
        "integer": {"7": 7, "007": 7, " -4 ": -4, "12.0": 12, "0": 0},
        "number": {"7": 7, "1.50": 1.5, ".5": 0.5, "1e3": 1000.0, "-0.25": -0.25},
        "boolean": {"yes": True, "OFF": False, "1": True},
        "date": {"2025-04-03": "2025-04-03", "20250403": "2025-04-03", "3 Apr 2025": "2025-04-03"},
        "datetime": {
            "2025-04-03T10:20:30+02:00": "2025-04-03T08:20:30",
            "2025-04-03 1:20 PM": "2025-04-03T13:20:00",
        },
        "timestamp": {
            "1700000000": "2023-11-14T22:13:20",
            "1700000000123": "2023-11-14T22:13:20",
        },
        "list": {"a;b": ["a", "b"], " b ;;c": ["b", "c"], "7": ["7"], "a;a": ["a", "a"]},
        "json": {
            "7": 7,
            '"a"': "a",
            "null": None,
            "[]": [],
            '[1, 1.0, "a", true, ["a"], 7]': [1, 1.0, "a", True, ["a"], 7],
            '["2025-04-03", "a", "a"]': ["2025-04-03", "a", "a"],
            '{"a": [false]}': {"a": [False]},
        },
        "phone": {"+49 (0)30 123456": "+4930123456"},
        "email": {"ada@example.com": "ada@example.com"},
        "url": {" https://example.com/ ": "https://example.com/"},
        "country": {"Germany": "DE", "deu": "DE"},
    }
)
"""What cells of a type say."""

NOTHING: Mapping[str, Sequence[str]] = MappingProxyType(
    dict.fromkeys(VALUES, ("", " ", "\t")) | {"string": ("",), "list": ("", " ; ;")}
)
"""Cells of a type that are empty."""

WRONG = "x!"
"""A cell that is of no type, but a text."""

ABSENT: Any = object()
"""Stands for a value that is not there."""


class RowFails(Exception):
    pass


def meaning(entry: Mapping[str, Any], cell: str) -> Any:
    """What a cell says by an entry of the mapping; ABSENT where it says nothing."""
    type_ = entry["type"]
    cell = entry.get("values", {}).get(cell, cell)
    if cell in NOTHING[type_]:
        cell = entry.get("default", "")
    if cell in NOTHING[type_]:
        return ABSENT
    if type_ in ("string", "list") and cell == WRONG:
        return [WRONG] if type_ == "list" else WRONG
    if cell == WRONG:
        raise RowFails
    return VALUES[type_][cell]


def rule(entry: Mapping[str, Any], general: str | None) -> str:
    """What an empty cell does: what its column says, else what the file says."""
    if entry.get("required"):
        return "error"
    if "empty" in entry:
        return str(entry["empty"] or "null")
    if general == "error" or entry["operation"] in ("set", "set_once"):
        return general or "null"
    return "skip"


ORDER = ("set", "set_once", "add", "union", "append", "remove", "unset")


def updates(mapping: dict[str, Any], row: Row) -> dict[str, dict[str, Any]]:
    """What a row says, by operation. Raises RowFails."""
    said: dict[str, dict[str, Any]] = {operation: {} for operation in ORDER}
    for name, value in mapping["properties"].items():
        if isinstance(value, dict) and "join" in value:
            value = str(value["with"]).join(cell for n in value["join"] if (cell := row[n - 1]))
        if value != "":
            said["set"][name] = value
    for place, entries in mapping["columns"].items():
        for entry in entries:
            operation, value = entry["operation"], meaning(entry, row[place - 1])
            match value is ABSENT, rule(entry, mapping["empty_cells"]):
                case False, _:
                    value = [value] if operation == "union" and type(value) is not list else value
                    said[operation][entry["property"]] = value
                case True, "null":
                    said[operation][entry["property"]] = None
                case True, "unset":
                    said["unset"][entry["property"]] = None
                case True, "error":
                    raise RowFails
                case _:
                    pass
    if not row[0].strip():
        raise RowFails
    return said


def apply(profiles: Profiles, whose: str, operation: str, given: dict[str, Any]) -> None:
    """Do to a profile what the API's documentation says of an operation."""
    if not given or (operation == "remove" and whose not in profiles):
        return
    profile = profiles.setdefault(whose, {})
    for name, value in given.items():
        present, value = profile.get(name, ABSENT), cut(value)
        match operation:
            case "set":
                profile[name] = value
            case "set_once":
                profile.setdefault(name, value)
            case "add" if present is ABSENT:
                profile[name] = value
            case "add" if type(present) in (int, float):
                profile[name] = present + value
            case "append" if present is ABSENT:
                profile[name] = [value]
            case "append" if type(present) is list:
                profile[name] = [*present, value]
            case "union" if present is ABSENT or type(present) is list:
                merged = [] if present is ABSENT else [*present]
                for item in value:
                    if not any(same(item, other) for other in merged):
                        merged.append(item)
                profile[name] = merged
            case "remove" if type(present) is list:
                profile[name] = [item for item in present if not same(item, value)]
            case "unset":
                profile.pop(name, None)
            case _:
                pass  # ignored: the property is of another kind


def same(one: Any, other: Any) -> bool:
    """Are these the same JSON? True is not 1, but 1.0 is."""
    return bool(one == other) and (type(one) is bool) == (type(other) is bool)


def cut(value: Any) -> Any:
    """A value as the API keeps it: its texts at most 255 characters long."""
    if isinstance(value, list):
        return [cut(item) for item in value]
    return value[:255] if isinstance(value, str) else value


def model(imports: Sequence[Import]) -> tuple[Profiles, list[int]]:
    """The profiles that imports leave, and how many rows of each of them fail."""
    profiles: Profiles = {}
    failed = []
    for mapping, rows in imports:
        failed.append(0)
        for row in rows:
            try:
                said = updates(mapping, row)
            except RowFails:
                failed[-1] += 1
                continue
            for operation in ORDER:
                apply(profiles, row[0].strip(), operation, said[operation])
    return profiles, failed


def cells(type_: str) -> st.SearchStrategy[str]:
    fitting, nothing = list(VALUES[type_]), list(NOTHING[type_])
    kinds = [*[fitting] * 14, *[nothing] * 5, [WRONG]]
    return st.sampled_from(kinds).flatmap(st.sampled_from)


@st.composite
def entries(draw: st.DrawFn, name: str, *, groups: bool) -> dict[str, Any]:
    offered = [one for one in ORDER if not (groups and one in NOT_FOR_GROUPS)]
    operation = draw(st.sampled_from(offered))
    type_ = draw(st.sampled_from(TYPES_OF[operation]))
    entry: dict[str, Any] = {"property": name, "operation": operation, "type": type_}
    rules: list[dict[str, Any]] = [{}, {}, {}, {"empty": "skip"}, {"required": True}]
    if operation in ("set", "set_once"):
        rules += [{"empty": "unset"}, {"empty": None}, {"empty": "unset"}, {"empty": None}]
    entry |= draw(st.sampled_from(rules))
    if draw(st.integers(0, 4)) == 0:
        entry["default"] = draw(cells(type_))
    if draw(st.integers(0, 4)) == 0:
        entry["values"] = draw(st.dictionaries(st.just("P"), cells(type_), min_size=1))
    return entry


@st.composite
def one_import(draw: st.DrawFn, *, groups: bool) -> Import:
    """A mapping of one column for each of some properties, and rows that come to few profiles."""
    names = draw(st.permutations(["p", "q", "r", "s"]))
    columns = {
        place: [draw(entries(names.pop(), groups=groups))]
        for place in COLUMNS[draw(st.integers(0, 2)) :]
    }
    constants = st.sampled_from(["a", 7, None, ["a", 1], {"a": True}])
    joins = st.sampled_from([{"join": [2, 3], "with": "-"}, {"join": [4, 2, 4], "with": ""}])
    properties: dict[str, Any] = draw(
        st.sampled_from([{}, {}]) | st.fixed_dictionaries({names.pop(): constants | joins})
    )
    mapping = {
        "profiles": {"group_key": "company"} if groups else "user",
        "identifier": {"column": 1, "fallback": []},
        "columns": columns,
        "properties": properties,
        "empty_cells": draw(st.sampled_from(["skip", "unset", "unset", None, "error"])),
        "delivery": {"batch_size": draw(st.sampled_from([7, 8, 200])), "concurrency": 4},
    }
    spelled = [
        st.sampled_from(["P" if "values" in entry else ""]) | cells(entry["type"])
        for place in COLUMNS
        for entry in columns.get(place, [{"type": "string"}])
    ]
    names_of_rows = st.sampled_from(["u1", "u1", "u2", "u2", " u1", " "])
    count = draw(st.integers(1, 12))
    rows = st.lists(st.tuples(names_of_rows, *spelled), min_size=count, max_size=count)
    return mapping, list(draw(rows))


@st.composite
def series(draw: st.DrawFn) -> list[Import]:
    """Imports that meet what earlier ones, of other types and operations, have left."""
    groups = draw(st.booleans())
    return [draw(one_import(groups=groups)) for _ in range(draw(st.integers(1, 3)))]


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running() as started:
        yield started


def stored(server: Emulator, *, groups: bool) -> Profiles:
    """All profiles of the server: those of people, or those of companies."""
    place, named = ("groups/company/", "$group_id") if groups else ("profiles", "$distinct_id")
    found = httpx.get(f"{server.url}/_emulator/{place}?limit=1000000").json()["profiles"]
    assert server.stats()["profiles"] == len(found), "there are none of another kind"
    return {one[named]: one["$properties"] for one in found}


def compare(folder: Path, server: Emulator, imports: list[Import]) -> None:
    """Run imports and their model, and compare what both leave."""
    server.forget()
    # So that requests overtake one another where nothing holds them back.
    server.faults({"kind": "delay", "delay_ms": [0, 4]})
    failed = []
    for mapping, rows in imports:
        (folder / "rows.csv").write_bytes(quoted(rows))
        report = import_profiles(
            folder / "rows.csv",
            Config.model_validate(mapping),
            report_dir=folder / "runs",
            environment={"MIXPANEL_URL": server.url, "MIXPANEL_TOKEN": "t"},
        )
        assert report.totals.imported + report.totals.failed == len(rows)
        failed.append(report.totals.failed)
    expected, failing = model(imports)
    found = stored(server, groups=imports[0][0]["profiles"] != "user")
    assert (found, failed) == (expected, failing)
    # The same once more, to tell true from 1, and 1 from 1.0.
    assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


@pytest.mark.usefixtures("one_authority")
@settings(often, max_examples=often.max_examples * 4 // 10)
@given(series())
def test_profiles_are_those_of_a_model(
    tmp_path_factory: pytest.TempPathFactory, server: Emulator, imports: list[Import]
) -> None:
    """Random files of mixed operations, types and rules leave the profiles that applying their
    rows one by one leaves, as the API documents its operations.
    """
    compare(tmp_path_factory.mktemp("modelled"), server, imports)


def of_one_operation(operation: str, types: Sequence[str]) -> dict[str, Any]:
    """A mapping of a column for each type, all of them of one operation."""
    columns = {
        place: [{"property": f"p{place}", "operation": operation, "type": type_}]
        for place, type_ in enumerate(types, start=2)
    }
    rest = {"profiles": "user", "properties": {}, "empty_cells": "skip"}
    return {**rest, "identifier": {"column": 1}, "columns": columns}


@pytest.mark.usefixtures("one_authority")
@pytest.mark.parametrize("operation", ORDER)
def test_every_value_meets_every_other(tmp_path: Path, server: Emulator, operation: str) -> None:
    """An operation does with each value what is documented, whatever the property held before."""
    types = TYPES_OF[operation]
    before: list[Row] = []
    after: list[Row] = []
    for place, type_ in enumerate(types):
        for present, cell in product(["", *VALUES["json"]], VALUES[type_]):
            for rows, held in ((before, present), (after, cell)):
                others = ["" for _ in types]
                rows.append((f"u{len(rows)}", *others[:place], held, *others[place + 1 :]))
    jsons = of_one_operation("set", ["json" for _ in types])
    compare(tmp_path, server, [(jsons, before), (of_one_operation(operation, types), after)])
