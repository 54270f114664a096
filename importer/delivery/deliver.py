"""Batches go out, many at once, until each of their rows is settled. The one event loop is here.

Rows with the same identifier take effect in file order: a batch waits while an earlier one that
shares an identifier is unsettled, and the parts of a split batch follow one another.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from functools import partial

from importer.books.ledger import Entry, Ledger
from importer.bounds import Bounds
from importer.delivery.ahead import ahead, call_soon
from importer.delivery.backoff import Backoff
from importer.delivery.beside_a_loop import beside_a_loop
from importer.delivery.budget import Budget
from importer.delivery.guard import BATCHES, Guard
from importer.delivery.order import Order, most_begun
from importer.delivery.pace import Pace
from importer.delivery.settle import Settling, advance, settle
from importer.delivery.stops import denied, held_up, not_the_api, refuses_everything, unreachable
from importer.delivery.transport import open_client, post
from importer.delivery.turns import Turns
from importer.delivery.verdict import (
    Accepted,
    Busy,
    Denied,
    Hopeless,
    Lost,
    PartlyRefused,
    Refused,
    Reply,
    TooLarge,
    Verdict,
)
from importer.engage import Engage
from importer.errors import ImporterError, Interrupted, ReportError
from importer.interruption import Interruption
from importer.settings.sections import Delivery
from importer.timing import Timing
from importer.updates.model import Updates

GRACE = 5.0
"""Seconds that requests in flight have to finish once the run stops."""


def deliver(
    batches: Iterator[Updates],
    destination: Engage,
    settings: Delivery,
    ledger: Ledger,
    *,
    interruption: Interruption,
    narrate: Callable[[str], None],
    timing: Timing,
    bounds: Bounds,
    divides: bool,
    rate: float | None,
) -> ImporterError | None:
    """Send every batch and book what became of it; return why it stopped early, if it did.

    `divides` says whether a batch refused as a whole is sent again in halves. No more than `rate`
    updates a second are sent.
    """

    async def run() -> ImporterError | None:
        delivery = _Delivery(destination, settings, ledger, narrate, timing, bounds, divides, rate)
        return await delivery.run(batches, interruption)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run())
    return beside_a_loop(lambda: asyncio.run(run()), interruption)


class _Delivery:
    def __init__(
        self,
        destination: Engage,
        settings: Delivery,
        ledger: Ledger,
        narrate: Callable[[str], None],
        timing: Timing,
        bounds: Bounds,
        divides: bool,
        rate: float | None,
    ) -> None:
        self._bounds = bounds
        self._divides = divides
        self._destination = destination
        self._settings = settings
        self._ledger = ledger
        self._narrate = narrate
        self._timing = timing
        self._backoff = Backoff(timing.clock, timing.chance, settings.give_up_after)
        self._pace = Pace(timing.clock)
        budget = Budget(timing.clock, rate)
        self._turns = Turns(self._backoff, self._pace, budget, timing, ledger.repeatable)
        self._guard = Guard()
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._window = asyncio.Semaphore(most_begun(settings))
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._order = Order()
        self._stop: ImporterError | None = None
        self._fault: BaseException | None = None

    async def run(
        self, batches: Iterator[Updates], interruption: Interruption
    ) -> ImporterError | None:
        loop = asyncio.get_running_loop()
        timeout = self._settings.timeout
        async with open_client(
            self._destination.url, concurrency=self._settings.concurrency, timeout=timeout
        ) as self._client:
            self._feeding = asyncio.create_task(self._feed(batches))
            interruption.listen(lambda number: call_soon(loop, self._halt, Interrupted(number)))
            if (left := self._bounds.left(self._timing.clock())) is not None:
                loop.call_later(left, self._heed_bounds)
            # Waited for, not awaited: its being cancelled by `_halt` is not ours by a Ctrl-C.
            await asyncio.wait({self._feeding})
            if not self._feeding.cancelled() and (fault := self._feeding.exception()) is not None:
                self._fail(fault)
            while self._tasks:
                await asyncio.wait(self._tasks)
        if self._fault is not None:
            raise self._fault
        return self._stop

    async def _feed(self, batches: Iterator[Updates]) -> None:
        async with aclosing(ahead(batches)) as coming:
            async for batch in coming:
                await self._window.acquire()
                if self._stop is not None and not self._ledger.behind:
                    return
                self._begin(batch)

    def _begin(self, batch: Updates) -> None:
        entry = self._ledger.open(batch)
        settling = settle(entry, repeatable=self._ledger.repeatable, divides=self._divides)
        first = next(settling, None)
        before = self._order.before(batch)
        task = asyncio.create_task(self._carry(entry, settling, first, before))
        self._tasks.add(task)
        self._order.begin(batch, task)
        # A callback, not a `finally`: a task that is cancelled before its first step runs neither.
        task.add_done_callback(partial(self._end, entry, settling))

    async def _carry(
        self,
        entry: Entry,
        settling: Settling,
        part: Updates | None,
        before: set[asyncio.Task[None]],
    ) -> None:
        if before:
            await asyncio.wait(before)
        while part is not None and self._stop is None:
            async with self._slots:
                part = await self._press_on(entry, settling, part)

    async def _press_on(
        self, entry: Entry, settling: Settling, rest: Updates | None
    ) -> Updates | None:
        """Send part after part of a batch; return what is left where others should go first."""
        retried = False
        while rest is not None and self._stop is None:
            part = rest
            with await self._turns.take(part.count):
                verdict, sent_at, rest = await self._attempt(entry, settling, part, again=retried)
                self._heed(entry.updates, part, verdict, sent_at)
            retried = isinstance(verdict, Busy | Lost)
            if not retried and self._guard.suspects(entry.updates.first_row):
                # Whether the rows are at fault or the server, other batches will tell.
                break
        return rest

    async def _attempt(
        self, entry: Entry, settling: Settling, part: Updates, *, again: bool
    ) -> tuple[Verdict, float, Updates | None]:
        """Send once; return the verdict, when it was sent, and what is to be sent next."""

        def conclude(verdict: Verdict, status: str) -> Updates | None:
            rest = advance(settling, verdict)
            self._ledger.answered(entry, part, status, again=again)
            return rest

        self._ledger.sending(part, again=again)
        cut_off: Busy | Lost = Busy("not sent before the run stopped")
        try:
            if not self._ledger.repeatable:
                await asyncio.to_thread(self._ledger.sync)
            cut_off = Lost("no answer before the run stopped")
            sent_at = self._timing.clock()
            reply = await self._post(part)
        except (asyncio.CancelledError, ReportError):  # the ledger, which cannot be kept safe
            conclude(cut_off, "unsent" if isinstance(cut_off, Busy) else "no answer")
            raise
        if isinstance(reply, Reply):
            verdict = self._destination.judge(reply, part.count)
            return verdict, sent_at, conclude(verdict, str(reply.status))
        status = "unsent" if isinstance(reply, Busy) else "no answer"
        return reply, sent_at, conclude(reply, status)

    async def _post(self, part: Updates) -> Reply | Busy | Lost | Hopeless:
        task = asyncio.current_task()
        assert task is not None
        self._in_flight.add(task)
        try:
            return await post(self._client, part.body())
        finally:
            self._in_flight.discard(task)

    def _heed(self, batch: Updates, part: Updates, verdict: Verdict, sent_at: float) -> None:
        """Draw the conclusions for the run as a whole."""
        base_url, give_up_after = self._destination.base_url, self._settings.give_up_after
        row, size = batch.first_row, len(batch)
        self._pace.answered(verdict, part.count, sent_at)
        match verdict:
            case Busy(message, retry_after) | Lost(message, retry_after):
                pause = self._backoff.trouble(sent_at, retry_after)
                if self._backoff.exhausted():
                    self._halt(unreachable(base_url, give_up_after, message, retry_after))
                elif pause is not None and self._stop is None:
                    again = self._ledger.repeatable or isinstance(verdict, Busy)
                    self._narrate(held_up(base_url, message, pause, give_up_after, again=again))
                return
            case Denied(message):
                self._halt(denied(base_url, message))
            case Hopeless(message):
                self._halt(not_the_api(base_url, message))
            case Accepted():
                self._guard.accepted()
            case PartlyRefused(refusals, others_applied):
                if others_applied and len(refusals) < part.count:
                    self._guard.accepted()
                elif self._guard.refused_by_name(row, len(set(part.rows_of(refusals))), size):
                    words = next(iter(refusals.values())).message
                    self._halt(refuses_everything(base_url, BATCHES, words))
            case Refused(message):
                if (len(part) == 1 and self._guard.refused_alone(row, size)) or (
                    not self._divides and self._guard.refused_by_name(row, size, size)
                ):
                    self._halt(refuses_everything(base_url, BATCHES, message))
            case TooLarge(message):
                if len(part) == 1 and self._guard.refused_alone(row, size):
                    self._halt(refuses_everything(base_url, BATCHES, message))
        self._backoff.progress(sent_at)

    def _fail(self, fault: BaseException) -> None:
        """End the run for a fault of ours; what is no ImporterError is raised once it has ended."""
        if isinstance(fault, ImporterError):
            self._halt(fault)
            return
        self._fault = self._fault or fault
        self._halt(ImporterError(str(fault)))

    def _halt(self, reason: ImporterError) -> None:
        """End the run: what is in flight may finish, the rest is not attempted.

        One that goes on reads up to where it was left, so that its books are not less than before.
        """
        if self._stop is not None:
            return
        self._stop = reason
        if not self._ledger.behind:
            self._feeding.cancel()
        for task in self._tasks - self._in_flight:
            task.cancel()
        asyncio.get_running_loop().call_later(GRACE, self._cut_off)

    def _cut_off(self) -> None:
        self._feeding.cancel()
        for task in self._tasks:
            task.cancel()

    def _end(self, entry: Entry, settling: Settling, task: asyncio.Task[None]) -> None:
        """Close the account of a batch, however its task ended."""
        self._tasks.discard(task)
        self._window.release()
        self._order.end(entry.updates)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fail(fault)
        try:
            settling.close()
            self._ledger.close(entry)
            self._heed_bounds()
        except Exception as error:
            # All of them: the loop would log what a callback raises, and go on.
            self._fail(error)

    def _heed_bounds(self) -> None:
        """End a run that has gone as far as its user lets it."""
        reached = self._bounds.reached(self._ledger.totals, self._timing.clock())
        if reached is not None:
            self._halt(reached)
