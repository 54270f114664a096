"""Only what changed is sent: the settings, the list of who vanished, the lock, the command."""

import json
import resource
import shutil
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from importer import AlreadyRunning, ConfigError, StateError
from importer.delta.hashing import Noted
from importer.delta.settled import Settled, entered
from importer.delta.stage import Delta
from importer.delta.store import Store
from importer.lookback.explain import explain
from importer.lookback.history import read_history
from importer.lookback.history_table import history_lines
from importer.private_file import replace_private
from importer.progress import Progress
from importer.resuming.lock import held_file
from importer.settings.config import Config
from tests.conftest import Command
from tests.delivery.runs import Listener
from tests.resuming.power import Disk, at_the_end

from .desk import Crash, NightDesk

MAPPING = "identifier: {column: 1}\ncolumns: {2: plan}\ndrift: 'off'\n"
DELTA = f"{MAPPING}delta: true\n"


def rows(count: int, plan: str = "free") -> str:
    return "".join(f"u{n},{plan}\n" for n in range(count))


@pytest.fixture
def nightly(desk: NightDesk) -> NightDesk:
    """Return a desk on whose first night fifty rows were sent."""
    desk.mapping.write_text(DELTA, "utf-8")
    report = desk.run(rows(50))
    assert report.as_json()["delta"] == {"full": True, "vanished": 0}
    return desk


def test_books(nightly: NightDesk) -> None:
    """Unchanged rows count as imported, and are counted by themselves; nothing is requested."""
    report = nightly.run(rows(50))
    assert report.as_json()["rows"] == {
        "read": 50,
        "imported": 50,
        "failed": 0,
        "in_doubt": 0,
        "not_attempted": 0,
        "unchanged": 50,
    }
    assert report.as_json()["identifiers"] == {"column": 50, "email": 0, "random": 0}
    assert (report.totals.requests_sent, report.exit_code) == (0, 0)
    assert nightly.updates == 50


def test_explained(nightly: NightDesk) -> None:
    """A row that was not sent because it had not changed is explained as that."""
    report = nightly.run(rows(49) + "u49,paid\n")
    states = [explain(report.folder, row).outcome.state for row in (1, 50)]
    assert states == ["unchanged", "imported"]
    heads, *lines = history_lines(read_history(nightly.folder / "runs"))
    assert "read  imported  unchanged  failed  in doubt" in heads
    (line,) = (line for line in lines if line.startswith(report.run))
    assert line.split()[6:11] == ["50", "50", "49", "0", "0"]


def test_older_runs_warn(desk: NightDesk) -> None:
    """Whoever goes on with a run, or retries one, is told that a newer one has ended since."""
    desk.mapping.write_text(f"{MAPPING}delivery: {{batch_size: 5, concurrency: 1}}\n", "utf-8")
    desk.write(rows(50))
    first = desk.crash(10)
    second = desk.run(rows(40, "paid") + "u1\n")
    third = desk.run(rows(40, "paid") + "u2\n")
    (second.folder / "rejects.csv").write_text("u1,free\n", "utf-8")
    (third.folder / "rejects.csv").write_text("u2,free\n", "utf-8")
    assert desk.retry(third.folder).warnings == ()
    words, _ = desk.retry(second.folder).warnings
    assert words.startswith(f"{second.run} began before {third.run}, which")
    assert words.endswith("gets the older values back")
    desk.write(rows(50))
    (words,) = desk.resume(first).warnings
    assert words.startswith(f"{first.name} began before {third.run}, which")


def test_vanished(nightly: NightDesk) -> None:
    """Who is not in a file any more is listed once, and is sent when back."""
    report = nightly.run("u0,free\n" + "".join(f"u{n},free\n" for n in range(3, 50)))
    listed = Path(report.as_json()["files"]["vanished"])
    assert listed.read_text("utf-8") == "identifier\nu1\nu2\n"
    assert listed.stat().st_mode & 0o077 == 0
    assert report.as_json()["delta"] == {"full": False, "vanished": 2}
    again = nightly.run(rows(50))
    assert again.totals.read - again.totals.unchanged == 2
    assert "vanished" not in again.as_json()["files"]


