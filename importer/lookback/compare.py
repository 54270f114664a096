"""What a changed mapping would change over a whole file; nothing is sent.

Both mappings go over the same chunks. Rows whose encoded updates are the same are done with by
that; of the others each property is compared as a column, and only the examples are looked at
singly.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.books.failure import Failure
from importer.destination import resolve_destination
from importer.engage import Engage
from importer.errors import ConfigError
from importer.frames.transform import Transform, load_transform
from importer.kernels.columns import as_numbers, mask_in, one_text
from importer.lookback.comparison import EXAMPLES, Change, Comparison, Example, masked_comparison
from importer.lookback.effects import Effects, effects_of
from importer.reading.chunks import Chunk, read_chunks
from importer.reading.layout import Layout, open_records
from importer.reading.records import Positions
from importer.reading.source import open_source
from importer.settings.config import Config
from importer.settings.config_file import differences, settle_config
from importer.updates.encode import encode
from importer.updates.identify import Drawn, identify
from importer.updates.mapping import Mapping, resolve_mapping
from importer.updates.model import Updates

_SEED = uuid.UUID(int=0)
"""One for both, so that rows that get a random id under either mapping get the same."""


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One mapping, fitted to the file."""

    config: Config
    folder: Path
    mapping: Mapping
    transform: Transform
    destination: Engage

    @classmethod
    def of(cls, config: Config, folder: Path, layout: Layout) -> "_Side":
        transform = load_transform(config.transform, folder, layout)
        mapping = resolve_mapping(config, transform.width, transform.names)
        destination = resolve_destination(config, folder, {}, sends=False)
        return cls(config, folder, mapping, transform, destination)

    def positions(self) -> tuple[int, ...]:
        return self.transform.reads(self.mapping)

    def over(self, chunk: Chunk) -> tuple[Chunk, Updates]:
        """Return the chunk as the mapping sees it, and its updates."""
        (own,) = self.transform.over([chunk])
        identified = identify([own], self.mapping, Drawn(_SEED))
        (updates,) = encode(identified, self.mapping, self.destination)
        return own, updates

    def effects(self, chunk: Chunk, rows: Positions) -> Effects:
        """Return what the updates of these rows, all of them good, say of each property."""
        good = chunk.records.first_row + chunk.good
        table = chunk.table.take(as_numbers(np.searchsorted(good, rows)))
        return effects_of(table, self.mapping)


def compare(
    old: Config | str | Path,
    new: Config | str | Path,
    source: str | Path,
    *,
    limit: int | None = None,
    mask: bool = False,
) -> Comparison:
    """Lay what two mappings make of a source side by side.

    With `mask` the examples show the form of values only. Raises ConfigError where one is wrong, or
    where they read the file differently, and SourceError.
    """
    given = [settle_config(each, lambda _warning: None) for each in (old, new)]
    configs = given[0][0], given[1][0]
    if configs[0].source != configs[1].source:
        raise ConfigError(
            "the two mappings read the file differently (see source): their rows cannot be laid "
            "side by side"
        )
    opened = open_source(source, configs[0].source)
    reading, layout, records = open_records(opened, configs[0].source, limit)
    sides = [_Side.of(config, folder, layout) for config, folder in given]
    positions = sorted({place for side in sides for place in side.positions()})
    comparison = Comparison(tuple(differences(*configs)), envelope=_envelopes_differ(*sides))
    for chunk in read_chunks(records, opened, layout.width, positions):
        _compare_chunk(comparison, chunk, *sides)
    if reading.broken:
        raise reading.broken
    return masked_comparison(comparison) if mask else comparison


def _envelopes_differ(old: _Side, new: _Side) -> bool:
    """Is there a difference in what stands around the properties of every update?"""
    envelopes = [
        (side.destination.around_identifier("$set"), side.mapping.deletes) for side in (old, new)
    ]
    return envelopes[0] != envelopes[1]


