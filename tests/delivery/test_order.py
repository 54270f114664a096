"""Many requests at once, each row once, and the rows of one profile in file order."""

import random
from pathlib import Path
from typing import Any

import pytest

from importer.emulator import Emulator

from .runs import Row, assert_stored, imported, last_values, people, run_import
from .virtual_time import VirtualTime


def with_repeats(rows: list[Row], repeats: int, seed: int) -> list[Row]:
    """Have that many rows name a profile of another row, anywhere in the file."""
    chance = random.Random(seed)
    changed = list(rows)
    for row in chance.sample(range(len(rows)), repeats):
        changed[row] = (rows[chance.randrange(len(rows))][0], rows[row][1])
    return changed


@pytest.mark.parametrize("repeats", [0, 200, 2_000])
def test_twenty_thousand_rows(emulator: Emulator, tmp_path: Path, repeats: int) -> None:
    """Each row goes once, in full batches, and each profile ends as the file's last row says."""
    rows = with_repeats(people(20_077), repeats, seed=repeats)
    emulator.faults({"kind": "delay", "delay_ms": [5, 40]})
    run = run_import(rows, emulator.url, tmp_path)
    assert run.rows == imported(20_077)
    assert run.report.exit_code == 0
    assert_stored(emulator, rows, run)
    stats = emulator.stats()
    assert stats["batch_sizes"] == {"77": 1, "200": 100}
    assert stats["by_status"] == {"200": 101}
    if repeats <= 200:
        assert stats["max_in_flight"] == 10


@pytest.mark.parametrize("concurrency", [1, 3, 10, 25])
def test_as_many_in_flight_as_asked_for(
    emulator: Emulator, tmp_path: Path, concurrency: int
) -> None:
    """Ten requests asked for are ten requests in flight, and never one more."""
    emulator.faults({"kind": "delay", "delay_ms": [40, 60]})
    delivery = {"batch_size": 20, "concurrency": concurrency}
    run_import(people(60 * concurrency), emulator.url, tmp_path, delivery=delivery)
    assert emulator.stats()["max_in_flight"] == concurrency


TROUBLE: list[tuple[str, list[dict[str, Any]]]] = [
    ("429", [{"kind": "status", "status": 429, "every": 2, "times": 2}]),
    ("503 after applying", [{"kind": "status", "status": 503, "apply": "before", "every": 3}]),
    ("drop", [{"kind": "drop", "every": 3, "times": 2}]),
    ("drop after applying", [{"kind": "drop", "apply": "before", "every": 2, "times": 2}]),
    ("whole batches", [{"kind": "refuse", "whole_batch": True, "ids": ["u3", "u8"]}]),
]


@pytest.mark.parametrize(("name", "rules"), TROUBLE, ids=[name for name, _ in TROUBLE])
def test_file_order_under_trouble(
    emulator: Emulator, tmp_path: Path, name: str, rules: list[dict[str, Any]]
) -> None:
    """Few profiles named again and again end with their last row, whatever is sent twice."""
    chance = random.Random(name)
    rows = [(f"u{chance.randrange(1, 12)}", f"plan {row}") for row in range(300)]
    times = [{**rule, "times": rule.get("times", 2)} for rule in rules if rule["kind"] != "refuse"]
    emulator.faults(*(times or rules))
    run = run_import(rows, emulator.url, tmp_path, delivery={"batch_size": 5})
    if times:
        assert (run.rows, run.report.exit_code) == (imported(300), 0)
    else:
        assert {rows[row - 1][0] for row in run.reasons} == {"u3", "u8"}
    assert_stored(emulator, rows, run)


def test_others_pass_a_batch_that_waits(emulator: Emulator, tmp_path: Path) -> None:
    """While a batch is held up only those that name its profiles wait for it."""
    rows = [("a", "1"), ("b", "1"), ("a", "2"), *people(30), ("a", "3")]
    order: list[int] = []
    # The others take long enough for two of them to be under way at a time.
    emulator.faults(
        {"kind": "sleep", "seconds": 0.3, "apply": "before", "first": 1},
        {"kind": "sleep", "seconds": 0.01, "apply": "before", "every": 1},
    )
    run = run_import(
        rows,
        emulator.url,
        tmp_path,
        delivery={"batch_size": 1, "concurrency": 3},
        on_update=lambda progress: order.append(progress.totals.read),
    )
    assert run.rows == imported(34)
    assert emulator.stats()["max_in_flight"] == 3
    assert_stored(emulator, rows, run)


def test_a_window_full_of_waiting_batches(emulator: Emulator, tmp_path: Path) -> None:
    """A hundred batches that all wait for one another, and one that is stuck, end in order."""
    rows = [("same", f"plan {row}") for row in range(100)]
    emulator.faults({"kind": "status", "status": 503, "first": 3})
    time = VirtualTime()
    run = run_import(
        rows, emulator.url, tmp_path, delivery={"batch_size": 1, "concurrency": 2}, time=time
    )
    assert run.rows == imported(100)
    assert emulator.profiles() == last_values(rows) == {"same": {"plan": "plan 99"}}
    assert emulator.stats()["max_in_flight"] == 1


def test_first_attempts_are_full_batches(emulator: Emulator, tmp_path: Path) -> None:
    """Retries aside, n rows are ceil(n / batch size) requests, whatever fails meanwhile."""
    emulator.faults({"kind": "drop", "apply": "before", "every": 2, "times": 1})
    run = run_import(people(1_234), emulator.url, tmp_path, delivery={"batch_size": 100})
    totals = run.report.totals
    assert totals.requests_sent - totals.requests_retried == 13
    assert totals.requests_sent == emulator.stats()["requests"]
    assert_stored(emulator, people(1_234), run)
