"""The life of a run: begun, killed, gone on with, retried, and at last as if all had been well."""

import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from importer.begin import resume_import, retry_import
from importer.books.report import Report
from importer.settings.config_file import dump_config

from .books import (
    Ends,
    Numbered,
    around,
    begin,
    ends_of,
    harm_done,
    mapping,
    settled_by,
    write_rows,
)
from .wilful import BAD, Wilful, serving

FINISHED = ("complete", "partial")

ROWS = st.integers(4, 24).flatmap(  # lists that hypothesis sizes are shorter, nearly always
    lambda count: st.lists(
        st.tuples(st.sampled_from("aabbcdefgh"), st.integers(0, 7)), min_size=count, max_size=count
    )
)
PROCESS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 1_000),
        "trouble": st.sampled_from([0.9, 0.6, 0.3, 0.0]),
        "size": st.sampled_from([2, 1, 3, 4, 7]),
        "in_flight": st.sampled_from([1, 1, 3]),
        "crash_at": st.sampled_from([2, 1, 3, 4, 5, 6, 8, 11, None, None]),
        "applies": st.booleans(),
        "damage": st.sampled_from(["power cut", "torn", "none"]),
        "share": st.floats(0, 1),
    }
)
"""What a process of the client meets: a server in some mood, its own death, and a disk that has
what it was told to keep, or more.
"""


