"""How a run ended, and its books: what became of its rows, and that they add up."""

from collections.abc import Iterator
from pathlib import Path

from importer.books.next_steps import outcome
from importer.books.report import Report, Status
from importer.errors import ReportError, Stopped
from importer.masking import masked_words
from importer.report_page.markup import Markup, joined, tag
from importer.report_page.plots import Part, swatch, whole
from importer.report_page.tables import Head, table
from importer.report_page.words import STATES, length, moment, share, size, source_name
from importer.wording import plural

BADGE = "<!-- badge -->"
"""Stands before and behind it, for the day when the run is closed."""


def badge(status: Status) -> Markup:
    sign, words, mood = STATES[status]
    return tag("p", tag("span", sign, aria_hidden="true"), " ", words, class_=f"badge {mood}")


def masthead(report: Report) -> Markup:
    what = "a deletion" if report.deletes else "an import"
    parts = [
        tag("p", f"Report of {'a rehearsal' if report.dry_run else what}", class_="kind"),
        tag("h1", source_name(report)),
        joined([Markup(BADGE), badge(report.status), Markup(BADGE)]),
        tag("p", f"{outcome(report)}.", class_="lead"),
    ]
    if report.stop is not None:
        parts.append(_reason(report))
    if report.resumed:
        parts.append(
            tag(
                "p",
                "The run was resumed: its books are those of the whole, its pace and course those "
                "of the last process alone.",
                class_="notice",
            )
        )
    return joined([*parts, _facts(report)])


def _reason(report: Report) -> Markup:
    """Say why a run ended early: words that may quote the file are masked."""
    stop = report.stop
    words = str(stop) if isinstance(stop, Stopped | ReportError) else masked_words(str(stop))
    return tag("p", tag("strong", "Why it stopped: "), f"{words}.", class_="notice bad")


def _facts(report: Report) -> Markup:
    source, took = report.source, length(report.seconds)
    facts = [
        *([("Source", str(source["name"]))] if source["name"] != source_name(report) else []),
        ("Run", report.run),
        ("Began", moment(report.started)),
        ("Ended", moment(report.finished)),
        ("Took", f"{took}, the last process" if report.resumed else took),
        ("Pace", f"{report.rows_per_second:,.0f} rows/s"),
        ("Columns", f"{source['columns']:,}"),
        *([("Size", size(source["bytes"]))] if source["bytes"] is not None else []),
    ]
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in facts))


def books(report: Report) -> Markup:
    totals = report.totals
    done = "Deleted" if report.deletes else "Imported"
    done = f"Would be {done.lower()}" if report.dry_run else done
    lines = [
        (done, Part("imported", totals.imported)),
        ("Failed", Part("failed", totals.failed)),
        ("In doubt", Part("in-doubt", totals.in_doubt)),
        ("Not attempted", Part("not-attempted", totals.not_attempted)),
    ]
    parts = [part for _, part in lines]
    told = ", ".join(f"{words.lower()} {part.count:,}" for words, part in lines)
    plot = whole("rows", "What became of the rows", f"Parts of a bar: {told}.", parts)
    heads = (Head("Rows"), Head("Number", number=True), Head("Share", number=True))
    cells = [
        (
            joined([swatch(part.kind), words]),
            f"{part.count:,}",
            share(part.count, totals.read),
        )
        for words, part in lines
    ]
    ended = sum(part.count for part in parts)
    total = ("Read", f"{totals.read:,}", share(totals.read, totals.read))
    return tag(
        "section",
        tag("h2", "Rows", id="books"),
        tag("figure", plot),
        table("rows-table", "What became of the rows", heads, cells, total),
        tag("p", _sum(ended, totals.read), class_="note"),
        *(tag("p", words) for words in _compared(report)),
        aria_labelledby="books",
    )


def _compared(report: Report) -> Iterator[str]:
    """Say what a run that sends only changes did not send, and who is gone."""
    if (compared := report.compared) is None:
        return
    if compared.full:
        yield "All rows were to be sent, changed or not."
    else:
        yield f"{report.totals.unchanged:,} of the rows imported say nothing new and were not sent."
    if compared.vanished:
        gone, file = f"{len(compared.vanished):,}", Path(compared.file).name
        yield f"Identifiers of earlier runs that are not in the file any more: {gone}, in {file}."


def _sum(ended: int, read: int) -> str:
    if ended == read:
        return f"The books balance: {plural(read, 'row')} read, each ended in one of these ways."
    return f"The books do not balance: {read:,} rows were read, and {ended:,} ended."
