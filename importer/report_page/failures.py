"""Failed rows by column and code, and some of them, masked."""

from importer.books.failure import Failure
from importer.books.failure_groups import FailureGroup
from importer.books.report import Report
from importer.books.run_folder import FAILURES
from importer.report_page.markup import Markup, joined, tag
from importer.report_page.plots import lengths
from importer.report_page.tables import Head, table
from importer.report_page.words import CODES, NOTHING, share
from importer.updates.column_watch import ColumnFailures
from importer.wording import plural, shortened

PLOTTED, LISTED, SHOWN = 10, 50, 12
"""Groups in the plot and in the table, and rows that are shown."""

LABEL = 30
"""Characters of a label: it has one line on a small screen too."""

NAME = 60


def failures(report: Report) -> Markup:
    """Return the section, nothing where no row failed."""
    groups, failed = report.groups, report.totals.failed
    if not failed:
        return Markup()
    of_column = {(column.position, column.property): column for column in report.columns}
    told = "; ".join(f"{_label(group)}: {group.rows:,}" for group in groups[:PLOTTED])
    plot = lengths(
        "failed",
        "Failed rows by column and code",
        f"Horizontal bars, the longest first. {told}.",
        [(shortened(_label(group), LABEL), group.rows) for group in groups[:PLOTTED]],
    )
    heads = (
        Head("Column"), Head("Code"), Head("Rows", number=True),
        Head("Of failed", number=True), Head("Commonest cells, masked"), Head("What it means"),
    )  # fmt: skip
    lines = [
        (
            _column(group),
            tag("code", group.code),
            f"{group.rows:,}",
            share(group.rows, failed),
            _commonest(group, of_column.get((group.column or 0, group.property))),
            tag("span", CODES.get(group.code, ""), class_="prose"),
        )
        for group in groups[:LISTED]
    ]
    return tag(
        "section",
        tag("h2", "Failed rows", id="failures"),
        tag("figure", plot),
        *_unplotted(len(groups)),
        table("failed-table", "Failed rows by column and code", heads, lines),
        *_more(len(groups) - LISTED),
        _examples(report),
        aria_labelledby="failures",
    )


def _examples(report: Report) -> Markup:
    """Show the first rows of each group, in turn, so that one alone does not fill the table."""
    turns = [
        example
        for n in range(2)
        for group in report.groups
        for example in group.examples[n : n + 1]
    ]
    rows = sorted(turns[:SHOWN], key=lambda failure: failure.row)
    heads = (
        Head("Row", number=True),
        Head("Line", number=True),
        Head("Reason"),
        Head("Column"),
        Head("Code"),
        Head("Identifier, masked"),
    )
    if not rows:
        return Markup()
    shown = list(map(_example, rows))
    return joined(
        [
            tag("h3", "Some of them"),
            table("examples", "Some failed rows, their values masked", heads, shown),
            tag("p", "All of them are in ", tag("code", FAILURES), ".", class_="note"),
        ]
    )


def _example(failure: Failure) -> tuple[str, ...]:
    return (
        f"{failure.row:,}",
        f"{failure.line:,}",
        tag("span", failure.reason, class_="prose"),  # in sight on a small screen too
        f"{failure.column}" if failure.column else NOTHING,
        tag("code", failure.code),
        failure.identifier or NOTHING,
    )


def _label(group: FailureGroup) -> str:
    name = group.property or (f"column {group.column}" if group.column else "whole row")
    return f"{name}: {group.code}"


def _column(group: FailureGroup) -> str:
    if group.column is None:
        return shortened(group.property, NAME) or "the row as a whole"
    return (
        f"{group.column} ({shortened(group.property, NAME)})"
        if group.property
        else f"{group.column}"
    )


def _commonest(group: FailureGroup, column: ColumnFailures | None) -> str:
    if column is None or group.code != "type":
        return NOTHING
    return ", ".join(value for value, _ in column.commonest)  # their rows may have other faults


def _unplotted(groups: int) -> list[Markup]:
    if groups <= PLOTTED:
        return []
    words = f"The {PLOTTED} largest of {groups:,}; the table goes on."
    return [tag("p", words, class_="note")]


def _more(count: int) -> list[Markup]:
    if count <= 0:
        return []
    words = f"And {plural(count, 'more combination')} of column and code; report.json has all."
    return [tag("p", words, class_="note")]
