"""A column of a chunk, by its position in the file."""

import pyarrow as pa


def text_column(table: pa.Table, position: int) -> pa.StringArray:
    """Return the column at a 1-based position of the file as one array, without nulls."""
    column = table[str(position)]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
