"""Every row gets an identifier: its column, else its `$email`, else a random id."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.kernels.columns import (
    as_mask,
    as_numbers,
    as_texts,
    byte_lengths,
    empty_texts,
    filled,
    has_any,
    mask_in,
    one_text,
    text_column,
    trimmed,
)
from importer.reading.chunks import Chunk
from importer.updates.cells import joined_texts, replaced_cells
from importer.updates.mapping import JoinedColumns, MappedColumn, Mapping

JUNK = (
    "00000000-0000-0000-0000-000000000000",
    "anon",
    "anonymous",
    "nil",
    "none",
    "null",
    "n/a",
    "na",
    "undefined",
    "unknown",
    "<nil>",
    "0",
    "-1",
    "true",
    "false",
    "[]",
    "{}",
)
"""Identifiers that the API refuses (its import documentation), whatever the case of letters."""

_LONGEST_JUNK = max(map(len, JUNK))

_SPARSE = 64
"""Draws that are made for nothing, per row, where rows are far apart."""


class Kind(IntEnum):
    """Where a row's identifier comes from."""

    NONE = 0
    COLUMN = 1
    EMAIL = 2
    RANDOM = 3


@dataclass(frozen=True, slots=True, eq=False)
class IdentifiedChunk:
    """A chunk, and for each of its good rows the identifier and its kind."""

    chunk: Chunk
    identifiers: pa.StringArray
    kinds: NDArray[np.uint8]


class Identities(Protocol):
    """Where random ids come from: the same row always gets the same."""

    def random(self, rows: NDArray[np.int64]) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ids that are a function of a seed and the row's number, from 1."""

    seed: uuid.UUID

    def random(self, rows: NDArray[np.int64]) -> list[str]:
        return random_identifiers(self.seed, rows)


def identify(
    chunks: Iterable[Chunk], mapping: Mapping, identities: Identities
) -> Iterator[IdentifiedChunk]:
    """Name each good row; `Kind.NONE` where the mapping leaves no way to name it.

    Random ids are the same when a row is sent again, by another run even.
    """
    for chunk in chunks:
        rows = len(chunk.good)
        identifiers = empty_texts(rows)
        kinds = np.full(rows, Kind.NONE, np.uint8)
        for kind, cells in _namings(chunk.table, mapping):
            missing = kinds == Kind.NONE
            if not has_any(missing):
                break
            candidates, usable = _usable(cells())
            taken = missing & usable
            identifiers = pc.if_else(as_mask(taken), candidates, identifiers)
            kinds[taken] = kind
        missing = kinds == Kind.NONE
        if mapping.random and has_any(missing):
            numbers = chunk.records.first_row + chunk.good[missing]
            drawn = as_texts(identities.random(numbers))
            identifiers = pc.replace_with_mask(identifiers, as_mask(missing), drawn)
            kinds[missing] = Kind.RANDOM
        yield IdentifiedChunk(chunk, identifiers, kinds)


def _namings(
    table: pa.Table, mapping: Mapping
) -> Iterator[tuple[Kind, Callable[[], pa.StringArray]]]:
    """Yield the columns that may name a row, the first to be asked first."""
    if (position := mapping.identifier) is not None:
        yield Kind.COLUMN, lambda: text_column(table, position)
    if (field := mapping.email) is not None:
        yield Kind.EMAIL, lambda: _emails(table, field)


def _emails(table: pa.Table, field: MappedColumn | JoinedColumns) -> pa.StringArray:
    """Return what the rows give `$email`: value map and default have their word before."""
    if isinstance(field, JoinedColumns):
        return joined_texts(table, field)
    cells = replaced_cells(table, field)
    cells = trimmed(cells) if field.conversion.trims else cells
    if field.default is None:
        return cells
    return pc.if_else(as_mask(filled(cells)), cells, one_text(field.default))


def _usable(column: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """Trim a column of identifiers, and tell which of them name somebody."""
    names = trimmed(column)
    sizes = byte_lengths(names)
    usable = sizes > 0
    suspects = np.flatnonzero(usable & (sizes <= _LONGEST_JUNK))
    if len(suspects):
        words = pc.utf8_lower(names.take(as_numbers(suspects)))
        junk = mask_in(pc.is_in(words, value_set=as_texts(JUNK)))
        usable[suspects[junk]] = False
    return names, usable


def random_identifiers(seed: uuid.UUID, rows: NDArray[np.int64]) -> list[str]:
    """Draw a random UUID (version 4) for each of these row numbers, from 1."""
    if not len(rows):
        return []
    first, last = int(rows.min()), int(rows.max())
    if last - first > _SPARSE * len(rows):
        middle = len(rows) // 2
        return [*random_identifiers(seed, rows[:middle]), *random_identifiers(seed, rows[middle:])]
    generator = np.random.Philox(key=seed.int, counter=first)
    words = generator.random_raw(4 * (last - first + 1)).reshape(-1, 4)[rows - first, :2]
    return [str(uuid.UUID(bytes=word.tobytes(), version=4)) for word in words]
