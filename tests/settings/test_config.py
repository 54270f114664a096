"""Mapping files: what is accepted, and how every fault is named at once with its line."""

from pathlib import Path
from typing import Any

import pytest

import importer
from importer.address import BASE_URLS, base_url, checked_url
from importer.destination import resolve_destination
from importer.errors import ConfigError, MappingError
from importer.settings.config import Config
from importer.settings.config_file import load_config
from importer.settings.sections import Project
from importer.updates.mapping import resolve_mapping


def faults(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_every_fault_with_its_line(tmp_path: Path) -> None:
    """All faults of a file are listed at once, each with its line and what would be right."""
    text = """
project:
  regin: eu
source: {delimiter: ';;', encoding: utf-9, header: "yes"}
identifier: {column: 0, fallback: [emal]}
columns:
  2: $first_name
  0: x
  3: no
  4:
    property: $email
    type: strng
  5: {prop: $email}
  6: [city, {property: town, typ: string}]
delivery: {batch_size: 5000, timeout: 0}
"""
    assert faults(tmp_path / "config.yaml", text) == [
        "3: project.regin: unknown key; did you mean 'region'?",
        "4: source.header: should be true or false, not 'yes'",
        "4: source.delimiter: must be one ASCII character, no letter, digit or line break: ';;'",
        "4: source.encoding: unknown encoding 'utf-9'; utf-8 and cp1252 are common",
        "5: identifier.column: a column is a number from 1, or a header name, not 0",
        "5: identifier.fallback.0: should be 'email' or 'random', not 'emal'",
        "8: columns.0: a column is a number from 1, or a header name, not 0",
        "9: columns.3: a property name in quotes, or {property: ...}, not false",
        "12: columns.4.type: unknown type 'strng'; did you mean 'string'?",
        "13: columns.5.prop: unknown key; did you mean 'property'?",
        "14: columns.6.1.typ: unknown key; did you mean 'type'?",
        "15: delivery.batch_size: should be less than or equal to 2000, not 5000",
        "15: delivery.timeout: should be greater than 0, not 0",
        "13: columns.5: property is missing",
    ]


def test_blank_rules(tmp_path: Path) -> None:
    """A rule for empty cells that was left blank is not `null`, which would wipe properties."""
    text = "empty_cells:   # skip\ncolumns:\n  2: {property: plan, empty: }\n  3: [{property: a}]\n"
    assert faults(tmp_path / "config.yaml", text) == [
        "1: empty_cells: is blank; write skip, or leave it out",
        "3: columns.2.empty: is blank; write skip, or leave it out",
    ]
    path = tmp_path / "config.yaml"
    path.write_text("empty_cells: null\ncolumns: {2: plan}\n")
    assert load_config(path).empty_cells == "null"
    named = 'columns: {2: {property: plan, values: {empty: ""}}}\nproperties: {empty: }\n'
    path.write_text(named)
    (plan,) = load_config(path).columns[2]
    assert plan.values == {"empty": ""}  # a cell and a constant of that name are no rules


def test_numbers_that_yaml_reads_as_others(tmp_path: Path) -> None:
    """A number is refused of which YAML makes another one: nobody would see it in the profiles."""
    text = """
columns:
  2: {property: agent, values: {007: Bond, "008": 010}, default: 1.50}
  010: city
properties: {zip: 01067, time: 12:30, id: 1_000, hex: 0x1F, none: .nan, list: [+1], ok: [-3, 1.5]}
delivery: {timeout: 30.5}
"""
    assert faults(tmp_path / "config.yaml", text) == [
        "3: columns.2.default: YAML reads 1.50 as 1.5; put it in quotes, or write 1.5",
        "3: columns.2.values.008: YAML reads 010 as 8; put it in quotes, or write 8",
        "3: columns.2.values: YAML reads 007 as 7; put it in quotes, or write 7",
        "4: columns: YAML reads 010 as 8; put it in quotes, or write 8",
        "5: properties.hex: YAML reads 0x1F as 31; put it in quotes, or write 31",
        "5: properties.id: YAML reads 1_000 as 1000; put it in quotes, or write 1000",
        "5: properties.list: YAML reads +1 as 1; put it in quotes, or write 1",
        "5: properties.time: YAML reads 12:30 as 750; put it in quotes, or write 750",
        "5: properties.zip: YAML reads 01067 as 567; put it in quotes, or write 567",
        "5: properties.none: cannot be sent: JSON has no such number; put text in quotes",
    ]


def test_misspelt_joins(tmp_path: Path) -> None:
    """A join that is not spelt as one is no constant on every profile; other objects are."""
    text = """
columns: {1: a}
properties:
  b: {jion: [2, 3], with: " "}
  c: {joined: [2]}
  d: {with: " "}
  e: {points: [2], scores: 3}
  f: {coin: [2]}
  g: {joined: spring}
"""
    assert faults(tmp_path / "config.yaml", text) == [
        "4: properties.b.jion: unknown key; did you mean 'join'?",
        "5: properties.c.joined: unknown key; did you mean 'join'?",
        "4: properties.b: join is missing",
        "5: properties.c: join is missing",
        "6: properties.d: join is missing",
    ]


def test_cells_that_are_given_twice(tmp_path: Path) -> None:
    """A cell is text: a number and the same in quotes are one cell, which cannot become two."""
    text = 'columns: {1: {property: a, values: {1: one, "1": two}}}'
    assert faults(tmp_path / "config.yaml", text) == [
        "1: columns.1.values: 1 is given twice, with quotes and without: a cell is text"
    ]


def test_numbers_with_an_exponent(tmp_path: Path) -> None:
    """Numbers may be written with an exponent or without one; only in the text of cells that is not
    the same, and a number that is recommended is one to YAML.
    """
    path = tmp_path / "config.yaml"
    path.write_text("columns: {2: plan}\nproperties: {a: 0.00001, b: 1.0e-05, c: 1.0e+300}\n")
    assert load_config(path).properties == {"a": 1e-05, "b": 1e-05, "c": 1e300}
    text = (
        "columns:\n  2: {property: plan, default: 1.0e-05}\nproperties: {a: 0.0000010, b: 0xE0}\n"
    )
    assert faults(path, text) == [
        "2: columns.2.default: YAML reads 1.0e-05 as 1e-05; put it in quotes",
        "3: properties.a: YAML reads 0.0000010 as 1e-06; put it in quotes, or write 1.0e-06",
        "3: properties.b: YAML reads 0xE0 as 224; put it in quotes, or write 224",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("columns: [a, b]", "columns: should be settings, each as key: value, not ['a', 'b']"),
        ("columns: {2: ''}", "columns.2: is empty; write something, or leave it out"),
        (
            "columns: {2: {property: a, type: date, format: []}}",
            "columns.2.format: is empty; write something, or leave it out",
        ),
        (
            "on_finish: {command: []}",
            "on_finish.command: is empty; write something, or leave it out",
        ),
        ("on_finish: {command: 5}", "on_finish.command: should be text, not 5"),
        *(
            (
                f"columns: {{2: {{property: a, type: {name}}}}}",
                f"columns.2.type: unknown type {name!r}; did you mean {meant!r}?",
            )
            for name, meant in {"Text": "string", "decimal": "number", "array": "list"}.items()
        ),
        ("delimiter: ;", "delimiter: unknown key; did you mean 'source.delimiter'?"),
        ("column: 2", "column: unknown key; did you mean 'identifier.column'?"),
        ("column: {2: a}", "column: unknown key; did you mean 'columns'?"),
        ("region: eu", "region: unknown key; did you mean 'project.region'?"),
        ("identifier: 1", "identifier: should be settings, each as key: value, not 1"),
        ("columns: {2: }", "columns.2: a property name in quotes, or {property: ...}, not nothing"),
        ("profiles: company", "profiles: should be 'user', not 'company', or {group_key: company}"),
        ("empty_cells: yes", "empty_cells: should be 'skip', 'unset', 'null' or 'error', not true"),
        (
            "delivery: {batch_size: '200'}",
            "delivery.batch_size: should be a whole number, without quotes, not '200'",
        ),
        (
            "properties: {day: 2025-01-01}",
            "properties.day: should be text, a number, true, false or a list; put it in quotes, "
            "not 2025-01-01",
        ),
        (
            "source: {delimiter: tab}",
            "source.delimiter: must be one ASCII character, no letter, digit or line break: "
            "'tab'; a tab is \"\\t\"",
        ),
    ],
)
def test_words_of_the_file(tmp_path: Path, text: str, fault: str) -> None:
    """What is wrong is said in the words of mapping files, not in those of Python."""
    assert faults(tmp_path / "config.yaml", text)[0] == f"1: {fault}"


