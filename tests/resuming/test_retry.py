"""What a run set aside, mended and sent again: as who it was, once, and never over newer values."""

import json
import os
import random
import shlex
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.begin import import_profiles
from importer.books.failure import Failure
from importer.books.next_steps import next_steps
from importer.books.report import Report
from importer.errors import ConfigError, NothingToDo
from importer.lookback.explain import explain
from importer.resuming.alike import MOST_COMPARED, pair, sketch_of
from importer.resuming.closing import skip_doubts
from importer.resuming.identities import recognise
from importer.resuming.journal import Journal
from importer.resuming.lock import hold
from importer.resuming.reject_file import RejectFile
from tests.conftest import Command

from .mixed import TOKEN
from .processes import importing, only_run, report_of, wait_for_requests, wait_until
from .runs import Desk, adding, once, stopping

TYPED = "columns: {1: name, 2: {property: age, type: integer}}\n"
"""A mapping without an identifier: every row is a random id's."""

SETTING = "identifier: {column: 1}\ncolumns: {2: {property: age, type: integer}}\n"

ADDING_TOO = (
    "identifier: {column: 1}\ncolumns: {2: plan, 3: {property: n, type: integer, operation: add}}\n"
)

TWO_NUMBERS = SETTING.replace("}}", "}, 3: {property: n, type: integer}}")


def mend(run_dir: Path, *changes: tuple[str, str]) -> list[str]:
    """Change lines of rejects.csv, the text before and after; return its lines."""
    path = run_dir / "rejects.csv"
    text = path.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return text.splitlines()


def by_name(desk: Desk) -> dict[str, str]:
    """Return the ids of the profiles by their names."""
    return {kept["name"]: id_ for id_, kept in desk.emulator.profiles().items()}


def typed(desk: Desk, rows: int, bad: tuple[int, ...]) -> tuple[Report, dict[str, str]]:
    """Run rows of which some are bad; return the report and the ids of the others."""
    desk.write(
        "".join(f"n{row},{'old' if row in bad else row}\n" for row in range(1, rows + 1)), TYPED
    )
    report = desk.run()
    assert report.exit_code == 3
    return report, by_name(desk)


def drawn(run_dir: Path, row: int) -> str:
    """Return the random id that a run's seed gives a row."""
    import uuid

    import numpy as np

    from importer.updates.identify import random_identifiers

    begun = json.loads((run_dir / "ledger.jsonl").read_bytes().splitlines()[0])
    return random_identifiers(uuid.UUID(begun["seed"]), np.array([row]))[0]


@pytest.mark.parametrize(
    "how",
    ["mended", "reordered", "partly", "in part removed", "one removed", "all at once"],
)
def test_random_ids_stay(desk: Desk, how: str) -> None:
    """A mended row keeps the random id that it had, wherever it now stands as it can be known.

    Rows that are gone from the file are given up, which is said.
    """
    report, ids = typed(desk, 60, (5, 17, 30, 44))
    assert all(ids[f"n{row}"] == drawn(report.folder, row) for row in (1, 6, 60))
    path = report.folder / "rejects.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    if how == "reordered":  # by hand, and mended in a second session
        path.write_text("".join([lines[2], lines[0], lines[1], lines[3]]), "utf-8")
        first = desk.retry(report.folder)
        assert (first.exit_code, first.totals.failed) == (3, 4)
        run_dir = first.folder
    else:
        run_dir = report.folder
    mended = [line.replace("old", "41") for line in path.read_text("utf-8").splitlines(True)]
    if how == "partly":
        mended[1] = lines[1]
    if how == "in part removed":
        del mended[1:]
        mended[0] = lines[0]
    if how == "one removed":
        del mended[1]
    (run_dir / "rejects.csv").write_text("".join(mended), "utf-8")
    again = desk.retry(run_dir)
    few = {"partly": (5, 30, 44), "in part removed": (), "one removed": (5, 30, 44)}
    rows = few.get(how, (5, 17, 30, 44))
    now = by_name(desk)
    assert {name: now[name] for name in ids} == ids
    assert {name: id_ for name, id_ in now.items() if name not in ids} == {
        f"n{row}": drawn(report.folder, row) for row in rows
    }
    if how == "partly":
        assert (again.exit_code, report_of(report.folder)["status"]) == (3, "partial")
        mend(again.folder, ("old", "41"))
        last = desk.retry(again.folder)
        assert by_name(desk)["n17"] == drawn(report.folder, 17)
        assert report_of(report.folder)["closed_by"] == last.run
    elif how == "one removed":
        assert "1 row no longer there, or not to be recognised; given up: 17" in again.warnings[0]
    elif how == "in part removed":
        assert (
            "3 rows no longer there, or not to be recognised; given up: 17, 30, 44"
            in again.warnings[0]
        )
    else:
        assert again.exit_code == 0
        closed = report_of(report.folder)
        assert (closed["status"], closed["closed_by"]) == ("complete", again.run)
        with pytest.raises(NothingToDo, match="nothing is left to retry"):
            desk.retry(report.folder)


