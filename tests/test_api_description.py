"""What is sent, against the description that the API's makers publish of what they take."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer import SourceError, import_profiles
from importer.errors import MappingError
from importer.settings.config import Config
from tests.conftest import ROOT
from tests.delivery.raw_server import ONE, say, served
from tests.mappings import BLANKS, FITTING, NEARLY, OPTIONS, TYPES_OF, mappings, rows
from tests.reading.strategies import often
from tests.reading.through import quoted, updates_of

PATHS: Mapping[str, Any] = yaml.safe_load(
    (ROOT / "tests/api/engage.openapi.yaml").read_text(encoding="utf-8")
)["paths"]

WIDTH = 4

Drawn = tuple[dict[str, Any], list[list[str]]]


def body_schema(path: str) -> dict[str, Any]:
    """The schema of a request's body; OpenAPI 3.0 writes it in an early draft of JSON Schema."""
    schema: dict[str, Any] = PATHS[path]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    return schema


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema.Draft4Validator(schema)


BATCHES = {
    "/engage": validator(body_schema("/engage#profile-batch-update")),
    "/groups": validator(body_schema("/groups#group-batch-update")),
}
OPERATIONS = {
    (path.partition("#")[0], operation): validator(body_schema(path)["items"])
    for path in PATHS
    if "batch" not in path
    for operation in body_schema(path)["items"]["required"][-1:]
}
"""The schema of one update, by the address it goes to and its operation."""


def strictly(body: bytes) -> Any:
    """Read JSON as its standard has it: UTF-8, no NaN, no key twice, no number out of range."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    def distinct(members: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(members)) == len(members), members
        return dict(members)

    def finite(digits: str) -> float:
        assert math.isfinite(float(digits)), digits
        return float(digits)

    return json.loads(
        body.decode("utf-8"),
        parse_constant=refuse,
        parse_float=finite,
        parse_int=lambda digits: int(finite(digits)),
        object_pairs_hook=distinct,
    )


def check(request: bytes, kind: str) -> None:
    """Hold one request against the description."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, target, _ = first.split(" ")
    address = urlsplit(target)
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert (method, address.path) == ("POST", kind)
    assert headers["content-type"] == "application/json"
    asked = dict(parse_qsl(address.query, strict_parsing=True))
    for operation in check_body(body, kind):
        for parameter in _parameters(kind, operation):
            validator(parameter["schema"]).validate(int(asked[parameter["name"]]))


def check_body(body: bytes, kind: str) -> list[str]:
    """Hold a request's body against the description; return the operations of its updates."""
    updates: list[dict[str, Any]] = strictly(body)
    BATCHES[kind].validate(updates)
    operations = []
    for update in updates:
        (operation,) = {name for where, name in OPERATIONS if where == kind} & update.keys()
        OPERATIONS[kind, operation].validate(update)
        operations.append(operation)
    return operations


def _parameters(kind: str, operation: str) -> list[dict[str, Any]]:
    (path,) = (
        path
        for path in PATHS
        if path.startswith(kind)
        and "batch" not in path
        and operation in body_schema(path)["items"]["required"]
    )
    parameters: list[dict[str, Any]] = PATHS[path]["post"]["parameters"]
    return parameters


@st.composite
def imports(draw: st.DrawFn) -> Drawn:
    mapping = draw(mappings(WIDTH))
    return mapping, draw(rows(mapping, WIDTH))


def every_rule_for_empty_cells() -> Drawn:
    """Each of the rules in front of each, and cells that are empty in every combination."""
    rules = ("null", "skip", "unset", "unset", "null", "skip")
    entries = [{"property": f"p{n}", "empty": rule} for n, rule in enumerate(rules)]
    columns = {place: [entries[place - 2], entries[place + 1]] for place in (2, 3, 4)}
    lines = [["u1", *cells] for cells in product(("x", ""), repeat=3)]
    return {"identifier": {"column": 1}, "columns": columns}, lines


@pytest.mark.usefixtures("one_authority")
@settings(often, max_examples=often.max_examples // 2)
@given(imports())
@example(every_rule_for_empty_cells())
def test_updates_fit_the_description(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    """Whatever the mapping and the cells, each update is one that the API describes: of exactly
    one operation, with what that operation takes, in a body that any JSON parser reads.
    """
    mapping, lines = drawn
    folder: Path = tmp_path_factory.mktemp("described")
    (folder / "rows.csv").write_bytes(quoted(lines))
    with served(say(ONE)) as (port, requests), suppress(SourceError):
        report = import_profiles(
            folder / "rows.csv",
            Config.model_validate(mapping),
            report_dir=folder / "runs",
            environment={"MIXPANEL_URL": f"http://127.0.0.1:{port}", "MIXPANEL_TOKEN": 'to"ken'},
        )
        assert report.totals.imported + report.totals.failed == len(lines)
    kind = "/groups" if isinstance(mapping.get("profiles"), dict) else "/engage"
    for request in requests:
        check(request, kind)


@pytest.mark.parametrize("type_", OPTIONS)
@pytest.mark.parametrize("operation", TYPES_OF)
def test_every_operation_with_every_type(operation: str, type_: str) -> None:
    """An operation goes with a type, and then all that its cells give fits the description; or
    the mapping is refused.
    """
    lines = [("u1", cell) for cell in (*FITTING[type_], *NEARLY[type_], *BLANKS)]
    for options in OPTIONS[type_]:
        column = {"property": "p", "operation": operation, "type": type_, **options}
        settings = {"identifier": {"column": 1}, "columns": {2: column}}
        if type_ in TYPES_OF[operation]:
            (updates,) = updates_of(quoted(lines), settings)
            check_body(updates.body(), "/engage")
        else:
            with pytest.raises(MappingError):
                updates_of(quoted(lines), settings)


@pytest.mark.parametrize(
    "update",
    [
        {"$set": {}, "$add": {}},
        {"$set": []},
        {"$add": {"n": "1"}},
        {"$union": {}},
        {"$union": {"tags": []}},
        {"$union": {"tags": [True]}},
        {"$unset": []},
        {"$unset": [1]},
        {"$increment": {"n": 1}},
        {},
    ],
)
def test_description_refuses(update: dict[str, Any]) -> None:
    """The description has teeth: none of these is an update."""
    named = {"$token": "t", "$distinct_id": "u1"}
    with pytest.raises(jsonschema.ValidationError):
        BATCHES["/engage"].validate([named | update])