def test_words_of_a_command(tmp_path: Path) -> None:
    """Of a list whose words are no texts it is not said that it is empty."""
    text = "columns: {1: a}\non_finish: {command: [1, ls]}\n"
    wrong = "on_finish.command.{}: should be text, not {}"
    assert faults(tmp_path / "c.yaml", text) == ["2: " + wrong.format(0, 1)]
    text = text.replace("ls", "2")
    assert faults(tmp_path / "c.yaml", text) == [
        "2: " + wrong.format(0, 1),
        "2: " + wrong.format(1, 2),
    ]


def test_what_no_file_fits(tmp_path: Path) -> None:
    """What is wrong for any file is found without one, with its line."""
    text = """
columns:
  3: {property: b, operation: add}
  4: [x, {property: y, type: boolean, operation: union}]
properties: {big: 123456789012345678901234567890}
"""
    assert faults(tmp_path / "config.yaml", text) == [
        "3: columns.3.operation: operation add wants number, and the column's type gives string",
        "4: columns.4.1.operation: operation union wants array, number, string, "
        "and the column's type gives boolean",
        "5: properties.big: cannot be sent: integer exceeds 64-bit range; put text in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "columns: {1: a, 2: a}",
            "1: columns.2: property 'a' is mapped twice: by column 1 and by column 2",
        ),
        (
            "columns: {1: a}\nproperties: {a: 1}",
            "1: columns.1: property 'a' is mapped twice: by properties and by column 1",
        ),
        ("columns:\n  1: a\n  1: b", "3: columns.1: given twice, first on line 2"),
        ("columns: {1: a", "1:15: not valid YAML: expected ',' or '}', but got '<stream end>'"),
        (
            "columns: &a {1: a}\nproperties: *a",
            "2:13: not valid YAML: references (*name) are not supported",
        ),
        (
            "columns: {1: !!python/name:os.system x}",
            "1:14: not valid YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/name:os.system'",
        ),
        ("columns: {}", "1: columns: no column is listed"),
        ("source: {quote: ','}\ncolumns: {1: a}", "1: source: delimiter and quote must differ"),
        (
            "project: {region: eu, url: 'https://x.example'}\ncolumns: {1: a}",
            "1: project: give a region or a url, not both",
        ),
        (
            "project: {url: 'http://x.example'}\ncolumns: {1: a}",
            "1: project: http:// would send the token in the clear to x.example; "
            "use https://, or set project.allow_insecure: true",
        ),
    ],
)  # fmt: skip
def test_single_faults(tmp_path: Path, text: str, fault: str) -> None:
    """Faults that YAML itself would let pass, or that concern several keys, are named too."""
    assert faults(tmp_path / "config.yaml", text) == [fault]


