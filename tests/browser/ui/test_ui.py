"""The whole way over the page in a real browser, by mouse and by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from importer.emulator import Emulator
from tests.conftest import ROOT
from tests.ui.pages import OpenPage, opened

from .steps import STEPS, TOKEN, Keys, check, go_in, go_to, open_file, settle

SAMPLE = ROOT / "sample_data/customers.csv"
HOSTILE = """\
u1,<script>document.title='run'</script>,=1+1,"say ""hi"" & <b>bye</b>"
u2,<img src=x onerror=document.title='run'>,@SUM(A1),'; DROP TABLE people; --
u3,"</textarea></code><svg onload=document.title='run'>",+cmd|' /C calc'!A0,{{7*7}} ${7*7}
"""


def test_by_mouse(page: Page, desk: OpenPage, server: Emulator) -> None:
    """Open, map, save, rehearse, import, look at the report: by mouse, on the sample file."""
    go_in(page, desk)
    page.fill("#path", str(SAMPLE))
    page.click("text=Open")
    expect(page.locator("#ask-title")).to_have_text("There is customers.yaml: use it?")
    check(page, "offer")
    page.click("#ask-no")
    expect(page.locator("#opened-words")).to_contain_text("5,000 rows")
    check(page, "file")
    page.click("text=Go on to the columns")
    plan = page.locator("[data-position='9']")
    plan.locator("input[type=checkbox]").check()
    plan.get_by_label("Property", exact=True).fill("plan")
    points = page.locator("[data-position='11']")
    points.locator("input[type=checkbox]").check()
    points.get_by_label("Property", exact=True).fill("credits")
    expect(points.get_by_label("Type")).to_have_value("integer")
    name = page.locator("[data-position='3']")
    name.get_by_label("Type").select_option("boolean")
    expect(name.locator(".result .bad")).to_contain_text("fail")
    expect(name.locator("tr.fails").first).to_contain_text("✗")
    name.get_by_label("Type").select_option("string")
    expect(name.locator(".result .good")).to_have_text("All of 5,000 rows convert")
    page.click("text=Add a constant")
    page.locator("#constants").get_by_label("Property", exact=True).fill("import_source")
    page.locator("#constants").get_by_label("Value").fill("crm")
    page.locator("#constants").get_by_label("Value").press("Tab")
    expect(page.locator("#kinds")).to_contain_text("4,874 by the column")
    check(page, "columns")
    page.click("text=Go on to the mapping")
    expect(page.locator("#review")).to_contain_text("The mapping is valid.")
    page.click("#save-form button")
    expect(page.locator("#saved")).to_contain_text("Saved:")
    check(page, "mapping")
    page.click("text=Go on to the rehearsal")
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 5,000 rows would be imported.")
    check(page, "rehearsal")
    page.click("text=Go on to the import")
    page.fill("#token", TOKEN)
    page.click("text=Use it")
    expect(page.locator("#token-words")).to_contain_text("Type another one")
    page.click("#import-start")
    check(page, "question")
    page.click("#ask-yes")
    expect(page.locator("#import-state .big")).to_have_text("All 5,000 rows imported.")
    check(page, "import")
    with page.context.expect_page() as report:
        page.click("#import-state >> text=Report, for programs")
    assert '"status": "complete"' in report.value.locator("body").inner_text()
    assert TOKEN not in page.content()
    profile = server.profile("C-100000000")
    assert profile is not None
    assert (profile["plan"], profile["credits"]) == ("starter", 751)
    assert profile["import_source"] == "crm"


def test_by_keyboard(page: Page, desk: OpenPage, server: Emulator) -> None:
    """The same way with the keyboard alone."""
    (desk.folder / "people.csv").write_text("u1,Ann,7\nu2,Ben,x\nu3,Cid,9\n")
    go_in(page, desk)
    keys = Keys(page)
    keys.to("#path")
    keys.write(str(desk.folder / "people.csv"))
    keys.press("Enter")
    expect(page.locator("#opened-words")).to_contain_text("3 rows")
    keys.to("#file .next button")
    keys.press("Enter")
    expect(page.locator("#columns-title")).to_be_focused()
    settle(page)
    keys.to("#identifier")
    keys.write("1")
    keys.press("1")
    keys.to("[data-position='3'] input[type=checkbox]")
    if not page.evaluate("document.activeElement.checked"):
        keys.press("Space")
    keys.to("[data-position='3'] .property")
    keys.press("ControlOrMeta+a")
    keys.write("credits")
    keys.to("[data-position='3'] .entry select")
    for key in "integer":
        keys.press(key)
    expect(page.locator("[data-position='3'] .bad")).to_have_text("1 of 3 rows fail")
    keys.to("#columns > .next button")
    keys.press("Enter")
    expect(page.locator("#mapping-title")).to_be_focused()
    settle(page)
    keys.to("#save-path")
    keys.press("Enter")
    expect(page.locator("#saved")).to_contain_text("Saved:")
    keys.to("#mapping > .next button")
    keys.press("Enter")
    keys.to("#rehearse")
    keys.press("Enter")
    expect(page.locator("#rehearsal-state .big")).to_have_text("1 row of 3 would fail.")
    expect(page.locator(".group summary")).to_contain_text("Column 3 (credits)")
    keys.to("#rehearsal > .next button")
    keys.press("Enter")
    keys.to("#token")
    keys.write(TOKEN)
    keys.press("Enter")
    expect(page.locator("#token-words")).to_contain_text("Type another one")
    keys.to("#import-start")
    keys.press("Enter")
    expect(page.locator("#ask-yes")).to_be_focused()
    keys.press("Escape")
    # Busy for a few milliseconds more, in which no finger presses it again.
    expect(page.locator("#import-start:not([aria-busy])")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#ask-yes")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#import-state .big")).to_have_text("1 row of 3 failed.")
    check(page, "failures")
    assert sorted(server.profiles()) == ["u1", "u3"]


def test_hostile_cells(page: Page, desk: OpenPage) -> None:
    """Scripts, formulas and quotes are text, wherever they are shown."""
    (desk.folder / "hostile.csv").write_text(HOSTILE)
    go_in(page, desk)
    page.fill("#path", str(desk.folder / "hostile.csv"))
    page.click("text=Open")
    expect(page.locator("#peek")).to_contain_text("<script>document.title='run'</script>")
    go_to(page, "columns")
    page.click("text=Tick all")
    card = page.locator("[data-position='2']")
    card.get_by_label("Property", exact=True).fill("<b>name</b>")
    card.get_by_label("Type").select_option("integer")
    expect(card.locator("tr.fails").first).to_contain_text("<script>document.title='run'</script>")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text("<b>name</b>")
    go_to(page, "rehearsal")
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("3 rows of 3 would fail.")
    expect(page.locator(".group td").nth(3)).to_contain_text("<script>")
    assert page.locator("main script, main img, main b:has(> script), main svg").count() == 0
    assert page.title() != "run"


def test_words_for_every_fault(page: Page, desk: OpenPage) -> None:
    """What goes wrong is said where it is seen, with what to do next."""
    go_in(page, desk)
    page.fill("#path", "/nowhere/people.csv")
    page.click("text=Open")
    expect(page.locator("#alert")).to_contain_text("No such file or directory; type the path")
    check(page, "fault")
    assert page.locator("nav.steps button:disabled").count() == len(STEPS) - 1


def test_dropped_file_and_existing_mapping(page: Page, server: Emulator, tmp_path: Path) -> None:
    """A chosen file is copied; the command line's mapping is kept but for what is changed."""
    text = "# ours\nidentifier: {column: 1}\ncolumns:\n  2: $first_name  # as on the badge\n"
    (tmp_path / "ours.yaml").write_text(text)
    with opened(tmp_path, "-c", "ours.yaml", MIXPANEL_URL=server.url) as desk:
        go_in(page, desk)
        page.set_input_files(
            "#pick",
            FilePayload(
                name="people.csv", mimeType="text/csv", buffer=b"u1,Ann,pro\nu2,Ben,free\n"
            ),
        )
        expect(page.locator("#opened-words")).to_contain_text("2 rows")
        go_to(page, "columns")
        page.locator("[data-position='3'] input[type=checkbox]").check()
        page.locator("[data-position='3']").get_by_label("Property", exact=True).fill("plan")
        go_to(page, "mapping")
        expect(page.locator("#yaml")).to_contain_text("3: plan")
        page.click("#save-form button")
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved: .*ours.yaml$"))
        page.reload()
        page.wait_for_selector("body[data-ready]")
        go_to(page, "columns")
        expect(
            page.locator("[data-position='3']").get_by_label("Property", exact=True)
        ).to_have_value("plan")
        page.goto("about:blank")  # whose server ends complains of that
    assert (tmp_path / "ours.yaml").read_text() == f"{text}  3: plan\n"


