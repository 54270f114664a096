"""What tests of several rooms share: an emulator, the command as a user runs it, a fast clock."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from hypothesis import settings

from importer.emulator import Emulator, running

ROOT = Path(__file__).parent.parent

settings.register_profile("any machine", deadline=None)  # a busy one is no fault of the code
settings.load_profile("any machine")

if hasattr(signal, "SIGHUP"):  # ignored where nohup began the tests, and by all they begin
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

Command = Callable[..., subprocess.CompletedProcess[str]]


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: tests of time-outs and pages wait half of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running() as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def own_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests remember from run to run away from what their user's runs do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.delenv("STATE_DIRECTORY", raising=False)
        yield


@pytest.fixture(scope="module")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust nobody but one: reading all the authorities there are is most of a small import."""
    path = tmp_path_factory.mktemp("trusted") / "authority.pem"
    trustme.CA().cert_pem.write_to_path(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


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