def test_what_is_misread_does_not_hide_the_rest(tmp_path: Path) -> None:
    """Numbers, repeated and blank keys are told beside all else."""
    text = "columns:\n  2: {property: plan, typ: integer}\n  007: x\n  2: y\nempty_cells:\n"
    assert faults(tmp_path / "config.yaml", text) == [
        "3: columns: YAML reads 007 as 7; put it in quotes, or write 7",
        "4: columns.2: given twice, first on line 2",
        "5: empty_cells: is blank; write skip, or leave it out",
    ]
    text = "columns:\n  2: {property: plan, typ: integer}\n  007: x\n"
    assert faults(tmp_path / "config.yaml", text) == [
        "3: columns: YAML reads 007 as 7; put it in quotes, or write 7",
        "2: columns.2.typ: unknown key; did you mean 'type'?",
    ]


def test_what_is_wrong_does_not_hide_conflicts(tmp_path: Path) -> None:
    """Settings that contradict one another are told beside those that are wrong by themselves."""
    text = """
source: {header: true, delimiter: ';;'}
delta: true
columns:
  plan: tier
  spent: {property: spent, operation: add, type: number}
  seen: {property: seen, type: dat}
  name: {property: tier, oparation: set_once}
  city: {propery: $city}
  tags: {property: tags, operation: union, type: boolean}
properties: {seen: never}
on_finish: {webhook: 'http://hooks.example/secret', timeout: 0}
"""
    assert [line.partition(";")[0] for line in faults(tmp_path / "config.yaml", text)] == [
        "2: source.delimiter: must be one ASCII character, no letter, digit or line break: '",
        "6: columns.spent.operation: add goes without delta: the same cell means once more, "
        "not unchanged",
        "7: columns.seen.type: unknown type 'dat'",
        "7: columns.seen.property: property 'seen' is mapped twice: by properties and "
        "by column seen",
        "8: columns.name.oparation: unknown key",
        "8: columns.name.property: property 'tier' is mapped twice: by column plan and "
        "by column name",
        "9: columns.city.propery: unknown key",
        "10: columns.tags.operation: operation union wants array, number, string, "
        "and the column's type gives boolean",
        "12: on_finish.timeout: should be greater than 0, not 0",
        "9: columns.city: property is missing",
        "12: on_finish.webhook: http:// would send the report in the clear to hooks.example",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("columns: {1: {property: a, type: dat}}", "1: columns.1.type: unknown type 'dat'"),
        ("columns: {plan: a}\nsource: {header: ja}", "2: source.header: should be true or false"),
        (
            "columns: {2: a}\noperation: delete\nidentifier: {column: 0}",
            "3: identifier.column: a column is a number from 1",
        ),
        ("ignore_alias: true\noperation: delet\nidentifier: {column: 1}", "2: operation: should"),
        (
            "columns: {1: a}\non_finish: {webhook: 'http://x.example'}\n"
            "project: {allow_insecure: 1}",
            "3: project.allow_insecure: should be true or false",
        ),
    ],
)
def test_what_is_wrong_is_not_missed(tmp_path: Path, text: str, fault: str) -> None:
    """A setting that is there, but wrong, is not also said to be lacking."""
    (found,) = faults(tmp_path / "config.yaml", text)
    assert found.startswith(fault)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end(tmp_path: Path, opening: str) -> None:
    """A file that would exhaust the stack is refused by its line."""
    text = f"columns: {{1: a}}\nproperties:\n {opening * 9_000}"
    (fault,) = faults(tmp_path / "config.yaml", text)
    assert fault.startswith("3:")
    assert fault.endswith("not valid YAML: nested more than 50 deep")


