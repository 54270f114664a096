"""Runs that are killed at random moments and resumed until they end; hundreds of them in a minute.

    python -m tests.resuming.kills --times 200

A server for forks has the importer loaded already: nothing is paid for its start, and the moments
of the kills are moments of the import.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from importer.begin import import_profiles, resume_import
from importer.emulator import Emulator, running
from importer.errors import ImporterError
from importer.resuming.recall import LEDGER
from importer.timing import Timing

from .mixed import (
    MIXED,
    REFUSED,
    REPEATABLE,
    TOKEN,
    check_end,
    customers,
    seed,
    write_mapping,
    write_rows,
)
from .processes import report_of

ROWS = 1_500

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["importer.begin", "importer.delivery.deliver", __name__])

HURRIED = 100.0
"""So much faster time passes for the importer: its pauses begin at two seconds."""


@dataclass
class Figures:
    """What came of all trials together."""

    kills: int = 0
    trials: int = 0
    rows_in_doubt: int = 0
    doubtful_applied: int = 0
    requests: int = 0
    requests_noted: int = 0
    kills_by_moment: Counter[str] = field(default_factory=Counter)


async def _hurried_sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / HURRIED)


def carry_out(
    source: Path, mapping: Path, runs: Path, run_dir: Path | None, url: str, authority: str
) -> None:
    """Be a process that imports, or goes on; its exit code is the run's."""
    os.environ["SSL_CERT_FILE"] = authority
    environment = {"MIXPANEL_URL": url, "MIXPANEL_TOKEN": TOKEN}
    timing = Timing(clock=lambda: time.monotonic() * HURRIED, sleep=_hurried_sleep)
    try:
        if run_dir is None:
            report = import_profiles(
                source, mapping, report_dir=runs, environment=environment, timing=timing
            )
        else:
            report = resume_import(run_dir, environment=environment, timing=timing)
    except ImporterError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    sys.exit(report.exit_code)


class Trial:
    """One import in a folder of its own, killed and resumed until it comes to its end."""

    def __init__(self, folder: Path, emulator: Emulator, chance: random.Random, figures: Figures):
        self.columns = chance.choice((MIXED, MIXED, REPEATABLE))
        # Of few profiles every batch waits for another; small ones of many seldom do.
        self.profiles = chance.choice((200, 1_900))
        self.rows = customers(ROWS, chance, profiles=self.profiles)
        self.source = write_rows(folder / "customers.csv", self.rows)
        self.concurrency = chance.choice((1, 4, 10))
        self.batch_size = chance.choice((40, 200))
        self.mapping = write_mapping(
            folder / "config.yaml",
            self.columns,
            batch_size=self.batch_size,
            concurrency=self.concurrency,
        )
        self.runs = folder / "runs"
        self.authority = str(folder / "authority.pem")
        trustme.CA().cert_pem.write_to_path(self.authority)
        self.kills = 0
        self.emulator, self.chance, self.figures = emulator, chance, figures
        emulator.forget()
        seed(emulator, self.profiles)
        self.before = emulator.stats()["requests"]
        emulator.faults(
            {"kind": "refuse", "ids": list(REFUSED)},
            {"kind": "delay", "delay_ms": [0, 15]},
            *self.trouble(),
        )

    def trouble(self) -> list[dict[str, object]]:
        """Return what goes wrong besides, in a third of the trials."""
        busy = {"kind": "status", "status": 429, "every": 5, "times": 1}
        drop = {"kind": "drop", "apply": "before", "every": 9, "times": 1}
        return self.chance.choice(([], [], [busy, drop]))

    def carry_through(self, kills: int) -> Path:
        """Start the import, have it killed so many times at most, and return its folder."""
        run_dir: Path | None = None
        before = self.figures.kills
        for _ in range(kills):
            if not self.killed(run_dir):
                break
            run_dir = self.begun()
            sent = self.emulator.stats()["requests"] - self.before
            assert run_dir is not None or not sent, "without a ledger nothing is sent"
            moment = "on the way" if sent else "before a request"
            self.figures.kills_by_moment[moment if run_dir else "before the ledger"] += 1
        else:
            self.process(run_dir).join()
        self.kills = self.figures.kills - before
        found = self.begun()
        assert found is not None, "the last process, which nobody killed, left its folder"
        return found

    def process(self, run_dir: Path | None) -> "multiprocessing.context.ForkServerProcess":
        process = FORKS.Process(
            target=carry_out,
            args=(self.source, self.mapping, self.runs, run_dir, self.emulator.url, self.authority),
        )
        process.start()
        return process

    def killed(self, run_dir: Path | None) -> bool:
        """Start a process and kill it at a random moment; say whether it was alive then."""
        process = self.process(run_dir)
        # The moment is one of two kinds, so that the quick ends of a run are met as well.
        if self.chance.random() < 0.6:
            process.join(self.chance.uniform(0.04, 0.6))
        else:
            requests = self.emulator.stats()["requests"] + self.chance.randrange(30)
            while process.is_alive() and self.emulator.stats()["requests"] < requests:
                process.join(0.0005)
        process.kill()
        process.join()
        self.settle_down()
        if process.exitcode != -signal.SIGKILL:
            assert process.exitcode in (0, 3, 7), process.exitcode
            return False
        self.figures.kills += 1
        return True

    def settle_down(self) -> None:
        """Wait until the server has dealt with what the dead one had sent."""
        quiet = 0
        while quiet < 3:
            stats = self.emulator.stats()
            quiet = quiet + 1 if stats["requests"] == sum(stats["by_status"].values()) else 0

    def begun(self) -> Path | None:
        """Return the folder of the run, or None where it was killed before its first line."""
        ledgers = [path for path in self.runs.glob(f"*/{LEDGER}") if path.stat().st_size]
        assert len(ledgers) <= 1, "nobody begins a second run"
        return ledgers[0].parent if ledgers else None

    def check(self, run_dir: Path) -> None:
        """Hold the profiles and the books of an ended run against the model."""
        doubtful, arrived = check_end(
            run_dir, self.rows, self.columns, self.emulator, self.profiles
        )
        stats = self.emulator.stats()
        unanswered = self.kills * self.concurrency + stats["by_status"].get("dropped", 0)
        # A row of mixed operations has two updates at least.
        assert len(doubtful) <= unanswered * self.batch_size / 2, (
            "what was answered is not in doubt"
        )
        sent = stats["requests"] - self.before
        noted = report_of(run_dir)["requests"]["sent"]
        if self.columns is not REPEATABLE:  # else the notes of those in flight died with them
            assert sent <= noted, "each attempt is noted before it is made"
        self.figures.requests += sent
        self.figures.requests_noted += noted
        self.figures.rows_in_doubt += len(doubtful)
        self.figures.doubtful_applied += len(doubtful & arrived)


def kill_many(times: int, chance: random.Random) -> Figures:
    """Have trial after trial until so many processes were killed; raise at the first that fails."""
    figures = Figures()
    with running() as emulator:
        while figures.kills < times:
            with tempfile.TemporaryDirectory() as folder:
                trial = Trial(Path(folder), emulator, chance, figures)
                left = times - figures.kills
                trial.check(trial.carry_through(min(chance.choice((1, 1, 2, 3, 5)), left)))
                figures.trials += 1
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="processes to kill")
    parser.add_argument("--seed", type=int, default=None, help="of the trials and the moments")
    given = parser.parse_args()
    seed_ = given.seed if given.seed is not None else random.randrange(10**6)
    print(f"seed {seed_}", flush=True)
    began = time.monotonic()
    figures = kill_many(given.times, random.Random(seed_))
    print(f"{figures} in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
