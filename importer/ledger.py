"""The books: every row ends exactly once, and the four ways to end add up to the rows read."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from importer.errors import BooksDoNotBalance
from importer.failure import Failure
from importer.identify import Kind
from importer.updates import Updates
from importer.verdict import Refusal


class Sink(Protocol):
    """Where failed rows and rows in doubt are written, in file order."""

    def failed(self, failure: Failure) -> None: ...

    def in_doubt(self, failure: Failure) -> None: ...


@dataclass(slots=True)
class Totals:
    """Rows and requests so far."""

    read: int = 0
    imported: int = 0
    failed: int = 0
    in_doubt: int = 0
    not_attempted: int = 0
    identifiers: Counter[str] = field(default_factory=Counter)
    failures_by_code: Counter[str] = field(default_factory=Counter)
    requests_sent: int = 0
    requests_retried: int = 0
    requests_by_status: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, eq=False)
class Entry:
    """The account of one batch, filled while it is settled. Only its failures outlive that."""

    updates: Updates
    imported: int = 0
    failed: list[Failure] = field(default_factory=list)
    in_doubt: list[Failure] = field(default_factory=list)
    not_attempted: int = 0

    def fail(self, updates: Updates, index: int, code: str, refusal: Refusal) -> None:
        name = refusal.field.partition(".")[2] or refusal.field
        self.failed.append(_account(updates, index, code, refusal.message, name))

    def doubt(self, updates: Updates, reason: str) -> None:
        self.in_doubt.extend(
            _account(updates, index, "in_doubt", reason, "") for index in range(len(updates))
        )


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

    def __init__(self, sink: Sink, observe: Callable[[Totals], None]) -> None:
        self.totals = Totals()
        self._sink = sink
        self._observe = observe
        self._open: dict[Entry, _Page] = {}
        self._unwritten: deque[_Page] = deque()
        self._next_row = 1

    def open(self, updates: Updates) -> Entry:
        """Take in a batch. Raises BooksDoNotBalance unless it begins where the last one ended."""
        if updates.first_row != self._next_row:
            raise BooksDoNotBalance(
                f"row {updates.first_row} came where row {self._next_row} was expected"
            )
        self._next_row = updates.last_row + 1
        entry = Entry(updates)
        self._open[entry] = page = _Page()
        self._unwritten.append(page)
        return entry

    def close(self, entry: Entry) -> None:
        """Count a settled batch; write its failures, and what its delay held up."""
        self._count(entry, self._open.pop(entry))
        while self._unwritten and self._unwritten[0].complete:
            self._write(self._unwritten.popleft())
        self._observe(self.totals)

    def request(self, status: str, *, retried: bool) -> None:
        """Count an attempt, whatever came of it."""
        self.totals.requests_sent += 1
        self.totals.requests_retried += retried
        self.totals.requests_by_status[status] += 1

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
        totals.imported += entry.imported
        totals.failed += len(page.failed)
        totals.in_doubt += len(page.in_doubt)
        totals.not_attempted += entry.not_attempted
        totals.failures_by_code.update(failure.code for failure in page.failed)
        counts = np.bincount(updates.kinds, minlength=len(Kind))
        for kind in (Kind.COLUMN, Kind.EMAIL, Kind.RANDOM):
            totals.identifiers[kind.name.lower()] += int(counts[kind])

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
        identifier=str(updates.identifiers[index]),
    )
