"""The importer's own runs: the plain one, and those that only the reaches look at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from .course import PEERS, PROJECT, TOKEN, Contender, Course, trust
from .inputs import prepare_faulty, prepare_plain, write_mapping
from .variants import bad_rows

LARGE_ROWS = 5_000_000
FEW_ROWS = 10
SHORT_RUNS = 7  # a round: what takes a tenth of a second varies by as much
ROWS_FAILED = 3  # the exit code


def importer(course: Course) -> Contender:
    command = importer_run(course, course.inputs.plain, _mapping(course, "importer"))
    return _ours(course, "importer", "**importer**", command)


def typed(course: Course) -> Contender:
    file = prepare_faulty(course.workdir, course.inputs.rows)
    command = importer_run(course, file, _mapping(course, "typed", typed=True))
    return _ours(
        course,
        "typed",
        "importer, 5 typed columns, 0.5 % bad rows, 0.5 % repeated ids",
        command,
        rows=course.inputs.rows - bad_rows(course.inputs.rows),
        exit_code=ROWS_FAILED,
    )


def check(course: Course) -> Contender:
    command = _importer_check(course, course.inputs.plain)
    return _ours(course, "check", "importer check", command, rows=0)


def read_csv(course: Course) -> Contender:
    command = (sys.executable, str(PEERS / "read_csv.py"), str(course.inputs.plain))
    return Contender(
        "read-csv",
        "pandas.read_csv twice, guessing types and with texts kept, as a process",
        command,
        rows=0,
    )


def help_(course: Course) -> Contender:
    command = (sys.executable, "-m", "importer", "--help")
    return _ours(course, "help", "importer --help", command, rows=0, times=SHORT_RUNS)


def check_few(course: Course) -> Contender:
    command = _importer_check(course, prepare_plain(course.workdir, FEW_ROWS))
    title = f"importer check, {FEW_ROWS} rows"
    return _ours(course, "check-few", title, command, rows=0, times=SHORT_RUNS)


def large(course: Course) -> Contender:
    file = prepare_plain(course.workdir, LARGE_ROWS)
    command = importer_run(course, file, _mapping(course, "importer"))
    return _ours(course, "large", f"importer, {LARGE_ROWS:,} rows", command, rows=LARGE_ROWS)


OTHERS: Mapping[str, Callable[[Course], Contender]] = MappingProxyType(
    {
        "typed": typed,
        "check": check,
        "read-csv": read_csv,
        "help": help_,
        "check-few": check_few,
        "large": large,
    }
)


def importer_run(course: Course, file: Path, config: Path) -> tuple[str, ...]:
    command = [sys.executable, "-m", "importer", "run", str(file), "-c", str(config)]
    return (*command, "--report-dir", str(course.reports), "--quiet")


def importer_environment(course: Course) -> dict[str, str]:
    return {"MIXPANEL_TOKEN": TOKEN, "PYTHONPATH": str(PROJECT), **trust(course)}


def _importer_check(course: Course, file: Path) -> tuple[str, ...]:
    command = [sys.executable, "-m", "importer", "check", str(file)]
    config = str(_mapping(course, "importer"))
    return (*command, "-c", config, "--report-dir", str(course.reports), "--quiet")


def _mapping(course: Course, name: str, *, typed: bool = False) -> Path:
    path = course.folder / f"{name}.yaml"
    write_mapping(path, course.sink.url, typed=typed)
    return path


def _ours(
    course: Course,
    name: str,
    title: str,
    command: tuple[str, ...],
    *,
    rows: int | None = None,
    exit_code: int = 0,
    times: int = 1,
) -> Contender:
    environment = importer_environment(course)
    return Contender(name, title, command, environment, rows, exit_code, times)
