"""A check and the run that follows it: the rehearsal says row for row what the server will do."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer import ConfigError, Report, SourceError, import_profiles
from importer.emulator import Emulator, running
from importer.settings.config import Config
from tests.mappings import FITTING, NEARLY, OPTIONS, TYPES_OF, mappings, rows
from tests.reading import strategies
from tests.reading.strategies import often

WIDTH = 4
TRACE = WIDTH + 1
"""The column that holds the number of its row, where it can be traced to the profiles."""

TRACED = {"property": "row", "operation": "union"}

TOKEN = "0123456789abcdef0123456789abcdef"

Drawn = tuple[dict[str, Any], bytes]
"""A mapping and a file."""

LARGEST = 1_048_576
"""Bytes of an update, as the API's page on limits has it."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running() as started:
        yield started


def record(cells: list[bytes]) -> bytes:
    return b",".join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells) + b"\n"


def spoilt(cells: list[bytes], how: str) -> bytes:
    """A record with what real files have wrong with them."""
    match how:
        case "short":
            return record(cells[:-2])
        case "long":
            return record([*cells, b""])
        case "bytes":
            return record([cells[0], b"\xff\xfe", *cells[2:]])
        case "quote":
            return b'"x"y,' + record(cells[1:])
        case "blank":
            return record([b"", b" ", *[b""] * (len(cells) - 2)])
        case "behind a blank line":
            return b"\n" + record(cells)
        case _:
            return record(cells)


SPOILT = ("short", "long", "bytes", "quote", "blank", "behind a blank line", *["not"] * 14)


@st.composite
def exports(draw: st.DrawFn) -> Drawn:
    """A file that is mostly as its mapping says, with the number of the row in its last column."""
    mapping = draw(mappings(WIDTH))
    if draw(st.integers(0, 3)):
        mapping["columns"] = {**mapping["columns"], TRACE: [TRACED]}
    lines = [
        spoilt([cell.encode() for cell in (*cells, str(number))], draw(st.sampled_from(SPOILT)))
        for number, cells in enumerate(draw(rows(mapping, WIDTH)), start=1)
    ]
    return mapping, b"".join(lines)


@st.composite
def wild_files(draw: st.DrawFn) -> Drawn:
    """A file of anything, and a mapping that may not even fit its width."""
    file = draw(strategies.files())
    source = {"delimiter": file.delimiter, "quote": file.quote, "encoding": file.codec}
    return draw(mappings(2)) | {"source": source}, file.data


def largest() -> Drawn:
    """An update of as many bytes as the API takes, and one of one more."""
    update = {"$token": TOKEN, "$distinct_id": "u1", "$ip": "0", "$ignore_time": True}
    room = LARGEST - len(json.dumps(update | {"$set": {"p": ""}}, separators=(",", ":")))
    mapping = {"identifier": {"column": 1}, "columns": {2: [{"property": "p"}]}}
    return mapping, b"".join(record([b"u1", b"x" * size]) for size in (room, room + 1))


def attempt(
    folder: Path, mapping: dict[str, Any], url: str, *, dry_run: bool
) -> Report | ConfigError | SourceError:
    """Run, or say why nothing could be run."""
    try:
        return import_profiles(
            folder / "customers.csv",
            Config.model_validate(mapping),
            dry_run=dry_run,
            report_dir=folder / "runs",
            environment={"MIXPANEL_URL": url, "MIXPANEL_TOKEN": TOKEN},
        )
    except (ConfigError, SourceError) as error:
        return error


def failures(report: Report) -> list[dict[str, str]]:
    """The lines of failures.csv, less the identifiers, which may be random."""
    with (report.folder / "failures.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    return [{name: cell for name, cell in line.items() if name != "identifier"} for line in lines]


def traced(server: Emulator, mapping: dict[str, Any]) -> list[int]:
    """The numbers of all rows whose updates took effect, each as often as it did."""
    group = mapping.get("profiles", "user")
    place = "profiles" if group == "user" else f"groups/{quote(group['group_key'], safe='')}/"
    found = httpx.get(f"{server.url}/_emulator/{place}?limit=1000").json()["profiles"]
    return sorted(int(row) for one in found for row in one["$properties"].get("row", []))


def agree(folder: Path, server: Emulator, mapping: dict[str, Any], data: bytes) -> None:
    (folder / "customers.csv").write_bytes(data)
    server.forget()
    check = attempt(folder, mapping, server.url, dry_run=True)
    assert server.stats()["requests"] == 0
    run = attempt(folder, mapping, server.url, dry_run=False)
    stats = server.stats()
    if not isinstance(check, Report) or not isinstance(run, Report):
        assert (type(check), str(check)) == (type(run), str(run))
        assert stats["requests"] == 0
        return
    assert failures(check) == failures(run)
    assert (check.folder / "rejects.csv").read_bytes() == (run.folder / "rejects.csv").read_bytes()
    assert str(check.stop) == str(run.stop)
    assert check.totals.read == run.totals.read
    assert check.totals.imported == run.totals.imported
    assert check.totals.identifiers == run.totals.identifiers
    assert run.totals.in_doubt == run.totals.not_attempted == 0
    assert check.rehearsed is not None
    assert check.rehearsed.requests == stats["requests"] == stats["by_status"].get("200", 0)
    assert stats["updates"] >= run.totals.imported
    if TRACE in mapping["columns"]:
        failed = {int(line["row"]) for line in failures(check)}
        assert traced(server, mapping) == sorted({*range(1, check.totals.read + 1)} - failed)


@pytest.mark.usefixtures("one_authority")
@settings(often, max_examples=often.max_examples // 2)
@given(st.one_of(exports(), exports(), exports(), wild_files()))
@example(largest())
def test_check_and_run_agree(
    tmp_path_factory: pytest.TempPathFactory, server: Emulator, drawn: Drawn
) -> None:
    """What a dry run passes, the server accepts; what it fails is not sent, and fails in the run
    for the same reason.
    """
    agree(tmp_path_factory.mktemp("agreed"), server, *drawn)


@pytest.mark.usefixtures("one_authority")
@pytest.mark.parametrize("type_", OPTIONS)
def test_they_agree_on_cells(tmp_path: Path, server: Emulator, type_: str) -> None:
    """A cell of any kind that passes as one of the type is a value that the server takes."""
    cells = [cell.encode() for kind in (FITTING, NEARLY) for some in kind.values() for cell in some]
    lines = [[f"u{n % 3}".encode(), cell, b"", b"", b"%d" % n] for n, cell in enumerate(cells, 1)]
    columns = {
        2: [
            {"property": f"p{n}", "type": type_, "operation": operation}
            for n, operation in enumerate(TYPES_OF)
            if type_ in TYPES_OF[operation]
        ],
        TRACE: [TRACED],
    }
    mapping = {"identifier": {"column": 1}, "columns": columns}
    agree(tmp_path, server, mapping, b"".join(map(record, lines)))
