"""Runs the pacing server, and turns its record into the figures and series of a run."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

from .pacing_server import HOST, Exchange
from .sink import SinkError

PROJECT = Path(__file__).parents[2]
STARTS_WITHIN = 15.0  # seconds


@dataclass
class Paced:
    """A pacing server: its address while it runs, and then the requests it has met."""

    url: str
    exchanges: Sequence[Exchange] = field(default=())


@contextmanager
def running_pacer(
    folder: Path, certificate: Path, *, per_second: float = 0, delay: float = 0
) -> Iterator[Paced]:
    """Run a server in a process of its own; the record is there once the block has ended."""
    record = folder / "pacing.csv"
    record.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.pacing_server", str(record)]
    command += [str(certificate), str(per_second), str(delay)]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        paced = Paced(f"https://{HOST}:{_port(process)}")
        yield paced
        process.terminate()
        process.wait(timeout=30)
        paced.exchanges = read_record(record)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _port(process: subprocess.Popen[str]) -> int:
    guard = Timer(STARTS_WITHIN, process.kill)
    guard.start()
    line = process.stdout.readline() if process.stdout is not None else ""
    guard.cancel()
    if not line.strip().isdecimal():
        raise SinkError("the pacing server did not start")
    return int(line)


def read_record(path: Path) -> list[Exchange]:
    """The requests in order of arrival, in seconds from the first one's."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    zero = float(rows[0]["arrival"]) if rows else 0.0
    return [
        Exchange(
            arrival=float(row["arrival"]) - zero,
            in_flight=int(row["in_flight"]),
            answer=float(row["answer"]) - zero,
            status=int(row["status"]),
            updates=int(row["updates"]),
        )
        for row in rows
    ]


def accepted(exchanges: Sequence[Exchange]) -> int:
    return sum(each.updates for each in exchanges if each.status == 200)


def duration(exchanges: Sequence[Exchange]) -> float:
    """Seconds from the first request to the last answer."""
    return max(each.answer for each in exchanges)


def share_of_budget(exchanges: Sequence[Exchange], per_second: float, after: float = 1.0) -> float:
    """Updates accepted from `after` seconds on, of those the budget allowed in that time.

    What was saved up by then (see `Bucket`) could still be had, so it counts as allowed. The time
    ends with the last answer that accepts something.
    """
    taken = sorted((each.answer, each.updates) for each in exchanges if each.status == 200)
    if not taken or taken[-1][0] <= after:
        return 0.0
    saved, at = per_second, 0.0
    for answer, updates in taken:
        if answer >= after:
            break
        saved = min(per_second, saved + (answer - at) * per_second) - updates
        at = answer
    saved = min(per_second, saved + (after - at) * per_second)
    later = sum(updates for answer, updates in taken if answer >= after)
    return later / (saved + per_second * (taken[-1][0] - after))


def share_refused(exchanges: Sequence[Exchange]) -> float:
    return sum(each.status == 429 for each in exchanges) / len(exchanges)


@dataclass(frozen=True)
class Series:
    """A run in steps of time, all but the last of the same length."""

    times: Sequence[float]  # seconds, the middles of the steps
    accepted: Sequence[float]  # updates a second
    in_flight: Sequence[float]  # requests, the mean over the step
    refused: Sequence[int]  # answers of 429


def series(exchanges: Sequence[Exchange], step: float) -> Series:
    """The run in steps of so many seconds."""
    steps = int(duration(exchanges) / step) + 1
    taken, refused, busy = [0] * steps, [0] * steps, [0.0] * steps
    for each in exchanges:
        place = int(each.answer / step)
        taken[place] += each.updates if each.status == 200 else 0
        refused[place] += each.status == 429
        for across in range(int(each.arrival / step), place + 1):
            begun, ended = max(each.arrival, across * step), min(each.answer, (across + 1) * step)
            busy[across] += ended - begun
    return Series(
        times=[(place + 0.5) * step for place in range(steps)],
        accepted=[updates / step for updates in taken],
        in_flight=[seconds / step for seconds in busy],
        refused=refused,
    )
