"""A browser for the tests of this room: whichever Chromium there is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

REQUIRED = "IMPORTER_BROWSER_REQUIRED"
"""Where this is set, a browser that is missing fails the tests instead of skipping them."""


# Not for the session: while it is there, this thread has an event loop that is running, and tests
# of other rooms could not have theirs. Within this room, what imports does so in a process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        installed = next(filter(None, map(shutil.which, NAMES)), None)
        path = installed or (own if Path(own).exists() else None)
        if path is None:
            words = f"there is no {', '.join(NAMES)}, and no browser that playwright installed"
            if os.environ.get(REQUIRED):
                pytest.fail(words)
            pytest.skip(words)
        # Without a sandbox of its own it starts for root too; the pages are ours.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()