def test_clock_that_was_ahead(desk: NightDesk) -> None:
    """A full run in the future was none: the clock has been put right since."""
    desk.mapping.write_text(f"{MAPPING}delta: {{full_every: 1d}}\n", "utf-8")
    desk.run(rows(3))
    assert desk.run().totals.unchanged == 3
    (path,) = desk.state.glob("*.delta.db")
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE facts SET value = value + 31536000 WHERE name = 'full'")
        base.commit()
    assert desk.run().totals.unchanged == 0


def test_report_cannot_be_written(desk: NightDesk) -> None:
    """Nothing is remembered before a run has said that it ended: it goes on as it began."""
    desk.mapping.write_text(DELTA, "utf-8")
    desk.run("x,old\ngone,free\n")
    before = desk.run_dirs

    def stand_in_the_way(_: Progress) -> None:
        (run_dir,) = set(desk.run_dirs) - set(before)
        (run_dir / "report.json").mkdir(exist_ok=True)

    stopped = desk.run("x,old\nx,new\n", observer=Listener(on_update=stand_in_the_way))
    assert stopped.exit_code == 4
    (stopped.folder / "report.json").rmdir()
    ended = desk.resume(stopped.folder)
    assert (ended.exit_code, desk.emulator.profiles()["x"]) == (0, {"plan": "new"})
    assert Path(ended.as_json()["files"]["vanished"]).read_text("utf-8") == "identifier\ngone\n"
    assert desk.run().totals.unchanged == 0  # rows that contradict each other are all sent


def test_vanished_with_a_line_end_in_it(desk: NightDesk) -> None:
    """The list of who vanished is read as it was written, whatever an identifier has in it."""
    desk.mapping.write_text(DELTA, "utf-8")
    stays = "acme,free\nberlin,free\n"
    desk.run(f'"acme\rberlin",free\n{stays}')
    listed = Path(desk.run(stays).as_json()["files"]["vanished"])
    assert listed.read_bytes() == b'identifier\n"acme\rberlin"\n'


def test_mended_over_a_row_that_failed(desk: NightDesk) -> None:
    """A later row that failed and was given up holds nothing back: it never arrived."""
    typed = DELTA.replace("2: plan", "2: {property: plan, type: integer}")
    assert typed != DELTA
    desk.mapping.write_text(typed, "utf-8")
    report = desk.run("x,two\nx,three\n")
    (report.folder / "rejects.csv").write_text("x,2\n", "utf-8")
    again = desk.retry(report.folder)
    assert (again.exit_code, desk.emulator.profiles()["x"]["plan"]) == (0, 2)


def test_vanished_only_of_whole_files(nightly: NightDesk) -> None:
    """Nobody vanishes from what was not read, nor for good because a row cannot be read."""
    assert nightly.run(limit=10).as_json()["delta"] == {"full": False, "vanished": None}
    report = nightly.run(rows(49) + "u49,free,free\n")
    assert report.as_json()["delta"]["vanished"] == 1
    assert [words for words in report.warnings if words.startswith("1 row could not be read")]


def test_full(nightly: NightDesk) -> None:
    """`--full` sends everything, and so does the run for which it is time."""
    assert nightly.run(rows(50), full=True).totals.unchanged == 0
    nightly.mapping.write_text(f"{MAPPING}delta: {{full_every: 30d}}\n", "utf-8")
    assert nightly.run().totals.unchanged == 50
    (path,) = nightly.state.glob("*.delta.db")
    with Store(path, writes=True) as store:
        store.begin(store.owner, None, None, 1_000_000_000.0, lambda: True)
    assert nightly.run().as_json()["delta"]["full"]
    assert nightly.run().totals.unchanged == 50


def test_changed_mapping(nightly: NightDesk) -> None:
    """Another mapping starts over; another way to deliver, or to stop at a drift, does not."""
    nightly.mapping.write_text(f"{DELTA}delivery: {{batch_size: 7}}\n", "utf-8")
    assert nightly.run().totals.unchanged == 50
    nightly.mapping.write_text(DELTA.replace("plan", "tier"), "utf-8")
    rehearsed = nightly.run(rows(40), dry_run=True)
    report = nightly.run(rows(40))
    assert (report.totals.unchanged, report.as_json()["delta"]["vanished"]) == (0, 0)
    assert rehearsed.as_json()["delta"] == report.as_json()["delta"]


