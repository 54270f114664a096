"""What the tests of this room share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.emulator import Emulator
from tests.resuming.runs import Desk

from .servers import KINDS, Server


@pytest.fixture
def desk(tmp_path: Path, emulator: Emulator) -> Desk:
    return Desk(tmp_path, emulator)


@pytest.fixture(params=KINDS)
def server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server of each kind, in turn."""
    folder = tmp_path / "server"
    folder.mkdir()
    with KINDS[request.param](folder, monkeypatch) as started:
        yield started
