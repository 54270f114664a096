"""Draws the reaches, and a paced run over time, as PNG; needs matplotlib, the extra `bench`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from .pacing import duration, series
from .pacing_server import Exchange
from .reaches import Line

HOW_TO_GET_IT = "no plots without matplotlib: pip install 'mixpanel-profile-importer[bench]'"
DOTS = 110  # an inch
REACHED, MISSED, SEEN, IN_FLIGHT = "#2e7d5b", "#c0504d", "#30557d", "#b07a1f"
STEPS = 150  # of a run's time, at most
SHORTEST_STEP = 0.25  # seconds


class NoMatplotlibError(Exception):
    """The package is not installed; the message says how to get it."""


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure  # an extra; pyplot would keep global state
    except ImportError as error:
        raise NoMatplotlibError(HOW_TO_GET_IT) from error
    return Figure(figsize=(width, height), dpi=DOTS, layout="constrained")


def draw_reaches(lines: Sequence[Line], note: str, path: Path) -> None:
    """Each measured figure as a share of its limit; up to the line at 1 it is reached."""
    figure = _figure(11, 7)
    plot = figure.subplots()
    shown = [(line, line.share) for line in reversed(lines) if line.share is not None]
    places = range(len(shown))
    colours = [REACHED if share <= 1 else MISSED for _, share in shown]
    bars = plot.barh(places, [share for _, share in shown], color=colours, height=0.6)
    words = [f"{line.measured} (wanted: {line.wanted})" for line, _ in shown]
    for label in plot.bar_label(bars, words, padding=4, fontsize=8):
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
    plot.set_yticks(places, [fill(line.what.replace("`", ""), 44) for line, _ in shown], fontsize=8)
    plot.axvline(1, color="black", linewidth=1)
    plot.set_xlim(0, 1.6 * max([1.0, *(share for _, share in shown)]))
    plot.set_xlabel("share of the limit (up to 1: reached)")
    plot.set_title(fill(note, 110), fontsize=8)
    plot.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def draw_pacing(exchanges: Sequence[Exchange], per_second: float, note: str, path: Path) -> None:
    """A run over time: updates a second, requests in flight, answers of 429."""
    figure = _figure(11, 7)
    run = series(exchanges, max(SHORTEST_STEP, duration(exchanges) / STEPS))
    rate, busy, refused = figure.subplots(3, sharex=True)
    rate.step(run.times, run.accepted, where="mid", color=SEEN)
    rate.axhline(per_second, color="black", linewidth=0.8, linestyle="--")
    rate.set_ylabel("updates/s accepted\n(dashed: the budget)", fontsize=8)
    busy.step(run.times, run.in_flight, where="mid", color=IN_FLIGHT)
    busy.set_ylabel("requests in flight\n(mean)", fontsize=8)
    width = run.times[1] - run.times[0] if len(run.times) > 1 else 1.0
    refused.bar(run.times, run.refused, width=width, color=MISSED)
    refused.set_ylabel("answers of 429", fontsize=8)
    refused.set_xlabel("seconds since the first request")
    rate.set_title(fill(note, 110), fontsize=8)
    for plot in (rate, busy, refused):
        plot.set_ylim(bottom=0)
        plot.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