def test_columns_that_move(desk: NightDesk) -> None:
    """Columns that go by their names may move: nothing has changed by that."""
    desk.mapping.write_text(
        "source: {header: true}\nidentifier: {column: id}\n"
        "columns: {first: a, last: b}\n"
        "properties: {c: {join: [last, first]}}\ndelta: true\ndrift: 'off'\n",
        "utf-8",
    )
    desk.run("id,first,last\n" + "".join(f"u{n},f{n},l{n}\n" for n in range(30)))
    report = desk.run("last,x,id,first\n" + "".join(f"l{n},,u{n},f{n}\n" for n in range(30)))
    assert (report.totals.unchanged, report.totals.requests_sent) == (30, 0)


def test_rehearsal(nightly: NightDesk) -> None:
    """A dry run tells what would be sent, and leaves what is known as it was."""
    (path,) = nightly.state.glob("*.delta.db")
    before = path.read_bytes()
    report = nightly.run(rows(40) + rows(3, "paid"), dry_run=True)
    assert (report.totals.imported, report.totals.unchanged) == (43, 40)
    assert path.read_bytes() == before


def test_one_run_at_a_time(nightly: NightDesk) -> None:
    """A second run with the same memory ends with code 4, and leaves no folder behind."""
    (lock,) = nightly.state.glob("*.lock")
    before = nightly.run_dirs
    with held_file(lock, "held"), pytest.raises(AlreadyRunning) as caught:
        nightly.run()
    assert (caught.value.exit_code, nightly.run_dirs) == (4, before)


def test_refused_is_unknown(nightly: NightDesk) -> None:
    """A row that the API refused is sent again, also when it says what was known before."""
    nightly.emulator.faults({"kind": "refuse", "ids": ["u7"]})
    for _ in range(2):
        assert nightly.run(rows(50).replace("u7,free", "u7,paid")).totals.failed == 1
    nightly.emulator.faults()
    report = nightly.run(rows(50))
    assert report.totals.read - report.totals.unchanged == 1


def test_refused_among_many(nightly: NightDesk) -> None:
    """Of the few rows that are sent, one that is refused is kept as the file has it."""
    nightly.emulator.faults({"kind": "refuse", "ids": ["u31"]})
    text = rows(50).replace("u7,free", "u7,paid").replace("u31,free\n", '"u31","pa\n id"\n')
    report = nightly.run(text.replace("u40,free", "u40,paid"))
    assert (report.folder / "rejects.csv").read_text("utf-8") == '"u31","pa\n id"\n'
    (failure,) = report.examples
    assert (failure.row, failure.line, failure.identifier) == (32, 32, "u31")


def test_contradictions(desk: NightDesk) -> None:
    """Of rows that contradict each other the last one wins, every night."""
    desk.mapping.write_text(DELTA, "utf-8")
    for _ in range(2):
        assert desk.run("u1,free\nu1,paid\nu2,free\nu2,free\n").totals.failed == 0
        assert desk.emulator.profiles() == {"u1": {"plan": "paid"}, "u2": {"plan": "free"}}
    assert desk.updates == 4 + 2


def plans(desk: NightDesk) -> set[str]:
    return {profile["plan"] for profile in desk.emulator.profiles().values()}


def crashed(desk: NightDesk) -> Path:
    """Have a run die that raises everybody's plan, once some of that has arrived."""
    desk.mapping.write_text(f"{DELTA}delivery: {{batch_size: 4, concurrency: 2}}\n", "utf-8")
    desk.write(rows(50, "paid"))
    run_dir = desk.crash(after=20)
    assert plans(desk) == {"free", "paid"}
    return run_dir


def test_taken_back_after_a_crash(nightly: NightDesk) -> None:
    """What a run that died has sent is not taken for what was known before."""
    crashed(nightly)
    nightly.run(rows(50))
    assert plans(nightly) == {"free"}


def test_resumed_after_another(nightly: NightDesk) -> None:
    """What a run sent before another one sent something else is not known when it goes on."""
    run_dir = crashed(nightly)
    nightly.run(rows(50))
    nightly.write(rows(50, "paid"))
    nightly.resume(run_dir)
    nightly.run(rows(50, "paid"))
    assert plans(nightly) == {"paid"}


def test_resumed_after_the_same(nightly: NightDesk) -> None:
    """What a run sent itself does not count as unchanged, though another one has sent it since."""
    run_dir = crashed(nightly)
    nightly.run(rows(50, "paid"))
    before = nightly.updates
    report = nightly.resume(run_dir)
    assert (nightly.updates, report.totals.imported) == (before, 50)
    assert 0 < report.totals.recalled == 50 - report.totals.unchanged
    assert explain(run_dir, 1).outcome.state == "imported"


