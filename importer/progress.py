"""What a run tells while it goes on. The library's default is silence."""

from dataclasses import dataclass
from typing import Protocol

from importer.books.totals import Totals


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; `expected` is the number of rows to come in all, as far as known."""

    totals: Totals
    expected: int | None


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
