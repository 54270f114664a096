"""The border between pandas and Arrow: a frame's column as one Arrow array, without a copy."""

import pandas as pd
import pyarrow as pa


def text_column(frame: pd.DataFrame, position: int) -> pa.StringArray:
    """Return the column at a 1-based position of the file as text without nulls."""
    column = pa.chunked_array(frame[str(position)])
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
