"""Failed rows by column and code, with the first few of each: what a page has room for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from importer.books.failure import Failure
from importer.masking import masked
from importer.settings.house_rules import KNOWN
from importer.wording import shortened

MOST = 1_000
"""Groups that are told apart; what comes later is counted by its code alone."""

EXAMPLES = 2

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Rows that failed with one code at one column: None where it is the row as a whole, or was
    not told. The `examples` are masked, and without their records.
    """

    column: int | None
    property: str
    code: str
    rows: int
    examples: tuple[Failure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the counts: the examples are for people."""
        return {
            "column": self.column,
            "property": self.property,
            "code": self.code,
            "rows": self.rows,
        }


class FailureGroups:
    """Takes failures one by one, in a bounded amount of memory."""

    def __init__(self, positions: Mapping[str, int]) -> None:
        """`positions` tells the column of each mapped property."""
        self._positions = positions
        self._known = {*positions, *KNOWN}
        self._rows: Counter[tuple[int | None, str, str]] = Counter()
        self._examples: dict[tuple[int | None, str, str], list[Failure]] = {}

    def add(self, failure: Failure) -> None:
        name = failure.property if failure.property in self._known else ""  # a server may say any
        key = (failure.column or self._positions.get(name), name, failure.code)
        if key not in self._rows and len(self._rows) >= MOST:
            return
        self._rows[key] += 1
        examples = self._examples.setdefault(key, [])
        if len(examples) < EXAMPLES:
            examples.append(_shown(failure))

    def result(self, by_code: Mapping[str, int]) -> tuple[FailureGroup, ...]:
        """Return the groups, the largest first; together they are all that the books have.

        `by_code` are the books. What of them was not added here is in no column.
        """
        rows = self._rows.copy()
        missing = Counter(by_code)
        for (_, _, code), count in self._rows.items():
            missing[code] -= count
        for code, count in (+missing).items():
            rows[None, "", code] += count
        return tuple(
            FailureGroup(*key, rows=count, examples=tuple(self._examples.get(key, ())))
            for key, count in rows.most_common()
        )


def _shown(failure: Failure) -> Failure:
    """Return what of a failure may be mailed."""
    reason = shortened(failure.masked_reason(), LONGEST_REASON)
    return replace(failure, reason=reason, identifier=masked(failure.identifier), record=b"")
