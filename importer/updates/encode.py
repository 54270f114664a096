"""Identified rows become updates, as JSON, column by column.

No Python object is made per cell: literals and columns are joined row by row in one kernel. What
stands around an empty cell is an empty text there, so that the property is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from importer.books.failure import Failure
from importer.conversion import escape
from importer.engage import REQUEST_BYTES, UPDATE_BYTES, Engage
from importer.kernels.columns import as_mask, has_all, has_any
from importer.kernels.hashes import hashes_of
from importer.kernels.join import Joined, Piece, join, where
from importer.updates.cells import Cells, join_cells, read_cells
from importer.updates.identify import IdentifiedChunk, Kind
from importer.updates.mapping import JoinedColumns, MappedColumn, Mapping
from importer.updates.model import Updates
from importer.updates.operations import DELETE, OPERATIONS, around_value


def encode(
    chunks: Iterable[IdentifiedChunk], mapping: Mapping, destination: Engage
) -> Iterator[Updates]:
    """Turn each chunk into updates, one for each operation that a row has something for.

    A row fails that has no identifier, a cell that is not of its column's type or must not be
    empty, or more than an update may hold.
    """
    for identified in chunks:
        yield _encode_chunk(identified, mapping, destination)


def _encode_chunk(identified: IdentifiedChunk, mapping: Mapping, destination: Engage) -> Updates:
    records, good = identified.chunk.records, identified.chunk.good
    table = identified.chunk.table
    fields = [
        *(_Field.of(column, read_cells(table, column)) for column in mapping.columns),
        *(_Field.joined(join, join_cells(table, join)) for join in mapping.joins),
    ]
    parts = _parts(fields, mapping, rows=len(good))
    failed = _failed(identified, fields, mapping)
    updates, keep = _join(identified, parts, destination, failed)
    counts: NDArray[np.int64] = np.sum([part.rows for part in parts], axis=0, dtype=np.int64)
    identifiers, kinds = identified.identifiers, identified.kinds
    failures = identified.chunk.failures
    if failed:
        failures = tuple(sorted((*failures, *failed.values()), key=lambda failure: failure.row))
        identifiers = identifiers.filter(as_mask(keep))
        good, kinds, counts = good[keep], kinds[keep], counts[keep]
    return Updates(
        text=memoryview(updates.text),
        offsets=updates.offsets,
        numbers=np.concatenate(([0], np.cumsum(counts))),
        rows=records.first_row + good,
        identifiers=identifiers,
        hashes=hashes_of(identifiers),
        kinds=kinds,
        earlier=np.zeros(len(good), np.int64),
        since=records.last_row + 1,  # nobody has looked yet
        failures=failures,
        first_row=records.first_row,
        last_row=records.last_row,
        origins=(records,),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """One property of a chunk's rows, with its cells and what stands on both sides of a value."""

    property: str
    position: int
    operation: str
    empty: str
    before: str
    after: str
    cells: Cells

    @classmethod
    def of(cls, column: MappedColumn, cells: Cells) -> "_Field":
        conversion = column.conversion
        before, after = around_value(column.operation, conversion.json_type, conversion.around)
        return cls(
            property=column.property,
            position=column.position,
            operation=column.operation,
            empty=column.empty,
            before=before,
            after=after,
            cells=cells,
        )

    @classmethod
    def joined(cls, join: JoinedColumns, cells: Cells) -> "_Field":
        before, after = join.conversion.around
        return cls(join.property, join.positions[0], "set", "skip", before, after, cells)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The updates of one operation: which rows have one, and its value, row by row."""

    operation: str
    rows: NDArray[np.bool_]
    pieces: Sequence[Piece]


def _parts(fields: Sequence[_Field], mapping: Mapping, *, rows: int) -> list[_Part]:
    """Return the updates by operation; a row with nothing to say sets nothing.

    An empty `$union` or `$unset` is none that the API's specification allows, an empty `$set` is.
    """
    if mapping.deletes:
        return [_Part(DELETE, np.ones(rows, bool), ['""'])]
    operations = {"set"} | {field.operation for field in fields}
    if any(field.empty == "unset" for field in fields):
        operations.add("unset")
    ordered = [name for name in OPERATIONS if name in operations]
    parts = [
        _names(fields, rows=rows) if name == "unset" else _object(name, fields, mapping, rows=rows)
        for name in ordered
    ]
    idle = ~np.any([part.rows for part in parts], axis=0)
    parts[0] = replace(parts[0], rows=parts[0].rows | idle)
    return [part for part in parts if has_any(part.rows)] or parts[:1]


def _object(name: str, fields: Sequence[_Field], mapping: Mapping, *, rows: int) -> _Part:
    """Build the object of names and values that most operations take."""
    constants = orjson.dumps(dict(mapping.constants)).decode()[1:-1] if name == "set" else ""
    begun = np.full(rows, bool(constants))
    pieces: list[Piece] = ["{", constants]
    for field in fields:
        if field.operation != name:
            continue
        present, key = field.cells.present, f"{orjson.dumps(field.property).decode()}:"
        if field.empty == "null":
            pieces.append(_comma(~present, begun, f"{key}null"))
        pieces.append(_comma(present, begun, f"{key}{field.before}"))
        pieces += [field.cells.values, where(present, field.after)]
        if not has_all(begun):
            begun = begun | present | (field.empty == "null")
    return _Part(OPERATIONS[name].key, begun, [*pieces, "}"])


def _names(fields: Sequence[_Field], *, rows: int) -> _Part:
    """Build the list of the properties to unset."""
    begun = np.zeros(rows, bool)
    pieces: list[Piece] = ["["]
    for field in fields:
        if field.operation == "unset":
            meant = field.cells.present
        elif field.empty == "unset":
            meant = ~field.cells.present
        else:
            continue
        pieces.append(_comma(meant, begun, orjson.dumps(field.property).decode()))
        begun = begun | meant
    return _Part(OPERATIONS["unset"].key, begun, [*pieces, "]"])


def _comma(rows: NDArray[np.bool_], begun: NDArray[np.bool_], literal: str) -> Piece:
    """Return the literal for these rows, behind a comma where something stands before it."""
    if has_all(begun):
        return where(rows, f",{literal}")
    return where(rows & begun, f",{literal}", where(rows & ~begun, literal))


def _join(
    identified: IdentifiedChunk,
    parts: Sequence[_Part],
    destination: Engage,
    failed: dict[int, Failure],
) -> tuple[Joined, NDArray[np.bool_]]:
    """Join the updates of the rows that have not failed, and say which these are.

    Those with more than an update may hold are added to the others that `failed`.
    """
    keep = np.ones(len(identified.chunk.good), bool)
    keep[list(failed)] = False
    escaped = escape(identified.identifiers)
    pieces = (_update(escaped, part, destination) for part in parts)
    updates = join(pieces, len(keep), keep if failed else None)
    rows = np.flatnonzero(keep)
    if oversize := dict(_oversize(identified, updates, rows)):
        failed |= oversize
        keep[list(oversize)] = False
        updates = updates.filter(keep[rows])
    return updates, keep


def _update(identifiers: pa.StringArray, part: _Part, destination: Engage) -> list[Piece]:
    """Return the pieces of an update of one operation, followed by a comma."""
    head, middle = destination.around_identifier(part.operation)
    pieces: list[Piece] = [f'{head}"', identifiers, f'"{middle}', *part.pieces, "},"]
    return pieces if has_all(part.rows) else [where(part.rows, piece) for piece in pieces]


def _failed(
    identified: IdentifiedChunk, fields: Sequence[_Field], mapping: Mapping
) -> dict[int, Failure]:
    """Say of each row that has no update why, the first reason of several."""
    failed: dict[int, Failure] = {}
    for i in np.flatnonzero(identified.kinds == Kind.NONE):
        failed[int(i)] = _nameless(identified, int(i), mapping)
    unfit: dict[int, list[_Field]] = {}
    for field in fields:
        for row in field.cells.failures:
            unfit.setdefault(row, []).append(field)
    for row, its_fields in unfit.items():
        failed[row] = _unfit(identified, row, its_fields)
    return failed


def _nameless(identified: IdentifiedChunk, index: int, mapping: Mapping) -> Failure:
    where = f"column {mapping.identifier}" if mapping.identifier else "the mapping"
    reason = f"no identifier: {where} gives none, and no fallback does"
    return _failure(identified, index, "no_identifier", reason, mapping.identifier)


def _unfit(identified: IdentifiedChunk, index: int, fields: Sequence[_Field]) -> Failure:
    """Say why a row's cells do not fit: two of them in words, more as a number."""
    first, *others = fields
    words = [first.cells.failures[index]]
    words += [f"{field.property}: {field.cells.failures[index]}" for field in others[:1]]
    words += [f"and {len(others) - 1} more"] if len(others) > 1 else []
    code = "empty" if index in first.cells.missing else "type"
    failure = _failure(identified, index, code, "; ".join(words), first.position, first.property)
    return replace(failure, others=len(words[0])) if len(words) > 1 else failure


def _oversize(
    identified: IdentifiedChunk, updates: Joined, rows: NDArray[np.intp]
) -> Iterator[tuple[int, Failure]]:
    """Find, of these rows, those with an update too large, or with more than a request takes."""
    largest = updates.sizes.max(axis=1, initial=1) - 1  # the comma
    together = updates.sizes.sum(axis=1) + 1  # brackets, and one comma less
    for i in np.flatnonzero((largest > UPDATE_BYTES) | (together >= REQUEST_BYTES)):
        reason = f"{largest[i]:,} bytes as an update; the API takes {UPDATE_BYTES:,}"
        if largest[i] <= UPDATE_BYTES:
            reason = f"{together[i]:,} bytes of updates; a request takes {REQUEST_BYTES:,}"
        row = int(rows[i])
        yield row, _failure(identified, row, "too_large", reason, None)


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
