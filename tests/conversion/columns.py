"""What the tests of types share: a column converted, and each of its cells by the rule alone."""

import json
from typing import Any

import pyarrow as pa

from importer.conversion import CONVERSIONS, Conversion, TypeOptions, Unfit


def conversion(type_: str, **options: Any) -> Conversion:
    return CONVERSIONS[type_](TypeOptions(**options))


def outcomes(by: Conversion, cells: list[str]) -> list[tuple[str, str]]:
    """Convert a column; return for each cell ("sent", JSON) or ("failed", words)."""
    converted = by.convert(pa.array(cells, pa.string()))
    texts = converted.values.to_pylist()
    assert len(texts) == len(cells)
    return [
        ("failed", converted.failures[index]) if index in converted.failures else ("sent", text)
        for index, text in enumerate(texts)
    ]


def one_by_one(by: Conversion, cells: list[str], *, trims: bool = True) -> list[tuple[str, str]]:
    """The same as `outcomes`, cell by cell, with nothing but the rule."""
    return [_one(by, cell.strip() if trims else cell) for cell in cells]


def _one(by: Conversion, cell: str) -> tuple[str, str]:
    try:
        return "sent", by.read(cell) if cell else ""
    except Unfit as unfit:
        return "failed", str(unfit)


def value(by: Conversion, cell: str) -> Any:
    """Return what a JSON parser makes of the cell; numbers as the text they are."""
    ((outcome, text),) = outcomes(by, [cell])
    assert outcome == "sent", text
    return json.loads(by.json(text), parse_int=str, parse_float=str)
