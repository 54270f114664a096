"""The mapping's file, which an editor may have open too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.pages import OpenPage

from .steps import go_in, go_to, load, open_file

MAPPING = "identifier: {column: 1}\ncolumns: {2: points}\n"
THEIRS = "identifier: {column: 1}\ncolumns: {2: theirs}\n"


@pytest.fixture
def saved(page: Page, desk: OpenPage) -> Path:
    """Open a file and a mapping, and be about to rehearse."""
    (desk.folder / "one.csv").write_text("u1,7\nu2,8\n")
    path = desk.folder / "m.yaml"
    path.write_text(MAPPING)
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", path)
    go_to(page, "rehearsal")
    return path


def test_changed_meanwhile(page: Page, saved: Path) -> None:
    """A mapping that was changed in an editor is loaded, or replaced, before anything is run."""
    saved.write_text(THEIRS)
    page.click("#rehearse")
    expect(page.locator("#ask-title")).to_have_text("The mapping has changed on the disk")
    expect(page.locator("#ask-no")).to_be_focused()
    page.click("#ask-yes")
    expect(page.locator("#alert")).to_contain_text("Look at it, then begin again.")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_have_text(THEIRS)
    saved.write_text(MAPPING)
    go_to(page, "rehearsal")
    page.click("#rehearse")
    page.click("#ask-other")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 2 rows would be imported.")
    assert saved.read_text() == THEIRS


def test_gone_meanwhile(page: Page, saved: Path) -> None:
    """A mapping whose file was deleted is saved again."""
    saved.unlink()
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 2 rows would be imported.")
    assert saved.read_text() == MAPPING


def test_what_cannot_be_loaded(page: Page, desk: OpenPage, saved: Path) -> None:
    """A mapping that the file cannot be read with leaves the page, and its own file, as they were."""
    other = desk.folder / "other.yaml"
    wide = f"source: {{encoding: utf-16}}\n{THEIRS}"
    other.write_text(wide)
    load(page, other)
    expect(page.locator("#alert")).to_contain_text("utf-16")
    expect(page.locator("#yaml")).to_have_text(MAPPING)
    go_to(page, "columns")
    page.uncheck("#by-chance")
    go_to(page, "mapping")
    page.click("#save-form button")
    expect(page.locator("#saved")).to_have_text(f"Saved: {saved}")
    assert saved.read_text() == MAPPING.replace("1}", "1, fallback: [email]}")
    assert other.read_text() == wide
