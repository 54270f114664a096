"""What a run tells while it goes on. The library's default is silence."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol, Self

from importer.books.totals import Totals


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; `expected` is the number of rows to come in all, as far as known."""

    totals: Totals
    expected: int | None

    @classmethod
    def now(cls, totals: Totals, expected: int | None) -> Self:
        """Hold on to totals that go on changing: some 10 microseconds for each batch."""
        held = replace(
            totals,
            identifiers=Counter(totals.identifiers),
            failures_by_code=Counter(totals.failures_by_code),
            requests_by_status=Counter(totals.requests_by_status),
        )
        return cls(held, expected)


class Observer(Protocol):
    """Told that it begins and of every settled batch, and in words of what holds the run up."""

    def update(self, progress: Progress) -> None: ...

    def narrate(self, message: str) -> None: ...


class Silence:
    """The observer who says nothing."""

    def update(self, progress: Progress) -> None:
        pass

    def narrate(self, message: str) -> None:
        pass
