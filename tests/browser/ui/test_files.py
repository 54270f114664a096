"""Files are opened, read otherwise and left, and nothing that somebody did is lost by it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.pages import OpenPage

from .steps import go_in, go_to, open_file, open_written, settle


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


def read_again(page: Page, **fields: str) -> None:
    go_to(page, "file")
    for name, value in fields.items():
        if name == "encoding":
            page.fill("#encoding", value)
        else:
            page.select_option(f"#{name}", value)
    page.click("#reading button")
    settle(page)


def test_another_encoding(page: Page, desk: OpenPage) -> None:
    """Columns that are read in another encoding are shown, counted and named anew; what somebody
    named stays.
    """
    path = desk.folder / "street.csv"
    path.write_bytes("id,Straße,Größe\nu1,Müllerweg,7\nu2,Özilweg,8\n".encode())
    go_in(page, desk)
    open_file(page, path)
    read_again(page, encoding="cp1252")
    go_to(page, "columns")
    page.click("text=Tick all")
    expect(property_of(page, 2)).to_have_value("StraÃŸe")
    property_of(page, 3).fill("size")
    read_again(page, encoding="utf-8")
    go_to(page, "columns")
    card = page.locator("[data-position='2']")
    expect(card.locator(".column-title")).to_have_text("Column 2: Straße")
    expect(card).to_contain_text("Müllerweg")
    expect(property_of(page, 2)).to_have_value("Straße")
    expect(property_of(page, 3)).to_have_value("size")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text(re.compile('2: "?Straße'))


def test_read_otherwise(page: Page, desk: OpenPage, files: Path) -> None:
    """A mapping stays while the file has as many columns, and is asked for where it has not; a
    draft that nobody touched is begun anew.
    """
    go_in(page, desk)
    open_file(page, files / "one.csv")
    read_again(page, header="false")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).not_to_contain_text("'points'")  # a draft is begun anew
    read_again(page, header="true")
    rename(page, 2, "mine")
    read_again(page, header="false")
    go_to(page, "columns")
    expect(property_of(page, 2)).to_have_value("mine")
    read_again(page, delimiter=";")
    expect(page.locator("#ask-title")).to_have_text("Begin a new mapping?")
    page.keyboard.press("Enter")
    expect(page.locator("#delimiter")).to_have_value(",")
    go_to(page, "columns")
    expect(property_of(page, 2)).to_have_value("mine")
    read_again(page, delimiter=";")
    page.click("#ask-yes")
    settle(page)
    go_to(page, "columns")
    expect(page.locator("#cards > li")).to_have_count(1)


def test_header_of_a_mapping_by_names(page: Page, desk: OpenPage, files: Path) -> None:
    """Columns that a mapping names are told by their number where the file names none."""
    (files / "m.yaml").write_text(
        "source: {header: true}\nidentifier: {column: id}\ncolumns:\n  points: points\n"
    )
    go_in(page, desk)
    open_file(page, files / "one.csv", files / "m.yaml")
    read_again(page, header="false")
    go_to(page, "mapping")
    expect(page.locator("#review")).to_contain_text("The mapping is valid.")
    expect(page.locator("#yaml")).to_have_text(
        "source: {header: false}\nidentifier: {column: 1}\n"
        "columns:\n  # points: points\n  2: points\n"
    )


def test_header_that_changed(page: Page, desk: OpenPage) -> None:
    """A file that was written anew with its columns elsewhere is not read by the old mapping."""
    mapping = "source: {header: true}\nidentifier: {column: id}\ncolumns: {email: $email}\n"
    file, _ = open_written(page, desk, "id,email,secret\nu1,a@example.com,s\n", mapping)
    file.write_text("id,secret,email\nu1,s,a@example.com\n")
    open_file(page, file)
    expect(page.locator("#ask-words")).to_contain_text("may have moved")
    page.click("#ask-no")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text("email: $email")