@pytest.mark.parametrize("left", [b"", b"\r\n", "\ufeff\r\n".encode("utf-16-le")])
def test_all_given_up(desk: Desk, left: bytes) -> None:
    """With every record taken out of the file the rows are given up, and the run is closed."""
    rows = "n1,1\nn2,old\n"
    if left[1:2] == b"\xfe":
        desk.write(rows.encode("utf-16"), f"source: {{encoding: utf-16}}\n{TYPED}")
    else:
        desk.write(rows, TYPED)
    report = desk.run()
    assert report.exit_code == 3
    (report.folder / "rejects.csv").write_bytes(left)
    with pytest.raises(NothingToDo, match="given up, the run is closed"):
        desk.retry(report.folder)
    assert report_of(report.folder)["status"] == "complete"


def test_newer_values_stay(desk: Desk) -> None:
    """A row that a later one with the same identifier followed is held back, unless told."""
    desk.write("u1,old\nu1,2\nu2,old\nu3,3\n", SETTING)
    report = desk.run()
    mend(report.folder, ("u1,old", "u1,1"), ("u2,old", "u2,7"))
    again = desk.retry(report.folder)
    assert (again.exit_code, again.totals.failures_by_code) == (3, {"overwritten": 1})
    (step,) = next_steps(again, "")
    assert step.command == f"importer retry {again.folder} --overwrite"
    assert "row 2 of" in again.examples[0].reason
    assert {name: kept["age"] for name, kept in desk.emulator.profiles().items()} == {
        "u1": 2, "u2": 7, "u3": 3,
    }  # fmt: skip
    there = f"was retried as .*{again.run}; mend what is left of it in .*{again.run}/rejects.csv"
    with pytest.raises(ConfigError, match=there):
        desk.retry(report.folder)
    last = desk.retry(again.folder, overwrite=True)
    assert (last.exit_code, desk.emulator.profile("u1")) == (0, {"age": 1})
    for run_dir in (report.folder, again.folder):
        assert report_of(run_dir)["closed_by"] == last.run


def test_newer_values_that_may_have_arrived_stay(desk: Desk) -> None:
    """A row that was under way when the program was killed may have arrived."""
    desk.write("a,old,x\na,new,5\n", ADDING_TOO)
    desk.emulator.faults({"kind": "sleep", "seconds": 30, "apply": "before", "first": 1})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(desk.folder, *given, url=desk.emulator.url) as process:
        wait_until(lambda: "a" in desk.emulator.profiles(), process)
        process.kill()
    desk.emulator.faults()
    run_dir = only_run(desk.runs)
    assert desk.resume(run_dir).totals.in_doubt == 1
    assert explain(run_dir, 2).outcome.state == "in_doubt"
    mend(run_dir, ("x", "1"))
    assert desk.retry(run_dir).totals.failures_by_code == {"overwritten": 1}
    assert desk.emulator.profile("a") == {"plan": "new", "n": 5}


