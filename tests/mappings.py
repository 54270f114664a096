"""Mappings of every kind that there is, and cells for them, as chance draws them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

Entry = dict[str, Any]
"""A column's entry in a mapping file."""

OPTIONS: Mapping[str, Sequence[Entry]] = MappingProxyType(
    {
        "string": [{}],
        "integer": [{}, {"thousands": ","}, {"decimal": ",", "thousands": "."}],
        "number": [{}, {"thousands": "'"}, {"decimal": ",", "thousands": " "}],
        "boolean": [{}, {"true_values": ["ja", '"'], "false_values": ["nein", "0"]}],
        "date": [{}, {"day_first": True}, {"format": ["%d.%m.%Y", "%Y-%m-%d"]}],
        "datetime": [{}, {"timezone": "Europe/Berlin"}, {"format": "%d.%m.%Y %H:%M"}],
        "timestamp": [{}, {"format": "seconds"}, {"format": "milliseconds"}],
        "list": [{}, {"separator": ","}, {"separator": '"'}, {"separator": "ab"}],
        "json": [{}],
        "phone": [{}, {"country": "DE"}],
        "email": [{}],
        "url": [{}],
        "country": [{}],
    }
)
"""Each type, with its options."""

FITTING: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "string": ["free", "007", "NA", "null", " x ", 'quo"te', "back\\slash", "é" * 300, "\0"],
        "integer": ["7", "007", "-4", "+12.0", "-0", "9" * 20, "9" * 308],
        "number": [".5", "1.50", "-0.0", "1e-400", "5.", "1E+05", "-007"],
        "boolean": ["1", "0", " 1 "],
        "date": ["2025-04-03", "2025-12-25"],
        "datetime": ["03.04.2025 10:20", "2025-04-03T10:20:30+02:00", "3 Apr 2025 1:20 PM"],
        "timestamp": ["1700000000", "-1", "9" * 11],
        "list": ["a;b", " b ; ;c", ";", 'x";"y', "a,b;c", "\x1f;\u2028"],
        "json": [
            '{"a": [1, {"b": null}]}',
            "[]",
            '[1, "1", true, {}]',
            "12345678901234567890123",
            '"\\ud83d\\ude00"',
            "null",
            "-0.0e-7",
        ],
        "phone": ["+49 (0)30 123456", "+4930123457"],
        "email": ["ada@example.com", "jörg@exämple.de"],
        "url": ["https://example.com/?q=a", "http://example.com/é"],
        "country": ["DE", "deu", "Germany", "Côte d'Ivoire"],
    }
)
"""Cells that are of the type, with most of its options."""

NEARLY: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "string": [],
        "integer": ["1,234", "1.234", "9" * 309, "1e5", "½", "٣"],
        "number": ["1'234.5", "1 234,5", "1e999", "NaN", "-inf", "."],
        "boolean": ["yes", "OFF", "ja", "nein", "maybe", '"'],
        "date": ["20250403", "03/04/2025", "25.12.2024", "2025-02-30", "0000-01-01"],
        "datetime": ["2025-03-30 02:30", "25/12/2024 24:00", "now"],
        "timestamp": ["1700000000123", "9" * 12, "9" * 30, "1e9"],
        "list": [],
        "json": [
            '"\\ud800"',
            '{"a": 1, "a": 2}',
            "NaN",
            "1e400",
            "1" * 400,
            "[" * 4 + "]" * 4,
            "[" * 1023 + "]" * 1023,
            "[1,]",
        ],
        "phone": ["030 123456", "0049 30 123456", "call me"],
        "email": ["nobody", '"a b"@example.com'],
        "url": ["https://example.com/?q=a b", "ftp://example.com"],
        "country": ["Atlantis", "XX"],
    }
)
"""Cells that few options of the type let through, or none."""

BLANKS = ("", "", " ", "\t", "\u3000")
HOSTILE = st.one_of(
    st.text(max_size=8), st.text(st.sampled_from('"\\\b\n\r\0\x7f\x85\u2028\ufeff\U0010ffff,'))
)

EVERYTHING = tuple(OPTIONS)
SINGLE = tuple(name for name in OPTIONS if name not in ("list", "json"))
TYPES_OF: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "set": EVERYTHING,
        "set_once": EVERYTHING,
        "add": ("integer", "number"),
        "union": tuple(name for name in EVERYTHING if name not in ("boolean", "json")),
        "append": tuple(name for name in EVERYTHING if name != "list"),
        "remove": SINGLE,
        "unset": EVERYTHING,
    }
)
"""Each operation that a column may have, and the types it goes with."""

