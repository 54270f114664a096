"""How a run ends early: at once, with the right code, and with books that balance."""

import errno
import itertools
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.begin import import_profiles, resume_import
from importer.emulator import Emulator
from importer.interruption import Interruption
from importer.progress import Progress
from importer.settings.config import Config

from .made_updates import TOKEN, config
from .raw_server import refusing, reset, say, say_and_close, served, unreachable
from .runs import assert_stored, imported, people, run_import
from .virtual_time import VirtualTime

ALL = {"read": 2_000, "imported": 0, "failed": 0, "in_doubt": 0, "not_attempted": 0}


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials(emulator: Emulator, tmp_path: Path, status: int) -> None:
    """A wrong token ends the run with the requests in flight, and no row is said to be bad."""
    emulator.faults({"kind": "status", "status": status})
    run = run_import(people(20_000), emulator.url, tmp_path)
    assert (run.report.exit_code, run.report.status) == (6, "stopped")
    assert run.rows["not_attempted"] == run.rows["read"]
    assert emulator.stats()["requests"] <= 10
    assert "refused the project token" in str(run.report.stop)


def test_credentials_refused_later(emulator: Emulator, tmp_path: Path) -> None:
    """What was imported until then counts, the rest was not attempted."""
    emulator.faults({"kind": "status", "status": 401, "every": 10})
    run = run_import(people(2_000), emulator.url, tmp_path, delivery={"batch_size": 20})
    assert run.report.exit_code == 6
    assert run.rows["imported"] == len(emulator.profiles())
    assert run.rows["failed"] == run.rows["in_doubt"] == 0


HOPELESS: list[tuple[str, dict[str, Any]]] = [
    ("404", {"kind": "status", "status": 404}),
    ("405", {"kind": "status", "status": 405, "body": "<html>nginx</html>"}),
    ("301", {"kind": "status", "status": 301}),
    ("307", {"kind": "status", "status": 307, "body": ""}),
]


@pytest.mark.parametrize(("name", "rule"), HOPELESS, ids=[name for name, _ in HOPELESS])
def test_not_the_api(emulator: Emulator, tmp_path: Path, name: str, rule: dict[str, Any]) -> None:
    """An address that is not the API's ends the run at once and says what to look at."""
    emulator.faults(rule)
    run = run_import(people(2_000), emulator.url, tmp_path)
    assert (run.report.exit_code, emulator.stats()["requests"]) == (4, 10)
    assert run.rows == ALL | {"not_attempted": 2_000}
    assert f"HTTP {name}" in str(run.report.stop)
    assert "check the address" in str(run.report.stop)


def test_another_path(emulator: Emulator, tmp_path: Path) -> None:
    run = run_import(people(10), f"{emulator.url}/not/here", tmp_path)
    assert (run.report.exit_code, run.rows["not_attempted"]) == (4, 10)


NEVER: list[tuple[str, dict[str, Any], str]] = [
    ("429", {"kind": "status", "status": 429}, "not_attempted"),
    ("429 with Retry-After", {"kind": "status", "status": 429, "retry_after": 90}, "not_attempted"),
    ("503", {"kind": "status", "status": 503}, "in_doubt"),
    ("503, applied", {"kind": "status", "status": 503, "apply": "before"}, "in_doubt"),
    ("dropped", {"kind": "drop"}, "in_doubt"),
    ("page", {"kind": "body", "body": "<html>hotel</html>"}, "in_doubt"),
    ("half a JSON", {"kind": "body", "body": '{"status": 1'}, "in_doubt"),
]


@pytest.mark.parametrize(("name", "rule", "ends"), NEVER, ids=[name for name, *_ in NEVER])
def test_trouble_that_does_not_pass(
    emulator: Emulator, tmp_path: Path, name: str, rule: dict[str, Any], ends: str
) -> None:
    """After ten minutes without progress the run gives up: exit code 5, nothing called imported."""
    emulator.faults(rule)
    time = VirtualTime(now=0.0)
    run = run_import(people(2_000), emulator.url, tmp_path, time=time)
    assert (run.report.exit_code, run.report.status) == (5, "stopped")
    assert run.rows == ALL | {ends: 2_000}
    assert time.now == 600 or "Retry-After" in name
    assert len(run.in_doubt) == run.rows["in_doubt"]
    assert "nothing gets through within 600 s" in str(run.report.stop)
    assert emulator.stats()["requests"] <= 10 * len(time.pauses) + 10


def test_additions_go_one_at_a_time_in_trouble(emulator: Emulator, tmp_path: Path) -> None:
    """Each answer that is lost puts a batch in doubt for good: ten at first, then one a pause."""
    emulator.faults({"kind": "drop"})
    time = VirtualTime(now=0.0)
    run = run_import(people(20_000), emulator.url, tmp_path, time=time, operation="append")
    assert run.report.exit_code == 5
    assert run.rows["in_doubt"] == 200 * emulator.stats()["requests"]
    assert emulator.stats()["requests"] <= 10 + len(time.pauses)


