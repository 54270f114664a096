"""A mapping file that the page changes keeps whatever it did not touch, byte for byte."""

import json
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import ConfigError
from importer.settings.config import Config
from importer.ui.edit import edited, rendered
from importer.ui.sheet import from_sheet, to_sheet
from tests.conftest import ROOT
from tests.mappings import CONSTANTS, mappings

TEXT = """\
# Ours.
project: {region: us}   # Frankfurt comes later

columns:
  # who
  2: $first_name  # as on the badge
  3:
    # long form
    property: $email
    type: email   # checked

  # the plan
  9: {property: plan, values: {P: premium}}
  # 11: credits

properties:
  import_source: crm  # where from
delivery: {batch_size: 100}
"""


def changed(change: str, text: str = TEXT) -> str:
    """Return the lines that differ after a change of the content: `- old` and `+ new`."""
    content = yaml.safe_load(text)
    exec(change, {"c": content})
    before, after = text.splitlines(), edited(text, content).splitlines()
    assert yaml.safe_load("\n".join(after)) == content
    gone = [f"- {line}" for line in before if line not in after]
    return "\n".join([*gone, *(f"+ {line}" for line in after if line not in before)])


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("pass", ""),
        (
            "c['columns'][2] = '$name'",
            "-   2: $first_name  # as on the badge\n+   2: $name  # as on the badge",
        ),
        ("del c['columns'][9]", "-   9: {property: plan, values: {P: premium}}\n"
                                "+   # 9: {property: plan, values: {P: premium}}"),
        ("c['columns'][11] = 'points'", "-   # 11: credits\n+   11: points"),
        ("c['columns'][4] = {'property': 'a', 'type': 'date'}",
         "+   4: {property: a, type: date}"),
        ("c['columns'][1] = 'yes'", "+   1: 'yes'"),
        ("c['columns'][3]['type'] = 'string'",
         "-     type: email   # checked\n+     type: string   # checked"),
        ("c['columns'][3] = '$email'",
         "-   3:\n-     # long form\n-     property: $email\n-     type: email   # checked\n"
         "+   3: $email   # checked"),
        ("c['project']['region'] = 'eu'",
         "- project: {region: us}   # Frankfurt comes later\n"
         "+ project: {region: eu}   # Frankfurt comes later"),
        ("c['properties']['n'] = 1", "+   n: 1"),
        ("del c['properties']", "- properties:\n-   import_source: crm  # where from\n"
                                "+ # properties:\n+ #   import_source: crm  # where from"),
        ("c['delivery']['timeout'] = 5", "- delivery: {batch_size: 100}\n"
                                         "+ delivery: {batch_size: 100, timeout: 5}"),
        ("c['empty_cells'] = 'unset'", "+ empty_cells: unset"),
    ],
)  # fmt: skip
def test_smallest_changes(change: str, difference: str) -> None:
    """A change touches its own line; comments stay, and a column that goes becomes one."""
    assert changed(change) == difference


def test_there_and_back() -> None:
    """A column that was unticked and ticked again stands where it stood, as it stood."""
    content = yaml.safe_load(TEXT)
    del content["columns"][9]
    without = edited(TEXT, content)
    assert edited(without, yaml.safe_load(TEXT)) == TEXT


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_mark(ending: str, mark: str) -> None:
    """A file from Windows stays one."""
    text = mark + TEXT.replace("\n", ending)
    content = yaml.safe_load(TEXT)
    content["columns"][5] = "a"
    content["empty_cells"] = "null"
    expected = TEXT.replace("  # the plan", "  5: a\n\n  # the plan", 1).replace(
        "checked\n\n  5", "checked\n  5", 1
    )
    assert edited(text, content) == mark + (expected + "empty_cells: 'null'\n").replace(
        "\n", ending
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}", "columns:\n", "columns: {1: a}"])
def test_short_files(text: str) -> None:
    """A file with next to nothing in it can be filled."""
    assert yaml.safe_load(edited(text, {"columns": {1: "b", 2: "c"}})) == {
        "columns": {1: "b", 2: "c"}
    }


def test_what_cannot_be_changed() -> None:
    """A file that cannot be read is left alone, in words."""
    with pytest.raises(ConfigError, match="mend it in an editor"):
        edited("columns: {? [1] : a}", {"columns": {1: "a"}})


@settings(max_examples=50)
@given(CONSTANTS)
def test_any_value_on_one_line(value: object) -> None:
    """Whatever a value holds, it is written on one line and read as the same."""
    written = rendered(value)
    assert "\n" not in written
    assert yaml.safe_load(f"a: {written}\nb: [{written}, 1]\n") == {"a": value, "b": [value, 1]}


