"""What the tests of this room share."""

from pathlib import Path

import pytest

from importer.emulator import Emulator

from .desk import NightDesk


@pytest.fixture
def desk(tmp_path: Path, emulator: Emulator, one_authority: None) -> NightDesk:
    return NightDesk(tmp_path, emulator)
