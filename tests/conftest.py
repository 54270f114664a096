"""What tests of several rooms share: an emulator, the command as a user runs it, a fast clock."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importer.emulator import Emulator, running

ROOT = Path(__file__).parent.parent

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running() as started:
        yield started


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run `importer ...` in an empty directory, with no settings but those given."""

    def run(
        *arguments: str | Path, stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MIXPANEL_")}
        done = subprocess.run(
            [sys.executable, "-m", "importer", *map(str, arguments)],
            cwd=tmp_path,
            env={**inherited, "COLUMNS": "80", **environment},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run
