"""Measures the importer and its peers on one large file: `python -m tests.benchmarks`.

Every contender reads the same rows and sends them, in batches of 200, over HTTPS to a server on
this machine (nginx) that reads each request whole. They take turns, each as a whole process;
a run counts only when it ends as it should and exactly rows / 200 requests have arrived. Then
come the importer's other runs, and a table of what it is to reach. The tables go to stdout, all
else to stderr, the plots to the work folder. NOTES.md says more.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from .contenders import CONTENDERS
from .course import Course, UnavailableError
from .draw import NoMatplotlibError, draw_pacing, draw_reaches
from .floor import own_times
from .inputs import prepare_inputs
from .ours import OTHERS
from .paced_runs import BUDGET, SERVERS, to_the_server
from .reaches import Line, lines
from .runs import Results, Step, run_in_turn, to_the_sink
from .sink import BATCH, SinkError, find_nginx, nginx_version, running_sink
from .table import machine, reach_table, table

NAMES = (*CONTENDERS, *OTHERS, *SERVERS)
LARGE = "large"
NO_REACH = "httpx-loop"  # a contender that no reach is held against


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
    parser.add_argument("--only", action="append", choices=NAMES, help="repeatable")
    parser.add_argument("--reach", action="store_true", help="the reaches and what they need only")
    parser.add_argument("--large", action="store_true", help="also 5,000,000 rows (1 GB of disk)")
    parser.add_argument(
        "--workdir",
        type=Path,
        default=default_workdir(),
        help="keeps the generated files, what is downloaded and the plots (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def chosen_names(only: Sequence[str] | None, *, reach: bool, large: bool) -> list[str]:
    if only:
        return [name for name in NAMES if name in only or (large and name == LARGE)]
    left_out = {NO_REACH} if reach else set()
    return [name for name in NAMES if name not in left_out and (large or name != LARGE)]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def steps(course: Course, names: Sequence[str], *, all_needed: bool) -> Iterator[Step]:
    makers = {**CONTENDERS, **OTHERS}
    for name in names:
        say(f"preparing {name}")
        try:
            yield (
                to_the_sink(makers[name](course), course)
                if name in makers
                else to_the_server(name, course)
            )
        except UnavailableError as error:
            if all_needed:
                raise
            say(f"{name} is left out: {error}")


def benchmark(
    rows: int, rounds: int, names: Sequence[str], workdir: Path, *, all_needed: bool
) -> tuple[Results, str]:
    """All runs, and in words on what they were made."""
    say(f"preparing {rows:,} rows in {workdir}")
    inputs = prepare_inputs(workdir, rows)
    folder = workdir / "run"
    with running_sink(workdir / "sink") as sink:
        folder.mkdir(exist_ok=True)
        course = Course(inputs, sink, folder)
        ready = list(steps(course, names, all_needed=all_needed))
        results = run_in_turn(ready, rows, folder, rounds, say)
    size = inputs.plain.stat().st_size / 1e6
    return results, (
        f"{rows:,} rows x {len(inputs.properties) + 1} columns ({size:.0f} MB), medians of"
        f" {rounds}, {date.today()}; {machine()}, {nginx_version(find_nginx())}"
    )


def show(results: Results, reached: Sequence[Line], note: str, *, reach: bool) -> None:
    if not reach:
        print(table(results, results.titles), end="\n\n")
        if own := own_times(results.outputs.get("floor", ())):
            print(own, end="\n\n")
    print(reach_table(reached), end=f"\n\n{note}\n")
    for fault in results.faults:
        print(f"failed: {fault.splitlines()[0]}")


def draw(results: Results, reached: Sequence[Line], note: str, folder: Path) -> None:
    """Draw what there is; without all reaches, the plot of an earlier full run stays."""
    folder.mkdir(exist_ok=True)
    try:
        if reached:
            draw_reaches(reached, note, folder / "reaches.png")
        if seen := results.seen.get(BUDGET):
            per_second = SERVERS[BUDGET].per_second
            draw_pacing(seen[-1], per_second, note, folder / "pacing.png")
    except NoMatplotlibError as error:
        say(str(error))
    else:
        say(f"plots: {folder}")


def stop(number: int, frame: FrameType | None) -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that no server and no contender stays behind."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, stop)
    names = chosen_names(chosen.only, reach=chosen.reach, large=chosen.large)
    workdir = chosen.workdir.expanduser().resolve()
    try:
        results, note = benchmark(
            chosen.rows, chosen.rounds, names, workdir, all_needed=chosen.only is not None
        )
    except (SinkError, UnavailableError) as error:
        say(str(error))
        return 2
    reached = [line for line in lines(results) if line.share is not None or not chosen.only]
    show(results, reached, note, reach=chosen.reach)
    draw(results, [] if chosen.only else reached, note, workdir / "plots")
    return 1 if results.faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
