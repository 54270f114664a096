"""A look at a file before there is a mapping: its columns, samples, how well they are filled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from importer import config
from importer.chunks import read_chunks
from importer.columns import text_column
from importer.layout import Reading, read_layout
from importer.records import frame_records
from importer.source import open_source

SAMPLES = 3


@dataclass(slots=True)
class ColumnPreview:
    """One column: 1-based position, name where there is a header, first distinct values."""

    position: int
    name: str = ""
    samples: list[str] = field(default_factory=list)
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A whole file: the rows that fit its width, those that do not, and its columns."""

    source: str
    rows: int
    misfits: int
    columns: tuple[ColumnPreview, ...]


def preview(source: str | Path, settings: config.Source | None = None) -> Preview:
    """Read a whole CSV file and describe its columns.

    Raises SourceError for what is no CSV file, SourceBroken where it breaks off.
    """
    settings = settings or config.Source()
    opened = open_source(source, settings)
    leading = settings.skip_records + settings.header
    reading = Reading(frame_records(opened.blocks, opened.dialect, 1 - leading))
    layout, records = read_layout(opened, iter(reading), settings)
    names = layout.names or ("",) * layout.width
    columns = tuple(ColumnPreview(position, name) for position, name in enumerate(names, start=1))
    rows = misfits = 0
    for chunk in read_chunks(records, opened, layout.width, range(1, layout.width + 1)):
        rows += len(chunk.good)
        misfits += len(chunk.failures)
        for column in columns:
            _add(column, text_column(chunk.frame, column.position))
    if reading.broken:
        raise reading.broken
    return Preview(opened.name, rows, misfits, columns)


def _add(column: ColumnPreview, cells: pa.StringArray) -> None:
    filled = cells.filter(pc.not_equal(cells, ""))
    column.filled += len(filled)
    for value in _first_distinct(filled) if len(column.samples) < SAMPLES else ():
        if value not in column.samples:
            column.samples.append(value)
        if len(column.samples) == SAMPLES:
            return


def _first_distinct(cells: pa.StringArray) -> Iterator[str]:
    yield from pc.unique(cells[:1000])[: 2 * SAMPLES].to_pylist()
