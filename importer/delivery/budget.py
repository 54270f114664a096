"""At most so many updates a second: the share of one run, where several send to one project."""

import math
from collections.abc import Callable


class Budget:
    """Lets updates go evenly: what was not used is lost, so that shares add up to the whole."""

    def __init__(self, clock: Callable[[], float], rate: float | None) -> None:
        self._clock = clock
        self._rate = rate if rate is not None else math.inf
        self._due = -math.inf

    def wait(self) -> float:
        """Return the seconds until the next request may go."""
        return self._due - self._clock()

    def sent(self, updates: int) -> None:
        """Note a request that goes now."""
        self._due = max(self._due, self._clock()) + updates / self._rate
