"""Measures the importer and its peers on one large file: `python -m tests.benchmarks`.

Every contender reads the same rows and sends them, in batches of 200, over HTTPS to a server on
this machine (nginx) that reads each request whole. They take turns, each as a whole process;
a run counts only when it ends with 0 and exactly rows / 200 requests have arrived. The table
goes to stdout, all else to stderr. NOTES.md says more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from .contenders import (
    CONTENDERS,
    Contender,
    Course,
    UnavailableError,
    clean_environment,
)
from .inputs import prepare_inputs
from .measure import Measurement, measure
from .sink import BATCH, Arrived, SinkError, find_nginx, nginx_version, running_sink
from .table import machine, table

OURS = "importer"
Runs = dict[str, list[Measurement]]


class RunError(Exception):
    """A contender failed, or did not send what it should have."""


def default_workdir() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "mixpanel-profile-importer-benchmarks"


def batches_of_rows(text: str) -> int:
    rows = int(text)
    if rows <= 0 or rows % BATCH:
        raise argparse.ArgumentTypeError(f"must be a multiple of {BATCH}")
    return rows


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=batches_of_rows, default=1_000_000, help="default: 1000000")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--only", action="append", choices=list(CONTENDERS), help="repeatable")
    parser.add_argument(
        "--workdir",
        type=Path,
        default=default_workdir(),
        help="keeps the generated file and what is downloaded (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ready(course: Course, names: Sequence[str], *, all_needed: bool) -> list[Contender]:
    contenders = []
    for name in names:
        say(f"preparing {name}")
        try:
            contenders.append(CONTENDERS[name](course))
        except UnavailableError as error:
            if all_needed:
                raise
            say(f"{name} is left out: {error}")
    return contenders


def run_once(contender: Contender, course: Course, output: Path) -> tuple[Measurement, Arrived]:
    """One run, in an empty folder; RunError unless all rows have arrived at the sink."""
    scratch = course.folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(course.folder / "reports", ignore_errors=True)
    scratch.mkdir()
    course.sink.clear()
    environment = clean_environment(contender.environment)
    measured = measure(contender.command, environment, scratch, output)
    if measured.exit_code != 0:
        last = "\n".join(output.read_text(errors="replace").splitlines()[-15:])
        raise RunError(f"ended with {measured.exit_code}; {output} ends with:\n{last}")
    return measured, arrival(course)


def arrival(course: Course) -> Arrived:
    expected = course.inputs.rows // BATCH
    arrived = course.sink.arrived(expected)
    if arrived.requests != expected:
        raise RunError(f"{arrived.requests} requests arrived instead of {expected}")
    # JSON says more around each cell than CSV does, so no complete import is smaller.
    least = course.inputs.plain.stat().st_size
    if arrived.body_bytes < least:
        raise RunError(f"only {arrived.body_bytes} bytes arrived of a file of {least}")
    return arrived


def run_in_turn(
    contenders: Sequence[Contender], course: Course, rounds: int
) -> tuple[Runs, list[str]]:
    """All runs that were right, by contender, and what went wrong with the others."""
    runs: Runs = {contender.name: [] for contender in contenders}
    faults: list[str] = []
    for turn in range(1, rounds + 1):
        for contender in contenders:
            output = course.folder / f"{contender.name}-{turn}.out"
            label = f"round {turn}/{rounds} {contender.name}"
            try:
                measured, arrived = run_once(contender, course, output)
            except (RunError, SinkError) as error:
                faults.append(f"{label}: {error}")
                say(faults[-1])
            else:
                runs[contender.name].append(measured)
                sent = arrived.body_bytes / 1e6
                say(f"{label}: {measured.wall:.2f} s, {measured.peak:.0f} MiB, {sent:.0f} MB sent")
    return runs, faults


def benchmark(rows: int, rounds: int, only: Sequence[str] | None, workdir: Path) -> int:
    workdir = workdir.expanduser().resolve()
    say(f"preparing {rows:,} rows in {workdir}")
    inputs = prepare_inputs(workdir, rows)
    folder = workdir / "run"
    with running_sink(workdir / "sink") as sink:
        folder.mkdir(exist_ok=True)
        course = Course(inputs, sink, folder)
        contenders = ready(course, only or list(CONTENDERS), all_needed=only is not None)
        runs, faults = run_in_turn(contenders, course, rounds)
    size = inputs.plain.stat().st_size / 1e6
    print(table(contenders, runs, OURS))
    print(
        f"\n{rows:,} rows x {len(inputs.properties) + 1} columns ({size:.0f} MB), medians of"
        f" {rounds}, {date.today()}; {machine()}, {nginx_version(find_nginx())}"
    )
    for fault in faults:
        print(f"failed: {fault.splitlines()[0]}")
    return 1 if faults else 0


def stop(number: int, frame: FrameType | None) -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that no server and no contender stays behind."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        return benchmark(chosen.rows, chosen.rounds, chosen.only, chosen.workdir)
    except (SinkError, UnavailableError) as error:
        say(str(error))
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
