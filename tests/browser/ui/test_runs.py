"""Steps 4 and 5: what is shown of a run, and what is asked before another one."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from importer.emulator import Emulator
from tests.resuming.processes import importing, wait_for_requests
from tests.ui.pages import OpenPage, opened

from .steps import TOKEN, check, go_in, go_to, open_file, settle

SETTING = "identifier: {column: 1}\ncolumns: {2: points}\n"
ADDING = (
    "identifier: {column: 1}\ncolumns: {2: {property: points, type: integer, operation: add}}\n"
)


@pytest.fixture
def files(desk: OpenPage) -> Path:
    for name in ("one", "two"):
        (desk.folder / f"{name}.csv").write_text("u1,7\nu2,x\n")
    (desk.folder / "many.csv").write_text("".join(f"u{n},1\n" for n in range(16_000)))
    (desk.folder / "sets.yaml").write_text(SETTING)
    (desk.folder / "adds.yaml").write_text(ADDING)
    return desk.folder


def loaded_again(page: Page) -> None:
    settle(page)
    page.reload()
    page.wait_for_selector("body[data-ready]")


def rename(page: Page, name: str) -> None:
    go_to(page, "columns")
    page.locator("[data-position='2']").get_by_label("Property", exact=True).fill(name)


def test_loaded_again(page: Page, desk: OpenPage, files: Path) -> None:
    """A page that is loaded again is at the step where it was, and shows no verdict as fresh that
    is of another mapping, and none of another file.
    """
    go_in(page, desk)
    open_file(page, files / "one.csv", files / "sets.yaml")
    go_to(page, "rehearsal")
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 2 rows would be imported.")
    go_to(page, "mapping")
    loaded_again(page)
    expect(page.locator("#mapping-title")).to_be_visible()
    expect(page.locator("#rehearsal-state .big")).to_have_count(1)
    expect(page.locator("#rehearsal-state .stale")).to_have_count(0)
    rename(page, "other")
    loaded_again(page)
    expect(page.locator("#columns-title")).to_be_visible()
    expect(page.locator("#rehearsal-state")).to_contain_text("The mapping has changed since")
    open_file(page, files / "two.csv")
    page.click("#ask-yes")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text("two.csv")
    loaded_again(page)
    expect(page.locator("#rehearsal-state")).to_be_empty()


@pytest.fixture
def stopped(page: Page, desk: OpenPage, server: Emulator, files: Path) -> OpenPage:
    """Stop an import of what adds, after some of its rows."""
    go_in(page, desk)
    open_file(page, files / "many.csv", files / "adds.yaml")
    go_to(page, "import")
    page.fill("#token", TOKEN)
    server.faults({"kind": "delay", "delay_ms": [300, 300]})
    page.click("#import-start")
    page.click("#ask-yes")
    in_flight = page.locator("#import-state .tiles div", has_text="In flight").locator("dd")
    expect(in_flight).to_have_text(re.compile("^[1-9]"))
    page.click("#import-stop")
    expect(page.locator("#import-state .big")).to_contain_text(
        re.compile(r"^Stopped after [\d,]+ rows\. (About )?[\d,]+ rows? of the file w\w+ not read")
    )
    server.faults()
    return desk


def test_another_mapping_than_it_was_begun_with(page: Page, stopped: OpenPage) -> None:
    """Who changes the mapping of an import that stopped is told which one goes on, and may import
    all rows by the new one.
    """
    expect(page.locator("#import-note")).to_be_hidden()
    rename(page, "other")
    go_to(page, "import")
    expect(page.locator("#import-note")).to_contain_text("the mapping that this import was begun")
    expect(page.locator("#import-start")).to_be_hidden()
    check(page, "another-mapping")
    page.click("text=Import all again with this mapping")
    expect(page.locator("#ask-words")).to_contain_text("would count twice")
    expect(page.locator("#ask-no")).to_be_focused()
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("All 16,000 rows imported.")


def test_another_token_than_it_was_begun_with(page: Page, stopped: OpenPage) -> None:
    """A file is not split over two projects without a question."""
    page.fill("#token", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    page.click("#import-resume")
    expect(page.locator("#ask-title")).to_have_text("Another project?")
    page.keyboard.press("Enter")
    expect(page.locator("#import-resume")).to_be_visible()
    page.fill("#token", TOKEN)
    page.click("#import-resume")
    expect(page.locator("#import-state .big")).to_have_text("All 16,000 rows imported.")


def test_import_of_another_file(page: Page, stopped: OpenPage) -> None:
    """What is shown of an import that can go on is not taken for one of the file that is open."""
    open_file(page, stopped.folder / "two.csv")
    go_to(page, "import")
    expect(page.locator("#import-state")).to_contain_text("This is of many.csv, which is not open")
    expect(page.locator("#import-resume")).to_have_text("Go on with many.csv")
    expect(page.locator("#import-start")).to_be_visible()


def test_failed_rows_alone(page: Page, desk: OpenPage, server: Emulator, files: Path) -> None:
    """What failed is sent by a command that is shown; sending everything again is asked twice."""
    go_in(page, desk)
    open_file(page, files / "one.csv", files / "adds.yaml")
    go_to(page, "import")
    page.fill("#token", TOKEN)
    page.click("#import-start")
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("1 row of 2 failed.")
    (run,) = (files / "importer-runs").iterdir()
    expect(page.locator("#import-state")).to_contain_text(f"importer retry {run}")
    check(page, "left-rows")
    page.click("#import-start")
    page.click("#ask-yes")
    expect(page.locator("#ask-title")).to_have_text("Import all rows again?")
    expect(page.locator("#ask-words")).to_contain_text("would count twice")
    page.keyboard.press("Enter")
    settle(page)
    assert server.profiles() == {"u1": {"points": 7}}


def test_server_that_is_gone(browser: Browser, desk: OpenPage, files: Path) -> None:
    """A server that was killed is told of, by whatever asks it next."""
    context = browser.new_context()  # which may complain
    page = context.new_page()
    go_in(page, desk)
    open_file(page, files / "one.csv", files / "sets.yaml")
    page.route("**/events", lambda route: route.abort())
    page.route("**/api/desk", lambda route: route.abort())
    go_to(page, "rehearsal")
    page.click("#rehearse")
    expect(page.locator("#alert")).to_contain_text("The page's server does not answer")
    page.route("**/api/**", lambda route: route.abort())
    go_to(page, "columns")
    expect(page.locator("#alert")).to_be_empty()
    page.get_by_label("Property", exact=True).first.fill("other")
    expect(page.locator("#alert")).to_contain_text("The page's server does not answer")
    context.close()


def test_file_that_looks_unlike_the_last_one(page: Page, desk: OpenPage) -> None:
    """What stops an import is told line by line, and the file is imported as it is when somebody
    says so.
    """
    path = desk.folder / "drift.csv"
    path.write_text("".join(f"u{n},{n}\n" for n in range(300)))
    (desk.folder / "m.yaml").write_text(f"{SETTING}drift: stop\n")
    go_in(page, desk)
    open_file(page, path, desk.folder / "m.yaml")
    go_to(page, "import")
    page.fill("#token", TOKEN)
    page.click("#import-start")
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("All 300 rows imported.")
    path.write_text("".join(f"u{n},\n" for n in range(300)))
    page.click("#import-start")
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("Nothing was imported.")
    expect(page.locator("#import-state .fault li")).to_have_count(1)
    expect(page.locator("#import-state .fault li")).to_contain_text("column 2 (points)")
    check(page, "drift")
    page.click("text=Import it as it is")
    expect(page.locator("#ask-words")).to_contain_text("It looks unlike the last one")
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("All 300 rows imported.")
    expect(page.locator("#import-state pre.command")).to_contain_text("--accept-drift")


def test_goes_on_after_the_page_has_ended(page: Page, server: Emulator, tmp_path: Path) -> None:
    """An import that stopped with its page is found by the next one, before rows count twice."""
    server.forget()
    (tmp_path / "f.csv").write_text("".join(f"u{n},1\n" for n in range(9_000)))
    (tmp_path / "m.yaml").write_text(
        "identifier: {column: 1}\ncolumns: {2: {property: points, type: integer, operation: add}}\n"
    )
    server.faults({"kind": "delay", "delay_ms": [300, 300]})
    given = ("run", "f.csv", "-c", "m.yaml")
    by_token = {"MIXPANEL_TOKEN": TOKEN}
    with importing(tmp_path, *given, url=server.url, environment=by_token) as process:
        wait_for_requests(server, 15, process)
        process.terminate()
        process.wait(60)
    server.faults()
    with opened(tmp_path, MIXPANEL_URL=server.url, **by_token) as desk:
        go_in(page, desk)
        open_file(page, tmp_path / "f.csv", tmp_path / "m.yaml")
        go_to(page, "import")
        page.click("#import-start")
        page.click("#ask-yes")
        expect(page.locator("#ask-title")).to_have_text("Go on with it?")
        page.click("#ask-yes")
        expect(page.locator("#import-state .big")).to_have_text("All 9,000 rows imported.")
        page.goto("about:blank")
    assert {profile["points"] for profile in server.profiles().values()} == {1}
