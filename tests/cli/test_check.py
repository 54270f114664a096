"""The verdict of a check: bad values masked, repeated ids, first updates, time; the schema."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

from importer import import_profiles
from importer.books.rehearsal import DistinctIds
from importer.books.rehearsal_words import duration
from importer.cli.console import summary
from importer.errors import TookTooLong
from importer.masking import masked, masked_words
from importer.settings.config import Config
from importer.settings.config_schema import config_schema
from tests.conftest import ROOT, Command

PHONES = "identifier: {column: 1}\ncolumns: {2: {property: $phone, type: phone}, 3: plan}\n"


def rehearsed(folder: Path, mapping: dict[str, Any], rows: str) -> dict[str, Any]:
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    report = import_profiles(
        folder / "rows.csv",
        Config.model_validate(mapping),
        dry_run=True,
        report_dir=folder / "runs",
        environment={"MIXPANEL_TOKEN": "s3cret-t0ken"},
    )
    return report.as_json()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("n/a", "•••"),
        ("12345", "•••••"),
        ("123456", "12••••"),
        ("+49301234", "+4•••••4"),
        ("+49 30 123 4512", "+49•••••12"),
        ("a.very.long.address@example.com", "a.v•••••om"),
        ("\x1b[31mred text here", "\N{REPLACEMENT CHARACTER}[3•••••re"),
    ],
)
def test_masked(text: str, expected: str) -> None:
    """A masked value shows its form: at most three and two characters, at most a third."""
    assert masked(text) == expected
    assert len(expected.replace("•", "")) <= len(text) / 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('"thirty-five" is no integer', '"th•••••e" is no integer'),
        ('"a "b" c@example.com" is no', '"a "•••••om" is no'),
        ("$email, ada@example.com is invalid", "$email, ada•••••om is invalid"),
        ("value '+49 30 123456' refused", "value '+49•••••6' refused"),
        ("HTTP 400: no such id 1234567890", "HTTP 400: no such id 12•••••0"),
        ("too many requests, 30000 allowed", "too many requests, 30000 allowed"),
        ("Invalid credentials", "Invalid credentials"),
    ],
)
def test_masked_words(words: str, expected: str) -> None:
    """What a server echoes, or a reason quotes, shows its form only; other words stay."""
    assert masked_words(words) == expected


def test_commonest_bad_values(tmp_path: Path) -> None:
    """Each column's failures are counted by themselves, two in one row too; values are masked."""
    mapping = {
        "identifier": {"column": 1},
        "columns": {
            2: {"property": "age", "type": "integer"},
            3: {"property": "at", "type": "date", "required": True},
        },
    }
    rows = "u1,thirty-five,x\nu2,thirty-five,2024-01-01\nu3,old,\nu4,7,2024-01-01\n"
    assert rehearsed(tmp_path, mapping, rows)["rehearsed"]["columns"] == [
        {
            "column": 2,
            "property": "age",
            "failed": 3,
            "empty": 0,
            "commonest": [{"value": "th•••••e", "cells": 2}, {"value": "•••", "cells": 1}],
        },
        {
            "column": 3,
            "property": "at",
            "failed": 1,
            "empty": 1,
            "commonest": [{"value": "•", "cells": 1}],
        },
    ]


def test_repeated_ids_and_first_updates(tmp_path: Path) -> None:
    """Rows whose id appeared before are counted, random ids never; the token is not shown."""
    mapping = {"identifier": {"column": 1}, "columns": {2: {"property": "n", "type": "number"}}}
    found = rehearsed(tmp_path, mapping, "u1,1\nu2,2\n,3\n,4\nu1,5\nu1 ,6\n")["rehearsed"]
    envelope = {"$token": "…", "$ip": "0", "$ignore_time": True}
    assert (found["repeated_ids"], found["requests"], found["seconds"]) == (2, 1, 0.1)
    assert len(found["first_updates"]) == 3
    assert found["first_updates"][:2] == [
        {**envelope, "$distinct_id": "u1", "$set": {"n": 1}},
        {**envelope, "$distinct_id": "u2", "$set": {"n": 2}},
    ]


