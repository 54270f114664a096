"""Operations, empty cells and derived values, from the file to the profiles of an emulator."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from importer import MappingError, Report, import_profiles, load_config
from importer.emulator import Emulator
from importer.errors import ConfigError
from importer.settings.columns import Column
from importer.settings.config import Config
from importer.timing import Timing
from importer.updates.mapping import resolve_mapping
from importer.updates.operations import OPERATIONS


def columns(**entries: Any) -> dict[str, Any]:
    """Map columns 2, 3 ... to properties of these names, column 1 being the identifier."""
    numbered = {
        str(place): {"property": name} | entry
        for place, (name, entry) in enumerate(entries.items(), start=2)
    }
    return {"identifier": {"column": 1}, "columns": numbered}


EVERY = {
    "plan": {},
    "first_plan": {"operation": "set_once"},
    "orders": {"type": "integer", "operation": "add"},
    "tags": {"type": "list", "operation": "union"},
    "notes": {"operation": "append"},
    "old": {"operation": "remove"},
    "gone": {"operation": "unset"},
}


def write(path: Path, mapping: dict[str, Any]) -> Path:
    """Write a mapping whose column numbers stay numbers."""
    entries = "\n".join(f"  {k}: {json.dumps(v)}" for k, v in mapping["columns"].items())
    rest = {k: v for k, v in mapping.items() if k != "columns"}
    others = "\n".join(f"{k}: {json.dumps(v)}" for k, v in rest.items())
    listed = f"columns:\n{entries}\n" if entries else ""
    path.write_text(f"{others}\n{listed}", encoding="utf-8")
    return path


def bring(
    directory: Path, rows: str, mapping: dict[str, Any], emulator: Emulator, **options: Any
) -> Report:
    source = directory / "customers.csv"
    source.write_text(rows, encoding="utf-8")
    return import_profiles(
        source,
        write(directory / "config.yaml", mapping),
        report_dir=directory / "runs",
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t"},
        **options,
    )


def test_every_operation(tmp_path: Path, emulator: Emulator) -> None:
    """A row's updates, one for each operation, all take effect."""
    rows = (
        "u1,free,free,3,a;b,hello,,\n"
        "u1,pro,pro,-1,b;c,again,,\n"
        "u1,,,,,,,x\n"
        "u2,free,,,,one,,\n"
        "u2,,,,,two,,\n"
    )
    report = bring(tmp_path, rows, columns(**EVERY), emulator)
    assert (report.exit_code, report.totals.imported) == (0, 5)
    assert emulator.profiles() == {
        "u1": {
            "plan": "pro",
            "first_plan": "free",
            "orders": 2,
            "tags": ["a", "b", "c"],
            "notes": ["hello", "again"],
        },
        "u2": {"plan": "free", "notes": ["one", "two"]},
    }


def test_one_update_for_each_operation(tmp_path: Path, emulator: Emulator) -> None:
    """Rows fill requests by their updates, and those of a row stay together."""
    rows = "".join(f"u{n},pro,,1,,,,\n" for n in range(300))
    report = bring(tmp_path, rows, columns(**EVERY), emulator)
    assert report.totals.imported == 300
    assert emulator.stats()["batch_sizes"] == {"200": 3}


