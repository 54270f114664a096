"""What the page asks before a run begins: nothing goes out that nobody meant."""

from pathlib import Path

import pytest

from .pages import OpenPage, drafted, saved


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
