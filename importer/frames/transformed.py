"""A chunk as a pandas frame for a callable of the user's own, and its result a table again."""

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype, is_string_dtype

from importer.errors import TransformFailed
from importer.frames.transform import Callback
from importer.reading.layout import Layout


def no_rows(layout: Layout) -> pa.Table:
    """Return a file's table without any row."""
    names = [str(place) for place in range(1, layout.width + 1)]
    return pa.table({name: pa.array([], pa.string()) for name in names})


def transformed(
    callback: Callback, table: pa.Table, layout: Layout, what: str
) -> tuple[pa.Table, tuple[str, ...]]:
    """Call with the labels people know; return the result with those of a chunk, and the labels
    of its new columns. Raises TransformFailed.
    """
    own: list[object] = [*layout.names] or [*range(1, layout.width + 1)]
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    given = frame.set_axis(own, axis="columns")
    try:
        result = callback(given)
    except (Exception, SystemExit) as error:  # the user's code may raise anything
        raise TransformFailed(f"transform: {what}: {type(error).__name__}: {error}") from error
    if not isinstance(result, pd.DataFrame):
        raise TransformFailed(f"transform: {what}: returned {type(result).__name__}, not a frame")
    labels: list[object] = list(result.columns)
    added = labels[layout.width :]
    numbered = list(range(layout.width + 1, len(labels) + 1))
    if labels[: layout.width] != own or (not layout.names and added != numbered):
        new = "behind them" if layout.names else f"numbered from {layout.width + 1}"
        raise TransformFailed(f"transform: {what}: the columns must stay; new ones come {new}")
    if len(result) != len(frame) or not result.index.equals(pd.RangeIndex(len(frame))):
        raise TransformFailed(
            f"transform: {what}: {len(frame):,} rows went in, {len(result):,} came out; "
            "each row must stay in its place"
        )
    columns = {
        str(place): _as_text(result.iloc[:, place - 1], what, label)
        for place, label in enumerate(labels, start=1)
    }
    return pa.table(columns), tuple(map(str, added))


def _as_text(column: "pd.Series[str]", what: str, label: object) -> pa.StringArray:
    try:
        if not len(column) and column.dtype == "float64":  # of a list, say, that has nothing in it
            return pa.array([], pa.string())
        if not (is_string_dtype(column.dtype) or is_object_dtype(column.dtype)):
            raise TypeError(f"holds {column.dtype}")
        cells = pa.array(column, pa.string(), from_pandas=True)
    except (TypeError, UnicodeError, pa.ArrowException) as error:
        raise TransformFailed(
            f"transform: {what}: column {label!r}: {error}; it must hold text: .astype(str)"
        ) from error
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return whole.fill_null("")
