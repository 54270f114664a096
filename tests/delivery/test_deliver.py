"""The loop itself: faults of the stages around it come out, memory stays bounded, Ctrl-C works."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from importer import Report, import_profiles
from importer.books.failure import Failure
from importer.books.ledger import Ledger
from importer.books.rehearsal import rehearse, wish_to_stop
from importer.books.totals import Totals
from importer.bounds import Bounds
from importer.delivery.ahead import AHEAD, HELPING
from importer.delivery.deliver import deliver
from importer.delivery.order import WINDOW
from importer.emulator import Emulator, running
from importer.engage import Engage, Token
from importer.errors import ConfigError, CredentialsRefused, ImporterError, Interrupted, ReportError
from importer.interruption import Interruption
from importer.progress import Progress
from importer.settings.sections import Delivery
from importer.updates.model import Updates

from .made_updates import TOKEN, batches_of, config
from .raw_server import ONE, served
from .runs import run_import
from .virtual_time import VirtualTime


class Nowhere:
    """A sink that keeps nothing."""

    def failed(self, failure: Failure) -> None:
        pass

    def in_doubt(self, failure: Failure) -> None:
        pass


class FullDisk(Nowhere):
    def failed(self, failure: Failure) -> None:
        raise ReportError(f"row {failure.row}: no space left on device")


def silence(heard: object) -> None:
    pass


def people(count: int) -> Iterator[tuple[str, str]]:
    return ((f"u{row}", f"plan {row}") for row in range(count))


def send(
    batches: Iterator[Updates],
    url: str,
    ledger: Ledger | None = None,
    *,
    concurrency: int = 10,
    interruption: Interruption | None = None,
    narrate: Any = silence,
) -> tuple[Ledger, ImporterError | None]:
    ledger = ledger or Ledger(Nowhere(), silence)
    stop = deliver(
        batches,
        Engage(url, Token(TOKEN)),
        Delivery(concurrency=concurrency),
        ledger,
        interruption=interruption or Interruption(),
        narrate=narrate,
        timing=VirtualTime().timing,
        bounds=Bounds(),
        divides=True,
        rate=None,
    )
    return ledger, stop


def test_nothing_to_deliver(emulator: Emulator) -> None:
    ledger, stop = send(iter(()), emulator.url)
    ledger.balance(0)
    assert (stop, emulator.stats()["requests"]) == (None, 0)


def test_rows_that_all_failed_before(emulator: Emulator) -> None:
    """Batches without a single update need no request, and are counted."""
    ledger, stop = send(batches_of([("", "pro")] * 500), emulator.url)
    ledger.balance(500)
    assert (stop, ledger.totals.failed, emulator.stats()["requests"]) == (None, 500, 0)


@pytest.mark.parametrize("after", [0, 1, HELPING, HELPING + 1, 60])
def test_a_fault_of_a_stage_comes_out(emulator: Emulator, after: int) -> None:
    """Whatever is raised where batches are made is raised here, and soon; what was sent counts."""

    def breaking() -> Iterator[Updates]:
        yield from islice(batches_of(people(10_000), 100), after)
        raise ZeroDivisionError("a bug")

    ledger = Ledger(Nowhere(), silence)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        send(breaking(), emulator.url, ledger)
    ledger.balance()
    assert ledger.totals.imported == len(emulator.profiles())


def test_a_known_fault_of_a_stage_is_the_reason(emulator: Emulator) -> None:
    """A stage's own error ends the run as its reason, with balanced books."""

    def breaking() -> Iterator[Updates]:
        yield from batches_of(people(5_000), 100)
        raise ReportError("the disk is gone")

    ledger, stop = send(breaking(), emulator.url)
    ledger.balance()
    assert str(stop) == "the disk is gone"


def test_a_fault_of_the_observer_comes_out(emulator: Emulator) -> None:
    """An error in what is called as a batch ends is not swallowed by the event loop."""

    def observe(totals: Totals) -> None:
        raise BrokenPipeError("nobody reads on")

    ledger = Ledger(Nowhere(), observe)
    with pytest.raises(BrokenPipeError):
        send(batches_of(people(5_000)), emulator.url, ledger)
    ledger.balance()


def test_a_fault_while_narrating_comes_out(emulator: Emulator) -> None:
    emulator.faults({"kind": "status", "status": 503})

    def narrate(message: str) -> None:
        raise BrokenPipeError("nobody reads on")

    ledger = Ledger(Nowhere(), silence)
    with pytest.raises(BrokenPipeError):
        send(batches_of(people(5_000)), emulator.url, ledger, narrate=narrate)
    ledger.balance()


