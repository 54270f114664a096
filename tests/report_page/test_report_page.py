"""report.html: one file that says what report.json says, shows no value, and loads nothing."""

import base64
import hashlib
import json
import re
import stat
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from importer.begin import import_profiles, resume_import, retry_import
from importer.books.report import Report
from importer.cli.console import summary
from importer.emulator import Emulator
from importer.interruption import Interruption
from importer.masking import masked_words
from importer.progress import Progress, Silence
from importer.report_page.markup import Markup, tag
from importer.report_page.plots import ceiling
from importer.report_page.words import CODES, length, share
from tests.conftest import ROOT, Command

pytestmark = pytest.mark.usefixtures("one_authority")

TOKEN = "0123456789abcdef-a-project-token"

MAPPING = """identifier: {column: 1}
columns:
  2: {property: "<b>name</b>", empty: skip}
  3: {property: $email, type: email}
  4: {property: orders, type: integer}
properties: {'"quoted" & <i>': "<script>constant()</script>"}
"""

HEADER = "source: {header: true}\n"

HOSTILE = "<script>alert('x')</script>"

ROWS = (
    f'"{HOSTILE}",Ada Lovelace,ada@example.com,12\n'
    f'refused-{HOSTILE},Grace Hopper,grace@example.com,1\n'
    'u3,"=cmd|\'/c calc\'!A0",<img src=x onerror=alert(1)>,7\n'
    "u4,Li,li@example.com,\"<script>alert(\"\"y\"\")</script>\"\n"
    "u5,\x01\u202etxt,u5@example.com,5\n"
    "u6,two cells\n"
    "u1,Ada,ada@example.com,1\nu1,Ada,ada@example.com,2\n"
)  # fmt: skip

VALUES = (
    "<script>alert", "Lovelace", "ada@example", "grace@example", "Hopper", "onerror=alert",
    "cmd|", "refused-<", "two cells", "constant()",
)  # fmt: skip


def write(folder: Path, rows: str = ROWS, settings: str = "") -> tuple[Path, Path]:
    source, mapping = folder / "a <i>&amp; b.csv", folder / "config.yaml"
    source.write_text(rows, "utf-8")
    mapping.write_text(MAPPING + settings, "utf-8")
    return source, mapping


def imported(
    folder: Path, emulator: Emulator, rows: str = ROWS, settings: str = "", **options: Any
) -> Report:
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    given = {"report_dir": folder / "runs", "environment": environment, **options}
    return import_profiles(*write(folder, rows, settings), **given)


def text_of(report: Report) -> str:
    return (report.folder / "report.html").read_text("utf-8")


