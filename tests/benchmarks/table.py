"""Renders what was measured as a Markdown table of medians, and the machine as one line."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from .contenders import Contender
from .measure import Measurement

HEAD = (
    "| program | wall s | CPU s | peak MiB | wall, ours = 1 | CPU | peak |\n"
    "|---|---:|---:|---:|---:|---:|---:|"
)
Figures = tuple[float, float, float]


def medians(runs: Sequence[Measurement]) -> Figures:
    return (
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        median(run.peak for run in runs),
    )


def table(
    contenders: Sequence[Contender], runs: Mapping[str, Sequence[Measurement]], ours: str
) -> str:
    """One line a contender that has finished at least one run."""
    base = medians(runs[ours]) if runs.get(ours) else None
    lines = [
        _line(contender.title, medians(runs[contender.name]), base)
        for contender in contenders
        if runs[contender.name]
    ]
    return "\n".join([HEAD, *lines])


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
