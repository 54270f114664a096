"""A fortnight of exports, by the command that a schedule runs, against a model of the profiles.

Each morning the profiles are the model's and nothing was sent that had not changed; each bad night
ends with its exit code and with words that say what to do.
"""

import random
import signal
import subprocess
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from importer.emulator import Emulator
from tests.conftest import Command
from tests.resuming.processes import importing, wait_for_requests

MAPPING = """\
identifier: {column: 1}
columns:
  2: first
  3: last
  4: {property: $email, type: email}
  5: plan
  6: {property: credits, type: integer, empty: unset}
delta: true
drift: stop
delivery: {batch_size: 20, concurrency: 4, give_up_after: 1}
"""

RUN = ("run", "export.csv", "-c", "config.yaml", "--report-dir", "runs")

CUSTOMERS = 400
BATCH, IN_FLIGHT = 20, 4

Row = tuple[str, ...]


@dataclass
class Desk:
    """The folder of the schedule, the server, and what everybody's profile must be."""

    folder: Path
    emulator: Emulator
    command: Command
    rows: dict[str, Row] = field(default_factory=dict)
    sent: dict[str, Row] = field(default_factory=dict)
    profiles: dict[str, dict[str, object]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(14))

    def __post_init__(self) -> None:
        (self.folder / "config.yaml").write_text(MAPPING, "utf-8")
        for number in range(CUSTOMERS):
            self.rows[f"c{number}"] = self.customer(f"c{number}")

    def customer(self, name: str) -> Row:
        first = f"{self.chance.choice(['Ada', 'Bob', 'Cy', 'Di'])}{self.chance.randrange(1000)}"
        last = self.chance.choice(["LOVELACE", "TURING", "HOPPER", "KAY"])
        plan, credits_ = self.chance.choice(["free", "pro"]), str(self.chance.randrange(10_000))
        return name, first, last, f"{name}@example.com", plan, credits_

    def change(self, count: int) -> None:
        """Give some customers other credits, or none."""
        for name in self.chance.sample(sorted(self.rows), count):
            old = self.rows[name]
            self.rows[name] = (
                (*old[:5], "" if old[5] else "7") if old[5] != "7" else (*old[:5], "8")
            )

    def export(self, rows: Iterable[Row] | None = None, *, more: str = "") -> None:
        listed = self.rows.values() if rows is None else rows
        text = "".join(",".join(row) + "\n" for row in listed)
        (self.folder / "export.csv").write_text(text + more, "utf-8")

    def changes(self) -> list[Row]:
        """Return what says something new of who was sent before, or of who was not."""
        return [row for name, row in self.rows.items() if self.sent.get(name) != row]

    @property
    def updates(self) -> int:
        updates: int = self.emulator.stats()["updates"]
        return updates

    def forget_the_vanished(self) -> None:
        self.sent = {name: row for name, row in self.sent.items() if name in self.rows}

    def run(self, *given: str | Path) -> subprocess.CompletedProcess[str]:
        return self.command(*(given or RUN), "--quiet", **self.settings)

    @property
    def settings(self) -> dict[str, str]:
        state = str(self.folder / "state")
        return {
            "MIXPANEL_URL": self.emulator.url,
            "MIXPANEL_TOKEN": "a" * 32,
            "XDG_STATE_HOME": state,
        }

    def running(self) -> AbstractContextManager[subprocess.Popen[str]]:
        settings = {k: v for k, v in self.settings.items() if k != "MIXPANEL_URL"}
        return importing(self.folder, *RUN, "--quiet", url=self.emulator.url, environment=settings)

    def night(
        self, code: int, *says: str, given: tuple[str | Path, ...] = (), sends: int | None = None
    ) -> None:
        """Run, and look at the exit code, the words, and how many updates were sent."""
        before = self.updates
        done = self.run(*given)
        assert done.returncode == code, done.stderr
        for words in says:
            assert words in done.stderr + done.stdout, (words, done.stderr, done.stdout)
        if code == 0:
            assert (done.stdout, done.stderr) == ("", ""), "a good night is silent"
        assert sends is None or self.updates - before == sends
        self.look()

    def expect(self, rows: Iterable[Row]) -> int:
        """Change the model's profiles; return how many updates that takes."""
        count = 0
        for name, first, last, email, plan, credits_ in (listed := list(rows)):
            profile = self.profiles.setdefault(name, {})
            profile.pop("credits", None)
            profile |= {"first": first, "last": last, "$email": email, "plan": plan}
            profile |= {"credits": int(credits_)} if credits_ else {}
            count += 1
            count += not credits_  # to unset is an operation of its own
        self.sent.update((row[0], row) for row in listed)
        return count

    def look(self) -> None:
        assert self.emulator.profiles() == self.profiles

    def newest(self) -> Path:
        return max((self.folder / "runs").iterdir(), key=lambda path: path.stat().st_ctime_ns)


