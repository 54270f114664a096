"""A frame becomes what the CSV with its cells becomes; partitions share a rate, and add up."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer import Config, ConfigError, Report, SourceError, Totals, add_up, import_frame
from importer.begin import import_profiles, resume_import, retry_import
from importer.books.next_steps import next_steps
from importer.delivery.budget import Budget
from importer.emulator import Emulator
from importer.errors import ExitCode, Interrupted
from importer.lookback.explain import explain
from importer.lookback.history import read_history
from tests.delivery.virtual_time import VirtualTime
from tests.resuming.mixed import TOKEN
from tests.resuming.runs import stopping

CONFIG: dict[str, Any] = {
    "source": {"header": True},
    "identifier": {"column": "id"},
    "columns": {
        "plan": "plan",
        "orders": {"property": "orders", "type": "integer"},
        "since": {"property": "since", "type": "datetime"},
    },
}
FRAME = pd.DataFrame(
    {
        "since": pd.Series(["2025-04-03 10:20", None, "2025-04-05 00:00"], dtype="datetime64[s]"),
        "id": ["u1", "u2", None],
        "orders": [7, None, 1.5],
        "plan": ["007", 'a "b", c\nd', ""],
    }
)


def around(emulator: Emulator, folder: Path, **others: Any) -> dict[str, Any]:
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    return {"environment": environment, "report_dir": folder / "runs", **others}


def test_frame(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """Columns are found by their labels; the books say what became of each row."""
    report = import_frame(FRAME, Config.model_validate(CONFIG), **around(emulator, tmp_path))
    assert (report.status, report.exit_code) == ("partial", ExitCode.ROWS_FAILED)
    assert emulator.profiles() == {
        "u1": {"since": "2025-04-03T10:20:00", "orders": 7, "plan": "007"},
        "u2": {"plan": 'a "b", c\nd'},
    }
    assert (report.folder / "rejects.csv").read_text("utf-8") == (
        '"since","id","orders","plan"\n"2025-04-05T00:00:00","","1.5",""\n'
    )
    (run,) = read_history(tmp_path / "runs").runs
    assert run.source == "data frame"
    told = explain(report.folder, 3)
    assert told.notes == ("the run read a data frame, which is gone", "shown from rejects.csv")


def test_mended(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """Failed rows of a frame are mended in rejects.csv, and retried, like those of a file."""
    given = around(emulator, tmp_path)
    report = import_frame(FRAME, Config.model_validate(CONFIG), **given)
    rejects = report.folder / "rejects.csv"
    rejects.write_text(rejects.read_text("utf-8").replace("1.5", "2"), "utf-8")
    again = retry_import(report.folder, environment=given["environment"])
    assert (again.status, len(emulator.profiles())) == ("complete", 3)


def test_by_numbers(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """Without a header columns are counted; how a file would be written does not matter."""
    mapping = tmp_path / "config.yaml"
    mapping.write_text(
        "source: {delimiter: ;, encoding: cp1252, quote: null, skip_records: 3}\n"
        "identifier: {column: 2}\ncolumns: {4: plan}\n"
    )
    report = import_frame(FRAME[:2], mapping, **around(emulator, tmp_path))
    assert report.exit_code == 0
    assert emulator.profiles()["u2"] == {"plan": 'a "b", c\nd'}


@pytest.mark.parametrize("header", [True, False])
def test_empty_partition(
    tmp_path: Path, emulator: Emulator, header: bool, one_authority: None
) -> None:
    """A partition without rows is imported: there is nothing to do."""
    by_number = {"identifier": {"column": 2}, "columns": {4: "plan"}}
    config = Config.model_validate(CONFIG if header else by_number)
    report = import_frame(FRAME[:0], config, **around(emulator, tmp_path))
    assert (report.status, report.totals.read) == ("complete", 0)


def test_refused(tmp_path: Path, emulator: Emulator) -> None:
    """A frame that cannot be written as text is refused while nothing is sent, and no run begun."""
    config, given = Config.model_validate(CONFIG), around(emulator, tmp_path)
    with pytest.raises(SourceError, match="column 'plan'"):
        import_frame(FRAME.assign(plan=[b"a", b"b", b""]), config, **given)
    with pytest.raises(SourceError, match="no columns"):
        import_frame(pd.DataFrame(), config, **given)
    with pytest.raises(ConfigError, match="metrics_file: tells of a whole import"):
        import_frame(FRAME, config, metrics_file=tmp_path / "a.prom", **given)
    other: Any
    for other in (None, FRAME["id"], [1]):
        with pytest.raises(ConfigError, match="frame: a pandas data frame, not "):
            import_frame(other, config, **given)
    with pytest.raises(ConfigError, match="no such name"):
        import_frame(FRAME.rename(columns={"plan": "tariff"}), config, **given)
    for rate in (0, -1.5, float("nan"), "5", True):
        words = f"rate: more than 0 updates a second, not {rate!r}"
        with pytest.raises(ConfigError, match=words):
            import_frame(FRAME, config, dry_run=True, **given | {"rate": rate})
        assert not (tmp_path / "runs").exists()
    assert emulator.stats()["requests"] == 0


def test_gone_on_with(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """A partition that was interrupted is gone on with, given the same frame: nothing is twice, and
    nobody who asks for a rehearsal sends.
    """
    frame = pd.DataFrame({"id": [f"u{row}" for row in range(2_000)], "orders": 1})
    config = Config.model_validate(
        {
            "source": {"header": True},
            "identifier": {"column": "id"},
            "columns": {"orders": {"property": "orders", "type": "integer", "operation": "add"}},
        }
    )
    given = around(emulator, tmp_path)
    stopped = import_frame(
        frame, config, **given | stopping(lambda progress: progress.totals.read >= 200)
    )
    assert stopped.status == "interrupted"
    assert stopped.resume_command.startswith("import_frame(frame, config, resume=")
    assert read_history(tmp_path / "runs").runs[0].next == stopped.resume_command
    with pytest.raises(ConfigError, match="was begun with a data frame"):
        resume_import(stopped.folder, environment=given["environment"])
    arrived = len(emulator.profiles())
    with pytest.raises(ConfigError, match="dry_run: says how a run begins"):
        import_frame(frame, config, resume=stopped.folder, dry_run=True, **given)
    assert len(emulator.profiles()) == arrived
    ended = import_frame(frame, config, resume=stopped.folder, environment=given["environment"])
    assert (ended.status, ended.totals.read) == ("complete", 2_000)
    assert {kept["orders"] for kept in emulator.profiles().values()} == {1}
    assert len(emulator.profiles()) == 2_000


CELLS = st.text(st.sampled_from('a0",\n\r é;\x7f'), max_size=4)
"""Without zero bytes: a file with more than a few of them is refused as no CSV."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.sampled_from(["u1", "u2", "", "null"]), CELLS, CELLS)))
def test_as_the_file(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    """A rehearsal of a frame says what one of the CSV file with the same cells says."""
    frame = pd.DataFrame(rows, columns=["id", "plan", "orders"], dtype=object)
    config = Config.model_validate(CONFIG | {"columns": {"plan": "plan", "orders": "orders"}})
    lines = [("id", "plan", "orders"), *rows]
    quoted = [",".join('"{}"'.format(cell.replace('"', '""')) for cell in line) for line in lines]
    (tmp_path / "rows.csv").write_bytes("".join(f"{line}\n" for line in quoted).encode())

    def books(report: Report) -> tuple[object, ...]:
        said = report.rehearsed
        assert said is not None
        # A random id is drawn anew in each run.
        shown = [text for text in said.updates if '"u' in text]
        return report.totals, said.columns, said.repeated, said.requests, shown

    given = {"dry_run": True, "report_dir": tmp_path / "runs", "environment": {}}
    as_file = import_profiles(tmp_path / "rows.csv", config, **given)  # type: ignore[arg-type] # as above
    as_frame = import_frame(frame, config, **given)  # type: ignore[arg-type] # of three types
    assert books(as_file) == books(as_frame)


def test_rehearsal_of_a_frame_that_fails(tmp_path: Path) -> None:
    """What to do next is done with the frame: no command reads it."""
    config = Config.model_validate(
        CONFIG | {"columns": {"n": {"property": "n", "type": "integer"}}}
    )
    frame = pd.DataFrame({"id": ["u1", "u2"], "n": ["1", "many"]})
    report = import_frame(frame, config, dry_run=True, report_dir=tmp_path / "runs", environment={})
    (step,) = next_steps(report, report.config)
    assert str(step) == "Mend them in the frame, or import it as it is: import_frame(frame, config)"


def test_rate_is_kept(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """With a rate of 1,000 updates a second, 5,000 of them take 4 seconds and no more than 5."""
    time = VirtualTime()
    frame = pd.DataFrame({"id": [f"u{row}" for row in range(5_000)], "plan": "x"})
    config = Config.model_validate(CONFIG | {"columns": {"plan": "plan"}})
    given = around(emulator, tmp_path, rate=1_000, timing=time.timing)
    report = import_frame(frame, config, **given)
    assert report.totals.imported == 5_000
    assert 4.7 <= report.seconds <= 5.3


def test_budget() -> None:
    """Requests are spaced by what the last one took of the budget; none is saved up."""
    now = [0.0]
    budget = Budget(lambda: now[0], 100.0)
    assert budget.wait() <= 0
    budget.sent(200)
    assert budget.wait() == 2
    now[0] = 60.0
    budget.sent(50)
    assert budget.wait() == 0.5
    unlimited = Budget(lambda: now[0], None)
    unlimited.sent(10**9)
    assert unlimited.wait() <= 0


def test_add_up(tmp_path: Path, emulator: Emulator, one_authority: None) -> None:
    """Books add up field by field; the worst ending counts; they travel between machines."""
    config, given = Config.model_validate(CONFIG), around(emulator, tmp_path)
    good = import_frame(FRAME[:2], config, **given)
    bad = import_frame(FRAME, config, **given)
    both = add_up(pickle.loads(pickle.dumps([good, bad])))
    assert both.totals == Totals(
        read=5,
        imported=4,
        failed=1,
        identifiers=good.totals.identifiers + bad.totals.identifiers,
        failures_by_code=bad.totals.failures_by_code,
        requests_sent=2,
        requests_by_status=good.totals.requests_by_status + bad.totals.requests_by_status,
    )
    assert (both.status, both.exit_code) == ("partial", ExitCode.ROWS_FAILED)
    cut = replace(good, status="interrupted"), replace(good, status="stopped")
    assert [add_up([bad, *cut[:n]]).status for n in (1, 2)] == ["interrupted", "stopped"]
    assert both.as_json()["rows"]["read"] == 5
    assert (add_up([]).status, add_up([]).exit_code) == ("complete", 0)
    stopped = pickle.loads(pickle.dumps(Interrupted(15)))
    assert (stopped.exit_code, str(stopped)) == (143, "interrupted")
    assert httpx.get(f"{emulator.url}/_emulator/stats").json()["requests"] == 2