def test_additions_are_in_the_ledger_before_they_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must not be sent twice is on the disk as sent when the server sees it."""
    on_disk: dict[int, int] = {}
    unforeseen: list[bytes] = []
    fsync = os.fsync

    def noted(number: int) -> None:
        fsync(number)
        on_disk[os.fstat(number).st_ino] = os.fstat(number).st_size

    def act(connection: Any, request: bytes) -> None:
        (ledger,) = (tmp_path / "runs").glob("*/ledger.jsonl")
        row = int(request.partition(b'"$distinct_id":"u')[2].partition(b'"')[0])
        durable = ledger.read_bytes()[: on_disk.get(ledger.stat().st_ino, 0)]
        if b'{"sent":[[%d,%d]]' % (row, row) not in durable.replace(b" ", b""):
            unforeseen.append(request)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")

    monkeypatch.setattr(os, "fsync", noted)
    with served(act) as (port, _):
        delivery = {"batch_size": 1, "concurrency": 1}
        url = f"http://127.0.0.1:{port}"
        run = run_import(people(5), url, tmp_path, delivery=delivery, operation="append")
    assert (run.rows, unforeseen) == (imported(5), [])


def test_ledger_that_cannot_be_made_safe(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Additions held back because the disk failed are not in doubt when the run goes on."""
    calls, fsync = itertools.count(1), os.fsync

    def failing(number: int) -> None:
        if next(calls) == 8:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(number)

    delivery = {"batch_size": 10, "concurrency": 1}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        run = run_import(people(60), emulator.url, tmp_path, delivery=delivery, operation="append")
    assert (run.report.exit_code, run.rows["in_doubt"]) == (4, 0)
    assert 0 < run.rows["imported"] < 60
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    whole = resume_import(run.report.folder, environment=environment)
    assert (whole.totals.imported, whole.totals.in_doubt) == (60, 0)


def test_give_up_after_is_kept_to(emulator: Emulator, tmp_path: Path) -> None:
    """`give_up_after: 0` sends each request once."""
    emulator.faults({"kind": "status", "status": 429})
    delivery = {"give_up_after": 0, "concurrency": 1}
    run = run_import(people(2_000), emulator.url, tmp_path, delivery=delivery)
    assert (run.report.exit_code, emulator.stats()["requests"]) == (5, 1)


def test_longer_than_the_run_is_willing_to_wait(emulator: Emulator, tmp_path: Path) -> None:
    """Where the server asks for an hour the run ends at once, and says so."""
    emulator.faults({"kind": "status", "status": 429, "retry_after": 3_600})
    run = run_import(people(10), emulator.url, tmp_path, delivery={"give_up_after": 30})
    assert (run.report.exit_code, emulator.stats()["requests"]) == (5, 1)
    words = "asks for 3600 s until the next request, and delivery.give_up_after is 30 s"
    assert words in str(run.report.stop)


def test_a_poisonous_batch(emulator: Emulator, tmp_path: Path) -> None:
    """A batch that is never answered costs none of the others, and ends in doubt."""
    rows = people(2_000)
    bodies: set[bytes] = set()
    all_others = threading.Event()

    def act(connection: Any, request: bytes) -> None:
        if b'"u21"' in request:
            # The ten minutes pass at once here, and the others' answers take their time.
            assert all_others.wait(30)
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")
        bodies.add(request)
        if len(bodies) == 99:
            all_others.set()

    with served(act) as (port, _):
        run = run_import(rows, f"http://127.0.0.1:{port}", tmp_path, delivery={"batch_size": 20})
    assert run.report.exit_code == 5
    assert run.rows == {**ALL, "imported": 1_980, "in_doubt": 20}
    assert [line["row"] for line in run.in_doubt] == [str(row) for row in range(21, 41)]
    assert len(bodies) == 99


def test_nobody_listens(tmp_path: Path) -> None:
    """Where no connection comes about no row is in doubt."""
    with refusing() as port:
        run = run_import(people(2_000), f"http://127.0.0.1:{port}", tmp_path)
    assert run.report.exit_code == 5
    assert run.rows == ALL | {"not_attempted": 2_000}
    assert set(run.report.totals.requests_by_status) == {"unsent"}


def test_nobody_accepts(tmp_path: Path) -> None:
    """A host that swallows connections has not seen a row either."""
    delivery = {"timeout": 1, "give_up_after": 3}
    with unreachable() as port:
        run = run_import(people(2_000), f"http://127.0.0.1:{port}", tmp_path, delivery=delivery)
    assert run.report.exit_code == 5
    assert run.rows == ALL | {"not_attempted": 2_000}