@pytest.mark.parametrize("change", ["gone", "changed", "a pipe"])
def test_newer_values_of_a_file_that_changed(desk: Desk, change: str) -> None:
    """Of what follows where the source is another one nobody knows: that is said."""
    first, second = desk.folder / "g1.csv", desk.folder / "g2.csv"
    first.write_text("X\nu2,1\nX,2\n")
    if change == "a pipe":
        os.mkfifo(second)
        threading.Thread(target=second.write_text, args=("Y,1\n",), daemon=True).start()
    else:
        second.write_text("Y,1\n")
    desk.mapping.write_text(SETTING)
    around = desk._around({"report_dir": desk.runs})
    report = import_profiles([first, second], desk.mapping, **around)
    if change == "gone":
        second.unlink()
    elif change == "changed":
        second.write_text("Y,2\n")
    mend(report.folder, ("X", "X,1"))
    again = desk.retry(report.folder)
    (words,) = again.warnings
    assert words.endswith("whether a later row has the same identifier is unknown")
    held = {} if change == "a pipe" else {"overwritten": 1}
    assert again.totals.failures_by_code == held


def test_newer_values_stay_in_a_second_retry(desk: Desk) -> None:
    """What is held back stays so however often it is tried, and mended in the meantime."""
    desk.write("u1,old\nu2,older\nu1,2\nu2,5\n", SETTING)
    first = desk.run()
    mend(first.folder, ("u1,old", "u1,1"), ("u2,older", "u2,still"))
    second = desk.retry(first.folder)
    assert second.totals.failures_by_code == {"overwritten": 1, "type": 1}
    mend(second.folder, ("u2,still", "u2,4"))
    third = desk.retry(second.folder)
    assert (third.exit_code, third.totals.failures_by_code) == (3, {"overwritten": 2})
    assert {name: kept["age"] for name, kept in desk.emulator.profiles().items()} == {
        "u1": 2, "u2": 5,
    }  # fmt: skip
    last = desk.retry(third.folder, overwrite=True)
    assert (last.exit_code, desk.emulator.profile("u1")) == (0, {"age": 1})


def test_unfinished(desk: Desk) -> None:
    """A run that can go on is not retried before it has."""
    desk.write("u0,many\n" + adding(1_000))
    run_dir = desk.stopped_after(300).folder
    for which in ("rejects", "in_doubt"):
        with pytest.raises(ConfigError, match="is not at its end; first: importer run --resume"):
            desk.retry(run_dir, which)
    with pytest.raises(ConfigError, match="is not at its end"):
        skip_doubts(run_dir)
    assert desk.resume(run_dir).exit_code == 3
    mend(run_dir, ("many", "1"))
    assert (desk.retry(run_dir).exit_code, desk.orders) == (0, once(1_000) | {"u0": 1})


def test_folder_with_a_space(desk: Desk) -> None:
    """The command that a message names can be given as it stands."""
    desk.write("u1,many\n")
    report = desk.run(report_dir=desk.folder / "my runs")
    with pytest.raises(NothingToDo) as error:
        desk.resume(report.folder)
    assert shlex.split(str(error.value))[-3:] == ["importer", "retry", str(report.folder)]


def bad(rows: int) -> str:
    """Return rows that all have a faulty cell, and a good one."""
    return "".join(f"u{row},many\n" for row in range(1, rows + 1)) + "good,1\n"


