"""report.html: one run on one page, to be read, printed and mailed.

It stands alone: nothing is loaded and nothing runs, which its content security policy holds the
browser to. Values of the file are masked on it, whatever the tables beside it show.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from importer.books.report import Report
from importer.report_page.books import BADGE, badge, books, masthead
from importer.report_page.course import course
from importer.report_page.details import STEPS, colophon, identifiers, requests, steps, warnings
from importer.report_page.failures import failures
from importer.report_page.markup import Markup, tag
from importer.report_page.plots import patterns
from importer.report_page.rehearsed import rehearsed
from importer.report_page.words import source_name
from importer.settings.house_rules import KNOWN

__all__ = ["closed_page", "report_page"]

STYLE = Path(__file__).with_name("style.css")

CLOSED = "<!-- closed -->"
"""Where it is said, later on, that nothing of a run is left."""


def report_page(report: Report, names: Iterable[str] = ()) -> str:
    """Return the page. `names` are those of properties, which are no values to mask."""
    known = {*names, *KNOWN}
    sections = (
        books(report),
        steps(report),
        failures(report),
        warnings(report, known),
        rehearsed(report),
        course(report),
        identifiers(report),
        requests(report),
    )
    body = tag(
        "body",
        patterns(),
        tag("header", masthead(report), class_="masthead"),
        tag("main", Markup(CLOSED), *sections),
        tag("footer", colophon(report)),
    )
    return Markup("<!doctype html>\n") + tag("html", _head(report), body, lang="en") + "\n"


def closed_page(page: str, by: str) -> str:
    """Return the page of a run of which nothing is left to do any more, from what it was.

    `by` is the run that sent what was left, or the words of `settle` for what was not sent.
    """
    became = {"skip": "was taken for settled", "given up": "was given up"}
    words = f"Closed since: what was left of this run {became.get(by, f'was sent by run {by}')}."
    notice = tag("p", words, class_="notice good", role="note")
    done = re.sub(f"{BADGE}.*?{BADGE}", lambda _: badge("complete"), page, flags=re.DOTALL)
    done = re.sub(f"{STEPS}.*?{STEPS}", "", done, flags=re.DOTALL)
    return done.replace(CLOSED, notice, 1)


def _head(report: Report) -> Markup:
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{source_name(report)}: report of run {report.run}"),
        tag("style", Markup(style)),
    )
