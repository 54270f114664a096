"""A matrix of faults: nothing is lost, nothing counted that was not, the right exit code."""

from pathlib import Path
from typing import Any

import pytest

from importer.emulator import Emulator

from .raw_server import say, served
from .runs import Row, assert_stored, imported, last_values, people, run_import
from .virtual_time import VirtualTime

SMALL = {"batch_size": 20}

PASSING: list[tuple[str, dict[str, Any]]] = [
    *((f"{status}", {"kind": "status", "status": status}) for status in (408, 425, 429)),
    *((f"{status}", {"kind": "status", "status": status}) for status in (500, 502, 503, 504)),
    ("503, applied", {"kind": "status", "status": 503, "apply": "before"}),
    ("dropped", {"kind": "drop"}),
    ("dropped, applied", {"kind": "drop", "apply": "before"}),
    ("page, applied", {"kind": "body", "body": "<html>hotel</html>", "apply": "before"}),
    ("half a JSON", {"kind": "body", "body": '{"status": 1, "er'}),
    ("nothing", {"kind": "body", "body": ""}),
    ("late", {"kind": "sleep", "seconds": 1, "apply": "never"}),
    ("late, applied", {"kind": "sleep", "seconds": 1, "apply": "before"}),
]


@pytest.mark.parametrize(("name", "rule"), PASSING, ids=[name for name, _ in PASSING])
def test_passing_trouble(
    emulator: Emulator, tmp_path: Path, name: str, rule: dict[str, Any]
) -> None:
    """Trouble that passes costs attempts and no rows: every row is imported."""
    emulator.faults({**rule, "every": 3, "times": 2})
    late = rule["kind"] == "sleep"
    delivery = {**SMALL, "timeout": 0.5 if late else 30}
    run = run_import(people(400), emulator.url, tmp_path, delivery=delivery)
    assert (run.rows, run.report.exit_code, run.report.status) == (imported(400), 0, "complete")
    assert_stored(emulator, people(400), run)
    totals, stats = run.report.totals, emulator.stats()
    assert totals.requests_sent == 20 + totals.requests_retried
    # On a busy machine half a second may be over before a request has arrived.
    assert stats["requests"] == totals.requests_sent or (late and stats["requests"] > 20)
    assert totals.requests_retried > 0
    assert run.told, "the user is told what holds the run up"


WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("0", {"kind": "body", "body": "0"}),
    ("status 0", {"kind": "body", "body": '{"status": 0, "error": "no"}'}),
    ("400", {"kind": "status", "status": 400, "body": '{"error": "no"}'}),
    ("400 page", {"kind": "status", "status": 400, "body": "<html>"}),
    ("413", {"kind": "status", "status": 413}),
]


@pytest.mark.parametrize(("name", "rule"), WHOLE, ids=[name for name, _ in WHOLE])
def test_whole_refusals_that_pass(
    emulator: Emulator, tmp_path: Path, name: str, rule: dict[str, Any]
) -> None:
    """A batch refused as a whole goes again in halves, and no row fails for it."""
    emulator.faults({**rule, "first": 1})
    run = run_import(people(100), emulator.url, tmp_path, delivery={**SMALL, "concurrency": 1})
    assert (run.rows, run.report.exit_code) == (imported(100), 0)
    assert emulator.stats()["batch_sizes"] == {"10": 2, "20": 5}
    assert_stored(emulator, people(100), run)


@pytest.mark.parametrize("whole", [False, True], ids=["named", "nobody named"])
@pytest.mark.parametrize("bad", [{1}, {400}, {1, 20, 21, 40, 199}, set(range(41, 61))])
def test_refused_rows_are_named(
    emulator: Emulator, tmp_path: Path, bad: set[int], whole: bool
) -> None:
    """Exactly the bad rows fail, with the server's words, whether or not it names them."""
    ids = [f"u{row}" for row in bad]
    emulator.faults({"kind": "refuse", "ids": ids, "whole_batch": whole})
    run = run_import(people(400), emulator.url, tmp_path, delivery=SMALL)
    words = "refused by the fault script" if whole else "refused by script"
    assert run.reasons == dict.fromkeys(sorted(bad), ("refused", words))
    assert [line["line"] for line in run.failed] == [str(row) for row in sorted(bad)]
    assert [line["identifier"] for line in run.failed] == [f"u{row}" for row in sorted(bad)]
    assert run.rows == imported(400) | {"imported": 400 - len(bad), "failed": len(bad)}
    assert (run.report.exit_code, run.report.status) == (3, "partial")
    assert_stored(emulator, people(400), run)
    rejects = (run.report.folder / "rejects.csv").read_text()
    assert rejects == "".join(f"u{row},plan {row}\n" for row in sorted(bad))


