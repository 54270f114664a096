"""What the tests of this room share."""

from pathlib import Path

import pytest

from importer.emulator import Emulator
from tests.resuming.runs import Desk


@pytest.fixture
def desk(tmp_path: Path, emulator: Emulator, one_authority: None) -> Desk:
    return Desk(tmp_path, emulator)
