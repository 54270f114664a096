"""What a column's cells become: value map, type, default, rule for empty cells."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.conversion import Conversion, Converted
from importer.kernels.columns import (
    as_mask,
    as_texts,
    filled,
    has_any,
    one_text,
    text_column,
    trimmed,
)
from importer.updates.mapping import JoinedColumns, MappedColumn


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One mapped column of a chunk: JSON values, which of them there are, which failed and why.

    `missing` are the rows that fail because this cell must not be empty; they are in `failures`.
    """

    values: pa.StringArray
    present: NDArray[np.bool_]
    failures: ReadOnly[int, str]
    missing: ReadOnly[int, str] = field(default_factory=dict)


def read_cells(table: pa.Table, column: MappedColumn) -> Cells:
    """Convert a column of a chunk, as its entry in the mapping says."""
    converted = column.conversion.convert(replaced_cells(table, column))
    if column.default is not None:
        converted = _with_default(converted, column.default, column.conversion)
    present = filled(converted.values)
    if column.empty != "error":
        return Cells(converted.values, present, converted.failures)
    absent = [int(row) for row in np.flatnonzero(~present)]
    missing = {row: "is empty" for row in absent if row not in converted.failures}
    return Cells(converted.values, present, {**missing, **converted.failures}, missing)


def _with_default(converted: Converted, default: str, conversion: Conversion) -> Converted:
    """Let the default stand in where the type finds nothing: in blank cells too, where it trims."""
    empty = ~filled(converted.values)
    empty[list(converted.failures)] = False
    if not has_any(empty):
        return converted
    rows = np.flatnonzero(empty)
    defaults = conversion.convert(as_texts([default] * len(rows)))
    failures = {int(rows[place]): words for place, words in defaults.failures.items()}
    values = pc.replace_with_mask(converted.values, as_mask(empty), defaults.values)
    return Converted(values, {**converted.failures, **failures})


def join_cells(table: pa.Table, joined: JoinedColumns) -> Cells:
    """Return a joined property of a chunk."""
    converted = joined.conversion.convert(joined_texts(table, joined))
    return Cells(converted.values, filled(converted.values), converted.failures)


def joined_texts(table: pa.Table, joined: JoinedColumns) -> pa.StringArray:
    """Join the cells of several columns, the empty ones left out."""
    begun = np.zeros(len(table), bool)
    pieces: list[pa.StringArray] = []
    for position in joined.positions:
        part = text_column(table, position)
        there = filled(part)
        # Not the kernel's own skipping of nulls: a row of nothing else is left out of its result.
        pieces += [
            pc.if_else(as_mask(there & begun), one_text(joined.separator), one_text("")),
            part,
        ]
        begun |= there
    return pc.binary_join_element_wise(*pieces, one_text(""))


def replaced_cells(table: pa.Table, column: MappedColumn) -> pa.StringArray:
    """Return a column's cells, those replaced that its value map lists."""
    cells, values = text_column(table, column.position), column.values
    if not values:
        return cells
    cells = trimmed(cells) if column.conversion.trims else cells
    place = pc.index_in(cells, value_set=as_texts(list(values)))
    mapped = as_texts(list(values.values())).take(place)
    return pc.coalesce(mapped, cells)
