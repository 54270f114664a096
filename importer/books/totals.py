"""How many rows ended in which way, and how many requests that took."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(slots=True)
class Totals:
    """Rows and requests so far; of the rows imported, `unchanged` ones needed no request."""

    read: int = 0
    imported: int = 0
    failed: int = 0
    in_doubt: int = 0
    not_attempted: int = 0
    unchanged: int = 0
    identifiers: Counter[str] = field(default_factory=Counter)
    failures_by_code: Counter[str] = field(default_factory=Counter)
    recalled: int = 0
    """Of the rows read, those that were in the ledger already when this process began."""
    recalled_failed: int = 0
    """Of these, those that had failed."""
    requests_sent: int = 0
    requests_retried: int = 0
    requests_in_flight: int = 0
    requests_by_status: Counter[str] = field(default_factory=Counter)

    def copy(self) -> Self:
        """Return the totals of the moment, which do not go on changing: some 5 microseconds."""
        return replace(
            self,
            identifiers=self.identifiers.copy(),
            failures_by_code=self.failures_by_code.copy(),
            requests_by_status=self.requests_by_status.copy(),
        )

    @property
    def ended(self) -> int:
        """Return the rows of which something became: what was not attempted is still to come."""
        return self.read - self.not_attempted

    @property
    def fresh(self) -> int:
        """Return those of them that this process brought to their end."""
        return self.ended - self.recalled

    @property
    def rows(self) -> dict[str, int]:
        """Return the rows read and the four ways in which they ended, as reports name them."""
        ends = ("read", "imported", "failed", "in_doubt", "not_attempted")
        return {name: getattr(self, name) for name in ends}

    @property
    def requests(self) -> dict[str, Any]:
        """Return the requests, as reports name them."""
        return {
            "sent": self.requests_sent,
            "retried": self.requests_retried,
            "by_status": dict(sorted(self.requests_by_status.items())),
        }
