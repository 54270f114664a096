"""Runs all that is to be measured, in turn, and keeps only the runs that were right."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .course import Contender, Course, clean_environment
from .measure import Measurement, measure
from .pacing_server import Exchange
from .sink import BATCH, Arrived, SinkError


class RunError(Exception):
    """A contender failed, or did not send what it should have."""


@dataclass
class Results:
    """The runs that were right, by name, and what went wrong with the others."""

    rows: int
    titles: dict[str, str] = field(default_factory=dict)
    runs: dict[str, list[Measurement]] = field(default_factory=dict)
    outputs: dict[str, list[Path]] = field(default_factory=dict)
    seen: dict[str, list[Sequence[Exchange]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, measured: Measurement, output: Path) -> str:
        """Keep a run; return it in words."""
        self.runs.setdefault(name, []).append(measured)
        self.outputs.setdefault(name, []).append(output)
        return f"{measured.wall:.2f} s, {measured.cpu:.2f} s of CPU, {measured.peak:.0f} MiB"


@dataclass(frozen=True)
class Step:
    """What is run in each round, so many times; `once` keeps a run in the results or raises."""

    name: str
    title: str
    once: Callable[[Path, Results], str]
    times: int = 1


def run_in_turn(
    steps: Sequence[Step], rows: int, folder: Path, rounds: int, say: Callable[[str], None]
) -> Results:
    results = Results(rows, {step.name: step.title for step in steps})
    for turn in range(1, rounds + 1):
        for step in steps:
            for time in range(1, step.times + 1):
                label = f"round {turn}/{rounds} {step.name}"
                try:
                    said = step.once(folder / f"{step.name}-{turn}-{time}.out", results)
                except (RunError, SinkError) as error:
                    said = str(error)
                    results.faults.append(f"{label}: {said}")
                say(f"{label}: {said}")
    return results


def to_the_sink(contender: Contender, course: Course) -> Step:
    def once(output: Path, results: Results) -> str:
        course.sink.clear()
        measured = run_alone(contender, course, output)
        arrived = arrival(contender, course)
        said = results.add(contender.name, measured, output)
        return f"{said}, {arrived.body_bytes / 1e6:.0f} MB sent"

    return Step(contender.name, contender.title, once, contender.times)


def run_alone(contender: Contender, course: Course, output: Path) -> Measurement:
    """One run, in an empty folder; RunError unless it ends as it should."""
    scratch = course.folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(course.reports, ignore_errors=True)
    scratch.mkdir()
    environment = clean_environment(contender.environment)
    measured = measure(contender.command, environment, scratch, output)
    if measured.exit_code != contender.exit_code:
        last = "\n".join(output.read_text(errors="replace").splitlines()[-15:])
        raise RunError(f"ended with {measured.exit_code}; {output} ends with:\n{last}")
    return measured


def arrival(contender: Contender, course: Course) -> Arrived:
    """What has arrived at the sink; RunError if it is not what should have."""
    rows = contender.rows_to_arrive(course)
    expected = -(-rows // BATCH)
    arrived = course.sink.arrived(expected)
    if arrived.requests != expected:
        raise RunError(f"{arrived.requests} requests arrived instead of {expected}")
    # JSON says more around each cell than CSV does, so no complete import is smaller.
    least = course.inputs.plain.stat().st_size / course.inputs.rows * rows
    if arrived.body_bytes < least:
        raise RunError(f"only {arrived.body_bytes} bytes arrived of a file of {least:.0f}")
    return arrived