@pytest.mark.parametrize(
    ("general", "entry", "expected"),
    [
        ("skip", {}, {"kept": "1", "plan": "old"}),
        ("unset", {}, {"kept": "1"}),
        ("null", {}, {"kept": "1", "plan": None}),
        ("unset", {"empty": "skip"}, {"kept": "1", "plan": "old"}),
        ("skip", {"empty": None}, {"kept": "1", "plan": None}),
        ("skip", {"default": "none yet"}, {"kept": "1", "plan": "none yet"}),
        ("unset", {"type": "integer", "default": 7}, {"kept": "1", "plan": 7}),
    ],
)
def test_empty_cells(
    tmp_path: Path,
    emulator: Emulator,
    general: str,
    entry: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    """What an empty cell does is said for the file, and otherwise for a column."""
    bring(tmp_path, "u1,old,1\n", columns(plan={}, kept={}), emulator)
    mapping = columns(plan=entry, kept={}) | {"empty_cells": general}
    report = bring(tmp_path, "u1,,1\n", mapping, emulator)
    assert (report.exit_code, emulator.profile("u1")) == (0, expected)


def test_cells_that_must_not_be_empty(tmp_path: Path, emulator: Emulator) -> None:
    """`required`, or `empty: error`, makes a row with an empty cell fail by name."""
    mapping = columns(plan={"required": True}, city={"empty": "error"}, note={})
    report = bring(tmp_path, "u1,pro,Oslo,\nu2,,Rome,x\nu3,,,y\n,,,\n", mapping, emulator)
    failed = [(f.row, f.code, f.column, f.property, f.reason) for f in report.examples]
    assert failed == [
        (2, "empty", 2, "plan", "is empty"),
        (3, "empty", 2, "plan", "is empty; city: is empty"),
        (4, "blank", None, "", "every cell is empty"),
    ]
    assert emulator.profiles() == {"u1": {"plan": "pro", "city": "Oslo"}}


@pytest.mark.parametrize(
    ("entry", "cell", "plan"),
    [
        ({"type": "integer", "default": 7, "required": True}, " ", 7),
        ({"type": "list", "default": "a;b"}, " ; ", ["a", "b"]),
        ({"type": "integer", "default": 7, "values": {"-": ""}}, "-", 7),
        ({"default": "none yet"}, " ", " "),
    ],
)
def test_defaults_of_blank_cells(
    tmp_path: Path, emulator: Emulator, entry: dict[str, Any], cell: str, plan: Any
) -> None:
    """A default stands in wherever the type finds a cell empty, and only there."""
    report = bring(tmp_path, f"u1,{cell},1\n", columns(plan=entry, kept={}), emulator)
    assert (report.exit_code, emulator.profile("u1")) == (0, {"kept": "1", "plan": plan})


def test_defaults_that_do_not_fit(tmp_path: Path, emulator: Emulator) -> None:
    """A default that is not of the column's type fails the rows that it stands in for."""
    mapping = columns(n={"type": "integer", "default": "none"}, kept={})
    report = bring(tmp_path, "u1,x,1\nu2, ,1\nu3,3,1\nu4,,1\n", mapping, emulator)
    assert [(f.row, f.code, f.reason) for f in report.examples] == [
        (1, "type", '"x" is no integer'),
        (2, "type", '"none" is no integer'),
        (4, "type", '"none" is no integer'),
    ]
    assert emulator.profiles() == {"u3": {"n": 3, "kept": "1"}}


def test_derived_values(tmp_path: Path, emulator: Emulator) -> None:
    """A value map replaces what it lists; a join leaves out what is empty."""
    mapping = columns(plan={"values": {"P": "premium", "1": "one"}}, first={}, last={})
    mapping["properties"] = {"$name": {"join": [3, 4], "with": " "}, "source": "crm"}
    rows = "u1,P,Ada,Lovelace\nu2,1,,Turing\nu3,X,,\n"
    bring(tmp_path, rows, mapping, emulator)
    assert emulator.profiles() == {
        "u1": {
            "source": "crm",
            "plan": "premium",
            "first": "Ada",
            "last": "Lovelace",
            "$name": "Ada Lovelace",
        },
        "u2": {"source": "crm", "plan": "one", "last": "Turing", "$name": "Turing"},
        "u3": {"source": "crm", "plan": "X"},
    }


def test_groups(tmp_path: Path, emulator: Emulator) -> None:
    """Group profiles go to their own address, under their key."""
    mapping = columns(plan={}, tags={"type": "list", "operation": "union"}) | {
        "profiles": {"group_key": "company"}
    }
    report = bring(tmp_path, "acme,pro,a;b\nacme,,b;c\n", mapping, emulator)
    assert report.exit_code == 0
    assert emulator.group("company", "acme") == {"plan": "pro", "tags": ["a", "b", "c"]}
    assert emulator.profiles() == {}


@pytest.mark.parametrize("operation", ["add", "append"])
def test_lost_answers_are_not_repeated(tmp_path: Path, emulator: Emulator, operation: str) -> None:
    """What must not be done twice is in doubt when its answer is lost, and not sent again."""
    emulator.faults({"kind": "drop", "apply": "before", "first": 1})
    mapping = columns(orders={"type": "integer", "operation": operation})
    report = bring(tmp_path, "u1,1\nu2,1\n", mapping, emulator, timing=Timing(chance=lambda: 0.0))
    assert (report.exit_code, report.totals.in_doubt, report.totals.requests_sent) == (7, 2, 1)
    once = {"add": 1, "append": [1]}[operation]
    assert emulator.profiles() == {"u1": {"orders": once}, "u2": {"orders": once}}


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        (
            columns(orders={"operation": "add"}),
            "orders: operation add wants number, and the column's type gives string",
        ),
        (
            columns(on={"type": "boolean", "operation": "union"}),
            "on: operation union wants array, number, string, and the column's type gives boolean",
        ),
        (
            columns(tags={"type": "list", "operation": "append"}),
            "tags: operation append wants any, boolean, number, string, "
            "and the column's type gives array",
        ),
        (
            columns(n={"type": "integer", "operation": "add"})
            | {"profiles": {"group_key": "company"}},
            "n: groups have no operation add",
        ),
    ],
)
def test_operations_and_types(mapping: dict[str, Any], fault: str) -> None:
    """An operation that the column's type or the kind of profile cannot have stops the run."""
    config = Config.model_validate(
        mapping | {"columns": {int(k): v for k, v in mapping["columns"].items()}}
    )
    with pytest.raises(MappingError) as caught:
        resolve_mapping(config, 5, ())
    assert str(caught.value) == fault


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        (
            columns(a={"required": True, "empty": "skip"}),
            "2: columns.2: required: true makes empty cells fail; empty: skip does not",
        ),
        (
            columns(a={"type": "integer", "operation": "add", "empty": None}),
            "2: columns.2: empty: null goes with operation set or set_once, not add",
        ),
        (
            columns(a={}) | {"profiles": {"group_key": "c"}, "identifier": {"fallback": ["email"]}},
            "identifier.fallback: an email names a person, not a group; write [random] or []",
        ),
        (
            columns(a={}) | {"properties": {"b": {"join": [2], "wiht": " "}}},
            "1: properties.b.wiht: unknown key; did you mean 'with'?",
        ),
        (
            columns(a={"operation": "incr"}),
            "should be 'set', 'set_once', 'add', 'union', 'append', 'remove' or 'unset', "
            "not 'incr'",
        ),
    ],
)
def test_faults_of_a_mapping(tmp_path: Path, mapping: dict[str, Any], fault: str) -> None:
    """What contradicts itself in a mapping is said before anything is read."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path / "config.yaml", mapping))
    assert str(caught.value).endswith(fault.partition(": ")[2] if fault[0].isdigit() else fault)


def test_operations_are_those_of_the_configuration() -> None:
    """Each operation that a mapping may name is one that there is, and the other way round."""
    assert get_args(Column.model_fields["operation"].annotation) == tuple(OPERATIONS)


def test_a_row_fills_a_request_to_the_last_byte(tmp_path: Path, emulator: Emulator) -> None:
    """Two updates of a row go together in 1,999,999 bytes; a byte more and the row fails."""
    mapping = columns(plan={}, first_plan={"operation": "set_once"})

    def brought(size: int) -> Report:
        return bring(tmp_path, f"u1,{'a' * 1_000_000},{'b' * size}\n", mapping, emulator)

    told = (brought(1_000_000).folder / "failures.csv").read_text("utf-8")
    (over,) = re.findall(r"([\d,]+) bytes of updates; a request takes 2,000,000", told)
    size = 1_000_000 - (int(over.replace(",", "")) - 1_999_999)
    assert brought(size).totals.imported == 1
    assert brought(size + 1).totals.failures_by_code == {"too_large": 1}


@pytest.mark.parametrize("operation", ["add", "union", "append", "remove", "set_once"])
def test_empty_cells_are_errors_whatever_the_operation(
    tmp_path: Path, emulator: Emulator, operation: str
) -> None:
    """`empty_cells: error` is for all columns."""
    kind = "integer" if operation == "add" else "string"
    mapping = columns(x={"operation": operation, "type": kind}) | {"empty_cells": "error"}
    report = bring(tmp_path, "u1,1\nu2,\n", mapping, emulator)
    assert report.totals.failures_by_code == {"empty": 1}