def test_killed_retry(desk: Desk) -> None:
    """A retry that was killed is resumed like any run, and closes the one that it retries."""
    desk.write(bad(2_000))
    report = desk.run()
    mend(report.folder, *[("many", "1")])
    before = desk.emulator.stats()["requests"]
    desk.emulator.faults({"kind": "delay", "delay_ms": [40, 40]})
    with importing(desk.folder, "retry", report.folder, url=desk.emulator.url) as process:
        wait_for_requests(desk.emulator, before + 3, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    (killed,) = [path for path in desk.runs.iterdir() if path != report.folder]
    desk.emulator.faults()
    with pytest.raises(ConfigError, match=f"importer run --resume .*{killed.name}"):
        desk.retry(report.folder)
    ended = desk.resume(killed)
    assert set(desk.orders.values()) == {1}
    assert ended.totals.imported + ended.totals.in_doubt == 2_000
    if ended.totals.in_doubt:
        assert report_of(report.folder)["status"] == "partial"
        skip_doubts(killed)
    assert report_of(report.folder)["status"] == "complete"


def test_interrupted_retry(desk: Desk) -> None:
    """A retry that was interrupted goes on, held back rows and all, and nothing counts twice."""
    desk.write(bad(2_000).replace("u77,many\n", "u77,many\nu78,1\n"))
    report = desk.run()
    mend(report.folder, ("many", "1"))
    retry = desk.retry(report.folder, **stopping(lambda progress: progress.totals.read >= 500))
    assert retry.exit_code == 130
    ended = desk.resume(retry.folder)
    assert (ended.exit_code, desk.orders) == (0, once(2_000) | {"good": 1, "u78": 2})
    assert report_of(report.folder)["closed_by"] == ended.run


@pytest.mark.parametrize("applied", ["before", "never"])
def test_in_doubt(desk: Desk, applied: str) -> None:
    """Rows in doubt are sent again when told so, or taken for settled; that closes the run."""
    desk.write("u1,1\nu2,1\nu3,1\n")
    desk.emulator.faults({"kind": "drop", "apply": applied, "first": 1})
    report = desk.run()
    assert (report.exit_code, report.totals.in_doubt) == (7, 3)
    assert "what it was to answer is in doubt; going on in" in desk.told[0]
    if applied == "before":
        skip_doubts(report.folder)
        closed_by = "skip"
    else:
        again = desk.retry(report.folder, "in_doubt")
        closed_by = again.run
        assert again.exit_code == 0
    assert desk.orders == once(3)
    closed = report_of(report.folder)
    assert (closed["status"], closed["closed_by"]) == ("complete", closed_by)
    with pytest.raises(NothingToDo):
        desk.retry(report.folder, "in_doubt")
    with pytest.raises(NothingToDo):
        skip_doubts(report.folder)


def test_skipped_as_json(desk: Desk, command: Command) -> None:
    """Skipping rows in doubt says so in JSON too, or nothing at all."""
    report = doubtful(desk, "x,old,1\ny,old,1\n")
    given = ("retry", report.folder, "--in-doubt", "skip")
    done = command(*given, "--json")
    assert json.loads(done.stdout) == {"run": report.run, "settled": "in_doubt"}
    report = doubtful(desk, "x,old,1\ny,old,1\n")
    done = command("retry", report.folder, "--in-doubt", "skip", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_pointed_to_what_is_left(desk: Desk) -> None:
    """Whoever retries what is settled is told what else the run set aside."""
    doubts = doubtful(desk, "x,old,1\ny,old,1\n").folder
    with pytest.raises(NothingToDo, match=r"2 rows in doubt: importer retry .* --in-doubt resend"):
        desk.retry(doubts)
    desk.write("u1,many\n")
    rejects = desk.run().folder
    with pytest.raises(NothingToDo, match=r"1 row that failed: importer retry \S+$"):
        desk.retry(rejects, "in_doubt")


def test_strangers_among_the_mended(desk: Desk) -> None:
    """A record that somebody added to the rejects is sent, and told of."""
    desk.write(bad(6))
    report = desk.run()
    path = report.folder / "rejects.csv"
    path.write_text(f"new,1\n{path.read_text('utf-8').replace('many', '1')}", "utf-8")
    again = desk.retry(report.folder)
    assert desk.orders["new"] == 1
    assert [
        words
        for words in again.warnings
        if words.endswith("1 record not of the run, sent like any other")
    ]


@pytest.mark.parametrize("header", [True, False])
def test_most_rejects_have_another_width(desk: Desk, header: bool) -> None:
    """Rejects are read with the width of their source, whatever most of them have."""
    rows = "a,x,1\nb,x,oops\nc,x\nd,x\ne,x,2\n"
    setting = SETTING.replace("{2: {", "{3: {")
    desk.write(
        f"id,plan,age\n{rows}" if header else rows,
        f"source: {{header: {str(header).lower()}}}\n{setting}",
    )
    report = desk.run()
    assert report.totals.failures_by_code == {"type": 1, "width": 2}
    mend(report.folder, ("oops", "3"))
    again = desk.retry(report.folder)
    assert (again.exit_code, again.totals.failures_by_code) == (3, {"width": 2})
    assert desk.emulator.profiles()["b"] == {"age": 3}


def test_running(desk: Desk) -> None:
    """A run that is going on is waited for, not gone on with."""
    desk.write("u0,many\n" + adding(1_000))
    desk.emulator.faults({"kind": "delay", "delay_ms": [200, 200]})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(desk.folder, *given, url=desk.emulator.url) as process:
        wait_for_requests(desk.emulator, 1, process)
        with pytest.raises(ConfigError, match="is still running; wait for its end"):
            desk.retry(only_run(desk.runs))


def test_failed_and_in_doubt(desk: Desk) -> None:
    """A run with both is closed once both are settled, in whatever order."""
    desk.write("u1,1\nu2,many\n")
    desk.emulator.faults({"kind": "drop", "first": 1})
    report = desk.run()
    assert (report.exit_code, report.totals.in_doubt, report.totals.failed) == (7, 1, 1)
    mend(report.folder, ("many", "1"))
    again = desk.retry(report.folder)
    assert (again.exit_code, report_of(report.folder)["status"]) == (0, "partial")
    assert desk.retry(report.folder, "in_doubt").exit_code == 0
    assert report_of(report.folder)["status"] == "complete"
    assert desk.orders == once(2)


def test_failed_taken_up_and_in_doubt(desk: Desk) -> None:
    """Who asks for rows in doubt that are settled is told of the others where they are now."""
    desk.write("u1,1\nu2,many\n")
    desk.emulator.faults({"kind": "drop", "first": 1})
    report = desk.run()
    again = desk.retry(report.folder)
    assert again.exit_code == 3
    assert desk.retry(report.folder, "in_doubt").exit_code == 0
    with pytest.raises(NothingToDo, match=rf"1 row that failed: taken up by .*{again.run}$"):
        desk.retry(report.folder, "in_doubt")


def test_mended_too_early(desk: Desk) -> None:
    """What was mended before a stopped run went on is kept beside the new rejects."""
    desk.write("u0,many\n" + adding(1_000))
    run_dir = desk.stopped_after(300).folder
    mend(run_dir, ("many", "1"))
    mended = (run_dir / "rejects.csv").read_bytes()
    ended = desk.resume(run_dir)
    kept = run_dir / "rejects.before.csv"
    assert kept.read_bytes() == mended
    assert f"kept as {kept}" in ended.warnings[-1]
    assert (run_dir / "rejects.csv").read_bytes() == b"u0,many\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
def test_records_that_nobody_edited(tmp_path: Path, codec: str) -> None:
    """A run that goes on may refuse rows before those that it had set aside: nobody edited those.

    Whatever is edited is kept, however often that happens.
    """
    path = tmp_path / "rejects.csv"

    def process(*rows: int) -> list[Path]:
        file = RejectFile(path, preamble="id,n\n".encode(codec), codec=codec)
        for row in rows:
            record = f'u{row},"a\nb"'.encode(codec)
            file.write(Failure(row=row, line=row, code="type", reason="", record=record))
        file.flush()
        kept = file.kept()
        file.close()
        return kept

    assert process(7, 9) == []
    assert process(1, 2, 7, 9) == []
    assert list(tmp_path.glob("*before*")) == []
    edits = ["id,n\nu1,2\n", "id,n\n", "id,n\nu7,2\n"]
    for number, edited in enumerate(edits, start=1):
        path.write_text(edited, codec)
        kept = process(1, 2, 7, 9)
        assert len(kept) == (number + 1) // 2  # what is the beginning of the new one is not needed
    assert [each.read_text(codec) for each in kept] == [edits[0], edits[2]]
    assert kept == [tmp_path / "rejects.before.csv", tmp_path / "rejects.before2.csv"]


def test_random_mendings(desk: Desk) -> None:
    """However rows are mended, left, removed and moved: none counts twice, none is lost.

    What is removed is given up; all others arrive once, after as many retries as it takes.
    """
    chance = random.Random(11)
    desk.write(bad(40))
    run_dir, alive = desk.run().folder, set(range(1, 41))
    for _ in range(20):
        path = run_dir / "rejects.csv"
        lines = path.read_text("utf-8").splitlines()
        kept: list[str] = []
        for line in lines:
            what: Any = chance.choice(("mend", "leave", "leave", "remove"))
            if what == "remove":
                alive.discard(int(line.split(",")[0][1:]))
                continue
            kept.append(line.replace("many", "1") if what == "mend" else line)
        if chance.random() < 0.5:
            chance.shuffle(kept)
        path.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        try:
            report = desk.retry(run_dir)
        except NothingToDo:
            break
        if report.exit_code == 0:
            break
        run_dir = report.folder
    assert desk.orders == {f"u{row}": 1 for row in alive} | {"good": 1}


@pytest.mark.parametrize(
    ("digests", "rows"),
    [
        ("abcd", [1, 2, 3, 4]),
        ("axcd", [1, 2, 3, 4]),
        ("wxyz", [1, 2, 3, 4]),
        ("cabd", [3, 1, 2, 4]),
        ("dcba", [4, 3, 2, 1]),
        ("cabx", [3, 1, 2, 4]),
        ("bd", [2, 4]),
        ("ad", [1, 4]),
        ("axd", [1, 0, 4]),
        ("abcdx", [1, 2, 3, 4, 0]),
        ("aabcd", [0, 1, 2, 3, 4]),
        ("", []),
    ],
)
def test_recognised(digests: str, rows: list[int]) -> None:
    """A record is known by what it was, wherever it is, or by its place; no row is two."""
    assert recognise(list(enumerate("abcd", start=1)), list(digests)).tolist() == rows


@given(st.data())
def test_paired(data: st.DataObject) -> None:
    """Lines of which some are gone and all others mended in one cell are who they were."""
    words = st.text("abcdefghij", min_size=3, max_size=6)
    lines = data.draw(st.lists(st.lists(words, min_size=5, max_size=5), max_size=8))
    lines = [[f"{at}-{word}" for word in line] for at, line in enumerate(lines)]
    kept = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    left = [at for at, stays in enumerate(kept) if stays]
    cell = data.draw(st.integers(0, 4))
    mended = [[*lines[at][:cell], "mended", *lines[at][cell + 1 :]] for at in left]
    before = [sketch_of(",".join(line).encode()) for line in lines]
    now = [sketch_of(",".join(line).encode()) for line in mended]
    assert pair(before, now) == [(at, place) for place, at in enumerate(left)]


def test_recognised_among_many() -> None:
    """Of very many records those that are unchanged are known, identical ones each for itself."""
    index = [(row, str(row // 2)) for row in range(1, MOST_COMPARED + 2)]
    digests = [digest for _, digest in reversed(index)]
    found = recognise(index, [*digests[:-1], "mended", "added"]).tolist()
    assert sorted(found)[2:] == [row for row, digest in index if digest != digests[-1]]
    assert found[-2:] == [0, 0]


BOTH = (
    "identifier: {column: 1}\n"
    "columns: {2: plan, 3: {property: orders, type: integer, operation: add}}\n"
    "delivery: {batch_size: 4, concurrency: 1}\n"
)
"""A mapping with two updates for each row, of which one must not be done twice."""


def doubtful(desk: Desk, rows: str) -> Report:
    """Run rows of which the first two are in doubt, though they were applied."""
    desk.write(rows, BOTH)
    desk.emulator.faults({"kind": "drop", "apply": "before", "first": 1, "times": 1})
    report = desk.run()
    assert (report.exit_code, report.totals.in_doubt) == (7, 2)
    return report


def test_doubts_do_not_bring_old_values_back(desk: Desk) -> None:
    """A row in doubt is not sent over a later one that arrived, unless somebody says so."""
    report = doubtful(desk, "x,old,1\ny,old,1\nx,new,1\n")
    again = desk.retry(report.folder, "in_doubt")
    assert again.totals.failures_by_code == {"overwritten": 1}
    assert desk.emulator.profiles()["x"] == {"plan": "new", "orders": 2}
    assert desk.retry(again.folder, overwrite=True).exit_code == 0
    assert desk.emulator.profiles()["x"] == {"plan": "old", "orders": 3}


def test_doubts_of_one_identifier_go_in_order(desk: Desk) -> None:
    """Rows in doubt that name one profile are all sent, and the last one wins."""
    report = doubtful(desk, "x,old,1\nx,new,1\n")
    assert desk.retry(report.folder, "in_doubt").exit_code == 0
    assert desk.emulator.profiles()["x"] == {"plan": "new", "orders": 4}


def test_rejects_do_not_undo_doubts(desk: Desk) -> None:
    """A row in doubt counts as one that arrived: it may have, or was sent again."""
    report = doubtful(desk, "x,old,bad\ny,old,1\nx,new,1\n")
    desk.retry(report.folder, "in_doubt")
    mend(report.folder, ("bad", "1"))
    assert desk.retry(report.folder).totals.failures_by_code == {"overwritten": 1}
    assert desk.emulator.profiles()["x"]["plan"] == "new"


def test_empty_cells_that_unset_are_held_back(desk: Desk) -> None:
    """Where empty cells unset, a row may undo a later one whatever its operations."""
    desk.write(
        "x,,bad\nx,new,1\n",
        "identifier: {column: 1}\n"
        "columns: {2: {property: plan, operation: set_once, empty: unset},"
        " 3: {property: n, type: integer, operation: set_once}}\n",
    )
    report = desk.run()
    mend(report.folder, ("bad", "1"))
    assert desk.retry(report.folder).totals.failures_by_code == {"overwritten": 1}
    assert desk.emulator.profiles()["x"] == {"plan": "new", "n": 1}


def test_half_a_row_is_in_doubt(desk: Desk) -> None:
    """A row whose addition was applied while its other update was refused is not to be mended and
    sent again: it would count twice.
    """
    desk.write("x,old,1\n", BOTH)
    desk.run()
    full = {f"p{n}": 1 for n in range(1_998)}
    update = {"$token": TOKEN, "$distinct_id": "x", "$set": full, "$ip": "0"}
    httpx.post(f"{desk.emulator.url}/engage", json=[update]).raise_for_status()
    desk.write("x,new,1\ny,new,1\n", BOTH.replace("plan", "tier"))
    report = desk.run()
    assert (report.exit_code, report.totals.in_doubt, report.totals.failed) == (7, 1, 0)
    (line,) = (report.folder / "in-doubt.csv").read_text("utf-8").splitlines()[1:]
    assert "a part of it was refused" in line
    assert desk.emulator.profiles()["x"]["orders"] == 2


def test_report_is_gone(desk: Desk) -> None:
    """Without the report of a run nobody knows what it set aside; what was sent stays sent."""
    desk.write("u1,1\nu2,bad\n")
    first = desk.run()
    mend(first.folder, ("bad", "worse"))
    second = desk.retry(first.folder)
    (first.folder / "report.json").unlink()
    mend(second.folder, ("worse", "1"))
    assert desk.retry(second.folder).exit_code == 0
    assert desk.orders == once(2)
    with pytest.raises(ConfigError, match=r"report\.json: is gone; import .*rejects\.csv like any"):
        desk.retry(first.folder)


@pytest.mark.parametrize("how", ["damaged", "held"])
def test_first_run_cannot_be_closed(desk: Desk, how: str) -> None:
    """A retry of which all arrived is complete, though the run before cannot be closed just now."""
    desk.write("u1,bad\n")
    first = desk.run()
    mend(first.folder, ("bad", "worse"))
    second = desk.retry(first.folder)
    mend(second.folder, ("worse", "1"))
    if how == "damaged":
        (first.folder / "report.json").write_text("{", "utf-8")
    journal = Journal(first.folder / "ledger.jsonl")
    if how == "held":
        hold(journal, first.folder)
    again = desk.retry(second.folder)
    journal.close()
    assert (again.exit_code, desk.orders) == (0, once(1))
    assert report_of(second.folder)["closed_by"] == again.run
    (told,) = [words for words in desk.told if "cannot be closed" in words]
    assert str(first.folder) in told


def test_one_of_many_mended_is_gone(desk: Desk) -> None:
    """Of some hundred rows that were all mended each is known still when one line is deleted."""
    rows = "".join(f"u{row},9,bad\n" for row in range(520))
    desk.write(f"x,1,bad\n{rows}x,2,1\n", TWO_NUMBERS)
    report = desk.run()
    path = report.folder / "rejects.csv"
    path.write_text("".join(path.read_text("utf-8").replace("bad", "2").splitlines(True)[:-1]))
    again = desk.retry(report.folder)
    assert again.totals.failures_by_code == {"overwritten": 1}
    assert desk.emulator.profiles()["x"]["age"] == 2


def test_doubts_do_not_undo_rejects(desk: Desk) -> None:
    """A row in doubt is not sent over a later one that was mended and sent in the meantime."""
    report = doubtful(desk, "x,old,1\ny,old,1\nx,new,bad\n")
    mend(report.folder, ("bad", "1"))
    assert desk.retry(report.folder).exit_code == 0
    again = desk.retry(report.folder, "in_doubt")
    assert again.totals.failures_by_code == {"overwritten": 1}
    assert "row 3 of" in again.examples[0].reason
    assert desk.emulator.profiles()["x"]["plan"] == "new"


def test_moved_runs(desk: Desk) -> None:
    """Runs that were moved together know each other; of one that is gone nobody can tell."""
    desk.write("b,x\nc,y\n")
    report = desk.run()
    mend(report.folder, ("b,x", "b,2"))
    again = desk.retry(report.folder)
    moved = desk.folder / "moved"
    desk.runs.rename(moved)
    with pytest.raises(ConfigError, match=f"was retried as .*moved/{again.run}; mend what is left"):
        desk.retry(moved / report.run)
    (moved / again.run / "rejects.csv").write_text("c,3\n", "utf-8")
    assert desk.retry(moved / again.run).exit_code == 0
    assert report_of(moved / report.run)["status"] == "complete"
    assert desk.orders == {"b": 2, "c": 3}


def test_retry_that_is_gone(desk: Desk) -> None:
    """What arrived of a retry whose folder was deleted is not known: nothing is sent twice."""
    desk.write("b,x\nc,y\n")
    report = desk.run()
    mend(report.folder, ("b,x", "b,2"))
    shutil.rmtree(desk.retry(report.folder).folder)
    with pytest.raises(
        ConfigError, match=r"which is gone: what arrived is not known; import .*rej"
    ):
        desk.retry(report.folder)
    assert desk.orders == {"b": 2}


def test_torn_end_of_a_ledger(desk: Desk) -> None:
    """What a power cut tore off is cut off before more is written, which nobody would read."""
    desk.write("b,x\n")
    report = desk.run()
    mend(report.folder, ("x", "2"))
    with (report.folder / "ledger.jsonl").open("ab") as ledger:
        ledger.write(b'{"retried":"rejec')
    assert desk.retry(report.folder).exit_code == 0
    with pytest.raises(NothingToDo):
        desk.retry(report.folder)
    assert desk.orders == {"b": 2}


def test_another_address(desk: Desk) -> None:
    """Rows go to where their run went, or nowhere: another region is another project."""
    desk.write("b,x\n")
    report = desk.run()
    mend(report.folder, ("x", "2"))
    elsewhere = {"MIXPANEL_URL": "http://127.0.0.1:9", "MIXPANEL_TOKEN": TOKEN}
    with pytest.raises(ConfigError, match=r"would go on at http://127\.0\.0\.1:9/engage"):
        desk.retry(report.folder, environment=elsewhere)
    assert desk.retry(report.folder).exit_code == 0


@pytest.mark.parametrize("arrived", [True, False])
def test_another_token(desk: Desk, arrived: bool) -> None:
    """So they go by the token of their run, if anything arrived by it."""
    desk.write("a,1\nb,x\n" if arrived else "b,x\n")
    report = desk.run()
    mend(report.folder, ("x", "2"))
    another = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "b" * 32}
    if arrived:
        with pytest.raises(ConfigError, match="rows of the run have arrived by another token"):
            desk.retry(report.folder, environment=another)
    assert desk.retry(report.folder, environment=another, other_token=arrived).exit_code == 0
