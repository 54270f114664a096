"""Conversions tried on the first rows, by the importer's own converters."""

import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from importer.errors import ConfigError, MappingError
from importer.kernels.columns import filled, text_column
from importer.settings.config import Config
from importer.settings.faults import checked
from importer.ui.first_look import FirstLook
from importer.updates.cells import Cells, read_cells
from importer.updates.identify import Drawn, Kind, identify
from importer.updates.mapping import EMAIL, MappedColumn, resolve_mapping
from importer.updates.mapping import Mapping as Naming
from importer.wording import shortened

GOOD, BAD, LONGEST = 4, 6, 120
"""Sample cells that convert and that do not, and characters of each that are shown."""


def convert_samples(
    seen: FirstLook, position: int, entry: Mapping[str, Any], around: Mapping[str, Any]
) -> dict[str, Any]:
    """Convert a column's first cells as an entry of the mapping says.

    `around` are the mapping's settings beside its columns that matter: `profiles`, `empty_cells`.
    Returns the faults of the entry instead where it has some.
    """
    if not entry.get("property"):
        return {"faults": ["name the property"]}
    config, found = checked(
        {**around, "columns": {position: dict(entry)}, "identifier": {"fallback": []}}
    )
    wrong = [finding.words for finding in found if finding.level == "error"]
    if config is None or wrong:
        return {"faults": [*dict.fromkeys(wrong)]}
    try:
        (column,) = resolve_mapping(config, seen.width, ()).columns
    except (MappingError, ConfigError) as error:
        return {"faults": str(error).splitlines()}
    table = seen.table
    cells = read_cells(table, column)
    return {"faults": [], **_shown(text_column(table, position), cells, column)}


def _shown(raw: pa.StringArray, cells: Cells, column: MappedColumn) -> dict[str, Any]:
    failing = list(cells.failures)
    good = np.ones(len(raw), bool)
    good[failing] = False
    full = filled(raw)
    rows = [*_different(raw, np.flatnonzero(good & full), GOOD)]
    rows += _different(raw, np.array(failing, np.int64), BAD)
    empty = np.flatnonzero(good & ~full)
    rows += [int(empty[0])] if len(empty) else []
    return {
        "rows": len(raw),
        "failed": len(failing),
        "samples": [_sample(raw, cells, column, row) for row in rows],
    }


def _different(raw: pa.StringArray, rows: "np.typing.NDArray[np.int64]", most: int) -> list[int]:
    """Choose the first rows whose cells differ."""
    first: dict[str, int] = {}
    for row in rows[: 50 * most].tolist():
        if len(first) == most:
            break
        first.setdefault(raw[row].as_py(), row)
    return list(first.values())


def _sample(raw: pa.StringArray, cells: Cells, column: MappedColumn, row: int) -> dict[str, Any]:
    cell = shortened(raw[row].as_py(), LONGEST)
    if words := cells.failures.get(row):
        return {"cell": cell, "failed": words}
    if not cells.present[row]:
        return {"cell": cell, "empty": column.empty}
    return {"cell": cell, "json": column.conversion.json(cells.values[row].as_py())[:LONGEST]}


def emails_of(content: Mapping[Any, Any], columns: Mapping[int, Any]) -> dict[str, Any]:
    """Return what of a mapping gives `$email`: a join of the file, or else columns of the page."""
    joined = (content.get("properties") or {}).get(EMAIL)
    joins = isinstance(joined, dict) and "join" in joined
    return {"columns": {} if joins else columns, "properties": {EMAIL: joined} if joins else {}}


def count_identifiers(
    seen: FirstLook, identifier: Mapping[str, Any], emails: Mapping[str, Any], *, people: bool
) -> dict[str, int]:
    """Count the first rows by what names them: the column, the `$email`, chance or nothing.

    `emails` are the `columns` and the `properties` of the mapping that may give `$email`.
    """
    try:
        mapping = _naming(seen, identifier, emails, people=people)
    except (ValidationError, MappingError):  # what is wrong with them is told by the review
        mapping = _naming(seen, identifier, emails_of({}, {}), people=people)
    kinds = np.zeros(len(Kind), np.int64)
    distinct: list[pa.StringArray] = []
    for chunk in identify(seen.chunks, mapping, Drawn(uuid.UUID(int=0))):
        kinds += np.bincount(chunk.kinds, minlength=len(Kind))
        named = (chunk.kinds == Kind.COLUMN) | (chunk.kinds == Kind.EMAIL)
        distinct.append(chunk.identifiers.filter(pa.array(named)))
    named_ids = pa.chunked_array(distinct, pa.string())  # of a file without rows there are none
    repeated = len(named_ids) - pc.count_distinct(named_ids).as_py()
    return {
        "column": int(kinds[Kind.COLUMN]),
        "email": int(kinds[Kind.EMAIL]),
        "random": int(kinds[Kind.RANDOM]),
        "none": int(kinds[Kind.NONE]),
        "repeated": repeated,
    }


def _naming(
    seen: FirstLook, identifier: Mapping[str, Any], emails: Mapping[str, Any], *, people: bool
) -> Naming:
    """Return a mapping that names rows as these settings do, and sets next to nothing."""
    fallback = [each for each in identifier["fallback"] if people or each != "email"]
    settings = {
        "source": {"header": bool(seen.names)},
        "identifier": {**identifier, "fallback": fallback},
        "profiles": "user" if people else {"group_key": "group"},
        **emails,
        "columns": emails["columns"] or {1: "first"},
    }
    return resolve_mapping(Config.model_validate(settings), seen.width, seen.names)
