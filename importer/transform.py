"""A callable of the user's own on each chunk, for what a mapping cannot say.

It is handed a pandas frame with every column of the file as text, labelled with the header's names
or else with the numbers 1, 2 ..., and returns it changed: the same rows, these columns first, its
own ones behind them, all of them text (missing values are empty cells).
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype, is_string_dtype

from importer.chunks import Chunk
from importer.errors import ConfigError, TransformFailed
from importer.layout import Layout
from importer.mapping import Mapping

Callback = Callable[[pd.DataFrame], pd.DataFrame]


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
            if self.callback is None or not len(chunk.frame):
                yield chunk
                continue
            what = f"{self.name}: rows {chunk.records.first_row} to {chunk.records.last_row}"
            yield replace(chunk, frame=_apply(self.callback, chunk.frame, self.file, what))


def load_transform(name: str | None, folder: Path, layout: Layout) -> Transform:
    """Find `module:callable` beside the mapping, in the working directory or among the installed.

    It is tried on a frame without rows, which tells the columns of its result. Raises ConfigError.
    """
    if name is None:
        return Transform(layout, layout.width, layout.names)
    callback = find_callback(name, folder)
    nothing = pd.arrays.ArrowExtensionArray(pa.array([], pa.string()))
    empty = pd.DataFrame({str(place): nothing for place in _places(layout)})
    try:
        tried = _apply(callback, empty, layout, f"{name}: tried on no rows")
    except TransformFailed as failed:
        raise ConfigError(str(failed)) from failed
    names = (*layout.names, *tried.attrs["added"]) if layout.names else ()
    return Transform(layout, len(tried.columns), names, name, callback)


def find_callback(name: str, folder: Path) -> Callback:
    """Import `module:callable`. Raises ConfigError where there is no such thing."""
    module, _, attribute = name.partition(":")
    try:
        with _importable(folder):
            found = getattr(import_module(module), attribute)
    except Exception as error:  # a module of the user's may raise anything
        raise ConfigError(f"transform: {name}: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise ConfigError(f"transform: {name}: is no function but {type(found).__name__}")
    callback: Callback = found
    return callback


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    places = [str(folder.resolve()), str(Path.cwd())]
    sys.path[:0] = places
    try:
        yield
    finally:
        for place in places:
            sys.path.remove(place)


def _places(layout: Layout) -> range:
    return range(1, layout.width + 1)


def _apply(callback: Callback, frame: pd.DataFrame, layout: Layout, what: str) -> pd.DataFrame:
    """Call with the labels people know; return the result with those of a chunk."""
    own: list[object] = [*layout.names] or [*_places(layout)]
    given = frame.set_axis(own, axis="columns").reset_index(drop=True)
    try:
        result = callback(given)
    except Exception as error:  # the user's code may raise anything
        raise TransformFailed(f"transform: {what}: {type(error).__name__}: {error}") from error
    if not isinstance(result, pd.DataFrame):
        raise TransformFailed(f"transform: {what}: returned {type(result).__name__}, not a frame")
    labels: list[object] = list(result.columns)
    added = labels[layout.width :]
    numbered = list(range(layout.width + 1, len(labels) + 1))
    if labels[: layout.width] != own or (not layout.names and added != numbered):
        new = "behind them" if layout.names else f"numbered from {layout.width + 1}"
        raise TransformFailed(f"transform: {what}: the columns must stay; new ones come {new}")
    if len(result) != len(frame) or not result.index.equals(pd.RangeIndex(len(frame))):
        raise TransformFailed(
            f"transform: {what}: {len(frame):,} rows went in, {len(result):,} came out; "
            "each row must stay in its place"
        )
    columns = {
        str(place): _as_text(result.iloc[:, place - 1], what, label)
        for place, label in enumerate(labels, start=1)
    }
    text = pd.DataFrame(columns)
    text.attrs["added"] = tuple(map(str, added))
    return text


def _as_text(column: "pd.Series[str]", what: str, label: object) -> pd.arrays.ArrowExtensionArray:
    try:
        if not (is_string_dtype(column.dtype) or is_object_dtype(column.dtype)):
            raise TypeError(f"holds {column.dtype}")
        cells = pa.array(column, pa.string(), from_pandas=True)
    except (TypeError, UnicodeError, pa.ArrowException) as error:
        raise TransformFailed(
            f"transform: {what}: column {label!r}: {error}; it must hold text: .astype(str)"
        ) from error
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return pd.arrays.ArrowExtensionArray(whole.fill_null(""))
