"""What somebody does on the page, step by step, and what is looked at on each of them."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.pages import OpenPage

TOKEN = "b9c1d2e3f4a5968778695a4b3c2d1e0f"
expect.set_options(timeout=30_000)  # a busy machine is no fault of the page

STEPS = ("file", "columns", "mapping", "rehearsal", "import")


def go_in(page: Page, desk: OpenPage) -> None:
    page.goto(desk.url)
    page.wait_for_selector("body[data-ready]")
    assert "secret" not in page.url


def go_to(page: Page, step: str) -> None:
    page.locator(f"nav.steps [data-step={step}]").click()
    expect(page.locator(f"#{step}-title")).to_be_visible()


def settle(page: Page) -> None:
    """Wait until nothing is asked of the server any more."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("body:not(.busy)")).to_have_count(1)


def check(page: Page, step: str) -> None:
    """Find no serious fault, nothing wider than the window, and keep pictures of it."""
    settle(page)
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    found = [each for each in results.response["violations"]
             if each["impact"] in ("serious", "critical")]  # fmt: skip
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    folder = os.environ.get("IMPORTER_SCREENSHOTS")
    for width in (1280, 420):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark") if folder else ("light",):
            page.emulate_media(color_scheme=scheme)
            if folder:
                Path(folder).mkdir(parents=True, exist_ok=True)
                page.evaluate("() => scrollTo(0, 0)")
                name = f"{step}-{width}-{scheme}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{step}: {wide} pixels too wide at {width}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def open_file(page: Page, path: Path, mapping: Path | None = None) -> None:
    go_to(page, "file")
    page.fill("#path", str(path))
    page.click("#path-form button")
    settle(page)
    if mapping is not None:
        load(page, mapping)


def open_written(page: Page, desk: OpenPage, rows: str, mapping: str) -> tuple[Path, Path]:
    """Write a file and its mapping, and open both."""
    file, its = desk.folder / "written.csv", desk.folder / "its.yaml"
    file.write_text(rows)
    its.write_text(mapping)
    go_in(page, desk)
    open_file(page, file, its)
    return file, its


def load(page: Page, mapping: Path) -> None:
    go_to(page, "mapping")
    if not page.locator("#load-path").is_visible():
        page.click("text=Load a mapping that exists")
    page.fill("#load-path", str(mapping))
    page.click("#load-form button")
    settle(page)


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def to(self, selector: str, most: int = 200) -> None:
        """Press Tab until something has the focus, which must then be seen to have it."""
        there = f"document.activeElement.matches({selector!r})"
        for _ in range(most):
            if self._page.evaluate(there):
                shown = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                assert self._page.evaluate(shown), f"{selector} does not show its focus"
                return
            self.press("Tab")
        raise AssertionError(f"the keyboard does not get to {selector}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def write(self, text: str) -> None:
        self._page.keyboard.insert_text(text)
