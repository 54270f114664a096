"""What is guessed of a column: its kind, how firmly, and what speaks against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Values = Mapping[str, int]
"""Different cells of a column, trimmed and not blank, and how often each is there."""


class Level(StrEnum):
    """How firmly something is guessed."""

    SURE = "sure"
    """Every cell looked at has a form that hardly anything else has."""

    LIKELY = "likely"
    """What most people would say; written into a mapping, with its doubts as a comment."""

    PERHAPS = "perhaps"
    """Worth a look; never written but as a comment."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The kind of a column; `share` of its filled cells agree, `counter` is one that does not.

    Where several `rivals` fit equally well, the user has to say which one it is. `type` is a
    mapping's column type and `options` are those of that type; without a type the cells are text.
    """

    kind: str
    level: Level
    share: float = 1.0
    counter: str | None = None
    rivals: tuple[str, ...] = ()
    type: str | None = None
    options: tuple[tuple[str, object], ...] = ()
    note: str = ""

    def __str__(self) -> str:
        if self.rivals:
            return " or ".join(self.rivals)
        return f"{self.kind}?" if self.level is Level.PERHAPS else self.kind


TEXT = Guess("text", Level.LIKELY)


@dataclass(frozen=True, slots=True)
class Vote:
    """How many different values, and how many cells, a test accepts; the commonest it refuses."""

    values: float
    cells: float
    counter: str | None

    @property
    def share(self) -> float:
        return min(self.values, self.cells)


def vote(values: Values, accepts: Callable[[str], bool]) -> Vote:
    """Let a test look at every value."""
    if not values:
        return Vote(0.0, 0.0, None)
    good = cells = 0
    counter, often = None, 0
    for value, count in values.items():
        if accepts(value):
            good += 1
            cells += count
        elif count > often:
            counter, often = value, count
    return Vote(good / len(values), cells / sum(values.values()), counter)


MOST = 0.9
"""The share of cells from which a kind is named although some cells do not fit."""


def level_of(ballot: Vote) -> Level:
    return Level.SURE if ballot.counter is None else Level.LIKELY


def percent(share: float) -> str:
    """Return a percentage that says 100 only for all and 0 only for none."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
