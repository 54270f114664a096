"""The README's recipes for cron and systemd do what is written there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from importer.emulator import Emulator
from tests.conftest import Command

from .place import TOKEN, at, block, blocks, furnish

ROWS = 5_000


def test_cron(tmp_path: Path, emulator: Emulator) -> None:
    """The line for crontab, run as cron runs it: /bin/sh, hardly any environment, no terminal. A
    good run says nothing, so that cron sends no mail; a bad one does.
    """
    (line,) = blocks("crontab")
    schedule = re.match(r"(?:\S+ +){5}", line)
    assert schedule is not None
    assert schedule[0].split() == ["15", "4", "*", "*", "*"]
    assert "%" not in line, "cron takes it for the end of the line"
    place = furnish(tmp_path / "place", emulator.url)

    def run() -> subprocess.CompletedProcess[bytes]:
        command = at(place, line[schedule.end() :].strip())
        return subprocess.run(
            ["env", "-i", "PATH=/usr/bin:/bin", f"HOME={tmp_path}", "/bin/sh", "-c", command],
            cwd="/", stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
            start_new_session=True,
        )  # fmt: skip

    done = run()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert emulator.stats()["updates"] == ROWS
    assert len(list((place / "importer-runs").iterdir())) == 1
    (place / "exports" / "customers.csv").unlink()
    done = run()
    assert (done.returncode, done.stderr[:30]) == (2, b"importer: exports/customers.cs")


def units(folder: Path) -> dict[str, Path]:
    """Write the README's units, as they stand there but for the place."""
    found = {}
    for text in blocks("ini"):
        name = Path(text.splitlines()[0].removeprefix("# ")).name
        found[name] = folder / name
        found[name].write_text(at(folder, text), "utf-8")
    return found


def test_systemd_units(tmp_path: Path, emulator: Emulator) -> None:
    """Systemd finds nothing wrong with the unit files."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    written = units(furnish(tmp_path / "place", emulator.url))
    assert sorted(written) == ["importer.service", "importer.timer"]
    done = subprocess.run(
        [analyze, "verify", "--man=no", *written.values()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    calendar = re.search(r"^OnCalendar=(.*)$", written["importer.timer"].read_text(), re.MULTILINE)
    assert calendar is not None
    assert subprocess.run([analyze, "calendar", calendar[1]], capture_output=True).returncode == 0


def test_systemd_service(tmp_path: Path, emulator: Emulator) -> None:
    """What the service starts finds its token among the credentials, and leaves its runs in the
    state directory, as systemd sets both.
    """
    place = furnish(tmp_path / "place", emulator.url)
    (place / "token").write_text("another one")
    settings = dict(
        line.split("=", 1) for line in block("ini", "[Service]").splitlines() if "=" in line
    )
    name, _, where = settings["LoadCredential"].partition(":")
    assert where == "/etc/importer/mixpanel_token"
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / name).write_text(TOKEN)
    (tmp_path / "state").mkdir()
    done = subprocess.run(
        at(place, settings["ExecStart"]).split(),
        cwd=at(place, settings["WorkingDirectory"]),
        env={
            "PATH": os.defpath,
            "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"),
            "STATE_DIRECTORY": f"{tmp_path / 'state'}:/var/lib/another",
        },
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(list((tmp_path / "state" / "importer-runs").iterdir())) == 1
    assert not (place / "importer-runs").exists()


def test_report_folder_that_is_named(tmp_path: Path, command: Command) -> None:
    """A report folder on the command line goes before the state directory."""
    (tmp_path / "rows.csv").write_text("u1,a\n")
    (tmp_path / "c.yaml").write_text("columns: {2: plan}\n")
    given = ("check", "rows.csv", "-c", "c.yaml", "--report-dir", "importer-runs")
    command(*given, STATE_DIRECTORY=str(tmp_path / "state"))
    assert (tmp_path / "importer-runs").is_dir()
    assert not (tmp_path / "state").exists()


def test_airflow_task(tmp_path: Path, emulator: Emulator) -> None:
    """What the DAG's task runs does import; `python -m tests.recipes.airflow` runs the DAG."""
    place = furnish(tmp_path / "place", emulator.url)
    dag = block("python", "BashOperator(")
    command = re.search(r'bash_command="(.*)"', dag)
    assert command is not None
    assert 'cwd="/srv/importer"' in dag
    compile(dag, "dag.py", "exec")
    done = subprocess.run(["bash", "-c", command[1]], cwd=place, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert emulator.stats()["updates"] == ROWS


def test_hooks_of_the_readme(tmp_path: Path, command: Command) -> None:
    """The settings that the README shows for hooks and metrics are valid."""
    text = block("yaml", "on_finish:")
    (tmp_path / "c.yaml").write_text(f"columns: {{2: plan}}\n{text}")
    assert command("check", "-c", "c.yaml").returncode == 0
