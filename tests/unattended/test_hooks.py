"""Hooks: told of every ending of a run, never of the token; whatever they do, the run has ended."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from importer.books.report import Report
from importer.errors import Drifted, MappingError, SourceError
from importer.progress import Progress, Silence
from importer.settings.config import Config
from importer.unattended.webhook import PAUSES, post_report
from tests.conftest import Command
from tests.resuming.mixed import TOKEN
from tests.resuming.processes import importing, only_run, report_of, wait_for_requests
from tests.resuming.runs import Desk, adding

from .hook_server import receiving

MAPPING = "identifier: {column: 1}\ncolumns: {2: {property: orders, type: integer}}\n"
TELL = "on_finish: {command: 'env > told.txt'}\n"


def told(folder: Path) -> dict[str, str]:
    lines = (folder / "told.txt").read_text("utf-8").splitlines()
    return dict(line.partition("=")[::2] for line in lines)


def environment(desk: Desk, **others: str) -> dict[str, str]:
    return {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": TOKEN, **others}


def test_command(desk: Desk, command: Command) -> None:
    """A command is told of the run by its environment, in the mapping's folder; the token, under
    whatever name, is not there, and what it prints is on no stream.
    """
    mapping = desk.folder / "elsewhere" / "config.yaml"
    mapping.parent.mkdir()
    desk.write("u1,1\nu2,many\n")
    mapping.write_text(f"{MAPPING}{TELL.replace('env >', 'echo printed; env >')}")
    given = ("run", "customers.csv", "-c", mapping, "--report-dir", "runs")
    done = command(*given, **environment(desk, COPY=TOKEN))
    assert (done.returncode, done.stderr, "printed" in done.stdout) == (3, "", False)
    found = told(mapping.parent)
    folder = only_run(desk.runs).resolve()
    assert {name: value for name, value in found.items() if name.startswith("IMPORTER_")} == {
        "IMPORTER_RUN": folder.name,
        "IMPORTER_STATUS": "partial",
        "IMPORTER_EXIT_CODE": "3",
        "IMPORTER_REPORT": str(folder / "report.json"),
        "IMPORTER_RUN_DIR": str(folder),
        "IMPORTER_SOURCE": "customers.csv",
        "IMPORTER_STOPPED": "",
        "IMPORTER_RESUME": "",
        "IMPORTER_ROWS_READ": "2",
        "IMPORTER_ROWS_IMPORTED": "1",
        "IMPORTER_ROWS_FAILED": "1",
        "IMPORTER_ROWS_IN_DOUBT": "0",
        "IMPORTER_ROWS_NOT_ATTEMPTED": "0",
    }
    assert TOKEN not in (mapping.parent / "told.txt").read_text("utf-8")
    assert found["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        ({"command": ["./no-such-thing"]}, "./no-such-thing: No such file or directory"),
        ({"command": "echo a; echo oh 4711081534; exit 9"}, "ended with code 9: oh 47•••••34"),
        ({"command": ["sh", "-c", "kill -TERM $$"]}, "was ended by signal 15"),
        (
            {"command": "sleep 60 & sleep 60", "timeout": 0.2},
            "ended after 0.2 s: on_finish.timeout",
        ),
    ],
)
def test_failing_command(desk: Desk, hook: dict[str, Any], words: str) -> None:
    """A command that fails, is not there or takes too long is a warning; the books stay."""
    desk.write("u1,1\n", f"{MAPPING}on_finish: {json.dumps(hook)}\n")
    report = desk.run()
    assert (report.exit_code, report.status, report.warnings) == (0, "complete", ())
    (warning,) = report.afterwards
    assert warning.startswith("on_finish.command: ")
    assert words.partition("•")[0] in warning
    assert report_of(report.folder) == report.as_json()


def test_warning_is_said_in_any_case(desk: Desk, command: Command) -> None:
    """--quiet or not, a hook that fails is told on stderr, and the exit code is the run's."""
    desk.write("u1,1\n", f"{MAPPING}on_finish: {{command: 'exit 1'}}\n")
    done = command("run", "customers.csv", "-c", "config.yaml", "--quiet", **environment(desk))
    warning = "warning: on_finish.command: ended with code 1\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", warning)


