"""`transform`: a callable of the user's own on each chunk, and every way it can go wrong."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from importer import ConfigError, Report, TransformFailed, import_profiles, retry_import
from importer.emulator import Emulator
from importer.lookback.compare import compare
from tests.conftest import Command
from tests.updates.test_operations import write

MODULE = """
import pandas as pd

def clean(frame):
    frame[2] = frame[2].str.strip().str.upper()
    frame[4] = frame[1] + "-" + frame[3]
    return frame

def named(frame):
    return frame.assign(full=frame["first"].str.cat(frame["last"], sep=" "))

def missing(frame):
    return frame.assign(**{}).mask(frame == "b")

def objects(frame):
    return frame.astype(object)

def drops(frame):
    return frame[frame[2] != "b"]

def sorts(frame):
    return frame.sort_values(2)

def numbers(frame):
    frame[2] = frame[2].str.len()
    return frame

def late_numbers(frame):
    frame[2] = frame[2].astype(object)
    frame.loc[frame[2] == "b", 2] = 7
    return frame

def by_rows(frame):
    frame[4] = [text.upper() for text in frame[2]]
    frame[5] = frame.apply(lambda row: row[1] + row[2], axis=1)
    return frame

def leaves(frame):
    if len(frame):
        raise SystemExit(0)
    return frame

def moves(frame):
    return frame[[2, 1, 3]]

def misnumbers(frame):
    frame["new"] = frame[1]
    return frame

def raises(frame):
    if len(frame):
        raise ValueError("no such plan")
    return frame

def returns_nothing(frame):
    frame[2] = ""

constant = 7
"""
ROWS = "u1, a ,x\nu2,b,y\n"


def rehearse(directory: Path, name: str, rows: str = ROWS, **mapping: Any) -> Report:
    (directory / "own_module.py").write_text(MODULE, encoding="utf-8")
    (directory / "customers.csv").write_text(rows, encoding="utf-8")
    config = {"identifier": {"column": 1}, "columns": {2: "plan"}} | mapping
    return import_profiles(
        directory / "customers.csv",
        write(directory / "config.yaml", config | {"transform": f"own_module:{name}"}),
        dry_run=True,
        report_dir=directory / "runs",
    )


def sent(report: Report) -> list[tuple[str, Any]]:
    assert report.rehearsed is not None
    updates = report.rehearsed.as_json()["first_updates"]
    return [(update["$distinct_id"], update["$set"]) for update in updates]


def test_columns_changed_and_added(tmp_path: Path) -> None:
    """The mapping sees what the callable returned: changed columns, and new ones behind them."""
    report = rehearse(tmp_path, "clean", identifier={"column": 4})
    assert sent(report) == [("u1-x", {"plan": "A"}), ("u2-y", {"plan": "B"})]


def test_names_of_a_header(tmp_path: Path) -> None:
    """With a header the frame has its names, and new columns are mapped by theirs."""
    report = rehearse(
        tmp_path, "named", "id,first,last\nu1,Ada,Lovelace\n", source={"header": True},
        columns={"full": "$name"},
    )  # fmt: skip
    assert sent(report) == [("u1", {"$name": "Ada Lovelace"})]


@pytest.mark.parametrize(
    ("name", "expected"), [("missing", [" a ", None]), ("objects", [" a ", "b"])]
)
def test_missing_values_and_objects(tmp_path: Path, name: str, expected: list[Any]) -> None:
    """A missing value is an empty cell; texts may come as objects."""
    assert [update.get("plan") for _, update in sent(rehearse(tmp_path, name))] == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nope", "module 'own_module' has no attribute 'nope'"),
        ("constant", "own_module:constant: is no function but int"),
        ("drops", "rows 1 to 2: 2 rows went in, 1 came out; each row must stay in its place"),
        ("sorts", "2 rows went in, 2 came out; each row must stay in its place"),
        ("numbers", "tried on no rows: column 2: holds int"),
        ("late_numbers", "rows 1 to 2: column 2: "),
        ("moves", "tried on no rows: the columns must stay; new ones come numbered from 4"),
        ("misnumbers", "the columns must stay; new ones come numbered from 4"),
        ("raises", "own_module:raises: rows 1 to 2: ValueError: no such plan"),
        ("leaves", "own_module:leaves: rows 1 to 2: SystemExit: 0"),
        ("returns_nothing", "tried on no rows: returned NoneType, not a frame"),
    ],
)
def test_what_goes_wrong(tmp_path: Path, name: str, words: str) -> None:
    """Whatever the callable does that would shift or drop a row is said; nothing was sent."""
    rows = ROWS.replace(" a ", "c") if name == "sorts" else ROWS
    if words.startswith("rows") or "rows went in" in words or "rows 1 to 2" in words:
        report = rehearse(tmp_path, name, rows)
        assert (report.exit_code, words in str(report.stop)) == (2, True)
    else:
        with pytest.raises(ConfigError, match=re.escape(words)):
            rehearse(tmp_path, name, rows)


def test_row_by_row(tmp_path: Path) -> None:
    """What is made of each row by itself has no type where there is no row."""
    report = rehearse(tmp_path, "by_rows", columns={4: "loud", 5: "both"})
    assert sent(report)[1] == ("u2", {"loud": "B", "both": "u2b"})


def test_no_good_row(tmp_path: Path, emulator: Emulator) -> None:
    """Records that cannot be read fail, and fail again, whatever columns a callable would add."""
    report = rehearse(tmp_path, "by_rows", "u1,a,b\n", columns={4: "loud"})
    assert report.exit_code == 0
    (tmp_path / "customers.csv").write_text("u1,a,b\nu2\n")
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t"}
    around: dict[str, Any] = {"environment": environment}
    ended = import_profiles(
        tmp_path / "customers.csv", tmp_path / "config.yaml", report_dir=tmp_path / "runs", **around
    )
    again = retry_import(ended.folder, **around)
    assert [each.totals.failures_by_code for each in (ended, again)] == [{"width": 1}] * 2


def test_failing_on_the_way(tmp_path: Path, emulator: Emulator) -> None:
    """A callable that raises in the middle stops the run with 4, and the books balance."""
    (tmp_path / "own_module_late.py").write_text(
        "def clean(frame):\n    assert 'u30000' not in set(frame[1])\n    return frame\n"
    )
    rows = "".join(f"u{n},{'x' * 200}\n" for n in range(1, 40_001))
    (tmp_path / "customers.csv").write_text(rows)
    report = import_profiles(
        tmp_path / "customers.csv",
        write(
            tmp_path / "c.yaml",
            {
                "identifier": {"column": 1},
                "columns": {2: "x"},
                "transform": "own_module_late:clean",
            },
        ),
        report_dir=tmp_path / "runs",
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t"},
    )
    assert (report.exit_code, isinstance(report.stop, TransformFailed)) == (4, True)
    totals = report.totals
    assert totals.imported == len(emulator.profiles())
    assert totals.imported + totals.not_attempted == totals.read < 30_000
    held = [each.readlink() for each in Path("/proc/self/fd").glob("*") if each.exists()]
    assert tmp_path / "customers.csv" not in held


def beside(folder: Path, name: str, **modules: str) -> Path:
    """Write a mapping with modules beside it that end each plan in the folder's name; return it."""
    folder.mkdir(exist_ok=True)
    for module, code in modules.items():
        (folder / f"{module}.py").write_text(code, "utf-8")
    (folder / "rows.csv").write_text("u1,pro\n", "utf-8")
    mapping = f"identifier: {{column: 1}}\ncolumns: {{2: plan}}\ntransform: {name}:clean\n"
    (folder / "config.yaml").write_text(mapping, "utf-8")
    return folder / "config.yaml"