@pytest.mark.parametrize("width", [390, 360])
def test_steps_on_a_phone(page: Page, desk: OpenPage, width: int) -> None:
    """The names of the steps are not broken on the screen of a phone."""
    go_in(page, desk)
    page.set_viewport_size({"width": width, "height": 800})
    lines = """() => [...document.querySelectorAll(".steps button")].map((button) => {
        const text = document.createRange();
        text.selectNodeContents(button.lastChild);
        return text.getClientRects().length;
    })"""
    assert page.evaluate(lines) == [1] * 5
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_stop_and_go_on(page: Page, desk: OpenPage, server: Emulator) -> None:
    """An import is stopped and goes on by two buttons."""
    (desk.folder / "many.csv").write_text("".join(f"u{n},a{n}\n" for n in range(16_000)))
    (desk.folder / "m.yaml").write_text("identifier: {column: 1}\ncolumns: {2: nickname}\n")
    server.faults({"kind": "delay", "delay_ms": [2500, 2500]})
    go_in(page, desk)
    page.fill("#path", str(desk.folder / "many.csv"))
    page.click("text=Open")
    expect(page.locator("#opened-words")).to_contain_text("first 10,000 rows")
    go_to(page, "mapping")
    page.click("text=Load a mapping that exists")
    page.fill("#load-path", str(desk.folder / "m.yaml"))
    page.click("#load-form button")
    expect(page.locator("#saved")).to_contain_text("Saved:")
    go_to(page, "import")
    page.fill("#token", TOKEN)
    page.click("text=Use it")
    expect(page.locator("#token-words")).to_contain_text("Type another one")
    page.click("#import-start")
    page.click("#ask-yes")
    rows = page.locator("#import-state .tiles dd").first
    expect(rows).to_have_text(re.compile("^0"))  # before the first answer
    expect(rows).to_contain_text("of about")
    check(page, "progress")
    page.click("#import-stop")
    expect(page.locator("#import-state .big")).to_contain_text("Stopped after")
    server.faults()
    page.click("#import-resume")
    expect(page.locator("#import-state .big")).to_have_text("All 16,000 rows imported.")
    assert len(server.profiles()) == 16_000