def test_a_full_disk_stops_the_run(emulator: Emulator) -> None:
    """Where failed rows cannot be written the run ends with that reason, the books balanced."""
    rows = (("" if row % 50 == 0 else f"u{row}", "pro") for row in range(5_000))
    ledger, stop = send(batches_of(rows), emulator.url, Ledger(FullDisk(), silence))
    ledger.balance()
    assert isinstance(stop, ReportError)
    assert ledger.totals.imported == len(emulator.profiles())


def test_an_abandoned_reader_leaves_no_noise(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """A run that stops while batches are made does not complain of what became of them."""
    emulator.faults({"kind": "status", "status": 401})
    broken = threading.Event()

    def breaking() -> Iterator[Updates]:
        yield from batches_of(people(HELPING), 1)
        broken.set()
        raise ZeroDivisionError("a bug that nobody gets to")

    def observe(totals: Totals) -> None:
        broken.wait(10)

    _, stop = send(breaking(), emulator.url, Ledger(Nowhere(), observe), concurrency=1)
    gc.collect()
    assert isinstance(stop, CredentialsRefused)
    assert caplog.messages == []


def test_a_pipe_that_nobody_writes_to_holds_nothing_up(emulator: Emulator) -> None:
    """An interrupted run ends though its source does not."""
    stuck = threading.Event()
    interruption = Interruption()

    def endless() -> Iterator[Updates]:
        yield from batches_of(people(HELPING * 200))
        interruption.request()
        stuck.wait(30)

    try:
        ledger, stop = send(endless(), emulator.url, interruption=interruption)
    finally:
        stuck.set()
    ledger.balance()
    assert isinstance(stop, Interrupted)


def test_reading_keeps_a_bounded_lead() -> None:
    """While one batch is stuck no more is read than the window, a helping and those ahead."""
    taken = 0
    release = threading.Event()

    def counted() -> Iterator[Updates]:
        nonlocal taken
        for made in batches_of(((f"u{row % 10}", "p") for row in range(3_000)), 10):
            taken += 1
            yield made

    def act(connection: Any, request: bytes) -> None:
        release.wait(10)
        connection.sendall(ONE)

    def let_go() -> None:
        seen = -1
        while seen != taken or not taken:
            seen = taken
            release.wait(0.1)
        leads.append(taken)
        release.set()

    leads: list[int] = []
    watcher = threading.Thread(target=let_go)
    watcher.start()
    with served(act) as (port, _):
        ledger, stop = send(counted(), f"http://127.0.0.1:{port}", concurrency=3)
    watcher.join()
    ledger.balance(3_000)
    assert stop is None
    assert leads[0] <= 3 * WINDOW + (1 + AHEAD) * HELPING + 1


def test_memory_while_one_batch_is_stuck() -> None:
    """A batch that is answered last of all does not keep those behind it in memory."""
    alive: list[int] = []
    waiting = threading.Event()

    def act(connection: Any, request: bytes) -> None:
        if b'"u0"' in request:
            waiting.wait(10)
        connection.sendall(ONE)

    def observe(totals: Totals) -> None:
        if totals.read == 19_900:
            alive.append(sum(isinstance(thing, Updates) for thing in gc.get_objects()))
            waiting.set()

    with served(act) as (port, _):
        ledger, _ = send(
            batches_of(people(20_000), 100), f"http://127.0.0.1:{port}", Ledger(Nowhere(), observe)
        )
    ledger.balance(20_000)
    assert alive[0] < 60, "of 200"


def test_ctrl_c_without_a_handler(emulator: Emulator, tmp_path: Path) -> None:
    """In a program that handles no signals a Ctrl-C is a KeyboardInterrupt, as anywhere else."""
    emulator.faults({"kind": "delay", "delay_ms": [100, 100]})
    program = f"""
import signal
import threading
from importer.emulator import running
from tests.delivery.test_deliver import batches_of, people, send
signal.signal(signal.SIGINT, signal.default_int_handler)
def batches():
    yield from batches_of(people(200), 10)
    print("sending", flush=True)
    threading.Event().wait(60)
try:
    send(batches(), {emulator.url!r}, concurrency=1)
except KeyboardInterrupt:
    print("interrupted")
"""
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sending\n"
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == ("interrupted\n", "", 0)


@pytest.mark.parametrize(
    "loop", ["asyncio.run(work())", "asyncio.new_event_loop().run_until_complete(work())"]
)
def test_ctrl_c_inside_an_event_loop(emulator: Emulator, loop: str) -> None:
    """In a notebook too the first Ctrl-C ends the run, and one more does not leave its books to a
    thread that is still sending.
    """
    emulator.faults({"kind": "delay", "delay_ms": [300, 300]})
    program = f"""
import asyncio
import signal
import threading
from importer.interruption import Interruption
from tests.delivery.test_deliver import *
signal.signal(signal.SIGINT, signal.default_int_handler)
ledger, interruption = Ledger(Nowhere(), silence), Interruption()
interruption.listen(lambda number: print("stopping", flush=True))
def batches():
    yield from batches_of(people(200), 10)
    print("sending", flush=True)
    threading.Event().wait(10)
async def work():
    send(batches(), {emulator.url!r}, ledger, concurrency=1, interruption=interruption)
try:
    {loop}
except KeyboardInterrupt:
    ledger.balance()
    print("interrupted")
"""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=Path(__file__).parent.parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for word in ("sending\n", "stopping\n"):
            assert process.stdout.readline() == word
            os.kill(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=8)
    # The second may come in the middle of what the first asks for, which is asked for once more.
    assert (out.removeprefix("stopping\n"), process.returncode) == ("interrupted\n", 0)
    assert emulator.stats()["updates"] < 200


def test_rehearsal_sends_nothing_and_counts_everything() -> None:
    """A dry run books each row as it would end."""
    ledger = Ledger(Nowhere(), silence)
    rows = [("" if row % 3 == 0 else f"u{row}", "pro") for row in range(900)]
    assert rehearse(batches_of(rows), ledger, lambda: None) is None
    ledger.balance(900)
    assert (ledger.totals.imported, ledger.totals.failed) == (600, 300)
    assert ledger.totals.requests_sent == 0


def test_rehearsal_can_be_interrupted() -> None:
    interruption = Interruption()
    interruption.request(15)
    ledger = Ledger(Nowhere(), silence)
    stop = rehearse(
        batches_of(people(1_000)),
        ledger,
        lambda: wish_to_stop(interruption, Bounds(), ledger.totals, 0.0),
    )
    assert isinstance(stop, Interrupted)
    assert stop.exit_code == 143
    ledger.balance()


def test_listeners_hear_of_an_earlier_wish() -> None:
    """An interruption is heard once it is listened to, and each time it is asked for."""
    heard: list[int] = []
    interruption = Interruption()
    interruption.request(2)
    interruption.listen(heard.append)
    interruption.request(15)
    assert heard == [2, 15]


def test_delivery_can_run_in_a_thread(emulator: Emulator) -> None:
    """The library needs no main thread: a page's worker may call it."""
    results: list[ImporterError | None] = []
    worker = threading.Thread(
        target=lambda: results.append(send(batches_of(people(1_000)), emulator.url)[1])
    )
    worker.start()
    worker.join()
    assert (results, len(emulator.profiles())) == ([None], 1_000)


def test_inside_an_event_loop(tmp_path: Path) -> None:
    """A notebook, or an async function, has a loop of its own that is running."""
    (tmp_path / "a.csv").write_text("u1,pro\n")

    async def work() -> Report:
        return import_profiles(
            tmp_path / "a.csv",
            config(),
            report_dir=tmp_path / "runs",
            environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t"},
        )

    with running() as emulator:
        assert asyncio.run(work()).status == "complete"
        assert emulator.profiles() == {"u1": {"plan": "pro"}}


def test_progress_is_kept(emulator: Emulator, tmp_path: Path) -> None:
    """An observer that keeps what it was told can say afterwards how far the run was when."""
    told: list[Progress] = []
    run_import(list(people(600)), emulator.url, tmp_path, on_update=told.append)
    assert [progress.totals.read for progress in told] == [0, 200, 400, 600]
    assert [progress.totals.identifiers.total() for progress in told] == [0, 200, 400, 600]


def test_limits_of_rows(tmp_path: Path) -> None:
    """No rows at all, or all but some, is no limit."""
    (tmp_path / "a.csv").write_text("u1,pro\nu2,pro\n")
    for limit in (0, -1):
        with pytest.raises(ConfigError, match=f"limit: a whole number of rows, .* not {limit}"):
            import_profiles(tmp_path / "a.csv", config(), limit=limit, dry_run=True)