def test_too_large(tmp_path: Path) -> None:
    """A file that is no mapping by its size is not read."""
    path = tmp_path / "config.yaml"
    assert faults(path, "columns: {1: a}\n" + "# more\n" * 200_000) == [
        " more than 1,048,576 bytes: is it a mapping file?"
    ]


def test_not_a_mapping_file(tmp_path: Path) -> None:
    """A CSV given as the mapping, an empty file, and a file that is not there are told apart."""
    path = tmp_path / "config.yaml"
    nothing = [" no mapping in it; `columns:` is the least it needs"]
    assert faults(path, "") == faults(path, "a,b\nc,d\n") == nothing
    with pytest.raises(ConfigError, match="No such file or directory; name a mapping file with -c"):
        load_config(tmp_path / "nope.yaml")


@pytest.mark.parametrize(
    ("project", "environment", "expected"),
    [
        (Project(), {}, BASE_URLS["us"]),
        (Project(region="eu"), {}, BASE_URLS["eu"]),
        (Project(region="eu"), {"MIXPANEL_REGION": "in"}, BASE_URLS["in"]),
        (Project(url="https://proxy.example/mp/"), {}, "https://proxy.example/mp"),
        (Project(url="https://proxy.example"), {"MIXPANEL_REGION": "eu"}, BASE_URLS["eu"]),
        (Project(region="eu"), {"MIXPANEL_URL": "http://[::1]:8765"}, "http://[::1]:8765"),
        (
            Project(),
            {"MIXPANEL_URL": "http://localhost:1", "MIXPANEL_REGION": "eu"},
            "http://localhost:1",
        ),
    ],
)
def test_where_requests_go(project: Project, environment: dict[str, str], expected: str) -> None:
    """The environment goes before the file, an address before a region."""
    assert base_url(project, environment) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://a..b",
        "ftp://x",
        "api.mixpanel.com",
        "https://u:p@x",
        "https://x?a=1",
        "https://x:99999",
        "http://x",
    ],
)
def test_addresses_refused(url: str) -> None:
    """What is no address, or would show the token to others, is refused."""
    with pytest.raises(ValueError, match=r"."):
        checked_url(url)


def test_token_is_never_shown(tmp_path: Path) -> None:
    """Neither repr nor str of anything that holds the token shows it."""
    config = Config.model_validate({"columns": {2: "$email"}})
    environment = {"MIXPANEL_TOKEN": "s3cret"}
    destination = resolve_destination(config, tmp_path, environment, sends=True)
    assert destination.token.reveal() == "s3cret"
    shown = f"{destination!r} {destination} {destination.token!r} {destination.token}"
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    ("environment", "file", "expected"),
    [
        ({"MIXPANEL_TOKEN": " from-env\n"}, "from-file", "from-env"),
        ({"MIXPANEL_TOKEN": " "}, "from-file\n", "from-file"),
        ({}, "from-file", "from-file"),
        ({"CREDENTIALS_DIRECTORY": "given"}, "from-file", "from-systemd"),
        ({"CREDENTIALS_DIRECTORY": "given", "MIXPANEL_TOKEN": "from-env"}, "", "from-env"),
        ({"CREDENTIALS_DIRECTORY": "of-others"}, "from-file", "from-file"),
    ],
)
def test_where_the_token_comes_from(
    tmp_path: Path, environment: dict[str, str], file: str, expected: str
) -> None:
    """The environment goes before systemd's credential, and that before the file; white space
    around a token is none of it.
    """
    (tmp_path / "token").write_text(file)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "mixpanel_token").write_text("from-systemd\n")
    if folder := environment.get("CREDENTIALS_DIRECTORY"):
        environment = environment | {"CREDENTIALS_DIRECTORY": str(tmp_path / folder)}
    config = Config.model_validate({"columns": {2: "$email"}, "project": {"token_file": "token"}})
    destination = resolve_destination(config, tmp_path, environment, sends=True)
    assert destination.token.reveal() == expected


