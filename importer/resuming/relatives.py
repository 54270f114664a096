"""The runs that had to do with the same rows: whose they were first, and who sent them again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from importer.errors import ImporterError
from importer.reading.records import Positions
from importer.resuming.identities import Retries, retries_of
from importer.resuming.recall import Recalled, recall
from importer.settings.config import Config
from importer.task import Warn


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """A run, beside a retry with which it has a `source` in common.

    `ours` are the rows of that source by the rows of the retry, `theirs` by those of the run; None
    where it read the source itself. 0 stands where a row is unknown. `whose` is what the run sent
    again, if it did.
    """

    recalled: Recalled
    source: str
    ours: Positions
    whose: Retries | None = None
    theirs: Positions | None = None

    def places(self, rows: Positions) -> Positions:
        """Return which rows of the common source these rows of the run are."""
        return rows if self.theirs is None else _through(rows, self.theirs)


def relatives(
    recalled: Recalled, retries: Retries, config: Config, warn: Warn
) -> Iterator[Relative]:
    """Yield the run whose rows a retry sends and, as far as it was a retry itself, those before
    it; and of each of these the other retries.
    """
    ours, known = retries.numbers, ""
    while True:
        whose = retries_of(recalled, config) if recalled.begun.retries else None
        source = recalled.begun.source
        yield Relative(recalled, source, ours, whose)
        try:
            for later, its, theirs in _later(recalled, config, known):
                yield Relative(later, source, ours, its, theirs)
        except (ImporterError, OSError) as error:
            warn(f"{recalled.folder}: another retry of it cannot be read: {error}")
        if whose is None:
            return
        ours, known = _through(ours, whose.numbers), recalled.folder.name
        recalled = whose.before


def _later(
    recalled: Recalled, config: Config, known: str, upward: Positions | None = None
) -> Iterator[tuple[Recalled, Retries, Positions]]:
    """Yield the retries of a run, and theirs, but the one that is `known`; with each comes which
    of its rows are which.
    """
    for which in recalled.retried_by:
        run_dir = recalled.taken_up_by(which)
        if run_dir is None or run_dir.name == known or not run_dir.is_dir():
            continue
        later = recall(run_dir)
        whose = retries_of(later, config)
        theirs = whose.numbers if upward is None else _through(whose.numbers, upward)
        yield later, whose, theirs
        yield from _later(later, config, "", theirs)


def _through(rows: Positions, numbers: Positions) -> Positions:
    """Return what these rows, from 1, are by the numbers of all; 0 where that is unknown."""
    found = np.zeros_like(rows)
    known = np.flatnonzero((rows > 0) & (rows <= len(numbers)))
    found[known] = numbers[rows[known] - 1]
    return found
