"""What the page edits of a mapping: its columns by position, and plain values for the rest.

The page never sees the file's own spelling: a column that it did not touch keeps that, whether it
is a name, a list or an object, and so does every setting that the page does not show.
"""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from importer.errors import ConfigError
from importer.settings.columns import Column
from importer.settings.config import Config
from importer.settings.sections import Source

Sheet = dict[str, Any]
Content = Mapping[Any, Any]

SHOWN = frozenset(
    {"project", "source", "profiles", "identifier", "columns", "properties", "empty_cells"}
)
"""Settings that the page shows; the others stay as the file has them."""

EXACT = 2**53
"""From here on a browser's numbers skip some integers."""


def to_sheet(content: Content, names: Sequence[str]) -> Sheet:
    """Lay a mapping file's content out for a file whose header has these names, or none."""
    config = Config.model_validate(content)
    columns: dict[str, list[dict[str, Any]]] = {}
    unknown: list[str] = []
    for key, spelled in content.get("columns", {}).items():
        position = _position(key, names)
        if position is None:
            unknown.append(str(key))
        else:
            columns.setdefault(str(position), []).extend(_entries(spelled))
    constants = content.get("properties") or {}
    key = config.identifier.column
    return {
        "source": config.source.model_dump(),
        "project": dict(content.get("project") or {}),
        "profiles": content.get("profiles", "user"),
        "identifier": {
            "column": _position(key, names) or key,
            "fallback": list(config.identifier.fallback),
        },
        "columns": columns,
        "constants": [
            {"name": name, "value": value} for name, value in constants.items() if _is_plain(value)
        ],
        "empty_cells": config.empty_cells,
        "unknown_columns": unknown,
        "kept": sorted(str(key) for key in content if key not in SHOWN)
        + [f"properties.{name}" for name, value in constants.items() if not _is_plain(value)],
        "deletes": config.deletes,
    }


