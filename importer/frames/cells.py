"""A data frame's cells as the texts that a CSV file would have.

Missing values (NaN, None, NaT) are empty cells; text stays what it is; whole numbers have no
fraction, `3.0` neither, for pandas makes floats of integers beside a missing one; booleans are
`true` and `false`; dates `2025-04-03`; times `2025-04-03T10:20:30`, those with a zone in UTC and
with a `Z`. What has no such text, lists and objects among it, is refused.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 2.0**63
"""Below it, as long as the integers of a frame are, a whole number is written with all its digits;
an identifier may be one. Beyond, floats are sizes, such as 1e+300.
"""


def frame_as_text(frame: "pd.DataFrame") -> pa.Table:
    """Return the cells of a frame as a table of texts, its columns named by their positions.

    Raises SourceError that names the column of a cell without a text.
    """
    columns = {}
    for place, label in enumerate(frame.columns):
        try:
            columns[str(place + 1)] = _texts(frame.iloc[:, place])
        except (TypeError, ValueError, UnicodeError, OverflowError, pa.ArrowException) as error:
            words = str(error).partition("\n")[0]
            raise SourceError(
                f"data frame: column {label!r}: {words}; make it text, numbers, dates or booleans"
            ) from error
    return pa.table(columns)


def _texts(column: "pd.Series[Any]") -> pa.StringArray:
    import pandas as pd
    from pandas.api.types import infer_dtype, is_object_dtype

    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories().cat
        categories, codes = _texts(used.categories.to_series()), used.codes.to_numpy()
        return categories.take(pa.array(codes, mask=codes < 0)).fill_null("")
    if isinstance(column.dtype, pd.SparseDtype):
        column = column.astype(column.dtype.subtype)
    if is_object_dtype(column.dtype) and infer_dtype(column, skipna=True) != "string":
        # One by one: Arrow would make one type of several, of 1 beside a date the year 1970.
        pairs = zip(column.isna().tolist(), column.tolist(), strict=True)
        return pa.array(["" if missing else _text(value) for missing, value in pairs], pa.string())
    cells = pa.array(column, from_pandas=True)
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_decode()
    return _converted(whole).fill_null("")


def _converted(cells: pa.Array) -> pa.StringArray:
    kind = cells.type
    for fits, convert in _KINDS.items():
        if fits(kind):
            return convert(cells)
    raise TypeError(f"holds values of type {kind}")


def _as_string(cells: pa.Array) -> pa.StringArray:
    return cells.cast(pa.string())


def _floats(cells: pa.Array) -> pa.StringArray:
    numbers = cells.to_numpy(zero_copy_only=False).astype(np.float64)
    whole = (np.trunc(numbers) == numbers) & (np.abs(numbers) < _LONGEST)
    integers = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.string())
    texts = pc.if_else(pa.array(whole), integers, cells.cast(pa.string()))
    return pc.if_else(pc.is_null(cells, nan_is_null=True), pa.scalar(None, pa.string()), texts)


def _moments(cells: pa.Array) -> pa.StringArray:
    """Write times; a fraction of a second only where some cell of the column has one."""
    zoned = cells.type.tz is not None
    plain = cells.cast(pa.timestamp(cells.type.unit, "UTC")) if zoned else cells
    plain = plain.cast(pa.timestamp(cells.type.unit))  # the clock in UTC, or on the wall
    for unit in ("s", "ms", "us", "ns"):
        try:
            exact = plain.cast(pa.timestamp(unit))
        except pa.ArrowInvalid:
            continue
        return pc.strftime(exact, format=f"%Y-%m-%dT%H:%M:%S{'Z' if zoned else ''}")
    raise ValueError("holds times that cannot be written")


_KINDS: MappingProxyType[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.StringArray]] = (
    MappingProxyType(
        {
            pa.types.is_string: _as_string,
            pa.types.is_large_string: _as_string,
            pa.types.is_string_view: _as_string,
            pa.types.is_null: _as_string,
            pa.types.is_boolean: _as_string,
            pa.types.is_integer: _as_string,
            pa.types.is_floating: _floats,
            pa.types.is_decimal: _as_string,
            pa.types.is_date: lambda cells: cells.cast(pa.date32()).cast(pa.string()),
            pa.types.is_timestamp: _moments,
        }
    )
)


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case bool() | np.bool_():
            return "true" if value else "false"
        case int() | np.integer():
            return str(int(value))
        case float() | np.floating():
            number = float(value)
            return (
                str(int(number)) if number.is_integer() and abs(number) < _LONGEST else repr(number)
            )
        case Decimal():
            return format(value, "f")
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"holds a value of type {type(value).__name__}")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
