"""How a run went over time: its pace, and what was sent again."""

from importer.books.report import Report
from importer.books.timeline import Timeline
from importer.report_page.markup import Markup, joined, tag
from importer.report_page.plots import over_time
from importer.report_page.tables import Head, table
from importer.report_page.words import length

BARS = 48
"""Bars at most."""

NARROWEST = 0.5
"""Seconds of a bar: rows come in chunks, and in less time there is a whole one or none."""

SHORTEST = 2.0
"""Seconds that make a picture."""


def course(report: Report) -> Markup:
    line = report.timeline
    if line is None or not report.totals.read:
        return Markup()
    drawn = _short(line) if line.seconds < SHORTEST else _drawn(line, sends=not report.dry_run)
    own = "Only the last process is shown: what earlier ones settled is no part of it."
    note = [tag("p", own, class_="note")] if report.resumed else []
    title = tag("h2", "Over time", id="course")
    return tag("section", title, *note, drawn, aria_labelledby="course")


def _short(line: Timeline) -> Markup:
    return tag("p", f"It took {length(line.seconds)}: too short for a picture.")


def _drawn(line: Timeline, *, sends: bool) -> Markup:
    line = line.coarser(min(BARS, int(line.seconds / NARROWEST)))
    spans = [span for span in line.spans() if span[1] > 0]
    # A last bucket of an instant would show a pace that nobody saw.
    pace = [
        (begin, seconds, rows / max(seconds, line.width / 4))
        for (begin, seconds), rows in zip(spans, line.rows, strict=False)
    ]
    fastest = max(value for _, _, value in pace)
    told = f"Bars over {length(line.seconds)}; at most {fastest:,.0f} rows a second."
    figures = [_figure("pace", "Rows per second", told, pace, 170)]
    if sends and any(line.retried):
        bars = [(*span, float(n)) for span, n in zip(spans, line.retried, strict=False)]
        told = f"Bars over {length(line.seconds)}; {sum(line.retried):,} retries in all."
        title = f"Retries in each {length(line.width)}"
        figures.append(_figure("retries", title, told, bars, 120))
    elif sends:
        figures.append(tag("p", "No request was sent again.", class_="note"))
    return joined([*figures, _table(line, sends=sends)])


def _figure(
    name: str, title: str, told: str, bars: list[tuple[float, float, float]], height: int
) -> Markup:
    return tag("figure", tag("figcaption", title), over_time(name, title, told, bars, height))


def _table(line: Timeline, *, sends: bool) -> Markup:
    heads = [Head("From", number=True), Head("Rows", number=True), Head("Failed", number=True)]
    heads += [Head("Requests", number=True), Head("Retries", number=True)] if sends else []
    columns = [line.rows, line.failed, *((line.requests, line.retried) if sends else ())]
    rows = [
        (f"{begin:,.10g} s", *(f"{counts[place]:,}" for counts in columns))
        for place, (begin, _) in enumerate(line.spans())
    ]
    caption = f"The course of the run, in stretches of {line.width:,.10g} s"
    return tag(
        "details",
        tag("summary", "The same as a table"),
        table("course-table", caption, heads, rows),
    )
