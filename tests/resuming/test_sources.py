"""A run goes on with the same source and mapping only; what a source does on the way is said."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.errors import ConfigError, ImporterError, SourceChanged
from importer.lookback.explain import explain
from importer.progress import Progress
from tests.delivery.runs import Listener
from tests.delivery.virtual_time import VirtualTime

from .mixed import TOKEN
from .processes import only_run, settings
from .runs import ADDING, Desk, adding, once, stopping

ROWS = 2_000


def refused(desk: Desk, run_dir: Path, *given: str | Path) -> ImporterError:
    """Return why a run does not go on, having sent nothing."""
    before = desk.updates
    ledger = (run_dir / "ledger.jsonl").read_bytes()
    with pytest.raises(ImporterError) as caught:
        desk.resume(run_dir, *given)
    assert desk.updates == before
    assert (run_dir / "ledger.jsonl").read_bytes() == ledger
    return caught.value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(b"u300,1", b"u300,2"), "something up to line"),
        (lambda text: text.replace(b"u1,1", b"v1,1", 1), "something up to line"),
        (lambda text: text + b"u9999,1\n", "it has"),
        (lambda text: text[:-7], "it has"),
        (lambda text: text.replace(b"u9,1\nu10,1\n", b"u10,1\nu9,1\n"), "something up to line"),
    ],
    ids=["cell", "identifier", "longer", "shorter", "order"],
)
def test_changed(desk: Desk, change: Callable[[bytes], bytes], words: str) -> None:
    """A source that is not what it was is refused before anything is sent; put back, it goes on."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(500).folder
    before = desk.source.read_bytes()
    desk.source.write_bytes(change(before))
    fault = refused(desk, run_dir)
    assert isinstance(fault, SourceChanged)
    assert "is not the file that the run was begun with" in str(fault)
    assert words in str(fault)
    desk.source.write_bytes(before)
    assert (desk.resume(run_dir).exit_code, desk.orders) == (0, once(ROWS))


def test_other_path(desk: Desk) -> None:
    """The same bytes under another name are the same source; the mapping may be given again."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(500).folder
    other = desk.source.rename(desk.folder / "moved.csv")
    fault = refused(desk, run_dir)
    assert "customers.csv: No such file or directory" in str(fault)
    assert (desk.resume(run_dir, other, desk.mapping).exit_code, desk.orders) == (0, once(ROWS))


def test_other_mapping(desk: Desk) -> None:
    """With another mapping than its own a run does not go on; what differs is named."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(500).folder
    desk.mapping.write_text(ADDING.replace("orders", "purchases"), "utf-8")
    fault = refused(desk, run_dir, desk.source, desk.mapping)
    assert isinstance(fault, ConfigError)
    assert "was begun with another mapping (see columns" in str(fault)
    desk.mapping.write_text(f"{ADDING.removesuffix('}' + chr(10))}, concurrency: 3}}\n", "utf-8")
    assert desk.resume(run_dir, desk.source, desk.mapping).exit_code == 0
    assert desk.orders == once(ROWS)


def test_mapping_file_changed_meanwhile(desk: Desk) -> None:
    """A run goes on with its own mapping, and says so where its file is another one by now."""
    desk.write(adding(ROWS))
    stopped = desk.stopped_after(500)
    desk.mapping.write_text(ADDING.replace("orders", "purchases"), "utf-8")
    report = desk.resume(stopped.folder)
    (words,) = report.warnings
    assert words.startswith(f"{stopped.folder}: goes on with the mapping that it was begun with")
    assert "has changed since (see columns.2): begin a new run" in words
    assert (report.exit_code, desk.orders) == (0, once(ROWS))


