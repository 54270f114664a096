"""`operation: delete`: exactly the identified profiles go, and only when somebody meant it."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from importer import ConfigError, import_profiles, load_config
from importer.emulator import Emulator
from tests.conftest import Command
from tests.updates.test_operations import bring, columns, write

DELETE: dict[str, Any] = {"identifier": {"column": 1}, "columns": {}, "operation": "delete"}


def people(directory: Path, emulator: Emulator) -> None:
    rows = "u1,a@example.com\nu2,b@example.com\nb@example.com,x\n"
    assert bring(directory, rows, columns(**{"$email": {}}), emulator).exit_code == 0


def test_exactly_the_identified_profiles(tmp_path: Path, emulator: Emulator) -> None:
    """Profiles are deleted by column or email; a row that names nobody fails, none is random."""
    people(tmp_path, emulator)
    mapping = DELETE | {"columns": {2: {"property": "$email", "type": "email"}}}
    report = bring(tmp_path, "u1,\n null ,b@example.com\nnull,\nu9,\n", mapping, emulator)
    assert (report.exit_code, report.totals.imported) == (3, 3)
    assert [(f.row, f.code) for f in report.examples] == [(3, "no_identifier")]
    assert report.as_json()["operation"] == "delete"
    assert list(emulator.profiles()) == ["u2"]


@pytest.mark.parametrize(
    ("email", "rows"),
    [
        ({"values": {"me": "boss@example.com"}}, "me\nother\n"),
        ({"type": "email"}, "boss@example.com\nnotmail\n"),
        ({"default": "boss@example.com"}, ",x\n"),
        ({"required": True}, "boss@example.com,x\n,y\n"),
    ],
)
def test_who_is_imported_is_deleted(
    tmp_path: Path, emulator: Emulator, email: dict[str, Any], rows: str
) -> None:
    """A mapping that names profiles by their email deletes those that it imports, and no others."""
    mapping = {"columns": {1: {"property": "$email"} | email}}
    others = {"columns": {1: "name"}, "identifier": {"column": 1}}
    bring(tmp_path, "notmail\nme\n", others, emulator)
    imported = bring(tmp_path, rows, mapping, emulator)
    deleted = bring(tmp_path, rows, mapping | {"operation": "delete"}, emulator)
    assert deleted.totals.rows == imported.totals.rows
    assert set(emulator.profiles()) == {"notmail", "me"}


def test_groups_are_deleted(tmp_path: Path, emulator: Emulator) -> None:
    group = {"profiles": {"group_key": "company"}}
    bring(tmp_path, "acme,1\ninitech,2\n", columns(plan={}) | group, emulator)
    assert bring(tmp_path, "acme\n", DELETE | group, emulator).exit_code == 0
    assert emulator.group("company", "acme") is None
    assert emulator.group("company", "initech") == {"plan": "2"}


@pytest.mark.parametrize("ignore", [True, False])
def test_aliases(tmp_path: Path, ignore: bool) -> None:
    """`ignore_alias` is in each update where it is asked for, and nowhere else."""
    (tmp_path / "customers.csv").write_text("u1\n", encoding="utf-8")
    config = write(tmp_path / "config.yaml", DELETE | {"ignore_alias": ignore})
    report = import_profiles(tmp_path / "customers.csv", config, dry_run=True, report_dir=tmp_path)
    assert report.rehearsed is not None
    assert ('"$ignore_alias":true' in report.rehearsed.updates[0]) == ignore
    assert '"$delete":""' in report.rehearsed.updates[0]


def ready(directory: Path, emulator: Emulator) -> dict[str, str]:
    people(directory, emulator)
    write(directory / "config.yaml", DELETE)
    (directory / "customers.csv").write_text("u1\n", encoding="utf-8")
    return {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t"}


def test_yes(tmp_path: Path, emulator: Emulator, command: Command) -> None:
    """Without a terminal `--yes` is needed, except for a rehearsal; without it nothing is sent."""
    environment = ready(tmp_path, emulator)
    rehearsed = command("check", "-c", "config.yaml", "customers.csv", **environment)
    assert (rehearsed.returncode, len(emulator.profiles())) == (0, 3)
    assert rehearsed.stdout.startswith("1 of 1 row would be deleted in ")
    refused = command("run", "customers.csv", "-c", "config.yaml", **environment)
    assert (refused.returncode, len(emulator.profiles())) == (2, 3)
    assert refused.stderr == ("importer: operation: delete needs --yes where nobody can be asked\n")
    done = command("run", "customers.csv", "-c", "config.yaml", "--yes", **environment)
    assert (done.returncode, list(emulator.profiles())) == (0, ["u2", "b@example.com"])
    assert done.stdout.startswith("1 of 1 row deleted in ")


@pytest.mark.parametrize(
    ("typed", "code", "left"), [("delete\n", 0, 2), ("y\n", 2, 3), ("\n", 2, 3), ("\x04", 2, 3)]
)
def test_typed_confirmation(
    tmp_path: Path, emulator: Emulator, typed: str, code: int, left: int
) -> None:
    """At a terminal the word `delete` is asked for, and nothing less will do."""
    environment = ready(tmp_path, emulator)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", "run", "customers.csv", "-c", "config.yaml"],
        cwd=tmp_path, env={**os.environ, **environment}, stdin=theirs,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.write(ours, typed.encode())
    _, said = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert f"the profile of every row of customers.csv at {emulator.url}" in said.decode()
    assert (process.returncode, len(emulator.profiles())) == (code, left)


def test_by_a_joined_email(tmp_path: Path, emulator: Emulator) -> None:
    """A profile is found by an address that stands in two columns."""
    joined = {"$email": {"join": [1, 2], "with": "@"}}
    people(tmp_path, emulator)
    mapping = {"columns": {}, "properties": joined, "operation": "delete"}
    assert bring(tmp_path, "b,example.com\n", mapping, emulator).exit_code == 0
    assert sorted(emulator.profiles()) == ["u1", "u2"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("identifier: {column: 1}", "1: columns is missing"),
        ("columns: {}\nidentifier: {column: 1}", "1: columns: no column is listed"),
        (
            "operation: delete\ncolumns: {2: plan}",
            "1: operation: delete needs identifier.column: whose profiles?",
        ),
        (
            "operation: delete\ncolumns: {2: {property: $email, operation: unset}}",
            "1: operation: delete needs identifier.column: whose profiles?",
        ),
        (
            "operation: delete\nidentifier: {fallback: []}\ncolumns: {2: $email}",
            "1: operation: delete needs identifier.column: whose profiles?",
        ),
        ("ignore_alias: true\ncolumns: {2: plan}", "1: ignore_alias: goes with operation: delete"),
        ("operation: delet\ncolumns: {2: plan}", "1: operation: should be 'delete', not 'delet'"),
        (
            "operation: delete\nignore_alias: true\nprofiles: {group_key: c}\n"
            "identifier: {column: 1}",
            "2: ignore_alias: groups have no aliases",
        ),
    ],
)
def test_faults(tmp_path: Path, text: str, fault: str) -> None:
    """What contradicts itself is said, with its line."""
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "c.yaml")
    assert str(caught.value) == f"{tmp_path / 'c.yaml'}:{fault}"


def test_columns_that_are_not_used(tmp_path: Path) -> None:
    """A mapping for an import that is made a delete says which of its columns mean nothing now."""
    told: list[str] = []
    load_config(
        write(tmp_path / "c.yaml", DELETE | columns(plan={}, **{"$email": {}})), told.append
    )
    assert [line.partition(": ")[2] for line in told] == [
        "columns.2.property: property 'plan' is not used: operation: delete deletes whole profiles"
    ]
