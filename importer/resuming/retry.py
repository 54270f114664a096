"""Rows that a run set aside, mended or in doubt: taken up again by a run of their own."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from importer.books.run_folder import failed_rows
from importer.errors import ConfigError, NothingToDo, SourceChanged, SourceError
from importer.frames.transform import load_transform
from importer.kernels.columns import as_texts, mask_in
from importer.reading.chunks import read_chunks
from importer.reading.layout import open_records
from importer.reading.source import open_source
from importer.resuming.closing import Which, check_retry, check_table, file_of, settle
from importer.resuming.fingerprint import Fingerprint
from importer.resuming.identities import Kept, lay_against
from importer.resuming.newer import older_values
from importer.resuming.recall import (
    IMPORTED,
    IN_DOUBT,
    IN_FLIGHT,
    MAPPING,
    OVERWRITTEN,
    UNTOUCHED,
    Recalled,
    Refused,
    recall,
)
from importer.resuming.relatives import Relative, relatives
from importer.settings.config import Config
from importer.settings.config_file import load_config
from importer.streams import Place, is_gone
from importer.task import Task, Warn
from importer.updates.identify import Drawn, Identities, identify
from importer.updates.mapping import resolve_mapping
from importer.wording import plural

_LAST_WINS = frozenset({"set", "unset", "null"})
"""What is done to a property, or for an empty cell, so that the order of rows matters; all else
counts, collects, or keeps the first.
"""


def retry_task(run_dir: Path, which: Which, warn: Warn, *, overwrite: bool) -> Task:
    """Take up the rows that a finished run set aside.

    Rows of which the source has a later one with the same identifier are held back, unless they
    may `overwrite` it. Raises ConfigError where the run is not at its end, was retried, or has lost
    rows, and NothingToDo.
    """
    recalled = recall(run_dir)
    check_retry(run_dir, recalled, which)
    check_table(run_dir, recalled, which)
    config, path = load_config(run_dir / MAPPING), file_of(run_dir, which)
    try:
        retries = lay_against(run_dir, which, path, config)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; a retry needs it") from error
    if not len(retries.numbers):
        settle(run_dir, which, "given up")
        raise NothingToDo(f"{path}: has no records left; its rows are given up, the run is closed")
    if missing := retries.missing:
        few = ", ".join(map(str, missing[:5])) + (" ..." if len(missing) > 5 else "")
        gone = plural(len(missing), "row")
        warn(f"{path}: {gone} no longer there, or not to be recognised; given up: {few}")
    if strangers := int(np.count_nonzero(retries.numbers == 0)):
        warn(f"{path}: {plural(strangers, 'record')} not of the run, sent like any other")
    for words in older_values(run_dir, recalled.begun):
        warn(words)
    task = Task(
        (path,),
        config,
        Path(recalled.begun.folder),
        run_dir.parent,
        uuid.uuid4(),
        retries=retries,
        divides=which == "in_doubt",
        mask=recalled.begun.mask,
        mapping=recalled.begun.mapping_file,
    )
    held = {} if overwrite else _held_back(task, recalled, warn)
    return replace(task, held_back=held)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of rows, and how to find out whose they are."""

    sources: Sequence[Place]
    config: Config
    folder: Path
    identities: Identities
    width: int | None = None
    limit: int | None = None

    def identifiers(
        self, fingerprint: Fingerprint | None = None, among: set[str] | None = None
    ) -> Iterator[tuple[int, str]]:
        """Yield row and identifier of each good row, only those `among` if there are any.

        With a fingerprint it raises SourceError at the end of what is as it was.
        """
        opened = open_source(self.sources, self.config.source)
        reading, layout, records = open_records(
            opened, self.config.source, self.limit, self.width, fingerprint
        )
        transform = load_transform(self.config.transform, self.folder, layout)
        mapping = resolve_mapping(self.config, transform.width, transform.names)
        chunks = read_chunks(records, opened, layout.width, transform.reads(mapping))
        names = as_texts(sorted(among)) if among is not None else None
        for identified in identify(transform.over(chunks), mapping, self.identities):
            ids, rows = identified.identifiers, identified.chunk.records.first_row
            found = np.arange(len(ids))
            if names is not None:
                hits = mask_in(pc.is_in(ids, value_set=names))
                found = np.flatnonzero(hits)
            for index in found.tolist():
                yield rows + int(identified.chunk.good[index]), ids[index].as_py()
        if reading.broken is not None and fingerprint is not None:
            raise reading.broken


def _held_back(task: Task, recalled: Recalled, warn: Warn) -> dict[int, Refused]:
    """Find the rows that would bring old values back, and say why each is not sent."""
    retries = task.retries
    if retries is None or not _is_ordered(task.config) or not retries.numbers.any():
        return {}
    mended = _File(task.sources, task.config, task.folder, task.identities, retries.columns)
    names = {row: name for row, name in mended.identifiers() if retries.numbers[row - 1]}
    held: dict[int, Refused] = {}
    for run in relatives(recalled, retries, task.config, warn):
        last = _last_imported(task, run, set(names.values()), warn)
        held |= {
            row: (
                OVERWRITTEN,
                f"row {last[name]:,} of {run.source} has this identifier too and came after "
                f"row {run.ours[row - 1]:,}: sent now, this row would bring old values back",
                "",
            )
            for row, name in names.items()
            if 0 < run.ours[row - 1] < last.get(name, 0)
        }
    return held


def _is_ordered(config: Config) -> bool:
    """May a row undo what a later one with the same identifier said?"""
    if config.deletes:
        return False
    entries = [entry for entries in config.columns.values() for entry in entries]
    does: set[str] = {entry.operation for entry in entries}
    does |= {entry.empty or config.empty_cells for entry in entries}
    return bool(does & _LAST_WINS or config.properties)


def _last_imported(task: Task, run: Relative, names: set[str], warn: Warn) -> dict[str, int]:
    """Return, for those of these identifiers that a run imported, the last row of each: of the
    source that it has in common with the rows of the retry.

    A row in doubt may have arrived, or be sent by another retry. With `delta` a row that was not
    sent says what the profile holds, unless it failed. Those that are sent again now come in their
    order.
    """
    recalled, begun = run.recalled, run.recalled.begun
    if any(map(is_gone, begun.sources)):
        warn("what the run read is gone: whether a later row has the same identifier is unknown")
        return {}
    drawn = Drawn(uuid.UUID(begun.seed))
    identities = Kept(drawn, run.whose) if run.whose is not None else drawn
    source = _File(
        begun.sources, task.config, task.folder, identities, begun.columns, limit=begun.limit
    )
    found: list[tuple[int, str]] = []
    try:
        found.extend(source.identifiers(Fingerprint(recalled.points), names))
    except SourceError as error:
        gone = "it has changed" if isinstance(error, SourceChanged) else str(error)
        warn(f"{begun.source}: {gone}: whether a later row has the same identifier is unknown")
    rows = np.array([row for row, _ in found], np.int64)
    states = recalled.of(rows)
    arrived = np.isin(states, (IMPORTED, IN_DOUBT, IN_FLIGHT))
    if task.config.delta:
        arrived |= (states == UNTOUCHED) & ~np.isin(rows, failed_rows(recalled.folder))
    places = run.places(rows)
    arrived &= ~np.isin(places, run.ours)
    last: dict[str, int] = {}
    for (_, name), place, imported in zip(found, places.tolist(), arrived, strict=True):
        if imported:
            last[name] = max(place, last.get(name, 0))
    return last