def test_no_such_host(tmp_path: Path) -> None:
    run = run_import(people(10), "https://api.mixpanel.invalid", tmp_path)
    assert (run.report.exit_code, run.rows["not_attempted"]) == (5, 10)


GARBAGE = {
    "closed": say_and_close(b""),
    "reset": reset,
    "SSH": say_and_close(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "bytes": say_and_close(bytes(range(256))),
    "text": say(b"hello, who is there?\r\n\r\n"),
    "not what it is packed as": say(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    ),
}


@pytest.mark.parametrize("act", GARBAGE.values(), ids=GARBAGE.keys())
def test_no_http_at_all(tmp_path: Path, act: Any) -> None:
    """Whatever is at the other end, the run ends in order and claims nothing."""
    with served(act) as (port, _):
        run = run_import(
            people(2_000), f"http://127.0.0.1:{port}", tmp_path, delivery={"give_up_after": 20}
        )
    assert run.report.exit_code == 5
    assert run.rows == ALL | {"in_doubt": 2_000}


def test_a_reason_in_any_bytes(tmp_path: Path) -> None:
    """The words behind a status mean nothing, and may have any bytes (RFC 9112, section 4)."""
    with served(say(b"HTTP/1.1 200 \xff\r\nContent-Length: 1\r\n\r\n1")) as (port, _):
        run = run_import(people(400), f"http://127.0.0.1:{port}", tmp_path)
    assert (run.report.exit_code, run.rows["imported"]) == (0, 400)


REFUSING: list[tuple[str, dict[str, Any], int]] = [
    ("0", {"kind": "body", "body": "0"}, 150),
    ("status 0", {"kind": "body", "body": '{"status":0,"error":"token, missing"}'}, 150),
    ("400", {"kind": "status", "status": 400}, 150),
    ("413", {"kind": "status", "status": 413}, 150),
    ("whole", {"kind": "refuse", "whole_batch": True}, 150),
    ("named", {"kind": "refuse", "ids": [f"u{row}" for row in range(20_001)]}, 14),
    (
        "the first one named",
        {"kind": "status", "status": 400, "body": '{"error":"e","failed_records":[{"index":0}]}'},
        1_020,
    ),
]


@pytest.mark.parametrize("concurrency", [1, 10])
@pytest.mark.parametrize(("name", "rule", "most"), REFUSING, ids=[name for name, *_ in REFUSING])
def test_server_that_refuses_everything(
    emulator: Emulator,
    tmp_path: Path,
    name: str,
    rule: dict[str, Any],
    most: int,
    concurrency: int,
) -> None:
    """Several refused batches in a row stop the run, long before the file is through."""
    emulator.faults(rule)
    delivery = {"concurrency": concurrency}
    run = run_import(people(20_000), emulator.url, tmp_path, delivery=delivery)
    assert (run.report.exit_code, run.report.status) == (4, "stopped")
    assert "refused 5 batches in a row" in str(run.report.stop)
    assert emulator.stats()["requests"] <= most
    assert emulator.profiles() == {}
    assert run.rows["imported"] == run.rows["in_doubt"] == 0 or name == "the first one named"


def test_rows_of_several_updates(emulator: Emulator, tmp_path: Path) -> None:
    """A quarter of the rows named, each with all of its updates, is not half of a batch."""
    named = ",".join(f'{{"index":{place}}}' for place in range(50))
    body = f'{{"error":"e","failed_records":[{named}]}}'
    emulator.faults({"kind": "status", "status": 400, "body": body, "first": 5})
    (tmp_path / "customers.csv").write_text("".join(f"u{n},1\n" for n in range(500)), "utf-8")
    entries = [{"property": "orders"}, {"property": "all", "operation": "union"}]
    twice = config({"concurrency": 5}).model_dump(mode="json") | {"columns": {2: entries}}
    report = import_profiles(
        tmp_path / "customers.csv",
        Config.model_validate(twice),
        report_dir=tmp_path / "runs",
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN},
        timing=VirtualTime().timing,
    )
    assert (report.totals.imported, report.totals.failed) == (375, 125)


BAD: list[tuple[str, Callable[[int], bool]]] = [
    ("the first of each batch", lambda row: row % 200 == 1),
    ("the last of each batch", lambda row: row % 200 == 0),
    ("one somewhere", lambda row: row % 211 == 7),
    ("a cluster in one batch", lambda row: 1 <= row <= 150),
    ("a cluster over three batches", lambda row: 350 <= row <= 850),
]