def test_everything_at_once(emulator: Emulator, tmp_path: Path) -> None:
    """Limits, failures, dropped connections, lost answers and bad rows in one run."""
    rows: list[Row] = [(f"u{row % 900}", f"plan {row}") for row in range(2_000)]
    emulator.faults(
        {"kind": "delay", "delay_ms": [0, 15]},
        {"kind": "status", "status": 429, "retry_after": 3, "every": 7, "times": 2},
        {"kind": "status", "status": 502, "apply": "before", "every": 5, "times": 1},
        {"kind": "drop", "every": 6, "times": 1},
        {"kind": "drop", "apply": "before", "every": 4, "times": 1},
        {"kind": "body", "body": "0", "first": 2},
        {"kind": "body", "body": '{"status":0}', "apply": "before", "first": 2},
        {"kind": "status", "status": 413, "first": 2},
        {"kind": "refuse", "ids": ["u77"]},
        {"kind": "refuse", "ids": ["u500", "u501"], "whole_batch": True},
    )
    run = run_import(rows, emulator.url, tmp_path, delivery={"batch_size": 50})
    refused = {rows[row - 1][0] for row in run.reasons}
    assert refused == {"u77", "u500", "u501"}
    failed = sum(name in refused for name, _ in rows)
    assert run.rows == imported(2_000) | {"imported": 2_000 - failed, "failed": failed}
    assert run.report.exit_code == 3
    # An answer lost "after" the batch was applied applies what another rule would have refused.
    stored = {name: held for name, held in emulator.profiles().items() if name not in refused}
    assert stored == last_values([row for row in rows if row[0] not in refused])
    assert run.report.totals.requests_sent == emulator.stats()["requests"]


def test_rate_limit_is_kept_to(emulator: Emulator, tmp_path: Path) -> None:
    """A server that counts updates a second takes all of them in the end."""
    emulator.faults({"kind": "status", "status": 429, "retry_after": 1, "every": 1, "times": 3})
    time = VirtualTime()
    run = run_import(people(300), emulator.url, tmp_path, delivery=SMALL, time=time)
    assert run.rows == imported(300)
    assert run.report.totals.requests_by_status == {"200": 15, "429": 45}


def test_ten_failures_are_one_pause(emulator: Emulator, tmp_path: Path) -> None:
    """All requests in flight share one pause: 2 s, 4 s, 8 s, and then all goes well."""
    emulator.faults(
        {"kind": "delay", "delay_ms": [200, 250]},
        {"kind": "status", "status": 503, "every": 1, "times": 3},
    )
    time = VirtualTime(now=0.0)
    run = run_import(people(200), emulator.url, tmp_path, delivery=SMALL, time=time)
    assert run.rows == imported(200)
    assert time.pauses == [2.0, 6.0, 14.0]
    assert emulator.stats()["by_status"] == {"200": 10, "503": 30}
    assert [line.split("; ")[1].split(",")[0] for line in run.told] == [
        "trying again in 2.0 s",
        "trying again in 4.0 s",
        "trying again in 8.0 s",
    ]


def test_retry_after_holds_up_everything(emulator: Emulator, tmp_path: Path) -> None:
    """What one answer asks for is granted by all requests."""
    emulator.faults({"kind": "status", "status": 429, "retry_after": 45, "first": 1})
    time = VirtualTime(now=0.0)
    run = run_import(
        people(100), emulator.url, tmp_path, delivery={**SMALL, "concurrency": 1}, time=time
    )
    assert run.rows == imported(100)
    assert time.pauses == [45.0]


def test_retry_after_as_a_date(tmp_path: Path) -> None:
    """A server may name the moment instead of the seconds."""
    busy = (
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
    with served(say(busy)) as (port, requests):
        run = run_import(people(10), f"http://127.0.0.1:{port}", tmp_path)
    assert (run.report.exit_code, len(requests)) == (5, 1)
    assert run.rows["not_attempted"] == 10


def test_large_requests(emulator: Emulator, tmp_path: Path) -> None:
    """Requests close to the byte limit pass, and there are no more of them than needed."""
    rows = [(f"u{row}", f"{row}" + "x" * 240) for row in range(6_000)]
    run = run_import(rows, emulator.url, tmp_path, delivery={"batch_size": 2_000})
    assert run.rows == imported(6_000)
    assert emulator.stats()["batch_sizes"] == {"2000": 3}
    assert_stored(emulator, rows, run)
