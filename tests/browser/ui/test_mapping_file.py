"""The mapping's file, which an editor may have open too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.ui.pages import OpenPage, opened

from .steps import check, go_in, go_to, load, open_file, open_written

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
    """A mapping that the file cannot be read with leaves the page, and its own file, alone."""
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


@pytest.fixture
def yesterday(tmp_path: Path) -> Path:
    (tmp_path / "one.csv").write_text("u1,7\nu2,8\n")
    path = tmp_path / "one.yaml"
    path.write_text(MAPPING)
    return path


def test_mapping_of_yesterday(page: Page, yesterday: Path) -> None:
    """A mapping that is named like the file is offered."""
    with opened(yesterday.parent, "one.csv") as desk:
        page.goto(desk.url)
        expect(page.locator("#ask-title")).to_have_text("There is one.yaml: use it?")
        page.keyboard.press("Enter")
        go_to(page, "mapping")
        expect(page.locator("#saved")).to_have_text(f"Saved: {yesterday}")
        expect(page.locator("#yaml")).to_have_text(MAPPING)
        page.goto("about:blank")


def test_mapping_of_yesterday_is_not_replaced_by_enter(page: Page, yesterday: Path) -> None:
    """Who begins a new one does not lose the other one by pressing Enter once more."""
    with opened(yesterday.parent, "one.csv") as desk:
        page.goto(desk.url)
        page.click("#ask-no")
        go_to(page, "mapping")
        page.click("#save-form button")
        expect(page.locator("#ask-no")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#alert")).to_contain_text("Choose another name")
        page.goto("about:blank")
    assert yesterday.read_text() == MAPPING


def test_broken_mapping_of_the_command_line(page: Page, tmp_path: Path) -> None:
    """A mapping that cannot be loaded is no reason not to begin one."""
    (tmp_path / "one.csv").write_text("u1,7\nu2,8\n")
    (tmp_path / "broken.yaml").write_text("columns: {2: {propperty: points}}\n")
    with opened(tmp_path, "one.csv", "-c", "broken.yaml") as broken:
        go_in(page, broken)
        expect(page.locator("#alert")).to_contain_text("propperty")
        expect(page.locator("#alert")).to_contain_text("begins a new mapping")
        go_to(page, "columns")
        expect(page.locator("#cards > li")).to_have_count(2)
        page.goto("about:blank")


def test_columns_that_the_file_lacks(page: Page, desk: OpenPage, saved: Path) -> None:
    """A mapping of another file is mended by leaving out what this one has not."""
    saved.write_text("identifier: {column: 7}\ncolumns:\n  2: points\n  9: plan\n")
    load(page, saved)
    expect(page.locator("#review")).to_contain_text("cannot be used yet")
    check(page, "lacking")
    page.click("text=Leave out")
    expect(page.locator("#mapping-title")).to_be_focused()
    go_to(page, "columns")
    expect(page.locator("#identifier option:checked")).to_have_text("7: not in this file")
    page.select_option("#identifier", "1")
    go_to(page, "mapping")
    expect(page.locator("#review")).to_contain_text("The mapping is valid.")
    expect(page.locator("#yaml")).to_have_text(
        "identifier: {column: 1}\ncolumns:\n  2: points\n  # 9: plan\n"
    )


def test_changed_while_it_is_saved(page: Page, desk: OpenPage) -> None:
    """What is changed while the file is being written counts as not saved."""
    mapping = "identifier: {column: 1}\ncolumns: {2: n}\n"
    _, written = open_written(page, desk, "u1,7\n", mapping)
    held: list[Route] = []
    page.route("**/api/mappings/save", lambda route: held.append(route))
    rename = page.locator("[data-position='2']").get_by_label("Property", exact=True)
    go_to(page, "columns")
    rename.fill("score")
    go_to(page, "mapping")
    with page.expect_request("**/api/mappings/save"):
        page.click("#save-form button")
    go_to(page, "columns")
    with page.expect_response("**/api/mappings/review"):
        rename.fill("grade")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text("grade")
    before = (held[0].request.post_data_json or {})["document"]

    def follows(response: Response) -> bool:
        """Is this the review of what was saved, and not one that was under way?"""
        asked = response.request
        content = asked.post_data_json or {}
        return asked.url.endswith("/review") and content["document"] != before

    with page.expect_response(follows):
        held[0].continue_()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    expect(page.locator("#saved")).to_have_text("Not saved yet.")
    assert "score" in written.read_text()
