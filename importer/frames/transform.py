"""A callable of the user's own on each chunk, for what a mapping cannot say.

It is handed a pandas frame with every column of the file as text, labelled with the header's names
or else with the numbers 1, 2 ..., and returns it changed: the same rows, these columns first, its
own ones behind them, all of them text (missing values are empty cells).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from importer.errors import ConfigError, TransformFailed
from importer.frames.neighbours import importable
from importer.reading.chunks import Chunk
from importer.reading.layout import Layout
from importer.updates.mapping import Mapping

if TYPE_CHECKING:  # pandas is slow to import, and few mappings need it
    import pandas as pd

Callback = Callable[["pd.DataFrame"], "pd.DataFrame"]


@dataclass(frozen=True, slots=True)
class Transform:
    """What becomes of a file's columns before the mapping sees them: nothing, without a callback.

    `width` and `names` are those of its result; `names` is empty where the file has no header.
    """

    file: Layout
    width: int
    names: tuple[str, ...]
    name: str = ""
    callback: Callback | None = None

    def reads(self, mapping: Mapping) -> tuple[int, ...]:
        """Return the columns of the file that are needed: a callback may look at any."""
        return tuple(range(1, self.file.width + 1)) if self.callback else mapping.positions

    def over(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Hand chunks on, transformed. Raises TransformFailed, naming the rows."""
        for chunk in chunks:
            if self.callback is None:
                yield chunk
                continue
            if not len(chunk.table):
                more = range(self.file.width + 1, self.width + 1)
                yield replace(chunk, table=_with_empty(chunk.table, more))
                continue
            from importer.frames.transformed import transformed

            what = f"{self.name}: rows {chunk.records.first_row} to {chunk.records.last_row}"
            table, _ = transformed(self.callback, chunk.table, self.file, what)
            yield replace(chunk, table=table)


def _with_empty(table: pa.Table, columns: Iterable[int]) -> pa.Table:
    """Return a table without rows with more columns."""
    for place in columns:
        table = table.append_column(str(place), pa.array([], pa.string()))
    return table


def load_transform(name: str | None, folder: Path, layout: Layout) -> Transform:
    """Find `module:callable` beside the mapping, in the working directory or among the installed.

    It is tried on a frame without rows, which tells the columns of its result. Raises ConfigError.
    """
    if name is None:
        return Transform(layout, layout.width, layout.names)
    from importer.frames.transformed import no_rows, transformed

    callback = find_callback(name, folder)
    try:
        what = f"{name}: tried on no rows"
        tried, added = transformed(callback, no_rows(layout), layout, what)
    except TransformFailed as failed:
        raise ConfigError(str(failed)) from failed
    names = (*layout.names, *added) if layout.names else ()
    return Transform(layout, tried.num_columns, names, name, callback)


def find_callback(name: str, folder: Path) -> Callback:
    """Import `module:callable`. Raises ConfigError where there is no such thing."""
    module, _, attribute = name.partition(":")
    places = str(folder.resolve()), str(Path.cwd())
    try:
        with importable(places, module):
            found = getattr(import_module(module), attribute)
    except Exception as error:  # a module of the user's may raise anything
        raise ConfigError(f"transform: {name}: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise ConfigError(f"transform: {name}: is no function but {type(found).__name__}")

    def callback(frame: "pd.DataFrame") -> "pd.DataFrame":
        with importable(places, module):  # there may be imports in it
            result: pd.DataFrame = found(frame)
        return result

    return callback
