"""`importer explain`: what is said of a row is what was in the file, was sent, and came back."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from importer.emulator import Emulator
from importer.errors import ConfigError
from importer.lookback.explain import Explained, explain
from importer.settings.config_file import load_config
from importer.updates.shown_updates import shown_updates
from tests.conftest import Command
from tests.resuming.mixed import TOKEN
from tests.resuming.runs import Desk

MAPPING = """
source: {header: true}
identifier: {column: id}
columns:
  email: $email
  orders: {property: orders, type: integer}
  plan: {property: plan, values: {P: premium}, empty: unset}
properties:
  $name: {join: [first, last], with: " "}
"""
HEADER = "id,email,orders,plan,first,last\n"
ROWS = (
    "u1,ann@example.com,007,P,Ann,\n",
    '" ",bob@example.com,1,,Bob,"B ""the"" B"\n',
    ",,12,x,,\r\n",
    "u4,dan@example.com,many,P,,\n",
    "short,row\n",
    "refused,r@example.com,1,P,,\n",
)


@pytest.fixture
def run_dir(desk: Desk) -> Path:
    desk.write(HEADER + "".join(ROWS), MAPPING)
    desk.emulator.faults({"kind": "refuse", "ids": ["refused"]})
    return desk.run().folder


def steps(explained: Explained) -> dict[str, tuple[str, str | None, str]]:
    return {step.property: (step.cell, step.json, step.operation) for step in explained.steps}


def test_whole_row(run_dir: Path, desk: Desk) -> None:
    """A row is told from its bytes to the answer, each cell with what became of it."""
    told = explain(run_dir, 1)
    assert (told.row, told.line, told.path, told.notes) == (1, 2, str(desk.source), ())
    assert told.record == ROWS[0].encode()
    assert told.cells[:3] == (("id", "u1"), ("email", "ann@example.com"), ("orders", "007"))
    assert steps(told) == {
        "$email": ("ann@example.com", '"ann@example.com"', "set"),
        "orders": ("007", "7", "set"),
        "plan": ("P", '"premium"', "set"),
        "$name": ("Ann", '"Ann"', "set"),
    }
    assert (told.identifier, told.whence) == ("u1", "column 1")
    (update,) = map(json.loads, told.updates)
    assert update == {
        "$token": "…", "$distinct_id": "u1", "$ip": "0", "$ignore_time": True,
        "$set": {"$email": "ann@example.com", "orders": 7, "plan": "premium", "$name": "Ann"},
    }  # fmt: skip
    assert (told.outcome.state, told.outcome.answers) == ("imported", ("400",))
    assert told.outcome.words == "other rows of its request were refused"


def test_what_the_profile_got(run_dir: Path, desk: Desk) -> None:
    """The updates of imported rows, sent to an empty project, make the profiles that there are."""
    profiles: dict[str, dict[str, Any]] = {}
    for row in (1, 2, 3):
        told = explain(run_dir, row)
        assert told.outcome.state == "imported"
        for update in map(json.loads, told.updates):
            profiles.setdefault(update["$distinct_id"], {}).update(update.get("$set", {}))
    assert profiles == desk.emulator.profiles()


def test_identifier_and_rules(run_dir: Path) -> None:
    """It says where an identifier comes from, what a rule for empty cells did, which line it is."""
    second, third = explain(run_dir, 2), explain(run_dir, 3)
    assert (second.identifier, second.whence) == ("bob@example.com", "$email, column 2")
    assert steps(second)["plan"] == ("", None, "unset")
    assert steps(second)["$name"] == ('Bob B "the" B', '"Bob B \\"the\\" B"', "set")
    assert [list(json.loads(update))[-1] for update in second.updates] == ["$set", "$unset"]
    assert (third.whence, third.line, third.record) == ("random", 4, ROWS[2].encode())


def test_failures(run_dir: Path) -> None:
    """A row that failed says why: its cell, its shape, or the server's own words."""
    fourth, fifth, sixth = (explain(run_dir, row) for row in (4, 5, 6))
    reason = 'orders: "many" is not an integer'
    assert fourth.outcome.code == "type"
    assert reason.removeprefix("orders: ").split()[0] in fourth.outcome.words
    assert [step.reason for step in fourth.steps if step.reason] == [fourth.outcome.words]
    assert (fourth.updates, fifth.updates) == ((), ())
    assert (fifth.outcome.code, fifth.cells) == ("width", (("", "short"), ("", "row")))
    assert (sixth.outcome.state, sixth.outcome.code) == ("failed", "refused")
    assert sixth.outcome.answers == ("400",)
    assert sixth.outcome.words


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_named_pipe(run_dir: Path, desk: Desk) -> None:
    """A pipe that a run read is not opened again: it would wait, or take the next export."""
    desk.source.unlink()
    os.mkfifo(desk.source)
    assert explain(run_dir, 4).notes[0] == "the run read a pipe, which is gone"
    path = run_dir / "rejects.csv"
    path.write_text(path.read_text("utf-8").replace("many", "3"), "utf-8")
    assert "what the run read is gone" in " ".join(desk.retry(run_dir).warnings)


