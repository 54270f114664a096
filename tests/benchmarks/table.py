"""Renders what was measured as Markdown tables, and the machine as one line."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import median

from .measure import Measurement
from .reaches import Line
from .runs import Results

OURS = "importer"
HEAD = (
    "| program | wall s | CPU s | peak MiB | wall, ours = 1 | CPU | peak |\n"
    "|---|---:|---:|---:|---:|---:|---:|"
)
REACHES = "| what | wanted | measured | reached |\n|---|---|---:|---|"
Figures = tuple[float, float, float]


def medians(runs: Sequence[Measurement]) -> Figures:
    return (
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        median(run.peak for run in runs),
    )


def table(results: Results, names: Collection[str]) -> str:
    """One line for each of the names that has finished at least one run."""
    base = medians(results.runs[OURS]) if results.runs.get(OURS) else None
    lines = [
        _line(title, medians(results.runs[name]), base)
        for name, title in results.titles.items()
        if name in names and results.runs.get(name)
    ]
    return "\n".join([HEAD, *lines])


def reach_table(lines: Sequence[Line]) -> str:
    rows = [f"| {one.what} | {one.wanted} | {one.measured} | {one.reached} |" for one in lines]
    return "\n".join([REACHES, *rows])


def _line(title: str, figures: Figures, base: Figures | None) -> str:
    wall, cpu, peak = figures
    ratios = (
        ["-"] * 3
        if base is None
        else [f"{mine / our:.2f}" for mine, our in zip(figures, base, strict=True)]
    )
    return f"| {title} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {' | '.join(ratios)} |"


def machine() -> str:
    return (
        f"{_cores()} cores ({_processor()}), {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _cores() -> int:
    """Those this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
