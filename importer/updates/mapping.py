"""The mapping, resolved against a file: names to positions, types to functions, once."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson
from pydantic import JsonValue

from importer.conversion import CONVERSIONS, Conversion, TypeOptions
from importer.conversion.nesting import nesting_fault
from importer.errors import MappingError
from importer.settings.columns import SETTING, Column, Empty, Join
from importer.settings.config import Config
from importer.settings.near import near
from importer.settings.sections import ColumnKey
from importer.updates.operations import OPERATIONS

EMAIL = "$email"

CONSTANT_BYTES = 16_384
"""More of the same on every profile is a mistake, and in memory once for each row of a chunk."""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One property and the column, by 1-based position, that feeds it.

    `values` replaces cells, `default` stands in for empty ones; `empty` says what becomes of those
    that stay empty: skip, unset, null or error.
    """

    position: int
    property: str
    conversion: Conversion
    operation: str = "set"
    empty: str = "skip"
    default: str | None = None
    values: ReadOnly[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JoinedColumns:
    """One property joined from several columns."""

    positions: tuple[int, ...]
    separator: str
    property: str
    conversion: Conversion


@dataclass(frozen=True, slots=True)
class Mapping:
    """What becomes of every column; `identifier` is a position, `email` gives the `$email` that may
    name a profile.
    """

    columns: tuple[MappedColumn, ...]
    joins: tuple[JoinedColumns, ...]
    constants: ReadOnly[str, JsonValue]
    identifier: int | None
    email: MappedColumn | JoinedColumns | None
    random: bool
    deletes: bool = False

    @property
    def repeatable(self) -> bool:
        """May a row's updates be sent again when it is not known whether they were applied?"""
        return all(OPERATIONS[column.operation].repeatable for column in self.columns)

    @property
    def positions(self) -> tuple[int, ...]:
        """Return the columns that matter, each once, in file order."""
        used = {column.position for column in self.columns}
        used |= {position for join in self.joins for position in join.positions}
        used |= {self.identifier} if self.identifier is not None else set()
        return tuple(sorted(used))


def resolve_mapping(config: Config, width: int, names: Sequence[str]) -> Mapping:
    """Fit a configuration to a file of that width, whose header has these names (or none).

    Where profiles are deleted only what identifies them matters. Raises MappingError that lists
    everything which does not fit.
    """
    if config.deletes:
        config = _identifying(config)
    faults: list[str] = []

    def position(key: ColumnKey, what: str) -> int:
        try:
            return _position(key, width, names)
        except MappingError as error:
            faults.append(f"{what}: {error}")
            return 0

    columns = tuple(
        _column(position(key, f"column {key} ({entry.property})"), entry, config.empty_cells)
        for key, entries in config.columns.items()
        for entry in entries
    )
    joins = tuple(
        JoinedColumns(
            tuple(position(key, f"properties.{name}: column {key}") for key in join.join),
            join.separator,
            name,
            CONVERSIONS["string"](TypeOptions()),
        )
        for name, join in config.properties.items()
        if isinstance(join, Join)
    )
    constants = {k: v for k, v in config.properties.items() if not isinstance(v, Join)}
    key = config.identifier.column
    identifier = position(key, "identifier.column") if key is not None else None
    faults += [f"{name}: {words}" for _, name, words in misfits(config)]
    if faults:
        raise MappingError("\n".join(faults))
    fields: tuple[MappedColumn | JoinedColumns, ...] = (*columns, *joins)
    email = next((field for field in fields if _gives_email(field)), None)
    people = config.profiles == "user"
    return Mapping(
        columns=columns,
        joins=joins,
        constants=MappingProxyType(constants),
        identifier=identifier,
        email=email if "email" in config.identifier.fallback and people else None,
        random="random" in config.identifier.fallback and not config.deletes,
        deletes=config.deletes,
    )


def _gives_email(field: MappedColumn | JoinedColumns) -> bool:
    sets = isinstance(field, JoinedColumns) or field.operation in SETTING
    return field.property == EMAIL and sets


def _identifying(config: Config) -> Config:
    """Keep only what gives `$email`, as it would be sent: who is deleted is who is imported."""
    emails: dict[ColumnKey, tuple[Column, ...]] = {}
    for _, key, entry in config.entries if "email" in config.identifier.fallback else ():
        if entry.property == EMAIL and entry.operation in SETTING:
            emails[key] = (entry,)
    joins = {
        name: join
        for name, join in config.properties.items()
        if name == EMAIL and isinstance(join, Join)
    }
    return config.model_copy(update={"columns": emails, "properties": joins})


def misfits(config: Config) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Say what is wrong with a configuration for any file: the way to it, its name, the words.

    A type must give what its operation takes, and constants must have JSON: YAML knows `.nan`, and
    integers of any length.
    """
    if config.deletes:
        return
    for key, entries in config.columns.items():
        for number, entry in enumerate(entries):
            if words := _unfit_for_operation(entry, groups=config.profiles != "user"):
                yield ("columns", key, number, "operation"), entry.property, words
    for name, value in config.properties.items():
        if not isinstance(value, Join) and (words := _unsendable(value)):
            yield ("properties", name), f"properties.{name}", words


def _unsendable(value: JsonValue) -> str:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return "cannot be sent: JSON has no such number; put text in quotes"
    try:
        size = len(orjson.dumps(value))
    except TypeError as error:
        return f"cannot be sent: {str(error).lower()}; put text in quotes"
    if size > CONSTANT_BYTES:
        return f"{size:,} bytes on every profile; at most {CONSTANT_BYTES:,}"
    return nesting_fault(value)


def _unfit_for_operation(entry: Column, *, groups: bool) -> str:
    """Say why the operation of a column is none for its type, or for a group."""
    operation = OPERATIONS[entry.operation]
    given = CONVERSIONS[entry.type](TypeOptions(**entry.options())).json_type
    if groups and not operation.groups:
        return f"groups have no operation {entry.operation}"
    if given not in operation.takes | operation.wrapped:
        wanted = ", ".join(sorted(operation.takes | operation.wrapped))
        return f"operation {entry.operation} wants {wanted}, and the column's type gives {given}"
    return ""


def _column(position: int, entry: Column, empty_cells: Empty) -> MappedColumn:
    # What the file says of empty cells in general is for columns that set: there is no `null` to
    # add. That they are errors is for all.
    general = empty_cells if entry.operation in SETTING else "skip"
    general = "error" if entry.required or empty_cells == "error" else general
    return MappedColumn(
        position=position,
        property=entry.property,
        conversion=CONVERSIONS[entry.type](TypeOptions(**entry.options())),
        operation=entry.operation,
        empty=entry.empty or general,
        default=entry.default,
        values=MappingProxyType(entry.values),
    )


def _position(key: ColumnKey, width: int, names: Sequence[str]) -> int:
    if isinstance(key, int):
        if key > width:
            columns = "column" if width == 1 else "columns"
            raise MappingError(f"the file has only {width} {columns}")
        return key
    found = [place for place, name in enumerate(names, start=1) if name == key]
    if not found:
        raise MappingError(f"the header has no such name; {near(key, list(names))}")
    if len(found) > 1:
        raise MappingError(f"the header has this name {len(found)} times; use its number")
    return found[0]
