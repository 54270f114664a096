"""The mapping, resolved against a file: names to positions, types to functions, once."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from types import MappingProxyType

import orjson
from pydantic import JsonValue

from importer.config import Column, ColumnKey, Config
from importer.conversion import CONVERSIONS, Conversion, TypeOptions
from importer.errors import MappingError
from importer.near import near

EMAIL = "$email"

CONSTANT_BYTES = 16_384
"""More of the same on every profile is a mistake, and in memory once for each row of a chunk."""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One property and the column, by 1-based position, that feeds it."""

    position: int
    property: str
    conversion: Conversion


@dataclass(frozen=True, slots=True)
class Mapping:
    """What becomes of every column; `identifier` and `email` are positions."""

    columns: tuple[MappedColumn, ...]
    constants: ReadOnly[str, JsonValue]
    identifier: int | None
    email: int | None
    random: bool

    @property
    def positions(self) -> tuple[int, ...]:
        """Return the columns that matter, each once, in file order."""
        used = {column.position for column in self.columns}
        used |= {position for position in (self.identifier, self.email) if position}
        return tuple(sorted(used))


def resolve_mapping(config: Config, width: int, names: Sequence[str]) -> Mapping:
    """Fit a configuration to a file of that width, whose header has these names (or none).

    Raises MappingError that lists everything which does not fit.
    """
    faults: list[str] = []

    def position(key: ColumnKey, what: str) -> int:
        try:
            return _position(key, width, names)
        except MappingError as error:
            faults.append(f"{what}: {error}")
            return 0

    columns = tuple(
        _column(position(key, f"column {key} ({entry.property})"), entry)
        for key, entries in config.columns.items()
        for entry in entries
    )
    key = config.identifier.column
    identifier = position(key, "identifier.column") if key is not None else None
    faults += _unsendable(config.properties)
    if faults:
        raise MappingError("\n".join(faults))
    email = next((column.position for column in columns if column.property == EMAIL), None)
    return Mapping(
        columns=columns,
        constants=MappingProxyType(dict(config.properties)),
        identifier=identifier,
        email=email if "email" in config.identifier.fallback else None,
        random="random" in config.identifier.fallback,
    )


def _unsendable(constants: ReadOnly[str, JsonValue]) -> Iterator[str]:
    """Say which constants have no JSON: YAML knows `.nan`, and integers of any length."""
    for name, value in constants.items():
        try:
            json.dumps(value, allow_nan=False)
            size = len(orjson.dumps(value))
        except (ValueError, TypeError) as error:
            yield f"properties.{name}: cannot be sent: {str(error).lower()}; put text in quotes"
        else:
            if size > CONSTANT_BYTES:
                most = f"at most {CONSTANT_BYTES:,}"
                yield f"properties.{name}: {size:,} bytes on every profile; {most}"


def _column(position: int, entry: Column) -> MappedColumn:
    conversion = CONVERSIONS[entry.type](TypeOptions(**entry.options()))
    return MappedColumn(position, entry.property, conversion)


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