def _compare_chunk(comparison: Comparison, chunk: Chunk, old: _Side, new: _Side) -> None:
    comparison.rows += len(chunk.records)
    (old_chunk, before), (new_chunk, after) = old.over(chunk), new.over(chunk)
    _compare_failures(comparison, before.failures, after.failures)
    _, old_places, new_places = np.intersect1d(
        before.rows, after.rows, assume_unique=True, return_indices=True
    )
    rows = before.rows[old_places]
    names = [
        side.identifiers.take(as_numbers(places))
        for side, places in ((before, old_places), (after, new_places))
    ]
    texts = [_texts(side, places) for side, places in ((before, old_places), (after, new_places))]
    suspects = mask_in(pc.not_equal(*texts)) if len(rows) else np.zeros(0, bool)
    if not suspects.any():
        return
    named = _named_anew(comparison.identifiers, rows, names)
    at = np.flatnonzero(suspects)
    changed = named[at] | comparison.envelope
    effects = old.effects(old_chunk, rows[at]), new.effects(new_chunk, rows[at])
    shown = names[1].take(as_numbers(at))
    for name, difference in _differences(*effects):
        mask = difference.rows
        changed |= mask
        if mask.any():
            change = comparison.properties.setdefault(name, Change())
            _note(change, difference, rows[at], shown)
    comparison.changed += int(changed.sum())


def _compare_failures(
    comparison: Comparison, before: Sequence[Failure], after: Sequence[Failure]
) -> None:
    old, new = ({each.row: each for each in failures} for failures in (before, after))
    comparison.fail_both += len(old.keys() & new.keys())
    for which, counted, own, other in (
        ("new", comparison.fail_only, new, old),
        ("old", comparison.pass_only, old, new),
    ):
        alone = [own[row] for row in own if row not in other]
        counted.update(each.code for each in alone)
        room = EXAMPLES - sum(1 for side, _ in comparison.failures if side == which)
        comparison.failures += [(which, replace(each, record=b"")) for each in alone[:room]]


def _texts(updates: Updates, places: Positions) -> pa.LargeBinaryArray:
    """Return the encoded updates of these rows, one text for each row."""
    whole = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(),
        len(updates),
        [None, pa.py_buffer(np.ascontiguousarray(updates.offsets)), pa.py_buffer(updates.text)],
    )
    if len(places) == len(updates):
        return whole
    return whole.take(as_numbers(places))


def _named_anew(
    change: Change, rows: Positions, names: Sequence[pa.StringArray]
) -> NDArray[np.bool_]:
    """Tell which rows another profile would get."""
    anew = mask_in(pc.not_equal(*names))
    change.rows += int(anew.sum())
    for index in change.room(np.flatnonzero(anew)):
        old, new = (each[index].as_py() for each in names)
        change.examples.append(Example(int(rows[index]), new, old or None, new or None))
    return anew


@dataclass(frozen=True, slots=True, eq=False)
class _Difference:
    """A property of which these rows differ, and what both sides say of it, "" for nothing."""

    rows: NDArray[np.bool_]
    old: pa.StringArray
    new: pa.StringArray


def _differences(old: Effects, new: Effects) -> Iterator[tuple[str, _Difference]]:
    for name in dict.fromkeys((*old.properties, *new.properties)):
        before, after = old.of(name), new.of(name)
        yield name, _Difference(mask_in(pc.not_equal(before, after)), before, after)


def _note(change: Change, difference: _Difference, rows: Positions, names: pa.StringArray) -> None:
    found = difference.rows
    silent = [mask_in(pc.equal(side, one_text(""))) for side in (difference.old, difference.new)]
    change.rows += int(found.sum())
    change.added += int((found & silent[0]).sum())
    change.removed += int((found & silent[1]).sum())
    for index in change.room(np.flatnonzero(found)):
        old, new = (side[index].as_py() or None for side in (difference.old, difference.new))
        change.examples.append(Example(int(rows[index]), names[index].as_py(), old, new))