@pytest.mark.parametrize("concurrency", [1, 10])
@pytest.mark.parametrize("whole", [False, True], ids=["named", "nobody named"])
@pytest.mark.parametrize(("name", "is_bad"), BAD, ids=[name for name, _ in BAD])
def test_bad_rows_do_not_stop_a_run(
    emulator: Emulator,
    tmp_path: Path,
    name: str,
    is_bad: Callable[[int], bool],
    whole: bool,
    concurrency: int,
) -> None:
    """Bad rows are the file's: the run goes on, and exactly they fail."""
    bad = [row for row in range(1, 4_001) if is_bad(row)]
    emulator.faults({"kind": "refuse", "ids": [f"u{row}" for row in bad], "whole_batch": whole})
    delivery = {"concurrency": concurrency}
    run = run_import(people(4_000), emulator.url, tmp_path, delivery=delivery)
    assert (run.report.exit_code, sorted(run.reasons)) == (3, bad)
    assert_stored(emulator, people(4_000), run)


@pytest.mark.parametrize(("number", "code"), [(2, 130), (15, 143)])
def test_interrupted_on_the_way(emulator: Emulator, tmp_path: Path, number: int, code: int) -> None:
    """A signal lets requests in flight finish; the rest was not attempted; all is accounted for."""
    emulator.faults({"kind": "delay", "delay_ms": [1, 10]})
    interruption = Interruption()

    def after_some(progress: Progress) -> None:
        if progress.totals.imported >= 1_000:
            interruption.request(number)

    run = run_import(
        people(20_000), emulator.url, tmp_path, interruption=interruption, on_update=after_some
    )
    assert (run.report.exit_code, run.report.status) == (code, "interrupted")
    assert run.rows["imported"] == len(emulator.profiles()) >= 1_000
    assert run.rows["not_attempted"] == run.rows["read"] - run.rows["imported"] > 0
    assert run.report.totals.requests_sent == emulator.stats()["requests"]


def test_interrupted_before_the_first_batch(emulator: Emulator, tmp_path: Path) -> None:
    """A wish known from the start sends nothing."""
    interruption = Interruption()
    interruption.request(15)
    run = run_import(people(2_000), emulator.url, tmp_path, interruption=interruption)
    assert (run.report.exit_code, emulator.stats()["requests"]) == (143, 0)
    assert run.rows["not_attempted"] == run.rows["read"]


def test_interrupted_twice(emulator: Emulator, tmp_path: Path) -> None:
    """The first wish counts."""
    interruption = Interruption()
    interruption.request(15)
    interruption.request(2)
    run = run_import(people(2_000), emulator.url, tmp_path, interruption=interruption)
    assert run.report.exit_code in (130, 143)


def test_interrupted_after_the_last_row(emulator: Emulator, tmp_path: Path) -> None:
    """A wish that comes when all is settled finds nothing to stop, or stops nothing."""
    interruption = Interruption()

    def at_the_end(progress: Progress) -> None:
        if progress.totals.imported == 2_000:
            interruption.request()

    run = run_import(
        people(2_000), emulator.url, tmp_path, interruption=interruption, on_update=at_the_end
    )
    assert run.rows == imported(2_000)
    assert run.report.exit_code in (0, 130)


def test_interrupted_during_a_pause(emulator: Emulator, tmp_path: Path) -> None:
    """Nobody waits for a pause to end."""
    emulator.faults({"kind": "status", "status": 503})
    interruption = Interruption()
    told: list[str] = []

    class Impatient:
        def update(self, progress: Progress) -> None:
            pass

        def narrate(self, message: str) -> None:
            told.append(message)
            interruption.request()

    source = tmp_path / "customers.csv"
    source.write_text("".join(f"{name},{plan}\n" for name, plan in people(2_000)))
    report = import_profiles(  # in real time: the pause would take two seconds
        source,
        config(),
        report_dir=tmp_path / "runs",
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN},
        observer=Impatient(),
        interruption=interruption,
    )
    assert (report.exit_code, len(told)) == (130, 1)
    assert report.seconds < 1.5
    rows = report.as_json()["rows"]
    assert rows["in_doubt"] == 200 * emulator.stats()["requests"]
    assert rows["in_doubt"] + rows["not_attempted"] == rows["read"]


def test_interrupted_while_no_answer_comes(tmp_path: Path) -> None:
    """Requests in flight are given some seconds; what is unanswered then is in doubt."""
    interruption = Interruption()
    waiting = threading.Barrier(3, action=interruption.request)
    with served(lambda *_: void(waiting.wait())) as (port, _):
        run = run_import(
            people(600), f"http://127.0.0.1:{port}", tmp_path, interruption=interruption
        )
    assert run.report.exit_code == 130
    assert run.rows == {**ALL, "read": 600, "in_doubt": 600}
    assert run.report.totals.requests_by_status == {"no answer": 3}


def void(value: object) -> None:
    """Drop a result: an act returns nothing."""