def test_who_is_new_meanwhile_has_not_vanished(nightly: NightDesk) -> None:
    """Who came with a newer file is not said to be gone by the older one that goes on."""
    run_dir = crashed(nightly)
    nightly.run(rows(51))
    nightly.write(rows(50, "paid"))
    report = nightly.resume(run_dir)
    assert report.as_json()["delta"] == {"full": False, "vanished": None}
    assert nightly.run(rows(51)).as_json()["delta"]["vanished"] == 0


def test_unchanged_rows_hold_older_ones_back(nightly: NightDesk) -> None:
    """A retry does not undo a later row that was not sent because it said nothing new."""
    report = nightly.run(f"u1\n{rows(50)}")
    (report.folder / "rejects.csv").write_text("u1,old\n", "utf-8")
    again = nightly.retry(report.folder)
    assert again.totals.failures_by_code == {"overwritten": 1}
    assert plans(nightly) == {"free"}


def test_left_before_it_began(nightly: NightDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was killed between its first line and its look at the memory goes on as if it had
    not been: everything is sent if that was asked for, and who vanished is listed.
    """

    def killed(*_: Any) -> None:
        raise Crash

    before = set(nightly.run_dirs)
    monkeypatch.setattr(Delta, "begin", killed)
    with suppress(Crash):
        nightly.run(rows(49), full=True)
    monkeypatch.undo()
    (run_dir,) = set(nightly.run_dirs) - before
    report = nightly.resume(run_dir)
    assert report.as_json()["delta"] == {"full": True, "vanished": 1}
    assert report.totals.unchanged == 0


def test_taken_back_after_the_folder_is_gone(nightly: NightDesk) -> None:
    """So it is too where nobody can tell any more what became of it."""
    shutil.rmtree(crashed(nightly))
    nightly.run(rows(50))
    assert plans(nightly) == {"free"}


def test_random_ids(desk: NightDesk) -> None:
    """A row that gets a random id is sent every night, and nobody is said to vanish."""
    desk.mapping.write_text(DELTA, "utf-8")
    assert desk.run("u1,free\n,free\n").totals.unchanged == 0
    report = desk.run()
    assert (report.totals.unchanged, report.as_json()["delta"]["vanished"]) == (1, 0)
    assert report.totals.identifiers["random"] == 1


@pytest.mark.parametrize("operation", ["add", "append", "remove"])
def test_what_counts_is_refused(operation: str) -> None:
    """Operations that must not be repeated have no unchanged rows."""
    column = {"property": "n", "type": "integer", "operation": operation}
    with pytest.raises(ValueError, match=f"{operation} goes without delta"):
        Config.model_validate({"columns": {2: column}, "delta": True})


def test_deletions_are_refused() -> None:
    """Neither has a deletion."""
    with pytest.raises(ValueError, match="operation: delete has none"):
        Config.model_validate(
            {"operation": "delete", "identifier": {"column": 1}, "delta": {"full_every": "30d"}}
        )


def test_no_place(desk: NightDesk) -> None:
    """Without a folder to remember in, and with one that is no store, nothing is sent."""
    desk.mapping.write_text(DELTA, "utf-8")
    places = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "t"}
    with pytest.raises(ConfigError, match="XDG_STATE_HOME"):
        desk.run(rows(3), environment=places)
    desk.run(rows(3))
    (path,) = desk.state.glob("*.delta.db")
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(StateError, match="is damaged; delete it") as caught:
        desk.run()
    assert caught.value.exit_code == 2
    path.unlink()
    assert desk.run().totals.imported == 3
    (lock,) = desk.state.glob("*.lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(StateError, match="it must be a file of yours"):
        desk.run()


FACTS = "UPDATE facts SET value ="


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("DELETE FROM names", 4),
        ("UPDATE names SET name = CAST(x'ff' || substr(name, 2) AS BLOB)", 4),
        (f"{FACTS} CAST(substr(value, 9) || substr(value, 1, 8) AS BLOB) WHERE name = 'keys'", 2),
        (f"{FACTS} CAST(x'00' || value AS BLOB) WHERE name = 'contents'", 2),
        (f"{FACTS} substr(value, 9) WHERE name = 'contents'", 2),
    ],
)
def test_damaged(nightly: NightDesk, damage: str, code: int) -> None:
    """Damage that SQLite does not see is told of too, before anything is sent where it can be."""
    (path,) = nightly.state.glob("*.delta.db")
    with closing(sqlite3.connect(path)) as base:
        base.execute(damage)
        base.commit()
    nightly.write("x,free\n")
    try:
        told, ended = nightly.run().stop, 4
    except StateError as error:
        told, ended = error, error.exit_code
    assert (ended, nightly.updates) == (code, 51 if code == 4 else 50)
    assert "the file is damaged; delete it, and the next run sends everything once" in str(told)


def test_full_disk(tmp_path: Path) -> None:
    """A disk without room is said to be that, and nothing of the transaction stays."""
    path = tmp_path / "x.delta.db"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ones = np.ones(2_000_000, np.int64)  # more than is kept in memory
    with Store(path, writes=True) as store:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100_000, hard))
            with pytest.raises(StateError, match=r"full|disk I/O error") as caught:
                store.note([Noted(ones, ones, ones, ones.astype(np.int32), b"x" * len(ones))])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "rollback" not in str(caught.value)
        assert not store.unsettled


def test_of_another_version(nightly: NightDesk) -> None:
    """A store of a later version is left alone."""
    (path,) = nightly.state.glob("*.delta.db")
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(StateError, match="another version"):
        nightly.run()


def test_command(desk: NightDesk, command: Command) -> None:
    """The command says what was unchanged and who vanished; systemd's folder is used."""
    where = {
        "MIXPANEL_URL": desk.emulator.url,
        "MIXPANEL_TOKEN": "t",
        "STATE_DIRECTORY": str(desk.folder / "service"),
    }
    desk.mapping.write_text(DELTA, "utf-8")
    desk.write(rows(5))
    command("run", desk.source, "-c", desk.mapping, **where)
    desk.write(rows(4))
    done = command("run", desk.source, "-c", desk.mapping, **where)
    assert done.returncode == 0
    assert "  unchanged      4, not sent\n  vanished       1 since the last run: " in done.stdout
    full = command("run", desk.source, "-c", desk.mapping, "--full", "--json", **where)
    assert json.loads(full.stdout)["rows"]["unchanged"] == 0
    full = command("run", desk.source, "-c", desk.mapping, "--full", **where)
    assert "  unchanged      0: everything was to be sent\n" in full.stdout
    assert len(list((desk.folder / "service").glob("*.delta.db"))) == 1
    resumed = command("run", "--resume", "x", "--full", **where)
    assert (resumed.returncode, "--full" in resumed.stderr) == (2, True)


def test_last_row_counts_however_rows_were_noted() -> None:
    """A run that went on may have noted the same rows in other portions."""

    def noted(*rows: int) -> Settled:
        numbers = np.array(rows, np.int64)
        ones = np.ones(len(rows), np.int64)
        return Settled(Noted(numbers, ones, 100 + numbers, ones.astype(np.int32), b""), ones == 1)

    none = np.empty(0, np.int64)
    for portions in ([noted(1, 5), noted(4)], [noted(1, 4), noted(5)], [noted(1), noted(4, 5)]):
        keys, contents = entered(none, none, portions)
        assert (keys.tolist(), contents.tolist()) == ([1], [105])


def test_two_writers_of_what_is_remembered(tmp_path: Path) -> None:
    """Two runs that end together leave what one of them wrote, whole."""
    path = tmp_path / "memory.json"
    texts = ["a" * 300_000, "b" * 3_000]

    def write(text: str) -> None:
        for _ in range(30):
            replace_private(path, text)
            assert path.read_text("utf-8") in texts

    with ThreadPoolExecutor(2) as both:
        list(both.map(write, texts))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="looks files up in /proc")
def test_power_cut_before_anybody_is_forgotten(
    nightly: NightDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who vanished is listed on the disk, and the run's end there, before they are forgotten."""
    (store,) = nightly.state.glob("*.delta.db")

    def remembered() -> int:
        with Store(store, writes=False) as opened:
            return len(opened.known()[0])

    disk = Disk(monkeypatch, lambda path: at_the_end(path) and remembered() == 50)
    report = nightly.run(rows(49))
    disk.restore(report.folder)
    assert (report.folder / "vanished.csv").read_text("utf-8") == "identifier\nu49\n"
