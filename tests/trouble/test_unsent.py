"""What was not sent is not in doubt, however close it came."""

import threading
from dataclasses import dataclass, field

from importer.books.failure import Failure
from importer.books.ledger import Ledger
from importer.books.totals import Totals
from importer.bounds import Bounds
from importer.delivery.deliver import deliver
from importer.interruption import Interruption
from importer.settings.sections import Delivery
from tests.delivery.made_updates import HERE, batches_of
from tests.delivery.runs import people
from tests.delivery.virtual_time import VirtualTime


@dataclass
class Forgetful:
    """A sink of failed rows."""

    def failed(self, failure: Failure) -> None: ...

    def in_doubt(self, failure: Failure) -> None: ...


@dataclass
class Disk:
    """A ledger's disk that takes its time: until the run has been stopped, and has closed."""

    interruption: Interruption
    closed: threading.Event = field(default_factory=threading.Event)

    def sync(self) -> None:
        self.interruption.request()
        assert self.closed.wait(10), "the run does not wait for the disk once it is stopped"

    def observe(self, totals: Totals) -> None:  # noqa: ARG002
        self.closed.set()


def test_stopped_while_the_ledger_is_written() -> None:
    """A request that waits for the disk when the run stops was never sent: its rows are not
    attempted, where nothing may be sent twice too.
    """
    interruption = Interruption()
    disk = Disk(interruption)

    class Slow(Ledger):
        def sync(self) -> None:
            disk.sync()

    ledger = Slow(Forgetful(), disk.observe, repeatable=False)
    deliver(
        batches_of(people(3), 3),
        HERE,
        Delivery(),
        ledger,
        interruption=interruption,
        narrate=lambda message: None,  # noqa: ARG005
        timing=VirtualTime().timing,
        bounds=Bounds(),
        divides=False,
        rate=None,
    )
    totals = ledger.totals
    assert (totals.not_attempted, totals.in_doubt, totals.requests_by_status) == (
        3,
        0,
        {"unsent": 1},
    )