def test_first_updates_of_several_operations(tmp_path: Path) -> None:
    """Updates are shown one by one where a row has several, and counted so for the time it takes;
    the token is in none of them.
    """
    mapping = {
        "identifier": {"column": 1},
        "columns": {
            2: {"property": "n", "type": "integer", "operation": "add"},
            3: {"property": "},{", "operation": "union"},
        },
        "delivery": {"concurrency": 100},
    }
    rows = "u1,12345678901234567890,a\nu2,,b\nu3,1,\n" + "u4,1,b\n" * 60_000
    found = rehearsed(tmp_path, mapping, rows)["rehearsed"]
    envelope = {"$token": "…", "$ip": "0", "$ignore_time": True}
    assert found["first_updates"] == [
        {**envelope, "$distinct_id": "u1", "$add": {"n": 12345678901234567890}},
        {**envelope, "$distinct_id": "u1", "$union": {"},{": ["a"]}},
        {**envelope, "$distinct_id": "u2", "$union": {"},{": ["b"]}},
    ]
    assert (found["requests"], found["seconds"]) == (601, 4.0)


def test_distinct_ids_of_many_chunks() -> None:
    """Repeats are counted exactly, whatever came in which chunk, and each id is held once."""
    drawn = np.random.default_rng(7).integers(0, 900_000, (40, 60_000), np.uint64)
    ids, seen = DistinctIds(), set()
    for chunk in drawn:
        ids.add(chunk)
        seen.update(chunk.tolist())
    assert ids.repeated == drawn.size - len(seen)
    assert sum(map(len, ids._known)) == len(seen)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "about 1 s"), (33.4, "about 33 s"), (300, "about 5 min"), (9_000, "about 2.5 h")],
)
def test_duration(seconds: float, words: str) -> None:
    """An estimate is said no more exactly than it is known."""
    assert duration(seconds) == words


