"""A page that is open beside an emulator, with a token typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.emulator import Emulator, running

from .pages import ROWS, TOKEN, OpenPage, opened


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def page(server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenPage]:
    with opened(tmp_path_factory.mktemp("page"), MIXPANEL_URL=server.url) as page:
        page.post("/api/token", {"token": TOKEN})
        yield page


@pytest.fixture
def people(page: OpenPage) -> Path:
    path = page.folder / "people.csv"
    path.write_text(ROWS)
    return path
