"""Exports as they come out of a CRM: what is suggested is what a person would suggest."""

from pathlib import Path

import pytest
import yaml

from importer.guess import Level
from importer.guess.previews import ColumnPreview, Preview, preview
from importer.guess.starter import starter
from importer.settings.config_file import load_config
from tests.guess.layouts import LAYOUTS, Layout, Right
from tests.guess.more_layouts import ADDRESS_BOOK, MORE_LAYOUTS

EVERY_LAYOUT = (*LAYOUTS, *MORE_LAYOUTS, ADDRESS_BOOK)
WIDE_LAYOUTS = [layout for layout in EVERY_LAYOUT if layout is not ADDRESS_BOOK]


def seen(layout: Layout, tmp_path: Path) -> Preview:
    path = tmp_path / "export.csv"
    path.write_text(layout.text, encoding="utf-8")
    return preview(path)


def is_right(column: ColumnPreview, right: Right) -> bool:
    suggested = column.property.property if column.property else ""
    kind_fits = column.guess.kind in right.kinds and not column.guess.rivals
    return kind_fits and suggested in right.properties


@pytest.mark.parametrize("layout", WIDE_LAYOUTS, ids=lambda layout: layout.name)
def test_nine_of_ten(layout: Layout, tmp_path: Path) -> None:
    """At least nine columns of ten get the kind and the property that a person would give them."""
    columns = seen(layout, tmp_path).columns
    assert len(columns) == len(layout.right)
    wrong = [
        (column.position, str(column.guess), column.property)
        for column, right in zip(columns, layout.right, strict=True)
        if not is_right(column, right)
    ]
    assert 10 * len(wrong) <= len(columns), wrong


@pytest.mark.parametrize("layout", EVERY_LAYOUT, ids=lambda layout: layout.name)
def test_never_confidently_wrong(layout: Layout, tmp_path: Path) -> None:
    """What is named without a question mark is right: kind, type and identifier."""
    shown = seen(layout, tmp_path)
    confident = [
        (column, right)
        for column, right in zip(shown.columns, layout.right, strict=True)
        if column.guess.level is not Level.PERHAPS
    ]
    assert [(c.position, str(c.guess)) for c, r in confident if c.guess.kind not in r.kinds] == []
    assert [c.position for c, r in confident if c.guess.type not in (None, r.type)] == []
    assert shown.identifier.column == layout.identifier


@pytest.mark.parametrize("layout", EVERY_LAYOUT, ids=lambda layout: layout.name)
def test_mapping_holds_what_is_right(layout: Layout, tmp_path: Path) -> None:
    """Every line of the starter mapping that is no comment is one that a person would write."""
    path = tmp_path / "config.yaml"
    path.write_text(starter(seen(layout, tmp_path)), encoding="utf-8")
    config = load_config(path)
    written = {key: entries[0].property for key, entries in config.columns.items()}
    suggested = {
        position: [name for name in right.properties if name]
        for position, right in enumerate(layout.right, start=1)
    }
    assert {k: v for k, v in written.items() if v not in suggested[int(k)]} == {}
    needed = {
        k for k, names in suggested.items() if names and "" not in layout.right[k - 1].properties
    }
    assert needed - set(written) == set()
    assert config.source.delimiter == layout.delimiter


def test_headers_give_the_names(tmp_path: Path) -> None:
    """With a header, columns keep its names, and well-known ones become reserved properties."""
    path = tmp_path / "export.csv"
    path.write_text(
        "Record ID,First Name,Surname,E-Mail,Lifecycle Stage,Create Date,email\n"
        + "".join(
            f"{n},Ann{'abcd'[n % 4]},Sm{'abc'[n % 3]}th,p{n}@example.com,lead,2024-01-{n},x\n"
            for n in range(10, 25)
        ),
        encoding="utf-8",
    )
    from importer.settings import sections

    text = starter(preview(path, sections.Source(header=True)))
    content = yaml.safe_load(text)
    assert content["identifier"]["column"] == 1
    named = {
        key: entry if isinstance(entry, str) else entry["property"]
        for key, entry in content["columns"].items()
    }
    assert named == {
        2: "$first_name",
        3: "$last_name",
        4: "$email",
        5: "Lifecycle Stage",
        6: "$created",
        7: "email",
    }
