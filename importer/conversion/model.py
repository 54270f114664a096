"""What a type is made of: its options, its conversion, and what a conversion returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyarrow as pa

JsonType: TypeAlias = Literal["string", "number", "boolean", "array", "any"]

QUOTES, NOTHING, LIST = ('"', '"'), ("", ""), ('["', '"]')
"""What stands around the values of a type: the same for each, and so not part of them."""

SHOWN = 40
"""Characters of a cell that a failure quotes: enough to find it, not a whole person."""


@dataclass(frozen=True, slots=True)
class TypeOptions:
    """How the cells of one column are written; each type reads the options it is for."""

    decimal: str = "."
    thousands: str | None = None
    true_values: tuple[str, ...] = ("true", "yes", "y", "t", "1", "on")
    false_values: tuple[str, ...] = ("false", "no", "n", "f", "0", "off")
    format: tuple[str, ...] = ()
    day_first: bool | None = None
    timezone: str = "UTC"
    country: str | None = None
    separator: str = ";"


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """A column of a chunk as JSON, without what stands around every value of the type.

    `values` is as long as the column; an empty text is a cell that holds nothing. `failures` has,
    by index, the words for each cell that is not of the type; its value means nothing.
    """

    values: pa.StringArray
    failures: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Conversion:
    """How cells of a type are sent: the converter, and what stands on both sides of its result.

    `read` is the rule for one cell, trimmed where the type trims: its JSON, or Unfit is raised.
    `convert` is the same for a column, much faster.
    """

    convert: Callable[[pa.StringArray], Converted]
    read: Callable[[str], str]
    around: tuple[str, str]
    json_type: JsonType
    trims: bool = True
    """Does white space around a cell not count?"""

    def json(self, value: str) -> str:
        """Return one of the values that `convert` and `read` give, as it is sent."""
        before, after = self.around
        return f"{before}{value}{after}"


class Unfit(Exception):
    """A cell is not of the type; the message is for the user."""


def shown(cell: str) -> str:
    """Quote a cell for a message: shortened, on one line, without control characters."""
    short = cell if len(cell) <= SHOWN else cell[: SHOWN - 1] + "…"
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short) + '"'
