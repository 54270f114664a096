"""Plots as SVG: lengths in percent and text in pixels, so that they fit a page of any width.

Each has a title and a description; beside each stands a table with its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from importer.report_page.markup import Markup, joined, tag
from importer.report_page.words import length

THINNEST = 0.8
"""Percent of the width that the smallest part of a whole still has: one row of a million shows."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole; `kind` is its class, and the name of its pattern."""

    kind: str
    count: int


def whole(name: str, title: str, description: str, parts: Sequence[Part]) -> Markup:
    """Draw parts of a whole beside one another."""
    there = [part for part in parts if part.count]
    total = sum(part.count for part in there)
    widths = [max(THINNEST, 100 * part.count / total) for part in there]
    scale, drawn, begin = 100 / sum(widths) if widths else 1, list[Markup](), 0.0
    for part, width in zip(there, widths, strict=True):
        drawn.append(
            _filled(part.kind, x=_percent(begin), width=_percent(width * scale), height=28)
        )
        begin += width * scale
    return _svg(
        name,
        title,
        description,
        28,
        *(drawn or [tag("rect", class_="none", width="100%", height=28)]),
    )


def swatch(kind: str) -> Markup:
    """Draw what a part looks like, for the table beside the plot."""
    square = _filled(kind, x=0, width=14, height=14)
    return tag("svg", square, class_="swatch", width=14, height=14, aria_hidden="true")


def patterns() -> Markup:
    """Draw nothing, but define how parts differ where colours cannot be told apart."""
    drawn = (
        _pattern("failed", 6, "M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2"),
        _pattern("in-doubt", 5, "M2.5,1 v3 M1,2.5 h3"),
        _pattern("not-attempted", 8, "M0,4 h8"),
    )
    return tag("svg", tag("defs", *drawn), class_="defs", width=0, height=0, aria_hidden="true")


def over_time(
    name: str,
    title: str,
    description: str,
    bars: Sequence[tuple[float, float, float]],
    height: int,
) -> Markup:
    """Draw bars of (begin, seconds, value) over a common time line."""
    end = max(begin + seconds for begin, seconds, _ in bars)
    top = ceiling(max(value for _, _, value in bars))
    floor = height - 22
    room = floor - 18
    drawn = [
        tag(
            "rect",
            class_="bar",
            x=_percent(100 * begin / end),
            width=_percent(100 * seconds / end),
            y=f"{floor - room * value / top:.2f}",
            height=f"{room * value / top:.2f}",
        )
        for begin, seconds, value in bars
        if value
    ]
    lines = [_line(floor - room, f"{top:,.10g}"), _line(floor - room / 2, ""), _line(floor, "")]
    times = [
        tag("text", length(end * at / 2), x=_percent(50 * at), y=height - 4, class_=f"at-{at}")
        for at in range(3)
    ]
    return _svg(name, title, description, height, *lines[1:], *drawn, lines[0], *times)


def lengths(name: str, title: str, description: str, bars: Sequence[tuple[str, int]]) -> Markup:
    """Draw a bar below each label, the longest over the whole width."""
    longest = max(count for _, count in bars)
    drawn = []
    for number, (label, count) in enumerate(bars):
        y = 40 * number
        width = _percent(max(THINNEST, 100 * count / longest))
        drawn += [
            tag("text", label, x=0, y=y + 14, class_="label"),
            tag("text", f"{count:,}", x="100%", y=y + 14, class_="value"),
            tag("rect", class_="rail", x=0, y=y + 21, width="100%", height=8),
            tag("rect", class_="failed", x=0, y=y + 21, width=width, height=8),
        ]
    return _svg(name, title, description, 40 * len(bars) - 8, *drawn)


def ceiling(value: float) -> float:
    """Return the next round number: 1, 2 or 5 and zeros."""
    step = 1.0
    while step < value:
        step *= 10
    while step / 10 >= value > 0:
        step /= 10
    return next(each for each in (step / 5, step / 2, step) if each >= value) if value else step


def _svg(name: str, title: str, description: str, height: int, *content: Markup) -> Markup:
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-desc"),
        *content,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        class_="plot",
        width="100%",
        height=height,
    )


def _filled(kind: str, **place: str | float) -> Markup:
    """Draw a rectangle in the colour of its kind, and the pattern over it."""
    shapes = [tag("rect", class_=kind, **place)]
    if kind != "imported":
        shapes.append(tag("rect", fill=f"url(#{kind})", **place))
    return joined(shapes)


def _pattern(kind: str, side: int, path: str) -> Markup:
    drawn = tag("path", d=path, class_="hatch")
    return tag("pattern", drawn, id=kind, width=side, height=side, patternUnits="userSpaceOnUse")


def _line(y: float, label: str) -> Markup:
    line = tag("line", x1=0, x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
    return joined(
        [line, tag("text", label, x=0, y=f"{y - 5:.1f}", class_="scale")] if label else [line]
    )


def _percent(share: float) -> str:
    return f"{share:.3f}%"
