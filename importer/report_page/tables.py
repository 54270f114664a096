"""Tables: a caption, heads with their scope, and room to scroll sideways on a small screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from importer.report_page.markup import Markup, joined, tag


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; numbers are set flush right."""

    words: str
    number: bool = False


def table(
    name: str,
    caption: str,
    heads: Sequence[Head],
    rows: Sequence[Sequence[str]],
    total: Sequence[str] = (),
) -> Markup:
    """Return a table whose rows are headed by their first cells; `total` is the last of them."""
    top = tag("tr", *(tag("th", head.words, scope="col", **_class(head)) for head in heads))
    bodies = [tag("tbody", *(_row(heads, row) for row in rows))]
    if total:
        bodies.append(tag("tfoot", _row(heads, total)))
    drawn = tag(
        "table", tag("caption", caption, id=f"{name}-caption"), tag("thead", top), joined(bodies)
    )
    # Whatever scrolls has to be reachable with the keyboard.
    return tag(
        "div",
        drawn,
        class_="scroll",
        role="region",
        aria_labelledby=f"{name}-caption",
        tabindex=0,
    )


def _row(heads: Sequence[Head], cells: Sequence[str]) -> Markup:
    first = tag("th", cells[0], scope="row", **_class(heads[0]))
    others = zip(heads[1:], cells[1:], strict=True)
    return tag("tr", first, *(tag("td", cell, **_class(head)) for head, cell in others))


def _class(head: Head) -> dict[str, str]:
    return {"class_": "number"} if head.number else {}
