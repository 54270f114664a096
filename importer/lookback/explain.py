"""One row of a run, from its bytes to the server's answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from importer.books.failure import Failure
from importer.destination import resolve_destination
from importer.errors import ConfigError
from importer.frames.transform import load_transform
from importer.kernels.columns import as_mask, text_column
from importer.lookback.found_row import Found, find_row
from importer.lookback.outcome import Outcome, outcome_of
from importer.masking import masked, masked_echo, masked_words
from importer.reading.chunks import Chunk, cells_of, read_chunks
from importer.resuming.identities import identities_of
from importer.resuming.recall import MAPPING, Recalled, recall
from importer.settings.config import Config
from importer.settings.config_file import load_config
from importer.updates.cells import Cells, join_cells, read_cells
from importer.updates.encode import encode
from importer.updates.identify import IdentifiedChunk, Kind, identify
from importer.updates.mapping import (
    EMAIL,
    JoinedColumns,
    MappedColumn,
    Mapping,
    resolve_mapping,
)
from importer.updates.shown_updates import shown_updates


@dataclass(frozen=True, slots=True)
class Step:
    """What one property made of its cell: JSON, or the reason why none, or neither (left out)."""

    columns: tuple[int, ...]
    property: str
    type: str
    operation: str
    cell: str
    json: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that is known of a row.

    `record` is None where its bytes are not to be had any more, and with it all that follows from
    them; `path` is the file that they were read from, `notes` say why not from the source.
    `identifier` comes from `whence`; `updates` are JSON texts without the token.
    """

    run: str
    row: int
    line: int | None
    path: str
    notes: tuple[str, ...]
    record: bytes | None
    text: str
    cells: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    identifier: str
    whence: str
    updates: tuple[str, ...]
    outcome: Outcome

    def as_json(self) -> dict[str, Any]:
        """Return the same as a JSON object; the bytes as hexadecimal digits."""
        known = self.record is not None
        return {
            "run": self.run,
            "row": self.row,
            "line": self.line,
            "path": self.path or None,
            "notes": list(self.notes),
            "text": self.text if known else None,
            "bytes": self.record.hex() if self.record else None,
            "cells": [
                {"column": column, **({"name": name} if name else {}), "text": text}
                for column, (name, text) in enumerate(self.cells, start=1)
            ],
            "conversions": [
                {
                    "columns": list(step.columns),
                    "property": step.property,
                    "type": step.type,
                    "operation": step.operation,
                    "cell": step.cell,
                    "json": step.json,
                    **({"reason": step.reason} if step.reason else {}),
                }
                for step in self.steps
            ],
            "identifier": {"value": self.identifier, "from": self.whence},
            "updates": list(self.updates),
            "outcome": self.outcome.as_json(),
        }


def explain(run_dir: str | Path, row: int, *, mask: bool = False) -> Explained:
    """Say of a row, counted from 1, what was read, what was made of it and what became of it.

    Nothing is sent. With `mask` only the form of values is shown; a run that was begun with it
    keeps it. Raises ConfigError where the folder is none of a run, or has no such row.
    """
    folder = Path(run_dir)
    recalled = recall(folder)
    begun, config = recalled.begun, load_config(folder / MAPPING)
    found, notes = find_row(folder, recalled, config, row)
    hidden = mask or begun.mask
    way = _way(found, recalled, config, row) if found is not None else _Way()
    outcome = outcome_of(folder, recalled, row, way.failure, compares=bool(config.delta))
    if found is None and not notes:
        raise ConfigError(f"{folder}: has no row {row:,}: its source ends before it")
    if notes and outcome.state in ("not_attempted", "unchanged") and found is None:
        notes = (*notes, "whether the run has such a row is unknown")
    whole = Explained(
        run=begun.run,
        row=row,
        line=found.line if found is not None else None,
        path=found.path if found is not None else "",
        notes=notes,
        record=found.record.raw(0) if found is not None else None,
        text=_readable(found) if found is not None else "",
        cells=_cells(found) if found is not None else (),
        steps=way.steps,
        identifier=way.identifier,
        whence=way.whence,
        updates=tuple(shown_updates(way.updates, mask=hidden)),
        outcome=outcome,
    )
    return _masked(whole) if hidden else whole


@dataclass(frozen=True, slots=True)
class _Way:
    """What the stages make of a record that could be found."""

    steps: tuple[Step, ...] = ()
    identifier: str = ""
    whence: str = ""
    updates: bytes = b""
    failure: Failure | None = None