@pytest.mark.parametrize("token", ['"0123abcd"', "'0123abcd'", "0123 abcd", "0123\nabcd", "a\x00b"])
def test_what_is_no_token_is_refused(tmp_path: Path, token: str) -> None:
    """Quotes around a token, or a second word behind it, are noticed: the API would not say so."""
    (tmp_path / "token").write_text(token)
    config = Config.model_validate({"columns": {2: "$email"}, "project": {"token_file": "token"}})
    for environment, named in (({"MIXPANEL_TOKEN": token}, "MIXPANEL_TOKEN: "), ({}, "token_file")):
        with pytest.raises(ConfigError, match=named) as caught:
            resolve_destination(config, tmp_path, environment, sends=True)
        assert "0123" not in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [
        {"empty_cells": "unset"},
        {"columns": {2: {"property": "a", "empty": "unset"}}},
        {"columns": {2: {"property": "a", "operation": "set_once"}}, "properties": {"from": "crm"}},
        {"columns": {2: "a", 3: {"property": "b", "operation": "add", "type": "integer"}}},
    ],
)
def test_a_row_fits_into_a_batch(more: dict[str, Any]) -> None:
    """A batch that could not hold the updates of one row is refused, whatever they come from."""
    settings = {"columns": {2: "a"}} | more
    fits = Config.model_validate(settings | {"delivery": {"batch_size": 2}})
    assert fits.delivery.batch_size == 2
    with pytest.raises(ValueError, match="batch_size: 1 is less than the 2 updates"):
        Config.model_validate(settings | {"delivery": {"batch_size": 1}})


def test_mapping_by_name() -> None:
    """Header names become positions; a name that is near is suggested, a double one refused."""
    config = Config.model_validate(
        {
            "source": {"header": True},
            "identifier": {"column": "id"},
            "columns": {"mail": "$email", 3: "plan", "plna": "x", "id": "y", "twice": "z"},
        }
    )
    with pytest.raises(MappingError) as caught:
        resolve_mapping(config, 5, ["id", "mail", "plan", "twice", "twice"])
    assert str(caught.value).splitlines() == [
        "column plna (x): the header has no such name; did you mean 'plan'?",
        "column twice (z): the header has this name 2 times; use its number",
    ]


def test_one_column_may_feed_several_properties() -> None:
    """A list under a column gives its value to each of the properties."""
    config = Config.model_validate({"columns": {2: ["a", {"property": "b"}], 1: "c"}})
    mapping = resolve_mapping(config, 2, ())
    assert [(column.position, column.property) for column in mapping.columns] == [
        (2, "a"),
        (2, "b"),
        (1, "c"),
    ]
    assert mapping.positions == (1, 2)


def test_names_of_the_package(tmp_path: Path) -> None:
    """What the package offers is listed, and takes paths as texts too."""
    assert set(importer.__all__) <= set(dir(importer))
    (tmp_path / "c.yaml").write_text("columns: {2: plan}\n")
    assert load_config(str(tmp_path / "c.yaml")) == load_config(tmp_path / "c.yaml")


def test_where_no_character_may_stand(tmp_path: Path) -> None:
    """A character that YAML refuses has its line; one in a key does not break the message."""
    path = tmp_path / "config.yaml"
    assert faults(path, "columns:\n  2: a\0b\n") == [
        "2: not valid YAML: the character U+0000 is not allowed"
    ]
    text = 'columns: {2: a}\nproperties: {"n\\nl": {join: x}}\n'
    assert faults(path, text) == ["2: properties.n\\nl.join: should be a list, not 'x'"]


def test_name_that_is_a_number(tmp_path: Path) -> None:
    """With a header '3' is a name and 3 a number: they may be two columns."""
    path = tmp_path / "config.yaml"
    path.write_text("source: {header: true}\ncolumns: {'3': q, 3: r}\n")
    assert list(load_config(path).columns) == ["3", 3]
    twice = "source: {header: true}\ncolumns: {'3': q, \"3\": r}\n"
    assert faults(path, twice) == ["2: columns.3: given twice, first on line 2"]
