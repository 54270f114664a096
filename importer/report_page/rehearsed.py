"""What only a rehearsal can tell: repeated ids, what to expect, the first updates, masked."""

import json

from importer.books.rehearsal import Rehearsed
from importer.books.rehearsal_words import LONGEST_UPDATE, duration
from importer.books.report import Report
from importer.report_page.markup import Markup, joined, tag
from importer.updates.shown_updates import masked_update
from importer.wording import plural


def rehearsed(report: Report) -> Markup:
    found = report.rehearsed
    if found is None:
        return Markup()
    have = "row has" if found.repeated == 1 else "rows have"
    facts = (
        ("Repeated ids", f"{found.repeated:,} {have} the id of an earlier row; the last one wins"),
        ("To expect", f"{plural(found.requests, 'request')}, {duration(found.seconds)}"),
    )
    return tag(
        "section",
        tag("h2", "What the import would be", id="rehearsed"),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in facts)),
        _updates(found),
        aria_labelledby="rehearsed",
    )


def _updates(found: Rehearsed) -> Markup:
    if not found.updates:
        return Markup()
    title = tag("h3", "The first updates, their values masked")
    items = (
        tag("li", tag("pre", tag("code", _laid_out(update)), tabindex=0))
        for update in found.updates
    )
    return joined([title, tag("ol", *items, class_="updates")])


def _laid_out(update: str) -> Markup:
    text = json.dumps(json.loads(masked_update(update)), ensure_ascii=False, indent=2)
    cut = text if len(text) <= LONGEST_UPDATE else f"{text[: LONGEST_UPDATE - 1]}…"
    return Markup("\n").join(joined([line]) for line in cut.split("\n"))
