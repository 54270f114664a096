"""The command as a process beside the test, and what the tests of this room wait for."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from importer.emulator import Emulator

from .mixed import TOKEN

PATIENCE = 60.0
"""Seconds after which what is awaited will not come."""


def settings(url: str, **others: str) -> dict[str, str]:
    """Return the environment of a command: its own, no settings but these."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MIXPANEL_")}
    return {**inherited, "MIXPANEL_URL": url, "MIXPANEL_TOKEN": TOKEN, "COLUMNS": "80", **others}


@contextmanager
def importing(
    folder: Path,
    *arguments: str | Path,
    url: str,
    preexec: Callable[[], None] | None = None,
    stdin: int | None = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Have `importer ...` run beside the test; it is killed if it is there still at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", *map(str, arguments)],
        cwd=folder,
        env=settings(url, **(environment or {})),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=preexec,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Return once a condition holds; fail where the process ends before it does."""
    pause, looks = threading.Event(), 0
    while not condition():
        assert process.poll() is None, process.communicate()
        assert looks < PATIENCE * 200, "it takes too long"
        looks += 1
        pause.wait(0.005)


def wait_for_requests(emulator: Emulator, count: int, process: subprocess.Popen[str]) -> None:
    wait_until(lambda: emulator.stats()["requests"] >= count, process)


def report_of(run_dir: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((run_dir / "report.json").read_text("utf-8"))
    return content


def only_run(folder: Path) -> Path:
    (run_dir,) = folder.iterdir()
    return run_dir
