"""report.html in a browser: accessible, within its width, alone on the network, without scripts."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from importer.emulator import Emulator
from tests.conftest import Command

LONG = "a_rather_long_name_of_a_property_" * 3

MAPPING = f"""identifier: {{column: 1}}
columns:
  2: $frist_name
  3: {{property: $email, type: email}}
  4: {{property: {LONG}, type: integer}}
"""


def written(command: Command, folder: Path, emulator: Emulator, *given: str) -> Path:
    """Import rows of which some fail in each way, with an answer that has to be waited for; return
    the page.
    """
    rows = [f"u{row},Ada,{'ada' if row % 7 == 0 else ''},{row % 50 or 'x'}" for row in range(2000)]
    (folder / "customers.csv").write_text("\n".join([*rows, "too,short"]), "utf-8")
    (folder / "config.yaml").write_text(MAPPING, "utf-8")
    emulator.faults(
        {"kind": "refuse", "ids": ["u1", "u2"]},
        {"kind": "status", "status": 429, "first": 1, "retry_after": 2},
    )
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "s3cret-t0ken"}
    done = command("run", "customers.csv", "-c", "config.yaml", *given, **environment)
    assert done.returncode == 3, done.stderr
    (page,) = (folder / "importer-runs").glob("*/report.html")
    return page


@pytest.mark.parametrize("given", [("--dry-run",), ()], ids=["rehearsal", "run"])
def test_report(
    page: Page, command: Command, tmp_path: Path, emulator: Emulator, given: tuple[str, ...]
) -> None:
    """On a wide light screen and a narrow dark one axe finds no fault, nothing is wider than the
    screen, nothing is loaded, and the browser has nothing to say.
    """
    address = written(command, tmp_path, emulator, *given).as_uri()
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    looks: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (420, "dark"))
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for each in page.locator("summary").all():
            each.click()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    plots = [each.text_content() for each in page.locator("svg[role=img] > title").all()]
    assert plots[:2] == ["What became of the rows", "Failed rows by column and code"]
    assert given or len(plots) == 4, "the pause made a picture"
    assert asked == [address] * 2
    assert said == []


def test_policy(page: Page, command: Command, tmp_path: Path, emulator: Emulator) -> None:
    """What somebody writes into the page does not run, and asks nobody."""
    path = written(command, tmp_path, emulator, "--dry-run")
    before = emulator.stats()["requests"]
    planted = (
        "<script>document.title = 'ran'</script>"
        f'<img src="{emulator.url}/engage" onerror="document.title = \'failed\'">'
        f'<link rel="stylesheet" href="{emulator.url}/engage">'
        "<style>h1 { display: none }</style>"
    )
    path.write_text(path.read_text("utf-8").replace("<main>", f"<main>{planted}"), "utf-8")
    page.goto(path.as_uri())
    assert page.title().startswith("customers.csv: report")
    assert page.locator("h1").is_visible()
    assert emulator.stats()["requests"] == before