def parsed(report: Report) -> Element:
    """Parse the page as browsers do, and fail where they would have to guess."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text_of(report))
    return root


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def table(page: Element, name: str) -> list[list[str]]:
    """Return the cells of the table with this caption."""
    for each in page.iter("table"):
        caption = each.find("caption")
        if caption is not None and caption.get("id") == f"{name}-caption":
            return [[words(cell) for cell in row] for row in each.iter("tr")]
    return []


def section(page: Element, name: str) -> Element | None:
    return next((s for s in page.iter("section") if s.get("aria-labelledby") == name), None)


def commands(page: Element) -> list[str]:
    found = section(page, "next")
    assert found is not None
    return [words(code) for pre in found.iter("pre") for code in pre]


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


def every_kind(folder: Path, emulator: Emulator) -> Iterator[Report]:
    """Yield a rehearsal, a run with trouble, its retry, one that stops, and how it went on."""
    yield imported(folder, emulator, dry_run=True)
    emulator.faults(
        {"kind": "refuse", "ids": [f"refused-{HOSTILE}"]},
        {"kind": "status", "status": 503, "first": 1, "body": TOKEN},
    )
    ended = imported(folder, emulator)
    yield ended
    yield retry_import(
        ended.folder,
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN},
    )
    emulator.faults({"kind": "status", "status": 401, "body": f"no such token: {TOKEN}"})
    stopped = imported(folder, emulator)
    yield stopped
    emulator.faults()
    yield resume_import(
        stopped.folder,
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN},
    )


def test_every_kind_of_run(tmp_path: Path, emulator: Emulator) -> None:
    """Each run leaves a page: valid, its owner's only, with the numbers of report.json, the
    commands of the summary, no value of the source and no token.
    """
    seen = []
    for report in every_kind(tmp_path, emulator):
        seen.append(report.status)
        path, page, text = report.folder / "report.html", parsed(report), text_of(report)
        content = json.loads((report.folder / "report.json").read_text("utf-8"))
        assert content == report.as_json()
        assert (content["files"]["page"], stat.S_IMODE(path.stat().st_mode)) == (str(path), 0o600)
        check_numbers(page, content)
        check_structure(page)
        check_policy(page, text)
        told = summary(report, report.config)
        assert commands(page), "each of these has something left to do"
        assert [command for command in commands(page) if command not in told] == []
        assert [line for line in told.splitlines() if line.startswith(("Mend", "To go", "Settle"))
                if not any(command in line for command in commands(page))] == []  # fmt: skip
        assert [value for value in (*VALUES, TOKEN) if value in text] == []
        assert [value for value in VALUES if value in "".join(page.itertext())] == []
    assert seen == ["dry-run", "partial", "partial", "stopped", "partial"]


def check_numbers(page: Element, content: dict[str, Any]) -> None:
    """Hold the tables against report.json, and against one another."""
    rows = [number(line[1]) for line in table(page, "rows-table")[1:]]
    books = content["rows"]
    assert rows == [*(books[kind] for kind in ("imported", "failed", "in_doubt", "not_attempted")),
                    books["read"]]  # fmt: skip
    assert sum(rows[:-1]) == rows[-1]
    failed = [(line[1], number(line[2])) for line in table(page, "failed-table")[1:]]
    assert failed == [(each["code"], each["rows"]) for each in content["failures_by_column"]]
    assert sum(count for _, count in failed) == books["failed"]
    kinds = [number(line[1]) for line in table(page, "identifiers-table")[1:]]
    assert kinds == [content["identifiers"][kind] for kind in ("column", "email", "random")]
    requests = [number(line[1]) for line in table(page, "requests-table")[1:]]
    if content["status"] != "dry-run":
        by_status = content["requests"]["by_status"]
        assert requests == [*by_status.values(), content["requests"]["sent"]]
    else:
        assert requests == []


def check_structure(page: Element) -> None:
    """Hold what a screen reader goes by: one title, headings in order, heads and captions."""
    assert page.get("lang") == "en"
    levels = [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(later - before <= 1 for before, later in pairwise(levels))
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for each in page.iter():
        for name in ("aria-labelledby", "aria-describedby"):
            assert each.get(name) is None or each.get(name) in ids
    for each in page.iter("table"):
        assert (each[0].tag, words(each[0]) != "") == ("caption", True)
        width = len(each.findall("thead/tr/th"))
        assert all(head.get("scope") == "col" for head in each.findall("thead/tr/th"))
        for row in (*each.findall("tbody/tr"), *each.findall("tfoot/tr")):
            assert [cell.tag for cell in row] == ["th", *["td"] * (width - 1)]
            assert row[0].get("scope") == "row"
    for each in page.iter("svg"):
        assert each.get("aria-hidden") == "true" or (
            each.get("role") == "img" and [part.tag for part in each][:2] == ["title", "desc"]
        )


def check_policy(page: Element, text: str) -> None:
    """Hold that nothing can be loaded or run, and nothing asks for it."""
    (policy,) = (m.get("content") for m in page.iter("meta") if m.get("http-equiv"))
    (style,) = page.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    names = {str(each.tag) for each in page.iter()}
    assert names & {"script", "link", "img", "iframe", "object", "a", "form", "b", "i"} == set()
    attributes = {name for each in page.iter() for name in each.attrib}
    assert [n for n in attributes if n.startswith("on") or n in ("style", "src", "href")] == []
    assert re.search(r"@import|url\((?!#)|javascript:", text) is None


def test_hostile_text_is_text(tmp_path: Path, emulator: Emulator) -> None:
    """Names of files and properties with markup in them are shown as they are written."""
    page = parsed(imported(tmp_path, emulator, dry_run=True))
    assert words(next(page.iter("h1"))) == "a <i>&amp; b.csv"
    assert '"<b>name</b>": "Ada•••••e"' in words(page)
    assert '"\\"quoted\\" & <i>": "<sc•••••t>"' in words(page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p title="x">&\'', "&lt;p title=&#34;x&#34;&gt;&amp;&#39;"),
        ("a\x00b\x1b[31m\u202ec\ud800", "a\\x00b\\x1b[31m\\u202ec\\ud800"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    """Text is escaped in elements and in attributes, and what cannot be seen is written out."""
    assert tag("td", text, title=text) == f'<td title="{expected}">{expected}</td>'
    assert tag("td", Markup("<br>")) == "<td><br></td>"


def test_rehearsal(tmp_path: Path, command: Command) -> None:
    """The page of a check tells repeated ids, the first updates and the command for the import;
    it says so in the words of the summary.
    """
    write(tmp_path)
    done = command("check", "-c", "config.yaml", "a <i>&amp; b.csv", MIXPANEL_TOKEN=TOKEN)
    (folder,) = (tmp_path / "importer-runs").iterdir()
    text = (folder / "report.html").read_text("utf-8")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    found = section(page, "rehearsed")
    assert done.returncode == 3
    assert found is not None
    assert "1 row has the id of an earlier row" in words(found)
    assert words(found).count("$distinct_id") == 3
    (retry,) = commands(page)
    assert retry == "importer run 'a <i>&amp; b.csv' -c config.yaml"
    assert f"mend what it sets aside: {retry}\n" in done.stdout
    assert (TOKEN in text, section(page, "requests")) == (False, None)


def test_nothing_left_to_do(tmp_path: Path, emulator: Emulator) -> None:
    """A run without a fault says so, and shows neither failures nor warnings."""
    page = parsed(imported(tmp_path, emulator, "u1,Ada,ada@example.com,1\n"))
    assert commands(page) == []
    assert "Nothing: every row was imported." in words(page)
    assert section(page, "failures") is None
    assert section(page, "warnings") is None


def test_what_did_not_change(tmp_path: Path, emulator: Emulator) -> None:
    """A run that sends only changes says how much it did not send, and who is gone."""
    rows = [f"u{n},Ada,u{n}@example.com,1\n" for n in range(1, 8)]
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN} | state

    def page(count: int, **options: Any) -> Element:
        content = "".join(rows[:count])
        return parsed(
            imported(
                tmp_path, emulator, content, "delta: true\n", environment=environment, **options
            )
        )

    everything = "All rows were to be sent, changed or not."
    assert everything in words(page(7))
    changes = page(6)
    assert "6 of the rows imported say nothing new and were not sent." in words(changes)
    gone = "Identifiers of earlier runs that are not in the file any more: 1, in vanished.csv."
    assert gone in words(changes)
    assert "vanished.csvwho is not in the file any more" in words(changes)
    check_structure(changes)
    again = words(page(7, full=True))
    assert everything in again
    assert "any more" not in again


def test_no_rows(tmp_path: Path, emulator: Emulator) -> None:
    """A file with a header alone has a page too."""
    page = parsed(imported(tmp_path, emulator, "id,name,email,n\n", HEADER))
    assert "Nothing: the source has no rows." in words(page)
    check_structure(page)


def test_own_part_of_a_resumed_run(tmp_path: Path, emulator: Emulator) -> None:
    """The timeline adds up to the books; after a resumption to what the last process did, and the
    page says so.
    """
    rows = "".join(f"u{row},Ada,,{'many' if row % 50 == 0 else row}\n" for row in range(1, 6001))
    interruption = Interruption()

    class Impatient(Silence):
        def update(self, progress: Progress) -> None:
            if progress.totals.read >= 2000:
                interruption.request()

    first = imported(tmp_path, emulator, rows, interruption=interruption, observer=Impatient())
    before, page = first.as_json(), text_of(first)
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    last = resume_import(first.folder, environment=environment)
    after, own = last.as_json(), last.totals.recalled
    assert own > 0
    line = before["timeline"]
    assert before["rows"]["not_attempted"] > 0
    assert sum(line["rows"]) == before["rows"]["read"] - before["rows"]["not_attempted"]
    assert before["rows_per_second"] == round(sum(line["rows"]) / first.seconds)
    assert sum(line["failed"]) == before["rows"]["failed"]
    assert sum(line["requests"]) == before["requests"]["sent"]
    line = after["timeline"]
    assert sum(line["rows"]) == after["rows"]["read"] - own == 6000 - own
    assert sum(line["requests"]) == after["requests"]["sent"] - before["requests"]["sent"]
    assert "Only the last process is shown" in words(parsed(last))
    assert "Only the last process" not in page


def test_closed(tmp_path: Path, emulator: Emulator) -> None:
    """The page of a run is that of a complete one once another has sent what was left of it."""
    ended = imported(tmp_path, emulator, "u1,Ada,,many\n")
    rejects = ended.folder / "rejects.csv"
    rejects.write_text(rejects.read_text("utf-8").replace("many", "7"), "utf-8")
    assert "Closed since" not in text_of(ended)
    left_over = ("Finished, with rows left over", "What to do next", "importer retry")
    assert all(each in text_of(ended) for each in left_over)
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    again = retry_import(ended.folder, environment=environment)
    said = words(parsed(ended))
    assert f"Closed since: what was left of this run was sent by run {again.run}." in said
    assert "Complete" in text_of(ended)
    assert [each for each in left_over if each in text_of(ended)] == []
    check_structure(parsed(ended))


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_that_cannot_be_written(tmp_path: Path, emulator: Emulator, name: str) -> None:
    """A page that cannot be written stops the run like a report that cannot: the report says so,
    and no page says that all went well.
    """

    class Saboteur(Silence):
        def update(self, progress: Progress) -> None:  # noqa: ARG002
            (folder,) = (tmp_path / "runs").glob("2*")
            (folder / name).mkdir(exist_ok=True)

    report = imported(tmp_path, emulator, "u1,Ada,,1\n", observer=Saboteur())
    assert (report.status, report.exit_code, name in str(report.stop)) == ("stopped", 4, True)
    assert not (report.folder / "report.html").is_file()
    if name == "report.html":
        written = json.loads((report.folder / "report.json").read_text("utf-8"))
        assert written == report.as_json()
    (report.folder / name).rmdir()
    environment = {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
    assert resume_import(report.folder, environment=environment).status == "complete"
    assert "Nothing: every row was imported." in text_of(report)


def test_words_of_warnings() -> None:
    """Quoted names of properties and the names of runs stay; an apostrophe opens no quote."""
    told = "property 'plan' is none of Mixpanel's; did you mean '$name'? See 'Ada Lovelace'"
    assert masked_words(told, {"plan", "$name"}) == told.replace("Ada Lovelace", "Ada•••••e")
    path = "runs/20261125T041129Z-a645df/rejects.csv: b'Ada Lovelace'"
    assert masked_words(path) == "runs/20261125T041129Z-a645df/rejects.csv: b'Ada•••••e'"


def test_codes_of_the_readme() -> None:
    """The page explains the codes that the README does, in its words."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", (ROOT / "README.md").read_text("utf-8"), re.M)
    told = {code: meaning for code, meaning in rows if code in CODES}
    assert set(told) == set(CODES)
    assert [c for c, meaning in CODES.items() if meaning.split(";")[0] not in told[c]] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 1), (0.04, 0.05), (1, 1), (7, 10), (20, 20), (21, 50), (1001, 2000), (99_999, 100_000)],
)
def test_ceiling(value: float, expected: float) -> None:
    """A scale ends at the next 1, 2 or 5 with zeros."""
    assert ceiling(value) == pytest.approx(expected)


def test_shares_and_lengths() -> None:
    """Some is never shown as none, and nearly all never as all."""
    assert [share(*pair) for pair in ((0, 5), (1, 10**6), (999_999, 10**6), (1, 3), (5, 5))] == [
        "0.0 %", "< 0.1 %", "> 99.9 %", "33.3 %", "100.0 %",
    ]  # fmt: skip
    assert [length(seconds) for seconds in (0, 2.54, 9.99, 75.2, 3_600, 9_000)] == [
        "0 s", "2.5 s", "10 s", "75 s", "60 min", "2 h 30 min",
    ]  # fmt: skip