def test_check_in_words(tmp_path: Path, command: Command) -> None:
    """A check says what fails by column, what repeats, what to expect, what would be sent."""
    (tmp_path / "c.yaml").write_text(PHONES, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("u1,+49 30 123456,free\nu2,call the office,pro\nu1,,pro\n")
    done = command("check", "-c", "c.yaml", "rows.csv", MIXPANEL_TOKEN="s3cret-t0ken")
    told = done.stdout.partition("  repeated ids")[2].partition("Failed rows:")[0]
    assert (done.returncode, done.stderr) == (3, "")
    assert told.splitlines() == [
        "   1 row has the id of an earlier row",
        "  to expect      1 request, about 1 s",
        "Cells that fail their rows, the commonest masked:",
        "  column 2 ($phone): 1 cell: cal•••••ce (1)",
        "The first updates, as they would be sent:",
        '  {"$token":"…","$distinct_id":"u1","$ip":"0","$ignore_time":true,'
        '"$set":{"$phone":"+4930123456","plan":"free"}}',
        '  {"$token":"…","$distinct_id":"u1","$ip":"0","$ignore_time":true,"$set":{"plan":"pro"}}',
    ]


@pytest.mark.parametrize("most", [0, 9])
def test_cells_beside_the_books(tmp_path: Path, most: int) -> None:
    """Of a rehearsal that was stopped it is said that cells of rows read ahead are counted too; of
    a value of which a mask leaves nothing, nothing.
    """
    (tmp_path / "rows.csv").write_text("u1,n/a\nu2,about twelve\nu3,3\n")
    column = {"property": "n", "type": "number"}
    report = import_profiles(
        tmp_path / "rows.csv",
        Config.model_validate({"columns": {2: column}, "delivery": {"batch_size": 1}}),
        dry_run=True,
        report_dir=tmp_path / "runs",
        max_failures=most,
    )
    ahead = ", in rows read ahead too" if most == 0 else ""
    assert (
        f"Cells that fail their rows{ahead}, the commonest masked:\n"
        "  column 2 (n): 2 cells: abo•••••e (1)\n"
    ) in summary(report, "c.yaml")


def test_nothing_to_expect(tmp_path: Path, command: Command) -> None:
    """Where nothing would be sent that takes no time."""
    (tmp_path / "c.yaml").write_text("identifier: {column: 1}\ncolumns: {2: a}\n")
    (tmp_path / "rows.csv").write_text(",\n")
    done = command("check", "-c", "c.yaml", "rows.csv")
    assert "  to expect      0 requests\n" in done.stdout


def test_what_the_api_would_cut_or_misread(tmp_path: Path) -> None:
    """Values are counted over the whole file, in characters, failures and empty cells left out."""
    mapping = {
        "identifier": {"column": 1},
        "columns": {2: "bio", 3: "$phone", 4: "$country_code", 5: {"property": "x", "type": "url"}},
    }
    fine, quotes, long = "ü" * 255, '""' * 255, "ü" * 256
    rows = (
        f'u1,{fine},+491,DE,\nu2,"{quotes}",,,\nu3,{long},0301,Germany,\nu4,{long},030,D1,\n'
        f"u5,,,,{long}\n"
    )
    report = rehearsed(tmp_path, mapping, rows)
    assert report["warnings"] == [
        "column 2 (bio): 2 values of more than 255 characters; Mixpanel cuts them to 255",
        "column 3 ($phone): 2 values without a leading +; declare type: phone and its country, "
        "or Mixpanel guesses the country code",
        "column 4 ($country_code): 2 values that are no code of two letters; declare type: country",
    ]


def test_one_value_that_the_api_would_misread(tmp_path: Path) -> None:
    """One value is spoken of as one."""
    mapping = {"identifier": {"column": 1}, "columns": {2: "$country_code"}}
    (warning,) = rehearsed(tmp_path, mapping, "u1,Germany\nu2,DE\n")["warnings"]
    assert warning.startswith("column 2 ($country_code): 1 value that is no code of two letters")


def as_editors_see_it(text: str) -> Any:
    """Read YAML with the keys of mappings as texts."""
    return json.loads(json.dumps(yaml.safe_load(text)))


@pytest.mark.parametrize("path", [ROOT / "config.example.yaml", *ROOT.glob("sample_data/*.yaml")])
def test_schema_takes_our_own_mappings(path: Path) -> None:
    """The mappings that come with the program fit the schema."""
    jsonschema.validate(as_editors_see_it(path.read_text(encoding="utf-8")), config_schema())


@pytest.mark.parametrize(
    "text",
    [
        "columns: {1: $email}",
        "columns: {1: {property: $email, type: email}}",
        "columns: {1: [a, {property: b, type: date, format: '%d.%m.%Y'}]}",
        "columns: {plan: plan}\nsource: {header: true, quote: null}\nidentifier: {column: id}",
        "columns: {1: {property: b, type: boolean, true_values: ja, false_values: [nein]}}",
    ],
)
def test_schema_takes_every_spelling(text: str) -> None:
    """The three spellings of a column fit, one text in place of a list too."""
    Config.model_validate(yaml.safe_load(text))
    jsonschema.validate(as_editors_see_it(text), config_schema())


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "columns: {}",
        "columns: {1: []}",
        "columns: {1: 7}",
        "columns: {1: {type: email}}",
        "columns: {1: {property: a, typ: email}}",
        "columns: {1: {property: a, type: strng}}",
        "columns: {1: a}\nprojekt: {}",
        "columns: {1: a}\nproject: {region: de}",
        "columns: {1: a}\ndelivery: {batch_size: 5000}",
        "columns: {1: a}\nidentifier: {column: 0}",
        "columns: {1: a}\nsource: {delimiter: ';;'}",
    ],
)
def test_schema_refuses(text: str) -> None:
    """Unknown keys and values of another form do not fit."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_editors_see_it(text), config_schema())


def test_schema_is_printed(command: Command) -> None:
    """`check --schema` needs no mapping and prints a valid schema."""
    done = command("check", "--schema")
    assert (done.returncode, done.stderr) == (0, "")
    schema = json.loads(done.stdout)
    assert schema == config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_silent_pipe(tmp_path: Path) -> None:
    """A rehearsal of a pipe that falls silent ends when its time is over, as an import does."""
    over = threading.Event()
    os.mkfifo(tmp_path / "rows.csv")

    def write() -> None:
        with (tmp_path / "rows.csv").open("w") as pipe:
            pipe.writelines(f"u{n},{'x' * 1000}\n" for n in range(6_000))
            pipe.flush()
            over.wait(20)

    with ThreadPoolExecutor() as pool:
        pool.submit(write)
        report = import_profiles(
            tmp_path / "rows.csv",
            Config.model_validate({"columns": {2: "plan"}}),
            dry_run=True,
            report_dir=tmp_path / "runs",
            max_duration=0.5,
        )
        over.set()
    assert isinstance(report.stop, TookTooLong)
    assert report.totals.read == report.totals.imported > 0
    assert report.seconds < 10
