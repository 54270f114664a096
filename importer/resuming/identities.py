"""Rows that are sent again keep who they are: a mended file is laid against what it was."""

import codecs
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from importer.reading.layout import open_records
from importer.reading.records import Positions
from importer.reading.source import open_source
from importer.resuming.alike import MOST_COMPARED, pair, sketch_of
from importer.resuming.recall import Recalled, find_run, recall
from importer.resuming.reject_file import digest_of, read_index
from importer.settings.config import Config
from importer.updates.identify import Drawn, Identities

__all__ = ["Drawn", "Identities", "Kept", "Retries", "identities_of", "recognise", "retries_of"]


_BLANK = codecs.BOM_UTF8 + codecs.BOM_UTF16 + b"\0 \t\r\n"
"""What editors leave in a file without records, of whatever encoding."""


@dataclass(frozen=True, slots=True, eq=False)
class Retries:
    """Whose rows a run sends again, and which of them are which.

    `numbers` are the rows of the source they come from by those of the file, 0 where a record is
    not recognisable; `missing` are the rows that are not in the file any more. `identities` is
    where the random ids of the earlier run came from, `before` its ledger.
    """

    which: str
    numbers: Positions
    missing: tuple[int, ...]
    identities: Identities
    before: Recalled

    @property
    def run_dir(self) -> Path:
        return self.before.folder

    @property
    def columns(self) -> int:
        """Return the width of the source that the rows come from."""
        return self.before.begun.columns


@dataclass(frozen=True, slots=True)
class Kept:
    """The ids that rows had, and ids of their own for rows that are not recognisable."""

    drawn: Drawn
    retries: Retries

    def random(self, rows: NDArray[np.int64]) -> list[str]:
        numbers = self.retries.numbers[rows - 1]
        known = numbers > 0
        ids = np.empty(len(rows), object)
        ids[known] = self.retries.identities.random(numbers[known])
        ids[~known] = self.drawn.random(rows[~known])
        return ids.tolist()


def identities_of(recalled: Recalled, config: Config) -> Identities:
    """Return where the random ids of a run came from: its seed, or the run whose rows it sent."""
    drawn = Drawn(uuid.UUID(recalled.begun.seed))
    return drawn if recalled.begun.retries is None else Kept(drawn, retries_of(recalled, config))


def retries_of(recalled: Recalled, config: Config) -> Retries:
    """Read whose rows a run sends, from its ledger's first line and the file it reads."""
    assert recalled.begun.retries is not None
    where, which = recalled.begun.retries
    run_dir = find_run(recalled.folder, where)
    return lay_against(run_dir, which, run_dir / Path(recalled.begun.source).name, config)


def lay_against(run_dir: Path, which: str, path: Path, config: Config) -> Retries:
    """Lay a file of records that a run set aside, mended since, against what it was."""
    recalled = recall(run_dir)
    columns = recalled.begun.columns
    index = read_index(path)
    # With every record taken out of it, it is no source any more, and no mistake either.
    left = list(_raw(path, config, columns)) if path.read_bytes().strip(_BLANK) else []
    numbers = recognise(
        [(row, digest) for row, digest, _ in index],
        [digest_of(record) for record in left],
        lambda was, now: pair([index[at][2] for at in was], [sketch_of(left[at]) for at in now]),
    )
    identities = identities_of(recalled, config)
    missing = sorted({row for row, *_ in index} - set(numbers.tolist()))
    return Retries(which, numbers, tuple(missing), identities, recalled)


def recognise(
    index: Sequence[tuple[int, str]],
    digests: Sequence[str],
    alike: Callable[[list[int], list[int]], list[tuple[int, int]]] | None = None,
) -> Positions:
    """Return for each record of a mended file the row it was, or 0.

    Unchanged records keep their row wherever they stand. In a changed stretch with as many records
    as before they pair up in order; otherwise `alike` pairs them. Of more than `MOST_COMPARED` only
    the unchanged are known.
    """
    rows = np.array([row for row, _ in index], np.int64)
    before = [digest for _, digest in index]
    if len(before) == len(digests) and _in_place(before, digests):
        return rows
    numbers = np.zeros(len(digests), np.int64)
    comparable = len(before) <= MOST_COMPARED
    matcher = SequenceMatcher(None, before, digests, autojunk=False) if comparable else None
    opcodes = matcher.get_opcodes() if matcher is not None else []
    for tag, old, old_end, new, new_end in opcodes:
        if tag == "equal":
            numbers[new:new_end] = rows[old:old_end]
    _find_moved(index, digests, numbers)
    taken = set(numbers.tolist())
    for tag, old, old_end, new, new_end in opcodes:
        if tag == "replace":
            left = [place for place in range(old, old_end) if int(rows[place]) not in taken]
            open_ = [place for place in range(new, new_end) if not numbers[place]]
            if len(left) == len(open_):
                numbers[open_] = rows[left]
            elif alike is not None:
                for row, place in alike(left, open_):
                    numbers[open_[place]] = rows[left[row]]
    return numbers


def _find_moved(
    index: Sequence[tuple[int, str]], digests: Sequence[str], numbers: Positions
) -> None:
    """Number records that are unchanged but stand elsewhere, each row once."""
    taken = set(numbers.tolist())
    places: dict[str, list[int]] = {}
    for row, digest in reversed(index):
        if row not in taken:
            places.setdefault(digest, []).append(row)
    for place, digest in enumerate(digests):
        if not numbers[place] and (same := places.get(digest)):
            numbers[place] = same.pop()


def _in_place(before: Sequence[str], digests: Sequence[str]) -> bool:
    """Does every record that is unchanged stand where it stood?"""
    moved = set(before)
    return all(now == was or now not in moved for was, now in zip(before, digests, strict=True))


def _raw(path: Path, config: Config, width: int) -> Iterator[bytes]:
    # Given the width: most of what is rejected may have another.
    opened = open_source(path, config.source)
    _, _, portions = open_records(opened, config.source, width=width)
    for records in portions:
        for index in range(len(records)):
            yield records.raw(index)