class Lives(RuleBasedStateMachine):
    """One import, in as many processes as it takes.

    At any request the process may be killed: then the ledger is what it was at that moment, its
    last line torn, or all that was not waited for lost with the power.
    """

    @initialize(rows=ROWS, operation=st.sampled_from(["set", "append"]), last=PROCESS)
    def prepare(self, rows: list[tuple[str, int]], operation: str, last: dict[str, Any]) -> None:
        self.last = last
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.stack.callback(shutil.rmtree, self.folder)
        self.operation = operation
        self.rows: Numbered = [
            (name, f"{BAD if kind == 0 else 'n'}{row}") for row, (name, kind) in enumerate(rows)
        ]
        self.server = Wilful()
        self.url = self.stack.enter_context(serving(self.server))
        self.source = write_rows(self.folder, self.rows)
        self.run_dir: Path | None = None
        self.report: Report | None = None
        self.first: Ends | None = None

    @rule(process=PROCESS)
    def live(self, process: dict[str, Any]) -> None:
        """Begin the run, or go on with it, until its end or the process's."""
        if self.report is None:
            self._process(**process)

    @rule(process=PROCESS)
    def retry(self, process: dict[str, Any]) -> None:
        """Once the run is through, mend what failed and send it; it may be killed like others."""
        if self.report is not None and self.first is None:
            self._retry(**process)

    def _retry(self, **process: Any) -> None:
        assert self.report is not None
        self.first, run_dir = self._checked(), self.report.folder
        if not self.first.failed:
            return
        rejects = run_dir / "rejects.csv"
        rejects.write_text(rejects.read_text("utf-8").replace(BAD, "mended "), "utf-8")
        self.mended = rejects.read_text("utf-8").splitlines()
        self.first_dir, self.report, self.run_dir = run_dir, None, None
        self._process(**process)

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            self._come_to_an_end()
            if self.first is None:
                self._retry(**self.last)
                self._come_to_an_end()
            if self.first is not None and self.first.failed:
                self._check_retry()

    def _come_to_an_end(self) -> None:
        """Once all is well again, a run that goes on is through in the end."""
        for _ in range(len(self.rows) + 2):
            if self.report is None:
                self._process(seed=0, trouble=0.0, size=3, in_flight=2)
        assert self.report is not None

    def _process(
        self,
        *,
        seed: int,
        trouble: float,
        size: int,
        in_flight: int,
        crash_at: int | None = None,
        applies: bool = False,
        damage: str = "none",
        share: float = 0.0,
    ) -> None:
        delivery = {"batch_size": size, "concurrency": in_flight, "give_up_after": 30}
        left: dict[Path, bytes] = {}
        self.server.on_crash = lambda: left.update(self._ledgers())
        self.server.begin(seed, trouble, crash_at, applies)
        self.server.settled = self._settled()
        report = self._run(mapping(self.operation, delivery))
        assert self.server.wrongs == []
        if self.server.crashed:
            self._die(left, damage, share)
        elif report is not None and report.status in FINISHED:
            self.report = report

    def _run(self, config: Any) -> Report | None:
        runs = self.folder / "runs"
        before = set(runs.glob("*")) if runs.exists() else set()
        if self.run_dir is not None:
            (self.run_dir / "mapping.yaml").write_text(dump_config(config), "utf-8")
            return resume_import(self.run_dir, **around(self.url))
        if self.first is None:
            report = begin(self.source, config, self.url)
        else:
            (self.first_dir / "mapping.yaml").write_text(dump_config(config), "utf-8")
            report = retry_import(self.first_dir, **around(self.url))
        (self.run_dir,) = set(runs.glob("*")) - before
        return report

    def _ledgers(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.folder.glob("runs/*/ledger.jsonl")}

    def _die(self, left: dict[Path, bytes], damage: str, share: float) -> None:
        """Leave of the run's files what its process left when it was killed."""
        assert self.run_dir is not None
        (self.run_dir / "report.json").unlink(missing_ok=True)
        for path, content in left.items():
            path.write_bytes(content)
        ledger = self.run_dir / "ledger.jsonl"
        if damage == "torn":
            with ledger.open("ab") as stream:
                stream.write(b'{"answer":"200","rows":[[1,9]],"imported":[[1,')
        elif damage == "power cut":
            ledger.write_bytes(_cut(left[ledger], share, self.operation))

    def _settled(self) -> set[tuple[str, str]]:
        """Return the updates that the ledger settles: they must not come again."""
        if self.run_dir is None:
            return set()
        begun = json.loads((self.run_dir / "ledger.jsonl").read_bytes().splitlines()[0])
        lines = Path(begun["source"]).read_text("utf-8").splitlines()
        pairs = [tuple(line.split(",")) for line in lines]
        settled = settled_by(self.run_dir / "ledger.jsonl")
        return {(pairs[row - 1][0], pairs[row - 1][1]) for row in settled}

    def _checked(self) -> Ends:
        """Hold the books of the run against the profiles, and against a run without trouble."""
        assert self.report is not None
        ends = ends_of(self.report)
        assert not harm_done(self.operation, self.rows, ends, self.server.profiles)
        bad = {row for row, (_, value) in enumerate(self.rows, 1) if value.startswith(BAD)}
        assert not ends.not_attempted
        assert ends.failed == bad - ends.in_doubt, "failed is what would have failed anyhow"
        assert self.operation == "append" or not ends.in_doubt
        assert self.report.exit_code == (7 if ends.in_doubt else 3 if ends.failed else 0)
        return ends

    def _check_retry(self) -> None:
        """Mended rows arrive once, save those that a later row of the run has overwritten."""
        assert self.report is not None
        assert self.first is not None
        ends = ends_of(self.report)
        mended = dict(enumerate((tuple(line.split(",")) for line in self.mended), 1))
        was = dict(zip(mended, sorted(self.first.failed), strict=True))
        assert not ends.not_attempted
        for row, (name, value) in mended.items():
            held = self.server.profiles.get(name, {}).get("numbers")
            later = [n for n in self.first.imported if n > was[row] and self.rows[n - 1][0] == name]
            if self.operation == "append":
                times = (held or []).count(value)
                assert times <= 1
                assert times == 1 or row not in ends.imported
            else:
                assert (row in ends.failed) == bool(later), "what is overwritten is held back"
                assert held != value or not later
        if self.operation == "set":
            self._check_last(ends, mended, was)

    def _check_last(
        self, ends: Ends, mended: dict[int, tuple[str, ...]], was: dict[int, int]
    ) -> None:
        """Each profile holds the value of its last row, mended or not."""
        assert self.first is not None
        last = {row: self.rows[row - 1] for row in self.first.imported}
        last |= {was[row]: (mended[row][0], mended[row][1]) for row in ends.imported}
        values = {name: value for _, (name, value) in sorted(last.items())}
        assert {name: held["numbers"] for name, held in self.server.profiles.items()} == values


def _cut(content: bytes, share: float, operation: str) -> bytes:
    """Cut lines off the end: all but what was on the disk before it mattered.

    That is the first line, and where nothing may be sent twice all up to the last `sent`.
    """
    lines = content.splitlines(keepends=True)
    least = 2 if b"held_back" in b"".join(lines[1:2]) else 1
    if operation == "append":
        sent = [number for number, line in enumerate(lines, 1) if line.startswith(b'{"sent"')]
        least = max([least, *sent])
    return b"".join(lines[: least + round(share * (len(lines) - least))])


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=25,
    stateful_step_count=6,
    suppress_health_check=list(HealthCheck),
)
TestLives = pytest.mark.usefixtures("one_authority")(TestLives)
