"""Files are opened, read otherwise and left, and nothing that somebody did is lost by it."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.pages import OpenPage

from .steps import go_in, go_to, open_file, settle


@pytest.fixture
def files(desk: OpenPage) -> Path:
    for name in ("one", "two"):
        (desk.folder / f"{name}.csv").write_text("id,points\nu1,7\nu2,8\n")
    return desk.folder


def property_of(page: Page, column: int) -> Locator:
    return page.locator(f"[data-position='{column}']").get_by_label("Property", exact=True)


def rename(page: Page, column: int, name: str) -> None:
    go_to(page, "columns")
    property_of(page, column).fill(name)


def test_changes_that_are_not_saved(page: Page, desk: OpenPage, files: Path) -> None:
    """Another file takes the place of unsaved changes when that is wanted, and not by Enter; the
    same file leaves them alone.
    """
    go_in(page, desk)
    open_file(page, files / "one.csv")
    open_file(page, files / "two.csv")
    rename(page, 2, "mine")
    open_file(page, files / "two.csv")
    go_to(page, "columns")
    expect(property_of(page, 2)).to_have_value("mine")
    open_file(page, files / "one.csv")
    expect(page.locator("#ask-title")).to_have_text("Lose the changes?")
    page.keyboard.press("Enter")
    settle(page)
    go_to(page, "columns")
    expect(property_of(page, 2)).to_have_value("mine")
    open_file(page, files / "one.csv")
    page.click("#ask-yes")
    settle(page)
    go_to(page, "columns")
    expect(property_of(page, 2)).to_have_value("points")
