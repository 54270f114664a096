"""The books: every row ends exactly once, and the four ways to end add up to the rows read."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from importer.books.failure import Failure
from importer.books.timeline import Chronicle
from importer.books.totals import Totals
from importer.delivery.verdict import Refusal
from importer.errors import BooksDoNotBalance
from importer.resuming.journal import Journal
from importer.resuming.recall import IMPORTED, IN_DOUBT, IN_FLIGHT, REFUSED, Recalled
from importer.updates.identify import Kind
from importer.updates.model import Updates

_NAMED = tuple((kind, kind.name.lower()) for kind in (Kind.COLUMN, Kind.EMAIL, Kind.RANDOM))


class Sink(Protocol):
    """Where failed rows and rows in doubt are written, in file order."""

    def failed(self, failure: Failure) -> None: ...

    def in_doubt(self, failure: Failure) -> None: ...


@dataclass(slots=True, eq=False)
class Entry:
    """The account of one batch, filled while it is settled. Only its failures outlive that.

    `rest` is what of the batch is still to be sent; `fresh` what the last answer settled, as the
    ledger on disk says it.
    """

    updates: Updates
    imported: int = 0
    failed: list[Failure] = field(default_factory=list)
    in_doubt: list[Failure] = field(default_factory=list)
    not_attempted: int = 0
    rest: Updates = field(init=False)
    fresh: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rest = self.updates

    def accept(self, updates: Updates) -> None:
        self.imported += len(updates)
        self.fresh.setdefault("imported", []).extend(updates.ranges)

    def fail(self, updates: Updates, index: int, code: str, refusal: Refusal) -> None:
        name = refusal.field.partition(".")[2] or refusal.field
        self.failed.append(_account(updates, index, code, refusal.message, name))
        line = (int(updates.rows[index]), code, refusal.message, refusal.field)
        self.fresh.setdefault("refused", []).append(line)

    def doubt(self, updates: Updates, reason: str) -> None:
        self.in_doubt.extend(
            _account(updates, index, "in_doubt", reason, "") for index in range(len(updates))
        )
        self.fresh.setdefault("in_doubt", []).extend(updates.ranges)
        self.fresh["why"] = reason

    def lose(self, updates: Updates) -> None:
        """Note updates that may be applied, though no answer says so, and go again."""
        self.fresh.setdefault("lost", []).extend(updates.ranges)

    def recall(self, recalled: Recalled, *, repeatable: bool) -> None:
        """Settle what earlier processes settled; leave the others in `rest`.

        What they sent without learning what became of it goes again where that changes nothing,
        and is in doubt where it would count twice.
        """
        states = recalled.of(self.updates.rows)
        for index in np.flatnonzero(states == REFUSED).tolist():
            code, message, field_ = recalled.refusals[int(self.updates.rows[index])]
            self.fail(self.updates, index, code, Refusal(message, field_))
        self.imported += int(np.count_nonzero(states == IMPORTED))
        settled = (states == IMPORTED) | (states == REFUSED)
        if not repeatable:
            for index in np.flatnonzero((states == IN_DOUBT) | (states == IN_FLIGHT)).tolist():
                why = recalled.doubts.get(int(self.updates.rows[index]), _DIED)
                self.doubt(self.updates.cut(index, index + 1), why)
            settled |= (states == IN_DOUBT) | (states == IN_FLIGHT)
        self.rest = self.updates.without(settled)
        self.fresh.clear()


_DIED = "the program ended while the answer was awaited"


@dataclass(slots=True)
class _Page:
    """What is to be written of one batch, once everything before it is."""

    failed: list[Failure] = field(default_factory=list)
    in_doubt: list[Failure] = field(default_factory=list)
    complete: bool = False


class Ledger:
    """Batches are opened in file order, closed and counted in any, and written in file order.

    While one batch is stuck, those behind it leave only their failures in memory.
    """

    def __init__(
        self,
        sink: Sink,
        observe: Callable[[Totals], None],
        journal: Journal | None = None,
        recalled: Recalled | None = None,
        points: deque[tuple[int, Callable[[], str]]] | None = None,
        *,
        repeatable: bool = True,
        chronicle: Chronicle | None = None,
    ) -> None:
        """Keep books, on disk too where there is a `journal`.

        `recalled` is what it said of earlier processes, `points` brings digests of the source; the
        `chronicle` is told of every change of the totals.
        Rows whose updates are `repeatable` may be sent again when it is not known whether they
        were applied.
        """
        self.totals = Totals()
        self.repeatable = repeatable
        self._sink = sink
        self._observe = observe
        self._journal = journal
        self._recalled = recalled
        self._points = points if points is not None else deque()
        self._last_recalled = recalled.reached() if recalled is not None else 0
        if recalled is not None:
            self.totals.requests_sent = recalled.requests.total()
            self.totals.requests_retried = recalled.requests_retried
            self.totals.requests_by_status.update(+recalled.requests)
        self._chronicle = chronicle
        if chronicle is not None:
            chronicle.begin(self.totals)
        self._open: dict[Entry, _Page] = {}
        self._unwritten: deque[_Page] = deque()
        self._next_row = 1

    @property
    def behind(self) -> bool:
        """Is there a row still to come of which an earlier process knew something?"""
        return self._next_row <= self._last_recalled

    def open(self, updates: Updates) -> Entry:
        """Take in a batch. Raises BooksDoNotBalance unless it begins where the last one ended."""
        if updates.first_row != self._next_row:
            raise BooksDoNotBalance(
                f"row {updates.first_row} came where row {self._next_row} was expected"
            )
        self._next_row = updates.last_row + 1
        entry = Entry(updates)
        if self._recalled is not None:
            entry.recall(self._recalled, repeatable=self.repeatable)
            self.totals.recalled += len(updates) - len(entry.rest)
            self.totals.recalled_failed += len(entry.failed)
        while self._points:
            row, digest = self._points.popleft()
            self._note({"read": row, "sha256": digest()})
        self._open[entry] = page = _Page()
        self._unwritten.append(page)
        return entry

    def close(self, entry: Entry) -> None:
        """Count a settled batch; write its failures, and what its delay held up."""
        self._count(entry, self._open.pop(entry))
        self._changed()
        while self._unwritten and self._unwritten[0].complete:
            self._write(self._unwritten.popleft())
        self._observe(self.totals)

    def sending(self, part: Updates, *, again: bool) -> None:
        """Note that these rows are about to be sent: at once where they must not be sent twice."""
        self.totals.requests_in_flight += 1
        line = {"sent": part.ranges, **({"again": True} if again else {})}
        if not self.repeatable:
            self._note(line)
        elif self._journal is not None:
            self._journal.defer(line)

    def sync(self) -> None:
        """Wait until all that was noted is on the disk."""
        if self._journal is not None:
            self._journal.sync()

    def answered(self, entry: Entry, part: Updates, status: str, *, again: bool) -> None:
        """Count an attempt, and note what it settled."""
        self.totals.requests_in_flight -= 1
        self.totals.requests_sent += 1
        self.totals.requests_retried += again
        self.totals.requests_by_status[status] += 1
        self._changed()
        fresh, entry.fresh = entry.fresh, {}
        self._note({"answer": status, "rows": part.ranges, **fresh})

    def _changed(self) -> None:
        if self._chronicle is not None:
            self._chronicle.note(self.totals)

    def _note(self, line: dict[str, Any]) -> None:
        if self._journal is not None:
            self._journal.write(line)

    def balance(self, rows_read: int | None = None) -> None:
        """Assert the books. `rows_read` is the source's own count, for a run that read it all."""
        totals = self.totals
        ended = totals.imported + totals.failed + totals.in_doubt + totals.not_attempted
        if self._open or ended != totals.read or rows_read not in (None, totals.read):
            raise BooksDoNotBalance(
                f"{totals.read} rows read (the source counts {rows_read}), but {ended} ended: "
                f"{totals.imported} imported, {totals.failed} failed, {totals.in_doubt} in doubt, "
                f"{totals.not_attempted} not attempted, {len(self._open)} batches still open"
            )

    def _count(self, entry: Entry, page: _Page) -> None:
        totals, updates = self.totals, entry.updates
        page.failed = sorted((*updates.failures, *entry.failed), key=lambda failure: failure.row)
        page.in_doubt = sorted(entry.in_doubt, key=lambda failure: failure.row)
        page.complete = True
        totals.read += updates.row_count
        totals.imported += entry.imported + len(updates.unchanged)
        totals.unchanged += len(updates.unchanged)
        totals.failed += len(page.failed)
        totals.in_doubt += len(page.in_doubt)
        totals.not_attempted += entry.not_attempted
        for failure in page.failed:
            totals.failures_by_code[failure.code] += 1
        kinds = updates.kinds.tobytes() + updates.unchanged_kinds.tobytes()
        for kind, name in _NAMED:
            totals.identifiers[name] += kinds.count(kind)

    def _write(self, page: _Page) -> None:
        for failure in page.failed:
            self._sink.failed(failure)
        for failure in page.in_doubt:
            self._sink.in_doubt(failure)


def _account(updates: Updates, index: int, code: str, reason: str, name: str) -> Failure:
    row = int(updates.rows[index])
    record, line = updates.record_of(row)
    return Failure(
        row=row,
        line=line,
        code=code,
        reason=reason,
        record=record,
        property=name,
        identifier=updates.identifiers[index].as_py(),
    )
