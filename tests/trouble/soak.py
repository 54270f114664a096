"""Hours of trouble that changes as weather does, on a clock that need not be waited for.

`python -m tests.trouble.soak --hours 1 --seed 7` imports file after file while the server is now
well, now overloaded, down, or refusing; what stops goes on some time later, until it is through.
After every run its books are held against the profiles.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from importer.books.report import Report
from importer.emulator import Emulator, running
from importer.interruption import Interruption
from importer.progress import Progress
from importer.resuming.recall import ledger_lines
from tests.delivery.virtual_time import VirtualTime

from .books import Ends, Numbered, begin, ends_of, go_on, harm_done, mapping, settled_by, write_rows

WEATHER: dict[str, list[dict[str, Any]]] = {
    "fine": [],
    "busy": [{"kind": "status", "status": 429, "retry_after": 3, "every": 2, "times": 2}],
    "overloaded": [{"kind": "status", "status": 503, "every": 2, "times": 3}],
    "forgetful": [
        {"kind": "status", "status": 502, "apply": "before", "every": 3, "times": 1},
        {"kind": "drop", "apply": "before", "every": 4, "times": 1},
    ],
    "broken lines": [{"kind": "drop", "every": 3, "times": 2}],
    "a portal": [{"kind": "body", "body": "<html>Sign in</html>", "every": 2}],
    "half answers": [{"kind": "body", "body": '{"status": 1', "apply": "before", "every": 3}],
    "narrow": [{"kind": "status", "status": 413, "every": 2, "times": 1}],
    "strict": [{"kind": "refuse", "ids": [f"u{n}" for n in range(0, 400, 37)]}],
    "touchy": [
        {"kind": "refuse", "ids": [f"u{n}" for n in range(0, 400, 71)], "whole_batch": True}
    ],
    "down": [{"kind": "status", "status": 503}],
    "closed": [{"kind": "status", "status": 429}],
    "locked": [{"kind": "status", "status": 401}],
}

LONGEST = 40
"""Times that a run may go on before it must be through: the weather is not always bad."""


@dataclass
class Weather(VirtualTime):
    """A clock on which time passes when it is looked at, and with which the weather turns."""

    chance: random.Random = field(default_factory=random.Random)
    turn: Callable[[str], None] = lambda name: None  # noqa: ARG005
    turns_at: float = 0.0

    def clock(self) -> float:
        self.now += 0.05
        while self.now >= self.turns_at:
            self.turns_at += self.chance.uniform(1, 60)
            fine = self.chance.random() < 0.3
            self.turn("fine" if fine else self.chance.choice(list(WEATHER)))
        return self.now


@dataclass
class Story:
    """What happened: runs and how their processes ended, requests, rows, hours gone by."""

    hours: float = 0.0
    files: int = 0
    exits: Counter[int] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)


def soak(hours: float, seed: int) -> Story:
    """Import until so much time has gone by. Raises AssertionError where harm was done."""
    chance, story = random.Random(seed), Story()
    with running() as emulator:
        weather = Weather(now=0.0, chance=chance, turn=lambda name: emulator.faults(*WEATHER[name]))
        while weather.now < hours * 3_600:
            with tempfile.TemporaryDirectory() as folder:
                emulator.forget()
                weather.turns_at = weather.now
                _one_file(Path(folder), emulator, weather, story)
        story.hours = weather.now / 3_600
    return story


def _one_file(folder: Path, emulator: Emulator, weather: Weather, story: Story) -> None:
    chance = weather.chance
    operation = chance.choice(["set", "append"])
    people = chance.choice([5, 60, 400])
    rows = [(f"u{chance.randrange(people)}", f"n{row}") for row in range(chance.randrange(20, 400))]
    source = write_rows(folder, rows)
    size = chance.choice([5, 20, 50])
    report: Report | None = None
    for _ in range(LONGEST):
        delivery = {
            "batch_size": size,
            "concurrency": chance.choice([1, 4, 10]),
            "give_up_after": chance.choice([20, 90, 600]),
        }
        config, around = mapping(operation, delivery), _perhaps_interrupted(chance)
        if report is None:
            report = begin(source, config, emulator.url, weather, **around)
        else:
            report = go_on(report.folder, config, emulator.url, weather, **around)
        story.exits[int(report.exit_code)] += 1
        _check(operation, rows, report, emulator)
        if report.stop is None:
            break
        weather.now += chance.uniform(10, 300)
    assert report is not None
    assert report.stop is None, f"not through after {LONGEST} processes: {report.stop}"
    story.files += 1
    story.rows.update(report.as_json()["rows"])
    story.requests.update(report.totals.requests_by_status)


def _perhaps_interrupted(chance: random.Random) -> dict[str, Any]:
    """Have some runs interrupted once that many rows are through."""
    interruption, after = Interruption(), chance.choice([30, 120, 10_000, 10_000, 10_000])

    class Listener:
        def update(self, progress: Progress) -> None:
            if progress.totals.imported - progress.totals.recalled >= after:
                interruption.request()

        def narrate(self, message: str) -> None: ...

    return {"observer": Listener(), "interruption": interruption}


def _check(operation: str, rows: Numbered, report: Report, emulator: Emulator) -> None:
    ends = ends_of(report)
    harm = harm_done(operation, rows, _with_earlier(ends, report), emulator.profiles())
    if operation == "set":
        # An answer lost after the batch was applied, and a refusal the next time: it is both.
        harm.uncalled.clear()
    assert not harm, f"{operation}, {report.folder}: {harm}"
    assert report.exit_code in (0, 3, 4, 5, 6, 7, 130)
    if report.stop is None:
        assert report.exit_code == (7 if ends.in_doubt else 3 if ends.failed else 0)
        assert not ends.not_attempted


def _with_earlier(ends: Ends, report: Report) -> Ends:
    """Add what earlier processes sent of rows that this one did not get to read: imported, or with
    an answer that was lost.
    """
    settled = settled_by(report.folder / "ledger.jsonl")
    imported = {row for row, how in settled.items() if how == "imported"}
    sent = {
        row
        for line in ledger_lines(report.folder)
        for first, last in line.get("sent", ())
        for row in range(first, last + 1)
        if row > report.totals.read
    }
    return replace(
        ends, imported=ends.imported | imported, in_doubt=ends.in_doubt | sent - imported
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=1.0, help="of simulated time")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    story = soak(given.hours, given.seed)
    print(f"{story.hours:.1f} hours, {story.files} files: no row lost, none doubled")
    for name in ("exits", "rows", "requests"):
        print(f"{name}: {dict(sorted(getattr(story, name).items()))}")


if __name__ == "__main__":
    main()
