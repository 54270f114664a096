"""The whole way with a million rows: `python -m tests.browser.million [ROWS]`, some minutes.

Says how long the columns take to appear and how long the page takes to answer while a rehearsal
and an import go on; ends with code 1 where that is more than 2 s and 200 ms.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from importer.emulator import running
from tests.benchmarks.generate import write_benchmark
from tests.browser.conftest import NAMES
from tests.ui.pages import OpenPage, opened

COLUMNS, ANSWER = 2.0, 0.2
TOKEN = "b9c1d2e3f4a5968778695a4b3c2d1e0f"


def longest_answer(desk: OpenPage, ended: Callable[[], bool]) -> float:
    """Ask for what the page shows, again and again, until something has ended."""
    longest = 0.0
    while not ended():
        for path in ("/", "/api/desk", "/static/main.js"):
            began = time.perf_counter()
            desk.client.get(path).raise_for_status()
            longest = max(longest, time.perf_counter() - began)
    return longest


def walk(page: Page, desk: OpenPage, source: Path, rows: int) -> list[str]:
    """Open, map, rehearse, import, look at the report; return what took too long."""
    late: list[str] = []

    def measured(what: str, seconds: float, most: float) -> None:
        print(f"{what}: {seconds * 1000:,.0f} ms (at most {most * 1000:,.0f})", flush=True)
        late.extend([what] if seconds > most else [])

    page.goto(desk.url)
    page.wait_for_selector("body[data-ready]")
    page.fill("#path", str(source))
    began = time.perf_counter()
    page.click("#path-form button")
    page.wait_for_selector("#cards > li", state="attached")
    measured("columns are there after", time.perf_counter() - began, COLUMNS)
    page.click("nav.steps [data-step=columns]")
    expect(page.locator("#columns-words")).to_contain_text("first 10,000 rows")
    page.locator("[data-position='9'] input[type=checkbox]").check()
    expect(page.locator("#count-words")).to_contain_text(f"{rows:,} rows", timeout=300_000)
    page.click("nav.steps [data-step=rehearsal]")
    page.click("#rehearse")
    page.wait_for_selector("#rehearsal-state .tiles")
    ended = page.locator("#rehearsal-state .big")
    measured("longest answer, rehearsing", longest_answer(desk, lambda: ended.count() > 0), ANSWER)
    expect(ended).to_have_text(f"All {rows:,} rows would be imported.")
    page.click("nav.steps [data-step=import]")
    page.fill("#token", TOKEN)
    page.click("#token-form button")
    expect(page.locator("#token-words")).to_contain_text("Type another one")
    page.click("#import-start")
    page.click("#ask-yes")
    page.wait_for_selector("#import-state .tiles")
    ended = page.locator("#import-state .big")
    measured("longest answer, importing", longest_answer(desk, lambda: ended.count() > 0), ANSWER)
    expect(ended).to_have_text(f"All {rows:,} rows imported.")
    with page.context.expect_page() as report:
        page.click("#import-state >> text=Report, for programs")
    assert '"status": "complete"' in report.value.locator("body").inner_text()
    return late


def main(rows: int) -> int:
    path = next(filter(None, map(shutil.which, NAMES)))
    with (
        tempfile.TemporaryDirectory() as name,
        running() as server,
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        write_benchmark(folder / "million.csv", rows)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        with opened(folder, MIXPANEL_URL=server.url) as desk:
            late = walk(page, desk, folder / "million.csv", rows)
        browser.close()
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