def test_results_are_of_what_is_open(page: Page, desk: OpenPage) -> None:
    """What was rehearsed of another file is put away, of another mapping it is told; a file that
    cannot be opened leaves the one before, by name.
    """
    for name in ("one", "two"):
        (desk.folder / f"{name}.csv").write_text("u1,7\nu2,8\n")
    (desk.folder / "m.yaml").write_text("identifier: {column: 1}\ncolumns: {2: points}\n")
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", desk.folder / "m.yaml")
    go_to(page, "rehearsal")
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 2 rows would be imported.")
    go_to(page, "columns")
    page.locator("[data-position='2']").get_by_label("Property", exact=True).fill("other")
    page.keyboard.press("Tab")
    go_to(page, "rehearsal")
    expect(page.locator("#rehearsal-state")).to_contain_text("The mapping has changed since")
    open_file(page, desk.folder / "two.csv")
    page.click("#ask-yes")
    settle(page)
    go_to(page, "rehearsal")
    expect(page.locator("#rehearsal-state")).to_be_empty()
    open_file(page, desk.folder / "none.csv")
    expect(page.locator("#alert")).to_contain_text(f"{desk.folder / 'two.csv'} is still open.")


def test_deletions_are_called_that(page: Page, desk: OpenPage, server: Emulator) -> None:
    """A mapping that deletes says so on every step, and Enter goes on once the word is typed."""
    (desk.folder / "gone.csv").write_text("u1,7\nu2,8\n")
    (desk.folder / "d.yaml").write_text("identifier: {column: 1}\noperation: delete\n")
    go_in(page, desk)
    open_file(page, desk.folder / "gone.csv", desk.folder / "d.yaml")
    go_to(page, "rehearsal")
    page.click("#rehearse")
    expect(page.locator("#rehearsal-state .big")).to_have_text("All 2 rows would be deleted.")
    go_to(page, "import")
    page.fill("#token", TOKEN)
    page.click("text=Use it")
    expect(page.locator("#token-words")).to_contain_text("Type another one")
    expect(page.locator("#import-words")).to_contain_text("are deleted at")
    page.click("text=Delete the profiles")
    expect(page.locator("#ask-words")).to_contain_text("of 2 rows of")
    expect(page.locator("#ask-words")).to_contain_text("gone.csv at")
    page.fill("#ask-input", "delete")
    page.press("#ask-input", "Enter")
    expect(page.locator("#import-state .big")).to_have_text("All 2 rows deleted.")
    assert server.profiles() == {}
