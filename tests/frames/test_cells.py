"""The cells of a frame as texts: each kind of value has one, and what has none is refused."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.frames.cells import frame_as_text

BERLIN = dt.timezone(dt.timedelta(hours=2))


def texts(values: Any, **options: Any) -> list[str]:
    frame = pd.DataFrame({"cells": pd.Series(values, **options)})
    found: list[str] = frame_as_text(frame)["1"].to_pylist()
    return found


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (["007", "NA", None, "", " x ", "1e5"], None, ["007", "NA", "", "", " x ", "1e5"]),
        ([7, None, -3], None, ["7", "", "-3"]),
        ([7, None, 2**62], "Int64", ["7", "", str(2**62)]),
        ([2**64 - 1], "uint64", [str(2**64 - 1)]),
        ([0.5, float("nan"), 3.0, -0.0, 1e300], None, ["0.5", "", "3", "0", "1e+300"]),
        ([0.1, 2.0], "float32", ["0.1", "2"]),
        ([2.0**53, -(2.0**62), 2.0**63], None, [str(2**53), str(-(2**62)), repr(2.0**63)]),
        ([2.0**53, 2.0**63, "x"], object, [str(2**53), repr(2.0**63), "x"]),
        ([0, 1, 0], pd.SparseDtype("int64", 0), ["0", "1", "0"]),
        ([float("nan"), 1.5], pd.SparseDtype("float64"), ["", "1.5"]),
        ([0.1, float("nan"), None], "double[pyarrow]", ["0.1", "", ""]),
        ([True, False], None, ["true", "false"]),
        ([True, None], "boolean", ["true", ""]),
        ([True, None, 2, 2.0, "x"], object, ["true", "", "2", "2", "x"]),
        ([2**70, None, "x"], object, [str(2**70), "", "x"]),
        ([dt.date(2025, 4, 3), None], object, ["2025-04-03", ""]),
        ([dt.date(2025, 4, 3), "x"], object, ["2025-04-03", "x"]),
        ([dt.datetime(2025, 4, 3, 10, 20), None], None, ["2025-04-03T10:20:00", ""]),
        ([dt.datetime(2025, 4, 3, 1, 2, 3, 5000)], None, ["2025-04-03T01:02:03.005"]),
        ([dt.datetime(2025, 4, 3, 10, 20, tzinfo=BERLIN)], None, ["2025-04-03T08:20:00Z"]),
        ([dt.datetime(2025, 4, 3, tzinfo=dt.UTC), 1], object, ["2025-04-03T00:00:00Z", "1"]),
        (["a", None, "b", "a"], "category", ["a", "", "b", "a"]),
        ([1, 2, 1], "category", ["1", "2", "1"]),
        ([Decimal("1.50"), None], object, ["1.50", ""]),
        ([None, None], object, ["", ""]),
        ([Decimal("1.50"), 1], object, ["1.50", "1"]),
        (
            [dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 1, 2)],
            object,
            ["2025-04-03", "2025-04-03T01:02:00"],
        ),
        ([float("nan")], object, [""]),
        ([pd.NaT, pd.NA, np.int8(3), np.True_], object, ["", "", "3", "true"]),
        ([], "float64", []),
    ],
)
def test_text_of(values: list[Any], dtype: Any, expected: list[str]) -> None:
    """A value is written as a CSV export would write it; what is missing is empty."""
    assert texts(values, dtype=dtype) == expected


@pytest.mark.parametrize(
    "values",
    [
        [dt.date(2025, 4, 3), 1, None],
        [dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 10, 20)],
        [Decimal("1.50"), 1, 2.0],
        [1, "x", None, "x"],
        [None, None],
    ],
)
def test_categories_of_several_kinds(values: list[Any]) -> None:
    """A category is written as the same value is in a column of objects."""
    objects = pd.Series(values, dtype=object)
    assert texts(objects.astype("category")) == texts(objects)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([["a", "b"]], "list"),
        ([{"a": 1}], "dict"),
        ([b"bytes"], "bytes"),
        ([dt.timedelta(1)], "timedelta"),
        ([pd.Period("2025-04")], "Period"),
        ([1, ["a"]], "list"),
        (["lone \udcff"], "utf-8"),
    ],
)
def test_refused(values: list[Any], words: str) -> None:
    """What has no one text is refused, and the column named."""
    with pytest.raises(SourceError, match=r"data frame: column 'cells': ") as caught:
        texts(values, dtype=object)
    assert words in str(caught.value)


@given(st.lists(st.floats(allow_infinity=False, allow_nan=False)))
def test_floats_keep_their_value(values: list[float]) -> None:
    """A float's text is read as the same float."""
    assert [float(text) for text in texts(values, dtype="float64")] == values
