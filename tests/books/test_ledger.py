"""The books: counted as batches end, written in file order, and balanced or not at all."""

import gc
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.books.failure import Failure
from importer.books.ledger import Entry, Ledger
from importer.books.totals import Totals
from importer.delivery.verdict import Refusal
from importer.errors import BooksDoNotBalance, ReportError
from importer.updates.model import Updates
from tests.delivery.made_updates import batches_of


@dataclass
class Pages:
    """A sink that keeps row numbers, and can be out of room."""

    failures: list[int] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)
    full: bool = False

    def failed(self, failure: Failure) -> None:
        if self.full:
            raise ReportError("no space left on device")
        self.failures.append(failure.row)

    def in_doubt(self, failure: Failure) -> None:
        self.doubts.append(failure.row)


def opened(
    count: int, sink: Pages | None = None, *, size: int = 4
) -> tuple[Ledger, Pages, list[Entry]]:
    """Open batches of which the first row has no identifier."""
    rows = [("" if row % size == 0 else f"u{row}", "pro") for row in range(count * size)]
    pages = sink or Pages()
    ledger = Ledger(pages, silence)
    entries = [ledger.open(made) for made in batches_of(rows, size - 1)]
    return ledger, pages, entries


def silence(totals: Totals) -> None:
    pass


def settle(entry: Entry) -> None:
    """One row refused, one in doubt, the others imported."""
    entry.fail(entry.updates, 1, "refused", Refusal("no"))
    entry.doubt(entry.updates.cut(2, 3), "lost")
    entry.imported += len(entry.updates) - 2


@given(st.permutations(range(6)))
def test_any_order_of_ends_gives_the_same_books(order: list[int]) -> None:
    """Batches end in any order; failures are written in file order, each once."""
    ledger, pages, entries = opened(6)
    for index in order:
        settle(entries[index])
        ledger.close(entries[index])
    ledger.balance(24)
    totals = ledger.totals
    assert (totals.read, totals.imported, totals.failed, totals.in_doubt) == (24, 6, 12, 6)
    assert totals.failures_by_code == {"no_identifier": 6, "refused": 6}
    assert totals.identifiers == {"column": 18, "email": 0, "random": 0}
    firsts = range(1, 25, 4)
    assert pages.failures == [row for first in firsts for row in (first, first + 2)]
    assert pages.doubts == [first + 3 for first in firsts]


def test_what_is_stuck_holds_nothing_up_but_the_files() -> None:
    """Behind a batch that does not end rows are counted at once, and their updates let go."""
    ledger, pages, entries = opened(6)
    gc.collect()
    before = _updates_alive()
    while len(entries) > 1:
        last = entries.pop()
        settle(last)
        ledger.close(last)
    del last
    gc.collect()
    assert _updates_alive() == before - 5
    assert (ledger.totals.read, pages.failures) == (20, [])
    ledger.close(entries[0])
    assert len(pages.failures) == 11


def _updates_alive() -> int:
    return sum(isinstance(thing, Updates) for thing in gc.get_objects())


def test_a_full_disk_does_not_upset_the_books() -> None:
    """Where failures cannot be written the error is raised, and the rows are counted."""
    ledger, _, entries = opened(3, Pages(full=True))
    for entry in reversed(entries):
        entry.not_attempted = len(entry.updates)
        if entry is entries[0]:
            with pytest.raises(ReportError):
                ledger.close(entry)
        else:
            ledger.close(entry)
    ledger.balance(12)


def test_rows_must_follow_one_another() -> None:
    """A batch that begins elsewhere than the last one ended is a fault of the program."""
    ledger = Ledger(Pages(), silence)
    first, second, third = batches_of([(f"u{row}", "pro") for row in range(6)], 2)
    ledger.open(first)
    with pytest.raises(BooksDoNotBalance, match="row 5 came where row 3 was expected"):
        ledger.open(third)
    ledger.open(second)
    with pytest.raises(BooksDoNotBalance):
        ledger.open(second)


def test_unbalanced_books_are_noticed() -> None:
    """Rows lost, counted twice, still open, or never opened: none passes."""
    for imported in (0, 2, 4):
        ledger, _, (entry,) = opened(1)
        with pytest.raises(BooksDoNotBalance, match="1 batches still open"):
            ledger.balance()
        entry.imported = imported
        ledger.close(entry)
        with pytest.raises(BooksDoNotBalance):
            ledger.balance()
    ledger, _, (entry,) = opened(1)
    entry.imported = 3
    ledger.close(entry)
    ledger.balance()
    ledger.balance(4)
    with pytest.raises(BooksDoNotBalance, match="the source counts 5"):
        ledger.balance(5)


def test_progress_is_told_of_every_batch() -> None:
    """The observer hears of each settled batch, whatever is stuck before it."""
    heard: list[int] = []

    def observe(totals: Totals) -> None:
        heard.append(totals.read)

    ledger = Ledger(Pages(), observe)
    entries = [ledger.open(made) for made in batches_of([(f"u{row}", "p") for row in range(6)], 2)]
    for entry in reversed(entries):
        ledger.close(entry)
    assert heard == [2, 4, 6]


def test_requests_are_counted() -> None:
    """Each attempt counts, by status, and again where it was a retry."""
    ledger, _, (entry,) = opened(1)
    for status, again in (("200", False), ("429", False), ("429", True), ("200", True)):
        ledger.answered(entry, entry.updates, status, again=again)
    totals = ledger.totals
    assert (totals.requests_sent, totals.requests_retried) == (4, 2)
    assert totals.requests_by_status == {"200": 2, "429": 2}
