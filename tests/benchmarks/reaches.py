"""What the importer is to reach, held against what was measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from .contenders import FLOOD, FLOOR
from .course import IN_FLIGHT
from .measure import Measurement
from .mixpanel_import import WAYS
from .ours import LARGE_ROWS
from .paced_runs import BUDGET, LATENCY, SERVERS
from .pacing import share_of_budget, share_refused
from .pacing_server import Exchange
from .runs import Results
from .sink import BATCH

NOT_MEASURED = "not measured"
MILLION = 1_000_000


class MissingError(Exception):
    """A run that the figure is made of was not made, or was not right."""


@dataclass(frozen=True)
class Reach:
    """A figure and its limit. `figure` raises MissingError where there is none."""

    what: str
    wanted: str
    limit: float
    form: str
    figure: Callable[[Results], float]
    at_least: bool = False


@dataclass(frozen=True)
class Line:
    """A reach beside what was measured; `share` is of the limit, at most 1 where it is reached."""

    what: str
    wanted: str
    measured: str
    share: float | None

    @property
    def reached(self) -> str:
        return NOT_MEASURED if self.share is None else "yes" if self.share <= 1 else "no"


def lines(results: Results) -> list[Line]:
    return [_line(reach, results) for reach in reaches(results)]


def _line(reach: Reach, results: Results) -> Line:
    try:
        figure = reach.figure(results)
    except MissingError as error:
        return Line(reach.what, reach.wanted, f"no run of {error}", None)
    share = _share(figure, reach)
    return Line(reach.what, reach.wanted, reach.form.format(figure), share)


def _share(figure: float, reach: Reach) -> float:
    if not reach.at_least:
        return figure / reach.limit
    return reach.limit / figure if figure else inf


def reaches(results: Results) -> Sequence[Reach]:
    """All of them; a limit that is meant for a million rows is scaled to those of the results."""
    rows, floor = results.rows, _floor(results)
    cpu, wait = 4 * rows / MILLION, rows / (BATCH * IN_FLIGHT) * SERVERS[LATENCY].delay
    under = "the C floor (parse + encode, send)"
    if floor == FLOOD:
        under = "a flood of one encoded batch (no C compiler, so no C floor)"
    return (
        Reach(
            f"wall beside mixpanel-import's fastest {BATCH} x {IN_FLIGHT}",
            "6 times faster",
            6,
            "{:.2f} times",
            lambda seen: min(_wall(seen, way) for way in _ways(seen)) / _wall(seen, "importer"),
            at_least=True,
        ),
        Reach(
            f"wall beside {under}",
            "within 3 times",
            3,
            "{:.2f} times",
            lambda seen: _wall(seen, "importer") / _wall(seen, floor),
        ),
        Reach(
            f"peak memory, {rows:,} rows",
            "200 MiB",
            200,
            "{:.0f} MiB",
            lambda seen: _peak(seen, "importer"),
        ),
        Reach(
            f"peak memory, {LARGE_ROWS:,} rows beside {rows:,}",
            "the same within 10 %",
            1.1,
            "{:.2f} times",
            lambda seen: _peak(seen, "large") / _peak(seen, "importer"),
        ),
        Reach(
            f"CPU, {rows:,} rows, all processes",
            f"under {cpu:g} s",
            cpu,
            "{:.2f} s",
            lambda seen: median(run.cpu for run in _runs(seen, "importer")),
        ),
        Reach(
            f"`check` of {rows:,} rows beside `pandas.read_csv` (the call alone)",
            "under its time",
            1,
            "{:.2f} times",
            lambda seen: _wall(seen, "check") / _read_csv(seen, "read_csv"),
        ),
        Reach(
            "the same beside `pandas.read_csv(dtype=str, na_filter=False)`, which keeps texts",
            "under its time",
            1,
            "{:.2f} times",
            lambda seen: _wall(seen, "check") / _read_csv(seen, "exact"),
        ),
        Reach(
            "wall with 5 typed columns, 0.5 % bad rows, 0.5 % repeated ids beside the plain run",
            "within 1.3 times",
            1.3,
            "{:.2f} times",
            lambda seen: _wall(seen, "typed") / _wall(seen, "importer"),
        ),
        Reach(
            "share of a budget of 30,000 updates/s used after the first second",
            "97 %",
            0.97,
            "{:.1%}",
            lambda seen: median(
                share_of_budget(run, SERVERS[BUDGET].per_second) for run in _seen(seen, BUDGET)
            ),
            at_least=True,
        ),
        Reach(
            "share of its answers that are 429",
            "under 1 %",
            0.01,
            "{:.2%}",
            lambda seen: median(share_refused(run) for run in _seen(seen, BUDGET)),
        ),
        Reach(
            f"wall with 100 ms of latency beside {wait:g} s (rows / {BATCH * IN_FLIGHT} x 100 ms)",
            "within 5 %",
            1.05,
            "{:.3f} times",
            lambda seen: _wall(seen, LATENCY) / wait,
        ),
        Reach(
            "`importer --help`",
            "under 150 ms",
            150,
            "{:.0f} ms",
            lambda seen: 1000 * _wall(seen, "help"),
        ),
        Reach(
            "`importer check` of 10 rows",
            "under 600 ms",
            600,
            "{:.0f} ms",
            lambda seen: 1000 * _wall(seen, "check-few"),
        ),
    )


def _floor(results: Results) -> str:
    return FLOOD if FLOOD in results.runs else FLOOR


def _ways(results: Results) -> Sequence[str]:
    """The configurations of mixpanel-import that were run; at least one name."""
    return [way for way in WAYS if way in results.runs] or list(WAYS)


def _runs(results: Results, name: str) -> Sequence[Measurement]:
    if name not in results.runs:
        raise MissingError(name)
    return results.runs[name]


def _seen(results: Results, name: str) -> Sequence[Sequence[Exchange]]:
    if name not in results.seen:
        raise MissingError(name)
    return results.seen[name]


def _wall(results: Results, name: str) -> float:
    return median(run.wall for run in _runs(results, name))


def _peak(results: Results, name: str) -> float:
    return median(run.peak for run in _runs(results, name))


def _read_csv(results: Results, call: str) -> float:
    times = list(_times(results, call))
    if not times:
        raise MissingError("read-csv")
    return median(times)


def _times(results: Results, call: str) -> Iterator[float]:
    for output in results.outputs.get("read-csv", ()):
        text = output.read_text(errors="replace")
        if found := re.search(rf"^{call} ([\d.]+) s", text, re.MULTILINE):
            yield float(found[1])
