"""Whose turn it is to send, and when: pauses, the server's pace and the run's budget."""

import asyncio
from contextlib import AbstractContextManager, ExitStack, nullcontext

from importer.delivery.backoff import Backoff
from importer.delivery.budget import Budget
from importer.delivery.pace import Pace
from importer.timing import Timing

_FREE = nullcontext()


class Turns:
    """Shared by all requests of a run; `repeatable` says whether what they send may go twice."""

    def __init__(
        self, backoff: Backoff, pace: Pace, budget: Budget, timing: Timing, repeatable: bool
    ) -> None:
        self._backoff = backoff
        self._pace = pace
        self._budget = budget
        self._timing = timing
        self._repeatable = repeatable
        self._probing, self._turnstile = asyncio.Lock(), asyncio.Lock()

    async def take(self, updates: int) -> AbstractContextManager[object]:
        """Wait for the time to send so many updates; the turn ends with the context.

        While there is trouble, what must not be repeated goes one at a time: each lost answer puts
        a whole batch in doubt.
        """
        if self._repeatable or not self._backoff.stuck():
            await self._pause(updates)
            return _FREE
        with ExitStack() as alone:
            await self._probing.acquire()
            alone.callback(self._probing.release)
            await self._pause(updates)
            return alone.pop_all() if self._backoff.stuck() else _FREE

    async def _pause(self, updates: int) -> None:
        """Wait one after the other, as they came, so that all are not let go at once."""
        async with self._turnstile:
            while (wait := self._wait(updates)) > 0:
                await self._timing.sleep(wait)
            self._pace.sent(updates)
            self._budget.sent(updates)

    def _wait(self, updates: int) -> float:
        return max(self._pace.wait(updates, self._backoff.resume_at), self._budget.wait())
