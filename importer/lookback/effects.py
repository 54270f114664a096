"""What updates say of each property, row by row, whatever the order in which they say it."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.kernels.columns import as_mask, as_numbers, as_texts, one_text
from importer.updates.cells import Cells, join_cells, read_cells
from importer.updates.mapping import MappedColumn, Mapping
from importer.updates.operations import around_value


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The text of each property for a number of rows: its JSON, behind the name of the operation
    where it is not set; "" where an update leaves the property alone.
    """

    rows: int
    properties: ReadOnly[str, pa.StringArray]

    def of(self, name: str) -> pa.StringArray:
        known = self.properties.get(name)
        return known if known is not None else _everywhere("", self.rows)


def effects_of(table: pa.Table, mapping: Mapping) -> Effects:
    """Say what the rows of a table, all of which can be sent, do to each property."""
    rows = len(table)
    found = {
        column.property: _of_column(column, read_cells(table, column)) for column in mapping.columns
    }
    for joined in mapping.joins:
        before, after = joined.conversion.around
        found[joined.property] = _where(join_cells(table, joined), before, after, "")
    for name, constant in mapping.constants.items():
        found[name] = _everywhere(orjson.dumps(constant).decode(), rows)
    return Effects(rows, {} if mapping.deletes else found)


def _of_column(column: MappedColumn, cells: Cells) -> pa.StringArray:
    if column.operation == "unset":
        present = cells.present
        return pc.if_else(as_mask(present), one_text("unset"), _everywhere("", len(present)))
    operation = "" if column.operation == "set" else f"{column.operation} "
    conversion = column.conversion
    before, after = around_value(column.operation, conversion.json_type, conversion.around)
    # An empty cell is unset, or null, by the operation of its column.
    otherwise = {"unset": "unset", "null": f"{operation}null"}.get(column.empty, "")
    return _where(cells, f"{operation}{before}", after, otherwise)


def _where(cells: Cells, before: str, after: str, otherwise: str) -> pa.StringArray:
    """Return the values with what stands around them, and something else where there is none."""
    values = pc.binary_join_element_wise(
        one_text(before), cells.values, one_text(after), one_text("")
    )
    return pc.if_else(as_mask(cells.present), values, one_text(otherwise))


def _everywhere(text: str, rows: int) -> pa.StringArray:
    return as_texts([text]).take(as_numbers(np.zeros(rows, np.int32)))
