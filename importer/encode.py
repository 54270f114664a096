"""Identified rows become updates, as JSON, column by column.

No Python object is made per cell: literals and columns are joined row by row in one kernel. What
stands around an empty cell is an empty text there, so that the property is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from typing import TypeAlias

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.columns import text_column
from importer.conversion import Converted, escape
from importer.engage import UPDATE_BYTES, Engage
from importer.failure import Failure
from importer.identify import IdentifiedChunk, Kind
from importer.mapping import Mapping
from importer.updates import Updates

Piece: TypeAlias = "str | pa.StringArray"


def encode(
    chunks: Iterable[IdentifiedChunk], mapping: Mapping, destination: Engage
) -> Iterator[Updates]:
    """Turn each chunk into updates.

    A row fails that has no identifier, a cell that is not of its column's type, or more than an
    update may hold.
    """
    for identified in chunks:
        yield _encode_chunk(identified, mapping, destination)


def _encode_chunk(identified: IdentifiedChunk, mapping: Mapping, destination: Engage) -> Updates:
    records, good = identified.chunk.records, identified.chunk.good
    cells = [
        column.conversion.convert(text_column(identified.chunk.frame, column.position))
        for column in mapping.columns
    ]
    text = _join(identified, cells, mapping, destination)
    sizes = pc.binary_length(text).to_numpy(zero_copy_only=False) - 1  # without the comma
    nameless, oversize = identified.kinds == Kind.NONE, sizes > UPDATE_BYTES
    unfit = _unfit(cells)
    nameless[list(unfit)] = oversize[list(unfit)] = False
    keep = ~(nameless | oversize)
    keep[list(unfit)] = False
    failures = [
        *identified.chunk.failures,
        *(_untyped(identified, row, columns, cells, mapping) for row, columns in unfit.items()),
        *(_nameless(identified, int(i), mapping) for i in np.flatnonzero(nameless)),
        *(_oversize(identified, int(i), sizes) for i in np.flatnonzero(oversize & ~nameless)),
    ]
    identifiers, kinds = identified.identifiers, identified.kinds
    if not keep.all():
        failures.sort(key=lambda failure: failure.row)
        text, identifiers = text.filter(pa.array(keep)), identifiers.filter(pa.array(keep))
        good, kinds = good[keep], kinds[keep]
    offsets = np.frombuffer(text.buffers()[1], np.int32)[text.offset :][: len(text) + 1]
    return Updates(
        text=memoryview(text.buffers()[2] or b""),
        offsets=offsets.astype(np.int64),
        rows=records.first_row + good,
        identifiers=identifiers.to_pylist(),
        kinds=kinds,
        failures=tuple(failures),
        first_row=records.first_row,
        last_row=records.last_row,
        origins=(records,),
    )


def _unfit(cells: Sequence[Converted]) -> ReadOnly[int, list[int]]:
    """Return the rows with cells that are not of their type, and the mapped columns of these."""
    columns: dict[int, list[int]] = {}
    for number, converted in enumerate(cells):
        for row in converted.failures:
            columns.setdefault(row, []).append(number)
    return columns


def _join(
    identified: IdentifiedChunk, cells: Sequence[Converted], mapping: Mapping, destination: Engage
) -> pa.StringArray:
    head, middle = destination.around_identifier()
    identifiers = escape(identified.identifiers)
    properties = _properties(cells, mapping, rows=len(identifiers))
    pieces = [f'{head}"', identifiers, f'"{middle}', *properties, "}},"]
    return pc.binary_join_element_wise(*pieces, "")


def _properties(cells: Sequence[Converted], mapping: Mapping, *, rows: int) -> Iterator[Piece]:
    """Yield the inside of `$set`: names, values and commas, each for all rows."""
    constants = orjson.dumps(dict(mapping.constants)).decode()[1:-1]
    if constants:
        yield constants
    begun = np.full(rows, bool(constants))
    for column, converted in zip(mapping.columns, cells, strict=True):
        values = converted.values
        present = pc.not_equal(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
        quote = column.conversion.quote
        name = f"{orjson.dumps(column.property).decode()}:{quote}"
        yield _where(present & begun, f",{name}", _where(present & ~begun, name, ""))
        yield values
        if quote:
            yield _where(present, quote, "")
        begun |= present


def _where(rows: NDArray[np.bool_], literal: str, otherwise: Piece) -> Piece:
    """Return the literal for these rows, something else for the others."""
    if rows.all():
        return literal
    if not rows.any():
        return otherwise
    chosen: pa.StringArray = pc.if_else(pa.array(rows), literal, otherwise)
    return chosen


def _nameless(identified: IdentifiedChunk, index: int, mapping: Mapping) -> Failure:
    where = f"column {mapping.identifier}" if mapping.identifier else "the mapping"
    reason = f"no identifier: {where} gives none, and no fallback does"
    return _failure(identified, index, "no_identifier", reason, mapping.identifier)


def _untyped(
    identified: IdentifiedChunk,
    index: int,
    columns: Sequence[int],
    cells: Sequence[Converted],
    mapping: Mapping,
) -> Failure:
    """Say why a row's cells are not of their types: two of them in words, more as a number."""
    first, *others = columns
    column = mapping.columns[first]
    words = [cells[first].failures[index]]
    words += [f"{mapping.columns[n].property}: {cells[n].failures[index]}" for n in others[:1]]
    words += [f"and {len(others) - 1} more"] if len(others) > 1 else []
    reason = "; ".join(words)
    return _failure(identified, index, "type", reason, column.position, column.property)


def _oversize(identified: IdentifiedChunk, index: int, sizes: NDArray[np.int32]) -> Failure:
    reason = f"{sizes[index]:,} bytes as an update; the API takes {UPDATE_BYTES:,}"
    return _failure(identified, index, "too_large", reason, None)


def _failure(
    identified: IdentifiedChunk,
    index: int,
    code: str,
    reason: str,
    column: int | None,
    property_: str = "",
) -> Failure:
    records = identified.chunk.records
    at = int(identified.chunk.good[index])
    return Failure(
        row=records.first_row + at,
        line=records.line(at),
        code=code,
        reason=reason,
        record=records.raw(at),
        column=column,
        property=property_,
        identifier=str(identified.identifiers[index]),
    )