def plan_of(mapping: Path) -> str:
    report = import_profiles(
        mapping.with_name("rows.csv"), mapping, dry_run=True,
        report_dir=mapping.with_name("runs"), environment={},
    )  # fmt: skip
    ((_, plans),) = sent(report)
    plan: str = plans["plan"]
    return plan


CLEAN = "def clean(frame):\n    frame[2] += {}\n    return frame\n"


def test_modules_of_one_name(tmp_path: Path) -> None:
    """Each mapping is given the module beside it, though another one of that name was used."""
    for name in ("old", "new", "old"):
        mapping = beside(tmp_path / name, "my_module", my_module=CLEAN.format(repr(f"-{name}")))
        assert plan_of(mapping) == f"pro-{name}"


AT_THE_TOP = f"from my_words import WORD\n{CLEAN.format('WORD')}"
INSIDE = CLEAN.replace("frame):\n", "frame):\n    from my_words import WORD\n").format("WORD")


@pytest.mark.parametrize("code", [AT_THE_TOP, INSIDE], ids=["at the top", "inside"])
def test_neighbours_of_a_module(tmp_path: Path, code: str) -> None:
    """What a module imports from beside itself is its own too, then and when it is called; nothing
    of it is left to the program.
    """
    mappings = [
        beside(tmp_path / name, "my_own", my_own=code, my_words=f"WORD = '-{name}'\n")
        for name in ("old", "new")
    ]
    path = [*sys.path]
    assert [plan_of(mapping) for mapping in (*mappings, *mappings)] == ["pro-old", "pro-new"] * 2
    old, new = mappings
    assert compare(old, new, old.with_name("rows.csv")).changed == 1
    assert ({*sys.modules} & {"my_own", "my_words"}, sys.path) == (set(), path)


def test_in_several_threads(tmp_path: Path) -> None:
    """Runs beside each other are given each its own module."""
    names = [f"at{place}" for place in range(8)]
    mappings = [
        beside(tmp_path / name, "my_thread", my_thread=CLEAN.format(repr(f"-{name}")))
        for name in names
    ]
    with ThreadPoolExecutor(8) as threads:
        plans = list(threads.map(plan_of, mappings))
    assert plans == [f"pro-{name}" for name in names]


def test_a_check_of_the_mapping_alone(tmp_path: Path, command: Command) -> None:
    """`check` without a file finds a callable that is not there."""
    (tmp_path / "c.yaml").write_text("columns: {2: plan}\ntransform: nowhere:clean\n")
    done = command("check", "-c", "c.yaml")
    assert (done.returncode, done.stderr) == (
        2,
        "importer: transform: nowhere:clean: ModuleNotFoundError: No module named 'nowhere'\n",
    )
    (tmp_path / "c.yaml").write_text("columns: {2: plan}\ntransform: clean\n")
    assert command("check", "-c", "c.yaml").stderr == (
        "importer: c.yaml:2: transform: a module and a function, such as my_module:clean, "
        "not 'clean'\n"
    )