NOT_FOR_GROUPS = ("add", "append")
NAMES = (
    "plan",
    "$email",
    "$phone",
    'quo"te',
    "back\\slash",
    "new\nline",
    "\u2028",
    "\U0001f600",
    "\0",
    "x" * 300,
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | HOSTILE
CONSTANTS = st.one_of(
    SCALARS,
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(SCALARS, max_size=3),
    st.dictionaries(HOSTILE, SCALARS, max_size=3).filter(lambda members: "join" not in members),
)


def cells(type_: str) -> st.SearchStrategy[str]:
    """Cells of a column of that type: most of them fit, a few are blank."""
    often = st.sampled_from(FITTING[type_])
    nearly = st.sampled_from([*NEARLY[type_], *(some[0] for some in FITTING.values())])
    blank = st.sampled_from(BLANKS)
    kinds = [*[often] * 14, *[blank] * 4, nearly, HOSTILE]
    return st.integers(0, 19).flatmap(kinds.__getitem__)


@st.composite
def entries(draw: st.DrawFn, name: str, types: Sequence[str], *, groups: bool) -> Entry:
    """A column's entry: any operation, one of the types, any rule for empty cells."""
    offered = [
        operation
        for operation, its_types in TYPES_OF.items()
        if not (groups and operation in NOT_FOR_GROUPS) and {*types} & {*its_types}
    ]
    operation = draw(st.sampled_from([*offered, "set", "set", "set"]))
    type_ = draw(st.sampled_from([one for one in TYPES_OF[operation] if one in types]))
    entry: Entry = {"property": name, "operation": operation, "type": type_}
    entry |= draw(st.sampled_from(OPTIONS[type_]))
    rules: list[Entry] = [{}, {}, {"empty": "skip"}]
    if operation in ("set", "set_once"):
        rules += [{"empty": "unset"}, {"empty": "unset"}, {"empty": None}, {"empty": None}]
    rules += [{"empty": "error"}, {"required": True}]
    entry |= draw(st.sampled_from(rules))
    if draw(st.integers(0, 3)) == 0:
        entry["default"] = draw(cells(type_))
    if draw(st.integers(0, 3)) == 0:
        entry["values"] = draw(st.dictionaries(cells(type_), cells(type_), max_size=2))
    return entry


@st.composite
def mappings(draw: st.DrawFn, width: int) -> dict[str, Any]:
    """A valid mapping of a file of that many columns; the first one names the profile, if any."""
    groups = draw(st.booleans())
    names = draw(st.permutations(NAMES))
    positions = st.integers(1, width)
    columns: dict[int, list[Entry]] = {}
    for _ in range(draw(st.integers(1, 6))):
        place = draw(positions)
        # The same cells cannot be of two types, and those of the first column are identifiers.
        taken = columns.get(place, [{"type": "string"}] if place == 1 else [])
        types = [entry["type"] for entry in taken[:1]] or EVERYTHING
        columns.setdefault(place, []).append(draw(entries(names.pop(), types, groups=groups)))
    properties: dict[str, Any] = {}
    if draw(st.booleans()):
        properties[names.pop()] = draw(CONSTANTS)
    if draw(st.booleans()):
        joined = draw(st.lists(positions, min_size=1, max_size=3))
        properties[names.pop()] = {"join": joined, "with": draw(HOSTILE)}
    fallbacks = [["random"], []] if groups else [["email", "random"], ["random"], ["email"], []]
    identifier = {"column": 1, "fallback": draw(st.sampled_from(fallbacks))}
    if draw(st.integers(0, 4)) == 0:
        identifier = {"column": None, "fallback": fallbacks[0]}
    return {
        "profiles": {"group_key": draw(st.sampled_from(["company", 'quo"te\n']))}
        if groups
        else "user",
        "identifier": identifier,
        "columns": columns,
        "properties": properties,
        "empty_cells": draw(st.sampled_from(["skip", "skip", "unset", "null", "null", "error"])),
        "delivery": {
            "batch_size": draw(st.sampled_from([7, 8, 200])),
            "concurrency": draw(st.sampled_from([1, 4])),
            "touch_updated_at": draw(st.booleans()),
        },
    }


IDENTIFIERS = st.one_of(
    st.sampled_from(["u1", "u2", "u3", " u1", "ü\u2028", "", " ", " ", "null", "N/A", "0"]), HOSTILE
)


@st.composite
def rows(draw: st.DrawFn, mapping: dict[str, Any], width: int) -> list[list[str]]:
    """Rows for a mapping: identifiers that come more than once, cells of their columns' types."""
    types = {
        place: [entry["type"] for entry in mapping["columns"].get(place, [])] or ["string"]
        for place in range(2, width + 1)
    }
    columns = [st.one_of([cells(type_) for type_ in types[place]]) for place in range(2, width + 1)]
    count = draw(st.integers(1, 12))  # lists that hypothesis sizes are shorter, nearly always
    found = draw(st.lists(st.tuples(IDENTIFIERS, *columns), min_size=count, max_size=count))
    return [list(row) for row in found]