def test_other_destination(desk: Desk) -> None:
    """A run that began at one address does not go on at another."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(500).folder
    before = desk.updates
    elsewhere = {"MIXPANEL_URL": f"{desk.emulator.url}/other", "MIXPANEL_TOKEN": "t"}
    with pytest.raises(ConfigError, match=r"the run was begun at .* and would go on at"):
        desk.resume(run_dir, environment=elsewhere)
    assert desk.updates == before


def test_other_token(desk: Desk) -> None:
    """Rows do not go by another token than those that have arrived, unless that is wanted; from
    then on it is the run's own. No token is kept.
    """
    desk.write(adding(ROWS))
    stopped = desk.stopped_after(500)
    before = desk.updates
    another = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "b" * 32}
    with pytest.raises(ConfigError, match="set the token as it was, or go on with this one by"):
        desk.resume(stopped.folder, environment=another)
    assert desk.updates == before
    options = stopping(lambda progress: progress.totals.imported >= 1_500)
    again = desk.resume(stopped.folder, environment=another, other_token=True, **options)
    assert again.status == "interrupted"
    with pytest.raises(ConfigError, match="by another token"):
        desk.resume(stopped.folder)
    assert desk.resume(stopped.folder, environment=another).exit_code == 0
    assert desk.orders == once(ROWS)
    ledger = (stopped.folder / "ledger.jsonl").read_text("utf-8")
    assert not {TOKEN, "b" * 32} & set(re.findall(r"\w+", ledger))


def test_other_token_where_answers_were_lost(desk: Desk) -> None:
    """Rows of which no answer says that they arrived may have arrived all the same."""
    desk.write(adding(5), ADDING.replace("operation: add", "operation: set"))
    desk.emulator.faults({"kind": "status", "status": 503, "apply": "before"})
    stopped = desk.run(timing=VirtualTime().timing)
    assert (stopped.exit_code, stopped.totals.in_doubt, len(desk.orders)) == (5, 5, 5)
    assert explain(stopped.folder, 3).outcome.state == "in_doubt"
    another = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "b" * 32}
    with pytest.raises(ConfigError, match="by another token"):
        desk.resume(stopped.folder, environment=another)
    desk.emulator.faults()
    assert desk.resume(stopped.folder).totals.imported == 5


def test_token_that_was_refused(desk: Desk) -> None:
    """A run of which nothing has arrived goes on by the token that is right."""
    desk.write(adding(5))
    desk.emulator.faults({"kind": "status", "status": 401})
    refused = desk.run(environment={"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "wrong"})
    assert refused.exit_code == 6
    desk.emulator.faults()
    assert desk.resume(refused.folder).exit_code == 0
    assert desk.orders == once(5)


@pytest.mark.parametrize("grows", [True, False])
def test_grows_or_shrinks(desk: Desk, grows: bool) -> None:
    """A file that another program still writes stops the run with 4 and is named."""
    filling = "x" * 1_000
    rows = "".join(f"u{row},1,{filling}\n" for row in range(1, 27_001))  # more than is read ahead
    desk.write(rows)
    changed = False

    def change(progress: Progress) -> None:
        nonlocal changed
        if not changed:
            changed = True
            if grows:
                with desk.source.open("a") as stream:
                    stream.write("u0,1,one more\n")
            else:
                os.truncate(desk.source, len(rows) - 5)

    report = desk.run(observer=Listener(on_update=change))
    how = "has grown" if grows else "was cut short"
    assert (report.exit_code, report.status) == (4, "stopped")
    assert f"{desk.source}: {how} while it was read" in str(report.stop)
    assert report.totals.imported == len(desk.orders) > 0


@pytest.mark.parametrize("row", [150, 1_950])
def test_unclosed_quote_mended(desk: Desk, row: int) -> None:
    """A source that breaks off stops the run with 4; mended behind that place, it goes on.

    Nothing is sent twice, and a change before that place is refused.
    """
    good = adding(ROWS).encode()
    desk.write(good.replace(f"u{row},1\n".encode(), f'u{row},"1\n'.encode()))
    report = desk.run()
    assert report.exit_code == 4
    assert str(report.stop).startswith(f"line {row}: the quote that opens here is never closed")
    assert desk.orders == once(row - 1)
    desk.source.write_bytes(good.replace(b"u7,1\n", b"u7,2\n"))
    assert isinstance(refused(desk, report.folder), SourceChanged)
    desk.source.write_bytes(good)
    assert (desk.resume(report.folder).exit_code, desk.orders) == (0, once(ROWS))
    assert desk.updates == ROWS


def test_mended_and_interrupted(desk: Desk) -> None:
    """A run whose source was mended goes on however often that is interrupted, with none but the
    mended one: what was read of that proves it.
    """
    good = adding(ROWS).encode()
    desk.write(good.replace(b"u150,1\n", b'u150,"1\n'))
    run_dir = desk.run().folder
    desk.source.write_bytes(good)
    assert desk.resume(run_dir, **stopping(lambda now: now.totals.read >= 400)).exit_code == 130
    assert desk.resume(run_dir, **stopping(lambda now: now.totals.read >= 800)).exit_code == 130
    desk.source.write_bytes(good.replace(b"u350,1\n", b"u350,2\n"))
    assert isinstance(refused(desk, run_dir), SourceChanged)
    desk.source.write_bytes(good)
    assert (desk.resume(run_dir).exit_code, desk.orders) == (0, once(ROWS))
    assert desk.updates == ROWS


def pipe(desk: Desk, content: bytes, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "importer", "run", "-", *map(str, arguments)],
        cwd=desk.folder,
        env=settings(desk.emulator.url),
        input=content,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_standard_input(desk: Desk) -> None:
    """A run of a pipe goes on with the same bytes piped again, and with no others.

    Others, fewer of them even, do the run no harm: it still goes on with the right ones.
    """
    desk.write(b"", ADDING)
    content = adding(ROWS).encode()
    broken = content.replace(b"u1500,1\n", b'u1500,"1\n')
    first = pipe(desk, broken, "-c", "config.yaml", "--report-dir", "runs")
    run_dir = only_run(desk.runs)
    assert first.returncode == 4
    assert f"... | importer run - --resume runs/{run_dir.name}".encode() in first.stdout
    updates = desk.updates
    assert desk.orders == once(1_499)
    other = pipe(desk, content.replace(b"u5,1\n", b"u5,2\n"), "--resume", f"runs/{run_dir.name}")
    assert (other.returncode, desk.updates) == (2, updates), other
    assert b"is not the file that the run was begun with" in other.stderr
    shorter = pipe(desk, content[:500], "--resume", f"runs/{run_dir.name}")
    assert (shorter.returncode, desk.updates) == (2, updates), shorter
    assert b"is not as long as when the run was begun" in shorter.stderr
    again = pipe(desk, content, "--resume", f"runs/{run_dir.name}")
    assert (again.returncode, desk.orders) == (0, once(ROWS)), again
    assert desk.updates == ROWS


def test_file_is_not_replaced_by_a_pipe(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that read a file does not go on with standard input."""
    desk.write(adding(ROWS))
    run_dir = desk.stopped_after(500).folder
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "was begun with" in str(refused(desk, run_dir, "-"))
