"""A page that is open beside an emulator, and a browser that forgives it nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from importer.emulator import Emulator, running
from tests.ui.pages import OpenPage, opened


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; what it complains of itself fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    complaints: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error" and not re.search("status of (409|422)", said.text):
            complaints.append(said.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def desk(server: Emulator, tmp_path: Path, page: Page) -> Iterator[OpenPage]:
    server.forget()
    with opened(tmp_path, MIXPANEL_URL=server.url) as desk:
        yield desk
        page.goto("about:blank")  # what it was about to ask would find nobody
