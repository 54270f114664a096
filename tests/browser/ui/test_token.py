"""Whose project: the token that is typed, whether or not somebody confirms it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from importer.emulator import Emulator
from tests.ui.pages import OpenPage, opened

from .steps import TOKEN, go_in, go_to, open_file

MAPPING = "identifier: {column: 1}\ncolumns: {2: points}\n"


def token_from(desk: OpenPage) -> object:
    return desk.client.get("/api/desk").json()["token_from"]


def test_typed_and_not_confirmed(page: Page, server: Emulator, tmp_path: Path) -> None:
    """A token that stands in the field is the one that an import is sent with, and that is said."""
    (tmp_path / "one.csv").write_text("u1,7\nu2,8\n")
    (tmp_path / "m.yaml").write_text(MAPPING)
    with opened(tmp_path, MIXPANEL_URL=server.url, MIXPANEL_TOKEN=TOKEN) as desk:
        go_in(page, desk)
        open_file(page, tmp_path / "one.csv", tmp_path / "m.yaml")
        go_to(page, "import")
        page.click("#import-start")
        expect(page.locator("#ask-words")).to_contain_text("with the token of the environment")
        page.click("#ask-no")
        page.fill("#token", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
        page.click("#import-start")
        expect(page.locator("#ask-words")).to_contain_text("with the token you typed")
        assert (token_from(desk), page.input_value("#token")) == ("typed", "")
        page.click("#ask-yes")
        expect(page.locator("#import-state .big")).to_have_text("All 2 rows imported.")
        page.goto("about:blank")