def from_sheet(sheet: Sheet, content: Content, names: Sequence[str]) -> dict[Any, Any]:
    """Return the content with what the page changed. Raises ConfigError for what is no sheet."""
    try:
        wanted: dict[Any, Any] = deepcopy(dict(content))
        _settle_source(wanted, sheet["source"])
        _settle_project(wanted, sheet["project"])
        if sheet["profiles"] != wanted.get("profiles", "user"):
            wanted["profiles"] = sheet["profiles"]
        _settle_identifier(wanted, sheet["identifier"], names)
        _leave_out_unknown(wanted, sheet["unknown_columns"], names)
        _settle_columns(wanted, sheet["columns"], names)
        _settle_constants(wanted, sheet["constants"])
        if sheet["empty_cells"] != _word(wanted.get("empty_cells", "skip")):
            wanted["empty_cells"] = sheet["empty_cells"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError("the page sent no mapping; load it again") from error
    return wanted


def _is_plain(value: object) -> bool:
    """Can the page show a constant, and give it back as it was?"""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return "\n" not in value and "\r" not in value  # a field has one line
    return isinstance(value, int) and abs(value) < EXACT


def _word(value: object) -> object:
    return "null" if value is None else value


def _entries(spelled: Any) -> list[dict[str, Any]]:
    entries = spelled if isinstance(spelled, list) else [spelled]
    return [{"property": entry} if isinstance(entry, str) else _plain(entry) for entry in entries]


def _plain(entry: Mapping[Any, Any]) -> dict[str, Any]:
    """Spell an entry so that JSON can hold it and nothing about it changes."""
    spelled = {str(key): _word(value) if key == "empty" else value for key, value in entry.items()}
    if isinstance(values := spelled.get("values"), Mapping):
        spelled["values"] = {str(cell): str(value) for cell, value in values.items()}
    if "default" in spelled and spelled["default"] is not None:
        spelled["default"] = str(spelled["default"])
    return spelled


def _spelled(entries: Sequence[Mapping[str, Any]]) -> object:
    """Spell a column as short as the file allows."""
    short = [
        entry["property"] if entry.keys() == {"property"} else dict(entry) for entry in entries
    ]
    return short[0] if len(short) == 1 else short


def _position(key: object, names: Sequence[str]) -> int | None:
    if isinstance(key, int):
        return key
    found = [place for place, name in enumerate(names, start=1) if name == key]
    return found[0] if len(found) == 1 else None


def _settle_source(wanted: dict[Any, Any], settings: Mapping[str, Any]) -> None:
    present = wanted.get("source") or {}
    before = Source.model_validate(present).model_dump()
    changed = {key: settings[key] for key in before if settings[key] != before[key]}
    if changed:
        wanted["source"] = {**present, **changed}


def _settle_project(wanted: dict[Any, Any], project: Mapping[str, Any]) -> None:
    present = wanted.get("project") or {}
    if dict(project) != present:
        wanted["project"] = dict(project)
        if not project:
            del wanted["project"]


def _settle_identifier(
    wanted: dict[Any, Any], identifier: Mapping[str, Any], names: Sequence[str]
) -> None:
    present = dict(wanted.get("identifier") or {})
    column, fallback = identifier["column"], list(identifier["fallback"])
    changed = dict(present)
    if column is None:
        if changed.get("column") is not None:
            del changed["column"]
    elif (_position(present.get("column"), names) or present.get("column")) != column:
        changed["column"] = int(column)
    if fallback != list(present.get("fallback", ["email", "random"])):
        changed["fallback"] = fallback
    if changed != present:
        wanted["identifier"] = changed
        if not changed:
            wanted.pop("identifier", None)


def _leave_out_unknown(wanted: dict[Any, Any], kept: Sequence[str], names: Sequence[str]) -> None:
    """Take out what the file has no column for, but for those that the page keeps."""
    present = wanted.get("columns") or {}
    gone = [key for key in present if _position(key, names) is None and str(key) not in kept]
    if gone:
        wanted["columns"] = {key: spelled for key, spelled in present.items() if key not in gone}


def _settle_columns(
    wanted: dict[Any, Any], columns: Mapping[str, Any], names: Sequence[str]
) -> None:
    present = dict(wanted.get("columns") or {})
    keys: dict[int, list[object]] = {}  # of one column a number and a name, where it has both
    for key in present:
        if (position := _position(key, names)) is not None:
            keys.setdefault(position, []).append(key)
    for position, (first, *others) in keys.items():
        kept = [entry for key in (first, *others) for entry in _entries(present[key])]
        entries = columns.get(str(position))
        if entries is None:
            del present[first]
        elif _alike(kept, entries):
            continue
        else:
            present[first] = _spelled(entries)
        for key in others:
            del present[key]
    present |= {int(n): _spelled(each) for n, each in columns.items() if int(n) not in keys}
    if present != (wanted.get("columns") or {}):
        wanted["columns"] = present


def _alike(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Do two spellings of a column mean the same?"""
    try:
        return [Column.model_validate(dict(entry)) for entry in one] == [
            Column.model_validate(dict(entry)) for entry in other
        ]
    except ValidationError:
        return list(map(dict, one)) == list(map(dict, other))


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _settle_constants(wanted: dict[Any, Any], constants: Sequence[Mapping[str, Any]]) -> None:
    present = dict(wanted.get("properties") or {})
    given = {str(constant["name"]): constant["value"] for constant in constants}
    if len(given) < len(constants):
        raise ConfigError("two constants have the same name; rename one of them")
    if taken := [name for name in given if name in present and not _is_plain(present[name])]:
        raise ConfigError(f"{taken[0]}: the file sets it otherwise; rename the constant")
    kept = {name: v for name, v in present.items() if not _is_plain(v) or name in given}
    # A browser knows one kind of number: its 1 may have been 1.0.
    settled = {
        k: present[k] if _same(present.get(k), value) else value for k, value in given.items()
    }
    changed = kept | settled
    if repr(changed) != repr(present):  # 1 is not true
        wanted["properties"] = changed
        if not changed:
            wanted.pop("properties", None)