class WithoutReferences(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def as_file(content: object, flow: bool | None) -> str:
    dumped: str = yaml.dump(
        content, Dumper=WithoutReferences, allow_unicode=True, default_flow_style=flow,
        sort_keys=False,
    )  # fmt: skip
    return dumped


def through_the_page(text: str, change: Any = None) -> str:
    """Take a mapping to the page and back, as JSON, with a change."""
    content = yaml.safe_load(text)
    names = tuple(key for key in content.get("columns", {}) if isinstance(key, str))
    sheet = json.loads(json.dumps(to_sheet(content, names)))
    if change is not None:
        change(sheet)
    return edited(text, from_sheet(sheet, content, names))


@pytest.mark.parametrize(
    "text",
    [
        *(path.read_text("utf-8") for path in (ROOT / "sample_data").glob("*.yaml")),
        (ROOT / "config.example.yaml").read_text("utf-8"),
        TEXT,
        "columns: {2: a, 3: [b, {property: c, empty: null}]}\nempty_cells: null\n"
        "properties: {x: 1.0, y: 1, z: true, big: 12345678901234567890, j: {join: [1]}}\n",
        "source: {header: true}\nidentifier: {column: id}\ncolumns: {plan: plan, id: user}\n",
        "operation: delete\nidentifier: {column: 1}\n",
    ],
)
def test_loaded_and_saved(text: str) -> None:
    """A file that is loaded and saved unchanged is the same, byte for byte."""
    assert through_the_page(text) == text


UNKNOWN = """\
source: {header: true}
identifier: {column: id}
columns:
  plan: plan
  gone: left  # since May
"""


def test_columns_that_the_file_lacks() -> None:
    """What a mapping names and the file lacks is kept until somebody leaves it out."""
    content, names = yaml.safe_load(UNKNOWN), ("user", "plan")
    sheet = to_sheet(content, names)
    assert (sheet["unknown_columns"], sheet["identifier"]["column"]) == (["gone"], "id")
    assert edited(UNKNOWN, from_sheet(sheet, content, names)) == UNKNOWN
    sheet["unknown_columns"].clear()
    sheet["identifier"]["column"] = 1
    assert edited(UNKNOWN, from_sheet(sheet, content, names)) == UNKNOWN.replace(
        "id}", "1}"
    ).replace("gone", "# gone")


TWICE = """\
source: {header: true}
columns:
  1: first
  email: $email  # by name
  2: mail  # and by number
"""


def test_column_by_name_and_by_number() -> None:
    """A column that has two keys keeps both, until its properties change."""
    content, names = yaml.safe_load(TWICE), ("user", "email")
    sheet = to_sheet(content, names)
    assert edited(TWICE, from_sheet(sheet, content, names)) == TWICE
    sheet["columns"]["2"][1]["property"] = "address"
    changed = yaml.safe_load(edited(TWICE, from_sheet(sheet, content, names)))
    assert changed["columns"] == {1: "first", "email": ["$email", "address"]}
    del sheet["columns"]["2"]
    changed = yaml.safe_load(edited(TWICE, from_sheet(sheet, content, names)))
    assert changed["columns"] == {1: "first"}


@settings(max_examples=20)
@given(mappings(6), st.sampled_from([True, False, None]))
def test_any_mapping_loaded_and_saved(content: dict[str, Any], flow: bool | None) -> None:
    """So is any mapping, however it is spelled."""
    text = as_file(content, flow)
    assert through_the_page(text) == text


@settings(max_examples=20)
@given(mappings(6), st.sampled_from([True, False, None]), st.data())
def test_any_mapping_changed(
    content: dict[str, Any], flow: bool | None, data: st.DataObject
) -> None:
    """Any change of columns that the page allows is written, and nothing else changes."""
    text = as_file(content, flow)
    content = yaml.safe_load(text)
    wanted = deepcopy(content)
    gone = data.draw(st.sampled_from(sorted(content["columns"])))
    new = data.draw(st.integers(1, 9).filter(lambda place: place not in content["columns"]))

    def change(sheet: dict[str, Any]) -> None:
        del sheet["columns"][str(gone)]
        sheet["columns"][str(new)] = [{"property": "new one"}]

    del wanted["columns"][gone]
    wanted["columns"][new] = [{"property": "new one"}]
    assert Config.model_validate(yaml.safe_load(through_the_page(text, change))) == (
        Config.model_validate(wanted)
    )