def _way(found: Found, recalled: Recalled, config: Config, row: int) -> _Way:
    """Take a record the way that it took in the run, together with those read with it.

    A transform is handed the same rows as then; all that follows needs the one row only.
    """
    folder = Path(recalled.begun.folder)
    transform = load_transform(config.transform, folder, found.layout)
    mapping = resolve_mapping(config, transform.width, transform.names)
    chunks = read_chunks(
        [found.records if config.transform else found.record],
        found.source,
        found.layout.width,
        transform.reads(mapping),
    )
    (chunk,) = transform.over(chunks)
    at = np.flatnonzero(chunk.records.first_row + chunk.good == row)
    if not len(at):
        return _Way(failure=next(each for each in chunk.failures if each.row == row))
    alone = _only(chunk, int(at[0]))
    (identified,) = identify([alone], mapping, identities_of(recalled, config))
    destination = resolve_destination(config, folder, {}, sends=False)
    (updates,) = encode([identified], mapping, destination)
    steps = tuple(_steps(alone, mapping, config))
    return _Way(
        steps=steps,
        identifier=identified.identifiers[0].as_py(),
        whence=_whence(identified, mapping, steps),
        updates=bytes(updates.text[: int(updates.offsets[-1])]) if len(updates) else b"",
        failure=updates.failures[0] if updates.failures else None,
    )


def _only(chunk: Chunk, index: int) -> Chunk:
    kept = np.zeros(len(chunk.good), bool)
    kept[index] = True
    table = chunk.table.filter(as_mask(kept))
    return replace(chunk, table=table, good=chunk.good[kept], failures=())


def _whence(identified: IdentifiedChunk, mapping: Mapping, steps: Sequence[Step]) -> str:
    match Kind(int(identified.kinds[0])):
        case Kind.COLUMN:
            return f"column {mapping.identifier}"
        case Kind.EMAIL:
            columns = (step.columns for step in steps if step.property == EMAIL)
            return f"$email, column {' + '.join(map(str, next(columns, ())))}"
        case Kind.RANDOM:
            return "random"
        case Kind.NONE:
            return "nothing"


def _steps(chunk: Chunk, mapping: Mapping, config: Config) -> Iterator[Step]:
    types = {entry.property: entry.type for entries in config.columns.values() for entry in entries}
    for column in mapping.columns:
        cell = text_column(chunk.table, column.position)[0].as_py()
        kind = types.get(column.property, "string")
        yield _step(column, (column.position,), kind, cell, read_cells(chunk.table, column))
    for join in mapping.joins:
        parts = [text_column(chunk.table, place)[0].as_py() for place in join.positions]
        cell = join.separator.join(filter(None, parts))
        yield _step(join, join.positions, "string", cell, join_cells(chunk.table, join))


def _step(
    column: MappedColumn | JoinedColumns,
    positions: tuple[int, ...],
    kind: str,
    cell: str,
    cells: Cells,
) -> Step:
    operation = column.operation if isinstance(column, MappedColumn) else "set"
    json = None
    if cells.present[0] and 0 not in cells.failures:
        json = column.conversion.json(cells.values[0].as_py())
    if json is None and isinstance(column, MappedColumn) and not cells.failures:
        operation = column.empty if column.empty in ("unset", "null") else operation
        json = "null" if column.empty == "null" else None
    reason = cells.failures.get(0, "")
    return Step(positions, column.property, kind, operation, cell, json, reason)


def _cells(found: Found) -> tuple[tuple[str, str], ...]:
    cells = cells_of(found.record, found.source)
    names = found.layout.names if len(found.layout.names) == len(cells) else ("",) * len(cells)
    return tuple(zip(names, cells, strict=True))


def _readable(found: Found) -> str:
    """Return the record as text; a byte that is none of its encoding is written out."""
    raw = found.record.raw(0)
    return raw.decode(found.source.encoding.codec, "backslashreplace")


def _masked(whole: Explained) -> Explained:
    return replace(
        whole,
        record=None if whole.record is None else b"",
        text=masked(whole.text.rstrip("\r\n")),
        cells=tuple((name, masked(text)) for name, text in whole.cells),
        steps=tuple(
            replace(
                step,
                cell=masked(step.cell),
                json=step.json and masked(step.json.strip('"')),
                reason=masked_words(step.reason),
            )
            for step in whole.steps
        ),
        identifier=masked(whole.identifier),
        outcome=replace(
            whole.outcome,
            words=masked_echo(
                masked_words(whole.outcome.words), f"{whole.text} {whole.identifier}"
            ),
        ),
    )
