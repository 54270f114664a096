"""The emulator's page as somebody uses it, in a real browser."""

from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from importer.emulator import Emulator
from tests.emulator.records import group, user

SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">"


def fill(emulator: Emulator, count: int = 60) -> None:
    updates = [user(f"u{n}", values={"$first_name": "Ann", "n": n}) for n in range(count)]
    assert httpx.post(f"{emulator.url}/engage", json=updates).text == "1"


def faults_of(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def send(emulator: Emulator) -> int:
    return httpx.post(f"{emulator.url}/engage?strict=1", json=[user("later")]).status_code


def test_search_and_open_a_profile(page: Page, emulator: Emulator) -> None:
    """A profile is found by a part of a value and shown with names, types, and nothing run."""
    fill(emulator)
    values = {"$first_name": SCRIPT, "$email": "eve@example.com", SCRIPT: ["<b>", 12], "n": 10**17}
    httpx.post(f"{emulator.url}/engage", json=[user("<i>eve", values=values)])
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(emulator.url)
    expect(page.get_by_role("list").get_by_role("link")).to_have_count(25)
    page.get_by_role("searchbox").fill("EVE@exam")
    page.get_by_role("link", name="<i>eve").click()
    expect(page.get_by_role("heading", level=2, name=SCRIPT)).to_be_focused()
    rows = page.locator("#properties tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["First", "Name", "$first_name", *SCRIPT.split(), "string"],
        ["Email", "$email", "eve@example.com", "string"],
        [*SCRIPT.split(), "<b>", "12", "list"],
        ["n", "100000000000000000", "number"],
    ]
    assert (page.title(), wrong) == ("Emulated profile API", [])
    page.get_by_role("link", name="All profiles").click()
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("EVE@exam")


def test_pages_and_groups(page: Page, emulator: Emulator) -> None:
    """The list is turned page by page; group profiles are a kind of their own."""
    fill(emulator)
    httpx.post(f"{emulator.url}/groups", json=[group("acme", values={"seats": 5})])
    page.goto(emulator.url)
    where = page.locator("#found")
    expect(where).to_have_text("1–25 of 60")
    for expected in ("26–50 of 60", "51–60 of 60"):
        page.get_by_role("button", name="Next").click()
        expect(where).to_have_text(expected)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(where).to_have_text("26–50 of 60")
    page.get_by_label("Kind").select_option("company")
    page.get_by_role("link", name="acme").click()
    expect(page.locator("#properties")).to_contain_text("seats")


def test_live(page: Page, emulator: Emulator) -> None:
    """What arrives is on the page without anybody's doing."""
    page.goto(emulator.url)
    expect(page.locator("#found")).to_contain_text("No profiles yet")
    fill(emulator, 3)
    expect(page.locator("#count-updates")).to_have_text("3")
    expect(page.locator("#latest tr")).to_contain_text(["POST /engage"])
    expect(page.locator("#found")).to_have_text("1–3 of 3")


def test_script_trouble_and_end_it(page: Page, emulator: Emulator) -> None:
    """A button makes trouble, another ends it."""
    page.goto(emulator.url)
    page.get_by_role("button", name="503").click()
    end = page.get_by_role("button", name="End: Answer 503, for 20 requests")
    expect(end).to_be_visible()
    assert send(emulator) == 503
    expect(page.locator("#faults")).to_contain_text("struck once")
    end.click()
    expect(page.get_by_text("None scripted")).to_be_visible()
    assert send(emulator) == 200
    page.get_by_label("Ids to refuse").fill("nobody, later")
    page.get_by_role("button", name="Refuse ids").click()
    expect(page.locator("#faults")).to_contain_text("Refuse nobody, later")
    assert send(emulator) == 400


def test_forget_everything(page: Page, emulator: Emulator) -> None:
    """Everything is forgotten, once it is confirmed."""
    fill(emulator)
    page.goto(emulator.url)
    for answer in ("Keep everything", "Forget everything"):
        assert len(emulator.profiles()) == 60
        page.get_by_role("button", name="Forget everything…").click()
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#found")).to_contain_text("No profiles yet")
    expect(page.locator("#latest tr")).to_have_count(0)
    assert emulator.profiles() == {}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (420, "dark")])
def test_accessible(
    page: Page, emulator: Emulator, width: int, scheme: Literal["light", "dark"]
) -> None:
    """axe-core finds nothing serious, and nothing is wider than the window."""
    fill(emulator)
    emulator.faults({"kind": "status", "status": 429, "first": 1}, {"kind": "refuse", "ids": ["x"]})
    send(emulator)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(emulator.url)
    expect(page.locator("#faults li")).to_have_count(2)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("list").get_by_role("link").first.click()
    expect(page.locator("#properties tr")).to_have_count(2)
    assert faults_of(page) == []
    page.get_by_role("button", name="Forget everything…").click()
    assert faults_of(page) == []