def test_interrupted(desk: Desk, tmp_path: Path) -> None:
    """A run that a signal ends is told of, with the command that goes on with it."""
    desk.write(adding(3_000), f"{MAPPING}{TELL}")
    desk.emulator.faults({"kind": "sleep", "seconds": 60, "every": 2})
    given = ("run", "customers.csv", "-c", "config.yaml", "--report-dir", "runs")
    with importing(tmp_path, *given, url=desk.emulator.url) as process:
        wait_for_requests(desk.emulator, 4, process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 143
    found = told(tmp_path)
    assert (found["IMPORTER_STATUS"], found["IMPORTER_EXIT_CODE"]) == ("interrupted", "143")
    run_dir = only_run(desk.runs).resolve()
    assert found["IMPORTER_RESUME"] == f"importer run --resume {run_dir}"


def test_refused_source(desk: Desk) -> None:
    """A source that is refused is told of, to the hook and to Prometheus: drifted, then
    without a column, then missing.
    """
    around = environment(desk, XDG_STATE_HOME=str(desk.folder / "state"))
    rows = [f"u{row},{row}\n" for row in range(200)]
    mapping = f"{MAPPING}{TELL}metrics_file: importer.prom\ndrift: stop\n"
    desk.write("".join(rows), mapping)
    assert desk.run(environment=around).exit_code == 0
    desk.write("".join(rows[:9]), mapping)
    with pytest.raises(Drifted) as drifted:
        desk.run(environment=around)
    found = told(desk.folder)
    assert (found["IMPORTER_STATUS"], found["IMPORTER_EXIT_CODE"]) == ("stopped", "4")
    assert (found["IMPORTER_RUN"], found["IMPORTER_REPORT"], found["IMPORTER_RESUME"]) == ("",) * 3
    assert str(drifted.value).startswith(found["IMPORTER_STOPPED"])  # its first line
    metrics = (desk.folder / "importer.prom").read_text("utf-8")
    assert re.search(r"^importer_run_exit_code\{.*\} 4\.0$", metrics, re.MULTILINE)
    desk.write("".join(f"u{row}\n" for row in range(200)), mapping)
    with pytest.raises(MappingError):
        desk.run(environment=around)
    assert "the file has only 1 column" in told(desk.folder)["IMPORTER_STOPPED"]
    desk.source.unlink()
    with pytest.raises(SourceError):
        desk.run(environment=around)
    found = told(desk.folder)
    assert (found["IMPORTER_EXIT_CODE"], found["IMPORTER_SOURCE"]) == ("2", str(desk.source))
    assert "No such file" in found["IMPORTER_STOPPED"]


def test_every_way_to_run(desk: Desk) -> None:
    """Runs that go on and retries tell too, with their own mapping's hook; rehearsals do not."""
    desk.write(adding(1_000) + "u0,many\n", f"{MAPPING}{TELL}")
    desk.run(dry_run=True)
    assert not (desk.folder / "told.txt").exists()
    run_dir = desk.stopped_after(100).folder
    assert told(desk.folder)["IMPORTER_STATUS"] == "interrupted"
    desk.mapping.unlink()
    desk.resume(run_dir)
    assert told(desk.folder)["IMPORTER_STATUS"] == "partial"
    (run_dir / "rejects.csv").write_text("u0,1\n")
    again = desk.retry(run_dir)
    assert told(desk.folder)["IMPORTER_RUN"] == again.run


def test_webhook(desk: Desk) -> None:
    """A webhook is posted report.json, and neither the token nor anything like it."""
    with receiving() as hook:
        desk.write("u1,1\n", f"{MAPPING}on_finish: {{webhook: '{hook.url}'}}\n")
        report = desk.run()
    assert hook.reports == [report.as_json()]
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert TOKEN not in f"{hook.reports}{hook.headers}"
    assert report.afterwards == ()


@pytest.mark.parametrize(
    ("statuses", "attempts", "words"),
    [
        ((503, 429), 3, ()),
        ((500, 500, 500), 3, ("HTTP 500",)),
        ((404,), 1, ("HTTP 404",)),
        ((301,), 1, ("HTTP 301",)),
    ],
)
def test_webhook_that_fails(
    desk: Desk, statuses: tuple[int, ...], attempts: int, words: tuple[str, ...]
) -> None:
    """What may pass is tried three times, all else once; the words show no more than the host."""
    slept: list[float] = []
    with receiving(*statuses) as hook:
        desk.write("u1,1\n", MAPPING)
        faults = tuple(post_report(desk.run(), hook.url, 5, slept.append))
    assert len(hook.reports) == attempts
    assert slept == list(PAUSES[: attempts - 1])
    assert faults == tuple(f"on_finish.webhook: 127.0.0.1: {each}" for each in words)


def test_webhook_without_a_server(desk: Desk) -> None:
    """A webhook that nobody answers, is a warning."""
    desk.write("u1,1\n", MAPPING)
    report: Report = desk.run()
    with receiving() as hook:
        pass
    (fault,) = post_report(report, hook.url, 5, lambda _: None)
    assert fault == "on_finish.webhook: 127.0.0.1: no answer (ConnectError)"


@pytest.mark.parametrize(
    ("url", "insecure", "fine"),
    [
        ("https://hooks.example.com/x?secret=1", False, True),
        ("http://localhost:9/x", False, True),
        ("http://hooks.example.com/s3cret", False, False),
        ("http://hooks.example.com/s3cret", True, True),
        ("ftp://hooks.example.com/s3cret", True, False),
    ],
)
def test_webhook_addresses(url: str, insecure: bool, fine: bool) -> None:
    """Reports go over http:// to this machine only, unless allowed; the path is not shown."""
    settings = {
        "columns": {2: "plan"},
        "project": {"allow_insecure": insecure},
        "on_finish": {"webhook": url},
    }
    if fine:
        assert Config.model_validate(settings).on_finish.webhook == url
        return
    with pytest.raises(ValueError, match=r"on_finish\.webhook: ") as caught:
        Config.model_validate(settings)
    fault = caught.value
    assert isinstance(fault, ValidationError)
    assert "s3cret" not in " ".join(error["msg"] for error in fault.errors())


def test_a_failing_hook_told_to_programs(desk: Desk, command: Command) -> None:
    """With --log-format json a hook that fails is a warning among the other lines of JSON."""
    desk.write("u1,1\n")
    mapping = desk.folder / "config.yaml"
    mapping.write_text(f"{MAPPING}on_finish: {{command: 'exit 7'}}\n")
    given = ("run", "customers.csv", "-c", mapping, "--report-dir", "runs", "--log-format=json")
    done = command(*given, **environment(desk))
    warnings = [
        line["message"]
        for line in map(json.loads, done.stderr.splitlines())
        if line["event"] == "warning"
    ]
    assert (done.returncode, warnings) == (0, ["on_finish.command: ended with code 7"])


def test_answer_without_an_end(desk: Desk) -> None:
    """Only the status of a webhook's answer counts, not what is behind it."""
    desk.write("u1,1\n")
    report = desk.run()
    with receiving() as hook:
        hook.drips = True
        assert not list(post_report(report, hook.url, 0.2, lambda _: None))
    assert len(hook.reports) == 1


def test_answer_that_drips(desk: Desk) -> None:
    """A webhook whose answer never comes holds no run for longer than its time."""
    desk.write("u1,1\n")
    report = desk.run()
    with receiving() as hook:
        hook.stutters = True
        (fault,) = post_report(report, hook.url, 0.2, lambda _: None)
    assert fault == "on_finish.webhook: 127.0.0.1: no answer in 0.2 s"


def test_token_that_is_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no token any more a command is told every variable, an empty one too."""
    monkeypatch.setenv("EMPTY", "")
    token = desk.folder / "token"
    token.write_text(TOKEN)

    class Removes(Silence):
        def update(self, progress: Progress) -> None:  # noqa: ARG002
            token.unlink(missing_ok=True)

    desk.write("u1,1\n", f"{MAPPING}{TELL}project: {{token_file: token}}\n")
    assert (
        desk.run(environment={"MIXPANEL_URL": desk.emulator.url}, observer=Removes()).stop is None
    )
    assert told(desk.folder)["EMPTY"] == ""
