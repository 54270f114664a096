"""What a file's columns hold, gathered chunk by chunk: counts, samples, rows to compare."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.guess.distinct import LONGEST, Distinct
from importer.kernels.columns import as_mask, as_numbers, filled, numbers_in, text_column
from importer.reading.chunks import Chunk

Counts = NDArray[np.int64]

SHOWN = 3
"""Sample values of each column that are shown."""

ROWS = 600
"""At most twice as many rows are kept whole, spread over the file, to compare columns with."""


@dataclass(slots=True)
class Facts:
    """One column: its number from 1, its name where there is a header, and what it holds.

    `screen` is a regular expression for the kind that the column seems to be; `matches` counts
    the cells of the whole file which it fits, `misfit` is one that it does not.
    """

    position: int
    name: str = ""
    rows: int = 0
    filled: int = 0
    first: list[str] = field(default_factory=list)
    distinct: Distinct = field(default_factory=Distinct)
    screen: str = ""
    matches: int = 0
    misfit: str | None = None

    @property
    def values(self) -> dict[str, int]:
        """Different cells that are not blank, trimmed, and how often each is there."""
        trimmed: dict[str, int] = {}
        for text, count in self.distinct.sample.items():
            if cell := text.strip():
                trimmed[cell] = trimmed.get(cell, 0) + count
        return trimmed

    def add(self, cells: pa.StringArray) -> None:
        self.rows += len(cells)
        values, counts = _counted(cells)
        self.filled += int(counts.sum())
        for value in values[: 2 * SHOWN].to_pylist() if len(self.first) < SHOWN else ():
            if value[:LONGEST] not in self.first and len(self.first) < SHOWN:
                self.first.append(value[:LONGEST])
        self.distinct.add(values, counts)
        if self.screen:
            self._add_to_screen(values, counts)

    def hold_against(self, screen: str, cells: pa.StringArray) -> None:
        """Hold these first cells, and all that follow, against a regular expression."""
        self.screen = screen
        if screen:
            self._add_to_screen(*_counted(cells))

    def _add_to_screen(self, values: pa.StringArray, counts: Counts) -> None:
        trimmed = pc.utf8_trim_whitespace(values)
        fits = pc.match_substring_regex(trimmed, f"^(?:{self.screen})?$")  # blank fits every type
        fitting = fits.to_numpy(zero_copy_only=False)
        self.matches += int(counts[fitting].sum())
        if self.misfit is None and not fitting.all():
            self.misfit = values[int(np.argmin(fitting))].as_py()


def _counted(cells: pa.StringArray) -> tuple[pa.StringArray, Counts]:
    """Return the different filled cells, and how often each is there."""
    counted = pc.value_counts(cells)
    values, counts = counted.field(0), numbers_in(counted.field(1))
    full = filled(values)
    return (values, counts) if full.all() else (values.filter(as_mask(full)), counts[full])


class Rows:
    """Whole rows spread evenly over the file, however long it turns out to be."""

    def __init__(self) -> None:
        self.cells: list[tuple[str, ...]] = []
        self.first: tuple[str, ...] = ()
        self._step = 1
        self._next = 0
        self._seen = 0

    def add(self, columns: Sequence[pa.StringArray]) -> None:
        length = len(columns[0])
        wanted = list(range(self._next - self._seen, length, self._step))
        if wanted:
            places = as_numbers(np.array(wanted, np.int64))
            taken = [
                pc.utf8_slice_codeunits(column.take(places), 0, LONGEST).to_pylist()
                for column in columns
            ]
            self.cells += zip(*taken, strict=True)
            self._next = self._seen + wanted[-1] + self._step
        if not self.first and length:
            self.first = self.cells[0]
        self._seen += length
        while len(self.cells) > 2 * ROWS:
            self.cells = self.cells[::2]
            self._step *= 2
            self._next = len(self.cells) * self._step


def gather(chunks: Iterable[Chunk], facts: Sequence[Facts], rows: Rows) -> Iterator[Chunk]:
    """Add each chunk to the facts, and hand it on."""
    for chunk in chunks:
        columns = [text_column(chunk.table, column.position) for column in facts]
        for column, cells in zip(facts, columns, strict=True):
            column.add(cells)
        rows.add(columns)
        yield chunk