def test_fortnight(
    tmp_path: Path, emulator: Emulator, command: Command, one_authority: None
) -> None:
    """New, changed, vanished, reordered, broken, cut, drifted and missing exports; a server that is
    away, busy or refuses; a crash, two runs at once, a wrong mapping.
    """
    desk = Desk(tmp_path, emulator, command)

    # 1: everybody is new.
    desk.export()
    desk.night(0, sends=desk.expect(desk.changes()))

    # 2: some changed, some are new, some vanished.
    desk.change(9)
    gone = ["c3", "c5"]
    for name in gone:
        del desk.rows[name]
    desk.rows |= {name: desk.customer(name) for name in ("d1", "d2", "d3")}
    desk.export()
    desk.night(0, sends=desk.expect(desk.changes()))
    desk.forget_the_vanished()
    assert (desk.newest() / "vanished.csv").read_text("utf-8").split()[1:] == gone

    # 3: the same in another order.
    desk.export(sorted(desk.rows.values(), key=lambda row: row[::-1]))
    desk.night(0, sends=0)

    # 4: one of the vanished is back; two rows are broken, which fail by themselves.
    desk.rows["c3"] = desk.customer("c3")
    desk.change(4)
    good = desk.changes()
    bad = ["c10,Ada,LOVELACE,nobody,free,1\n", "c11,Ada\n"]
    held = {name: desk.rows.pop(name) for name in ("c10", "c11")}
    good = [row for row in good if row[0] not in held]
    desk.export(more="".join(bad))
    desk.night(3, "failed", "failures.csv", sends=desk.expect(good))
    assert (desk.newest() / "rejects.csv").read_text("utf-8") == "".join(bad)

    # 5: they are mended, and sent since they failed.
    desk.rows |= {name: (*row[:4], "mended", "1") for name, row in held.items()}
    desk.export()
    desk.night(0, sends=desk.expect(desk.rows[name] for name in held))

    # 6: a file of a tenth; the server is not even asked.
    desk.export(list(desk.rows.values())[:40])
    advice = "mend the file or the mapping; --accept-drift imports it as it is"
    desk.night(4, "the file has about 40 rows, and had 402", advice, sends=0)

    # 7: two columns changed places.
    desk.export((row[0], row[2], row[1], *row[3:]) for row in desk.rows.values())
    desk.night(4, "column 2 (first): says what column 3 (last) said; before: ", advice, sends=0)

    # 8: no file at all, then one that was cut within a quoted cell: what is whole goes in.
    (tmp_path / "export.csv").unlink()
    desk.night(2, "export.csv: No such file", sends=0)
    desk.change(3)
    desk.export(more='z1,"Ada')
    desk.night(4, "the quote that opens here is never closed", sends=desk.expect(desk.changes()))

    # 9: killed in the middle, and gone on with.
    desk.change(200)
    desk.export()
    crash(desk)

    # 10: two at once; the second one leaves it to the first.
    desk.change(150)
    desk.export()
    two_at_once(desk)

    # 11: the server is away for longer than the run waits; the next run makes up for it.
    desk.change(6)
    desk.export()
    emulator.faults({"kind": "status", "status": 503})
    desk.night(5, "HTTP 503", "To go on: importer run --resume ")
    # 12: it refuses the token; then it is busy for a moment.
    emulator.faults({"kind": "status", "status": 401})
    desk.night(6, "HTTP 401")
    emulator.faults({"kind": "status", "status": 429, "first": 1, "retry_after": 0})
    patient = MAPPING.replace("give_up_after: 1", "give_up_after: 60")
    (tmp_path / "config.yaml").write_text(patient, "utf-8")
    desk.night(0, sends=2 * desk.expect(desk.changes()))  # the one batch goes twice
    emulator.faults()

    # 13: a slip in the mapping.
    (tmp_path / "config.yaml").write_text(patient.replace("plan\n", "plan\n  5: tier\n"), "utf-8")
    desk.change(2)
    desk.export()
    desk.night(2, "config.yaml:7: columns.5: given twice, first on line 6", sends=0)

    (tmp_path / "config.yaml").write_text(patient, "utf-8")
    desk.night(0, sends=desk.expect(desk.changes()))

    # 14: a new column shifts all others; the mapping follows, and with it everybody is new.
    desk.change(5)
    desk.export((row[0], row[4], *row[1:]) for row in desk.rows.values())
    desk.night(4, "column 3 (last): says what column 2 (first) said", advice, sends=0)
    shifted = patient.replace("  2: f", "  3: f").replace("  3: l", "  4: l")
    shifted = shifted.replace("  4: {", "  5: {").replace("  5: p", "  6: p")
    (tmp_path / "config.yaml").write_text(shifted.replace("  6: {", "  7: {"), "utf-8")
    desk.night(0, given=(*RUN, "--accept-drift"), sends=desk.expect(desk.rows.values()))
    desk.night(0, sends=0)


def crash(desk: Desk) -> None:
    changed = desk.changes()
    before, asked = desk.updates, desk.emulator.stats()["requests"]
    known = set((desk.folder / "runs").iterdir())
    desk.emulator.faults({"kind": "delay", "delay_ms": [50, 80]})
    with desk.running() as process:
        wait_for_requests(desk.emulator, asked + 6, process)
        process.kill()
    desk.emulator.faults()
    (run_dir,) = set((desk.folder / "runs").iterdir()) - known
    least = desk.expect(changed)
    desk.night(0, given=("run", "--resume", run_dir))
    # What was in flight when the program died is sent once more.
    assert least <= desk.updates - before <= least + 2 * BATCH * IN_FLIGHT
    desk.night(0, sends=0)


def two_at_once(desk: Desk) -> None:
    changed = desk.changes()
    before, asked = desk.updates, desk.emulator.stats()["requests"]
    desk.emulator.faults({"kind": "delay", "delay_ms": [300, 300]})
    with desk.running() as first:
        wait_for_requests(desk.emulator, asked + 1, first)
        first.send_signal(signal.SIGSTOP)  # it does not end before the second one has begun
        second = desk.run()
        first.send_signal(signal.SIGCONT)
        assert second.returncode == 4
        assert second.stderr.endswith(
            "config.yaml: is in use by another run, and sends only changes; wait for it\n"
        )
        assert first.wait(60) == 0
    desk.emulator.faults()
    assert desk.updates - before == desk.expect(changed)
    desk.look()