def test_torn_tables(run_dir: Path, desk: Desk) -> None:
    """What a run left may be torn or deleted: what is still known of a row is told."""
    desk.source.unlink()
    (run_dir / "failures.csv").unlink()
    told = explain(run_dir, 4)
    assert (told.record, told.line) == (ROWS[3].encode(), None)
    (run_dir / "rejects.index").write_text("row,digest,sketch\nfour,", "utf-8")
    assert explain(run_dir, 4).record is None
    with pytest.raises(
        ConfigError,
        match=r"rejects\.index: tells of 0 of 3 rows, .*; or import .*rejects\.csv, and",
    ):
        desk.retry(run_dir)


def test_source_gone(run_dir: Path, desk: Desk) -> None:
    """Where the source has changed that is said, and the row shown from rejects.csv, if it is there
    and nobody edited it.
    """
    before = explain(run_dir, 4)
    for ruin in (lambda: desk.source.write_text(HEADER + "x" + "".join(ROWS)), desk.source.unlink):
        ruin()
        after = explain(run_dir, 4)
        assert (after.record, after.line, after.steps) == (before.record, 5, before.steps)
        assert after.notes[-1] == "shown from rejects.csv"
        assert "changed" in after.notes[0] or "No such file" in after.notes[0]
    lost = explain(run_dir, 1)
    assert (lost.record, lost.outcome.state, len(lost.notes)) == (None, "imported", 1)
    rejects = run_dir / "rejects.csv"
    rejects.write_text(rejects.read_text().replace("many", "5"))
    mended = explain(run_dir, 4)
    assert mended.record is None
    assert mended.notes[1] == f"its record in {rejects} was edited since"


def test_folder_with_a_semicolon(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """What became of a source is said with its whole name, and without advice for an import."""
    folder = tmp_path / "a; b;c"
    folder.mkdir()
    desk = Desk(folder, emulator)
    desk.write("u1,1\n")
    run_dir = desk.run().folder
    desk.source.unlink()
    assert explain(run_dir, 1).notes[0] == f"{desk.source}: No such file or directory"


def test_changed_behind_the_row(desk: Desk) -> None:
    """Only what was read up to the row must be what it was."""
    desk.write("u1,1\n" * 30_000)
    run_dir = desk.run(limit=25_000).folder
    with desk.source.open("a") as stream:
        stream.write("u2,2\n")
    assert explain(run_dir, 25_000).notes == ()


def test_retries_keep_their_names(desk: Desk) -> None:
    """In a retry a row is told with the random id that it has from the run before."""
    desk.write(",many\n")
    first = desk.run().folder
    (first / "rejects.csv").write_text(",3\n", "utf-8")
    second = desk.retry(first).folder
    assert list(desk.emulator.profiles()) == [explain(second, 1).identifier]
    assert explain(first, 1).outcome.retried_by == second.name


def test_not_attempted(desk: Desk) -> None:
    """Of a run that was interrupted, a row that was not reached says so."""
    desk.write("".join(f"u{row},1\n" for row in range(3_000)))
    run_dir = desk.stopped_after(100).folder
    assert explain(run_dir, 3_000).outcome.state == "not_attempted"


@pytest.mark.parametrize("killed", [False, True])
def test_would_fail(desk: Desk, killed: bool) -> None:
    """A row that was not reached has not failed, whatever it holds; one before it has."""
    many = ("many" if row % 10 == 0 else "1" for row in range(1, 20_001))
    desk.write("".join(f"u{row},{cell}\n" for row, cell in enumerate(many)))
    run_dir = desk.stopped_after(100).folder
    if killed:
        (run_dir / "report.json").unlink()
    assert explain(run_dir, 10).outcome.state == "failed"
    outcome = explain(run_dir, 20_000).outcome
    assert outcome.state == "not_attempted"
    assert outcome.words == 'it would fail (type): "many" is no integer'
    assert not (run_dir / "failures.csv").read_text("utf-8").count("20000,")


def test_masked(run_dir: Path, command: Command) -> None:
    """With --mask no value is shown, in words or as JSON; the token never is."""
    plain, hidden = explain(run_dir, 1), explain(run_dir, 1, mask=True)
    masked = command("explain", run_dir, "--row", "1", "--mask").stdout
    for form in (masked, json.dumps(hidden.as_json())):
        assert not any(value in form for value in ("ann@example.com", "premium", '"Ann"', TOKEN))
    assert "premium" in json.dumps(plain.as_json())


def test_wrong(run_dir: Path, command: Command) -> None:
    """A row that is not there, or a folder of no run, ends with code 2 and a line."""
    done = command("explain", run_dir, "--row", "7")
    assert (done.returncode, done.stderr) == (
        2, f"importer: {run_dir}: has no row 7: its source ends before it\n"
    )  # fmt: skip
    with pytest.raises(ConfigError, match="name the folder of a run"):
        explain(run_dir.parent, 1)


def test_shown_updates_hide_the_token_alone(run_dir: Path) -> None:
    """Only the envelope's token is hidden: a property of that name is the file's own."""
    text = b'{"$token":"a\\"b","$set":{"x":"\\"$token\\":\\"c\\""}},'
    assert list(shown_updates(text, mask=False)) == [
        '{"$token":"…","$set":{"x":"\\"$token\\":\\"c\\""}}'
    ]
    assert load_config(run_dir / "mapping.yaml").source.header
