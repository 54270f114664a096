"""The smaller sections: what to do next, warnings, identifiers, requests, and the files."""

from collections.abc import Container
from pathlib import Path

from importer.books.next_steps import Step, next_steps
from importer.books.report import Report
from importer.masking import masked_words
from importer.report_page.markup import Markup, joined, tag
from importer.report_page.tables import Head, table
from importer.report_page.words import share
from importer.wording import plural

LISTED = 50
"""Warnings at most."""

_KINDS = (
    ("column", "From their column"),
    ("email", "From $email"),
    ("random", "Random"),
)

_FILES = {
    "report": "the same as data, and all of it",
    "page": "this page",
    "failures": "each failed row, where it stands and why it failed",
    "rejects": "the failed records as they are in the source, to be mended",
    "in_doubt": "rows that may or may not have arrived",
    "in_doubt_records": "their records as they are in the source",
    "ledger": "what became of which rows, as it happened",
    "mapping": "the mapping of the run",
    "vanished": "who is not in the file any more",
}


STEPS = "<!-- steps -->"
"""Stands before and behind them, for the day when nothing is left to do."""


def steps(report: Report) -> Markup:
    """Say what to do next, in the words of the summary."""
    todo = list(next_steps(report, report.config))
    what = tag("ol", *map(_step, todo), class_="steps") if todo else tag("p", _nothing(report))
    title = tag("h2", "What to do next", id="next")
    section = tag("section", title, what, class_="next", aria_labelledby="next")
    return joined([Markup(STEPS), section, Markup(STEPS)])


def _step(step: Step) -> Markup:
    command = tag("pre", tag("code", step.command), tabindex=0)
    after = [tag("p", step.after.lstrip(", "))] if step.after else []
    return tag("li", tag("p", f"{step.words}:"), command, *after)


def _nothing(report: Report) -> str:
    if not report.totals.read:
        return "Nothing: the source has no rows."
    if report.stop is not None:
        return "Mend what stopped it, then give the same command again."
    if report.dry_run:
        return "Nothing to mend: every row can be imported."
    return f"Nothing: every row was {'deleted' if report.deletes else 'imported'}."


def warnings(report: Report, names: Container[str]) -> Markup:
    found = report.warnings
    if not found:
        return Markup()
    items = [tag("li", masked_words(warning, names)) for warning in found[:LISTED]]
    if len(found) > LISTED:
        items.append(tag("li", f"and {len(found) - LISTED:,} more; report.json has all"))
    title = tag("h2", plural(len(found), "warning").capitalize(), id="warnings")
    return tag("section", title, tag("ul", *items), aria_labelledby="warnings")


def identifiers(report: Report) -> Markup:
    kinds = report.totals.identifiers
    every = sum(kinds[kind] for kind, _ in _KINDS)
    heads = (Head("Identifier"), Head("Rows", number=True), Head("Share", number=True))
    rows = [(words, f"{kinds[kind]:,}", share(kinds[kind], every)) for kind, words in _KINDS]
    return tag(
        "section",
        tag("h2", "Identifiers", id="identifiers"),
        table("identifiers-table", "Where the identifiers of valid rows come from", heads, rows),
        class_="half",
        aria_labelledby="identifiers",
    )


def requests(report: Report) -> Markup:
    """Return the section, nothing in a rehearsal."""
    totals = report.totals
    if report.dry_run:
        return Markup()
    heads = (Head("Answer"), Head("Requests", number=True), Head("Share", number=True))
    rows = [
        (_status(status), f"{count:,}", share(count, totals.requests_sent))
        for status, count in sorted(totals.requests_by_status.items())
    ]
    again = f"{totals.requests_retried:,} of them sent again after trouble"
    total = ("All", f"{totals.requests_sent:,}", share(totals.requests_sent, totals.requests_sent))
    return tag(
        "section",
        tag("h2", "Requests", id="requests"),
        table("requests-table", f"Requests by answer, {again}", heads, rows, total),
        class_="half",
        aria_labelledby="requests",
    )


def _status(status: str) -> str:
    return f"HTTP {status}" if status.isdecimal() else status


def colophon(report: Report) -> Markup:
    names = [(Path(path).name, _FILES.get(kind, "")) for kind, path in report.every_file.items()]
    listed = (tag("div", tag("dt", tag("code", name)), tag("dd", what)) for name, what in names)
    return tag(
        "div",
        tag("h2", "Files"),
        tag("p", "They lie in ", tag("code", str(report.folder)), ", beside this page."),
        tag("dl", *listed),
        tag(
            "p",
            "Values of the source are masked on this page. The other files have them in full, the "
            "tables only if the run was begun without ",
            tag("code", "--mask"),
            ": mail this page, not those.",
            class_="note",
        ),
    )
