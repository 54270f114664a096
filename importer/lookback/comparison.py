"""What is different of a file between two mappings: counts, and the first rows of each kind."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from importer.books.failure import Failure
from importer.masking import masked
from importer.reading.records import Positions
from importer.updates.operations import OPERATIONS
from importer.updates.shown_updates import masked_json

SCHEMA = 1

EXAMPLES = 3
"""Rows that are shown of each kind of change."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row before and after; None where a side says nothing."""

    row: int
    identifier: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Change:
    """The rows of one kind of change: how many, of which some got something that they had not
    (`added`) or lose something that they had (`removed`), and the first of them.
    """

    rows: int = 0
    added: int = 0
    removed: int = 0
    examples: list[Example] = field(default_factory=list)

    def room(self, rows: Positions) -> list[int]:
        """Return as many of these rows as there is room for among the examples."""
        few: list[int] = rows[: max(EXAMPLES - len(self.examples), 0)].tolist()
        return few

    def as_json(self) -> dict[str, Any]:
        shown = [
            {"row": each.row, "identifier": each.identifier, "old": each.old, "new": each.new}
            for each in self.examples
        ]
        counts = {"rows": self.rows, "added": self.added, "removed": self.removed}
        return {**counts, "examples": shown}


@dataclass(slots=True)
class Comparison:
    """What is different of a file between two mappings.

    `settings` are those that differ; `envelope` says that one of them changes every update, apart
    from its properties. `changed` counts the rows that both would send, but not alike. The codes
    of `fail_only` and `pass_only` are those of rows that fail under the new mapping alone, and
    under the old one alone.
    """

    settings: tuple[str, ...]
    envelope: bool
    rows: int = 0
    changed: int = 0
    fail_both: int = 0
    identifiers: Change = field(default_factory=Change)
    properties: dict[str, Change] = field(default_factory=dict)
    fail_only: Counter[str] = field(default_factory=Counter)
    pass_only: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, Failure]] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Would both mappings send the same?"""
        return not (self.changed or self.fail_only or self.pass_only)

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "same": self.same,
            "settings": list(self.settings),
            "every_update": self.envelope,
            "rows": {
                "read": self.rows,
                "changed": self.changed,
                "fail_only_under_new": self.fail_only.total(),
                "fail_only_under_old": self.pass_only.total(),
                "fail_under_both": self.fail_both,
            },
            "identifiers": self.identifiers.as_json(),
            "properties": {name: change.as_json() for name, change in self.properties.items()},
            "failures": {
                "new": self._failures_as_json("new", self.fail_only),
                "old": self._failures_as_json("old", self.pass_only),
            },
        }

    def _failures_as_json(self, which: str, codes: Counter[str]) -> dict[str, Any]:
        examples = [
            {
                "row": each.row,
                "line": each.line,
                "column": each.column,
                "property": each.property,
                "code": each.code,
                "reason": each.reason,
            }
            for side, each in self.failures
            if side == which
        ]
        return {"by_code": dict(sorted(codes.items())), "examples": examples}


def masked_comparison(whole: Comparison) -> Comparison:
    """Return a comparison whose examples show the form of values only."""

    def hidden(change: Change) -> Change:
        return replace(change, examples=[_masked(each) for each in change.examples])

    return replace(
        whole,
        identifiers=hidden(whole.identifiers),
        properties={name: hidden(change) for name, change in whole.properties.items()},
        failures=[
            (side, replace(each, reason=each.masked_reason(), identifier=""))
            for side, each in whole.failures
        ],
    )


def _masked(example: Example) -> Example:
    old, new = (text and _masked_text(text) for text in (example.old, example.new))
    return Example(example.row, masked(example.identifier), old, new)


def _masked_text(text: str) -> str:
    """Mask an identifier, or JSON behind the name of an operation."""
    operation, _, rest = text.partition(" ")
    operation, value = (operation, rest) if operation in OPERATIONS and rest else ("", text)
    try:
        shown = json.dumps(masked_json(json.loads(value)), ensure_ascii=False)
    except ValueError:
        shown = masked(value)
    return f"{operation} {shown}".strip()
