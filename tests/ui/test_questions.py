"""What the page asks before a run begins: nothing goes out that nobody meant."""

from pathlib import Path
from typing import Any

import pytest

from importer.emulator import Emulator

from .pages import TOKEN, OpenPage, drafted, opened, saved

ADDING = {"2": [{"property": "orders", "type": "integer", "operation": "add"}]}
BY_FIRST = {"column": 1, "fallback": []}


@pytest.mark.parametrize("kind", ["rehearsal", "import"])
def test_mapping_that_changed_on_the_disk(page: OpenPage, people: Path, kind: str) -> None:
    """A mapping is run only while its file is the one that the page shows."""
    order = {"kind": kind, **saved(page, *drafted(page, people), "disk.yaml")}
    path = page.folder / "disk.yaml"
    path.write_text("columns: {4: theirs}\n")
    question = {"ask": "disk", "state": "changed", "path": str(path)}
    assert page.post("/api/jobs", order) == question
    path.unlink()
    assert page.post("/api/jobs", order) == {**question, "state": "gone"}


def test_rows_that_would_count_twice(page: OpenPage, server: Emulator) -> None:
    """What adds is not sent again by the same mapping without a question; what sets is."""
    path = page.folder / "twice.csv"
    path.write_text("u1,1\nu2,x\n")
    given, sheet = drafted(page, path, columns=ADDING, identifier=BY_FIRST)
    order = {"kind": "import", **saved(page, given, sheet, "twice-adds.yaml")}
    assert page.end_of(page.post("/api/jobs", order))["report"]["rows"]["failed"] == 1
    assert page.post("/api/jobs", order) == {"ask": "again", "arrived": 1}
    page.end_of(page.post("/api/jobs", {**order, "anew": True}))
    sheet["columns"] = {"2": [{"property": "orders"}]}
    order = {"kind": "import", **saved(page, given, sheet, "twice-sets.yaml")}
    for _ in range(2):
        page.end_of(page.post("/api/jobs", order))


def interrupted(page: OpenPage, server: Emulator, name: str) -> dict[str, Any]:
    """Import a file and stop on the way, with some rows imported."""
    path = page.folder / f"{name}.csv"
    path.write_text("".join(f"{name}{n},1\n" for n in range(20_000)))
    given, sheet = drafted(page, path, columns=ADDING, identifier=BY_FIRST)
    order = saved(page, given, sheet, f"{name}-adds.yaml")
    server.faults({"kind": "delay", "delay_ms": [150, 150]})
    job = page.post("/api/jobs", {"kind": "import", **order})
    last: dict[str, Any] = {}
    for last in page.states(job["id"]):
        if last["progress"].get("imported") and not last["stopping"]:
            page.post(f"/api/jobs/{job['id']}/stop", {})
    server.faults()
    return last


def test_another_token(page: OpenPage, server: Emulator) -> None:
    """A run that was begun with one token does not go on with another one without a question."""
    job = interrupted(page, server, "split")
    run = job["report"]["run"]
    order = {"kind": "resume", "run": run}
    page.post("/api/token", {"token": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"})
    assert page.post("/api/jobs", order) == {"ask": "token", "run": run}
    page.post("/api/token", {"token": TOKEN})
    again = page.post("/api/jobs", order)
    assert [again[key] for key in ("source", "mapping")] == [job["source"], job["mapping"]]
    assert page.end_of(again)["report"]["status"] == "complete"


def test_another_token_on_another_page(page: OpenPage, server: Emulator) -> None:
    """So it is with the run of a page that has ended; who wants it is not refused either."""
    run = interrupted(page, server, "earlier")["report"]["run"]
    another = {"MIXPANEL_URL": server.url, "MIXPANEL_TOKEN": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"}
    with opened(page.folder, **another) as later:
        given, sheet = drafted(later, later.folder / "earlier.csv", columns=ADDING)
        order = {"kind": "import", **saved(later, given, sheet, "later.yaml")}
        assert later.post("/api/jobs", order)["ask"] == "unfinished"
        order = {"kind": "resume", "run": run}
        assert later.post("/api/jobs", order) == {"ask": "token", "run": run}
        job = later.end_of(later.post("/api/jobs", {**order, "other_token": True}))
        assert job["report"]["status"] == "complete"


def test_token_that_was_wrong(page: OpenPage, server: Emulator) -> None:
    """A run of which nothing arrived goes on with the right token, and no question."""
    path = page.folder / "wrong.csv"
    path.write_text("u1,1\nu2,2\n")
    given, sheet = drafted(page, path, columns=ADDING, identifier=BY_FIRST)
    order = saved(page, given, sheet, "wrong-adds.yaml")
    server.faults({"kind": "status", "status": 401, "every": 1})
    ended = page.end_of(page.post("/api/jobs", {"kind": "import", **order}))
    assert ended["report"]["status"] == "stopped"
    server.faults()
    page.post("/api/token", {"token": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"})
    again = page.post("/api/jobs", {"kind": "resume", "run": ended["report"]["run"]})
    page.post("/api/token", {"token": TOKEN})
    assert page.end_of(again)["report"]["status"] == "complete"


def test_what_a_job_is_about(page: OpenPage, people: Path) -> None:
    """A job names its file, and its mapping by a digest that comments do not change."""
    given, sheet = drafted(page, people)
    order = saved(page, given, sheet, "about.yaml")
    review = {**order, "sheet": sheet, "path": ""}
    digest = page.post("/api/mappings/review", review)["mapping"]
    job = page.end_of(page.post("/api/jobs", {"kind": "rehearsal", **order}))
    assert (job["source"], job["mapping"]) == (str(people), digest)
    sheet["empty_cells"] = "unset"
    assert page.post("/api/mappings/review", review)["mapping"] != digest
