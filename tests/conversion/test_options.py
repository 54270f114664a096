"""The options of types in a mapping file, and what a run does with cells that are not of a type."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from importer.emulator import Emulator
from importer.settings.column_types import OPTIONS, TYPES
from importer.settings.columns import Column
from tests.conftest import Command

FORMAT = "format '{}' needs a year, a month and a day, such as %Y-%m-%d"


def fault(**settings: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Column.model_validate({"property": "p", **settings})
    (error,) = caught.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"type": "strng"}, "unknown type 'strng'; did you mean 'string'?"),
        ({"separator": ","}, "separator is for list, not for type string"),
        (
            {"type": "json", "format": "%Y"},
            "format is for date, datetime or timestamp, not for type json",
        ),
        ({"type": "date", "timezone": "UTC"}, "timezone is for datetime, not for type date"),
        ({"type": "number", "decimal": "!"}, "Input should be '.' or ','"),
        (
            {"type": "number", "thousands": "."},
            "decimal ('.' unless it is set) and thousands must differ",
        ),
        (
            {"type": "boolean", "true_values": [True]},
            "YAML reads yes, on or true as true; put the word in quotes",
        ),
        ({"type": "boolean", "true_values": ["ja", "No"]}, "'No' cannot be true and false"),
        ({"type": "date", "format": "%Q"}, "format '%Q': 'Q' is a bad directive in format '%Q'"),
        ({"type": "date", "format": "%d.%m."}, FORMAT.format("%d.%m.")),
        ({"type": "date", "format": ["%d.%m.%Y", "%H:%M"]}, FORMAT.format("%H:%M")),
        ({"type": "date", "format": 5}, "write 5 as text, in quotes"),
        (
            {"type": "datetime", "format": "%Y-%m-%d %Z"},
            "format '%Y-%m-%d %Z': %Z is not reliable; use %z, or the option timezone",
        ),
        (
            {"type": "datetime", "format": "%d/%m/%Y %H:%M %p"},
            "format '%d/%m/%Y %H:%M %p': %I and %p go together; %H is the hour of 24",
        ),
        (
            {"type": "datetime", "format": "%Y-%m-%d %I:%M"},
            "format '%Y-%m-%d %I:%M': %I and %p go together; %H is the hour of 24",
        ),
        (
            {"type": "datetime", "format": "%d/%m/%Y %H:%m"},
            "format '%d/%m/%Y %H:%m' has the same part twice; %M are minutes",
        ),
        (
            {"type": "date", "format": "%Y-%m-%d", "day_first": True},
            "give format or day_first, not both: a format says which is first",
        ),
        (
            {"type": "timestamp", "format": "minutes"},
            "format: a timestamp is in seconds or milliseconds, not 'minutes'",
        ),
        (
            {"type": "datetime", "timezone": "Europe/Berln"},
            "unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        (
            {"type": "datetime", "timezone": "../etc"},
            "unknown time zone '../etc'; name a place, such as Europe/Paris",
        ),
        (
            {"type": "datetime", "timezone": "CEST"},
            "unknown time zone 'CEST'; name a place, such as Europe/Paris",
        ),
        ({"type": "phone", "country": "UK"}, "unknown country 'UK'; did you mean 'GB'?"),
        (
            {"type": "phone", "country": "Germany"},
            "unknown country 'Germany'; two letters, such as DE or US",
        ),
        ({"type": "list", "separator": ""}, "must be one character or more"),
    ],
)
def test_faults(settings: dict[str, Any], expected: str) -> None:
    """An option that cannot be right, or means nothing for its type, is named before the run."""
    assert fault(**settings) == expected


def test_options_accepted() -> None:
    """Each option is taken for its types, one format or word without a list too."""
    column = Column.model_validate(
        {"property": "p", "type": "boolean", "true_values": "ja", "false_values": ["nein", "nö"]}
    )
    assert (column.true_values, column.false_values) == (("ja",), ("nein", "nö"))
    phone = Column.model_validate({"property": "p", "type": "phone", "country": "de"})
    assert phone.options()["country"] == "DE"
    assert {type_ for types in OPTIONS.values() for type_ in types} <= set(TYPES)


MAPPING = """
identifier: {column: 1, fallback: []}
columns:
  2: {property: age, type: integer}
  3: {property: $created, type: date}
  4: {property: tags, type: list, separator: "|"}
"""
ROWS = """u1,41,2025-04-03,a|b
u2,x,2025-04-03,a
u3, ,,|
u4,12.5,03/04/2025,c
,nobody,,
"""


def test_a_run_with_types(tmp_path: Path, emulator: Emulator, command: Command) -> None:
    """Typed values arrive as their JSON types; a cell that is not of its type fails its row once,
    with the first such column and the words of both.
    """
    (tmp_path / "config.yaml").write_text(MAPPING)
    (tmp_path / "people.csv").write_text(ROWS)
    environment = {"MIXPANEL_TOKEN": "t", "MIXPANEL_URL": emulator.url}
    done = command("run", "people.csv", "-c", "config.yaml", "--json", **environment)
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["failures_by_code"] == {"type": 3}
    assert report["rows"]["imported"] == 2
    assert emulator.profile("u1") == {"age": 41, "$created": "2025-04-03", "tags": ["a", "b"]}
    assert emulator.profile("u3") is None  # its cells say nothing
    (path,) = tmp_path.glob("importer-runs/*/failures.csv")
    with path.open(newline="", encoding="utf-8") as opened:
        failures = [list(row.values()) for row in csv.DictReader(opened)]
    ambiguous = '"03/04/2025" may be day or month first; declare day_first: true or false'
    both = f'"12.5" is no integer; type number keeps its decimals; $created: {ambiguous}'
    assert failures == [
        ["2", "2", "2", "age", "u2", "type", '"x" is no integer'],
        ["4", "4", "2", "age", "u4", "type", both],
        ["5", "5", "2", "age", "", "type", '"nobody" is no integer'],
    ]
