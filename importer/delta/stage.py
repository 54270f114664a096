"""Rows are held against what is known of their profiles; the rest is noted before it is sent."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from importer.delta.hashing import UNKNOWN, Hasher, Noted, Signed
from importer.delta.outcome import Outcome
from importer.delta.store import Store
from importer.errors import ConfigError
from importer.kernels.columns import as_mask
from importer.reading.records import Positions, Records
from importer.resuming.recall import IMPORTED, IN_DOUBT, REFUSED, Recalled, recall
from importer.task import Task
from importer.updates.identify import IdentifiedChunk, Kind
from importer.updates.model import Updates

Rows = NDArray[np.bool_]

_CHUNKS, _ROWS = 16, 1_000
"""Chunks that are noted together, unless they have more rows that are sent."""

_SPARSE = 10
"""Rows of a block for each that is sent, from which on the block is not kept for its sake."""


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """The rows of a chunk, and what became of each: it is to be sent, or it says nothing new."""

    rows: Signed
    keys: Signed
    contents: Signed
    same: Rows
    kinds: NDArray[np.uint8]

    def places(self, rows: Signed) -> Signed:
        found: Signed = np.searchsorted(self.rows, rows)
        return found


class Everything:
    """What stands in where nothing is compared: all rows are sent."""

    def begin(self, run_dir: Path) -> None:
        pass

    def sift(self, chunks: Iterable[IdentifiedChunk]) -> Iterable[IdentifiedChunk]:
        return chunks

    def note(self, updates: Iterable[Updates]) -> Iterable[Updates]:
        return updates

    def outcome(self, *, ended: bool, whole: bool) -> None:
        pass

    def settle(self, run_dir: Path) -> None:
        pass


class Delta:
    """Two stages around the encoding of rows: what is unchanged is taken out before.

    A row is unchanged that says what was last sent for its identifier, in this file or before,
    and accepted. Nothing is taken out of what is retried, and a rehearsal notes nothing.
    """

    def __init__(self, store: Store, hasher: Hasher, task: Task, mapping: str) -> None:
        """`mapping` is the digest of the settings that make an update."""
        self._store = store
        self._hasher = hasher
        self._task = task
        self._mapping = mapping
        self._skips = task.retries is None
        self._before: Recalled | None = None
        self._judged: deque[_Judged] = deque()
        self._unread = 0
        self._gone: Signed

    def begin(self, run_dir: Path) -> None:
        """Take over what is known, and start over where the mapping, or the user, says so."""
        store, task, now = self._store, self._task, time.time()
        owner, before = str(run_dir.resolve()), store.owner
        if before != owner and not self._is_first(task.recalled):
            # Since then another run may have sent something else for the same identifiers.
            self._before = task.recalled
        fresh = task.retries is None and before != owner and self._before is None
        if not task.dry_run:
            left = _ledger(before) if store.unsettled else None
            mapping = self._mapping if fresh else None
            full = store.begin(owner, mapping, left, now, lambda: fresh and self._is_due(now))
        else:
            full = fresh and self._is_due(now)
        self._keys, self._contents = store.known()
        if task.dry_run and store.mapping != self._mapping:  # whose run would forget it all
            self._keys, self._contents = self._keys[:0], self._contents[:0]
        if full:
            self._contents[:] = UNKNOWN
        self._seen = np.zeros(len(self._keys), bool)
        self._sent = np.zeros(len(self._keys), bool)

    def _is_first(self, recalled: Recalled | None) -> bool:
        """Has no run come here since this one was begun, itself included if it was left early?"""
        if recalled is None:
            return True
        return self._store.taken < datetime.fromisoformat(recalled.begun.started).timestamp()

    def _is_due(self, now: float) -> bool:
        every, since = self._task.config.full_every, self._store.full_since
        return self._task.full or not since or (every is not None and not 0 <= now - since < every)

    def sift(self, chunks: Iterable[IdentifiedChunk]) -> Iterator[IdentifiedChunk]:
        """Hand on what is to be sent of each chunk."""
        for chunk in chunks:
            judged = self._judge(chunk)
            self._judged.append(judged)
            self._unread += len(chunk.chunk.failures)
            yield _kept(chunk, ~judged.same) if judged.same.any() else chunk

    def note(self, updates: Iterable[Updates]) -> Iterator[Updates]:
        """Put the unchanged rows beside the updates of the others, and note these.

        Some chunks are noted together where each has little: the disk is waited for every time.
        """
        together: list[tuple[Updates, _Judged]] = []
        for portion in updates:
            judged = self._judged.popleft()
            beside = replace(
                portion,
                unchanged=judged.rows[judged.same],
                unchanged_kinds=judged.kinds[judged.same],
                origins=_origins(portion),
            )
            together.append((beside, judged))
            if len(together) == _CHUNKS or sum(len(each) for each, _ in together) > _ROWS:
                yield from self._noted(together)
                together.clear()
        yield from self._noted(together)

    def _noted(self, together: Sequence[tuple[Updates, _Judged]]) -> Iterator[Updates]:
        if not self._task.dry_run:
            noted = [self._what_lasts(*each) for each in together]
            self._store.note([each for each in noted if each is not None])
        for portion, _ in together:
            yield portion

    def outcome(self, *, ended: bool, whole: bool) -> Outcome:
        """Find who vanished, if a file was read to its end and as a `whole`."""
        # Who is new in a file that was imported meanwhile is not in this one, and not gone.
        # And a run that was at its end before has forgotten them.
        told = self._task.recalled is not None and self._task.recalled.finished
        absent = ended and whole and self._skips and self._before is None and not told
        self._gone = self._keys[~self._seen] if absent else self._keys[:0]
        try:
            names = self._hasher.names(self._gone, self._store.names(self._gone))
        except UnicodeDecodeError as error:
            raise self._store.damage("an identifier cannot be deciphered") from error
        vanished = tuple(sorted(names)) if absent else None
        return Outcome(not self._contents.any(), vanished, self._unread)

    def settle(self, run_dir: Path) -> None:
        """Enter what the API accepted, and forget who vanished.

        Not before all is written that a run leaves: one that is interrupted until then goes on, and
        must judge the rest of its rows by the same that it judged the others by.
        """
        if not self._task.dry_run:
            self._store.settle(recall(run_dir), self._gone)

    def _judge(self, chunk: IdentifiedChunk) -> _Judged:
        rows = chunk.chunk.records.first_row + chunk.chunk.good
        keys = self._hasher.keys(chunk.identifiers)
        contents = self._hasher.contents(keys, chunk.chunk.table)
        named = (chunk.kinds == Kind.COLUMN) | (chunk.kinds == Kind.EMAIL)
        same = np.zeros(len(rows), bool)
        if len(self._keys):
            places = self._places(keys)
            met = named & (self._keys[places] == keys)
            known = self._contents[places]
            self._seen[places[met]] = True
            equal = met & (known == contents) & (known != UNKNOWN) & ~self._settled_before(rows)
            same = equal & self._nothing_sent(places, met & ~equal)
        return _Judged(rows, keys, contents, same & self._skips, chunk.kinds)

    def _settled_before(self, rows: Positions) -> Rows:
        """Tell which rows this run sent before it was left: they were changed then."""
        recalled = self._task.recalled
        if recalled is None:
            return np.zeros(len(rows), bool)
        return np.isin(recalled.of(rows), (IMPORTED, REFUSED, IN_DOUBT))

    def _places(self, keys: Signed) -> Signed:
        """Find where keys are among those known, or would be: in order, which is faster."""
        order = np.argsort(keys)
        places = np.empty(len(keys), np.int64)
        places[order] = np.searchsorted(self._keys, keys[order])
        return np.minimum(places, len(self._keys) - 1)

    def _nothing_sent(self, places: Signed, changed: Rows) -> Rows:
        """Tell which rows have no earlier changed row of the same identifier."""
        untouched = ~self._sent[places]
        touched, firsts = np.unique(places[changed], return_index=True)
        if len(touched):
            first = np.flatnonzero(changed)[firsts]
            nearest = np.minimum(np.searchsorted(touched, places), len(touched) - 1)
            behind = (touched[nearest] == places) & (np.arange(len(places)) > first[nearest])
            untouched &= ~behind
            self._sent[touched] = True
        return untouched

    def _what_lasts(self, updates: Updates, judged: _Judged) -> Noted | None:
        """Return what is to be noted of a chunk, if there is anything."""
        lasting = updates.kinds != Kind.RANDOM  # a random id does not come twice
        if self._before is not None:
            states = self._before.of(updates.rows)
            lasting &= (states != IMPORTED) & (states != REFUSED)
        if not lasting.any():
            return None
        rows, identifiers = updates.rows[lasting], updates.identifiers.filter(as_mask(lasting))
        places = judged.places(rows)
        return self._hasher.noted(rows, judged.keys[places], judged.contents[places], identifiers)


def _origins(updates: Updates) -> tuple[Records, ...]:
    """Keep of the file what is needed: of a block that nearly nothing is sent of, those records."""
    if len(updates) * _SPARSE > updates.row_count:
        return updates.origins
    singles: list[Records] = []
    for origin in updates.origins:
        within = (updates.rows >= origin.first_row) & (updates.rows <= origin.last_row)
        singles += origin.singly(updates.rows[within] - origin.first_row)
    return tuple(singles)


def _ledger(owner: str) -> Recalled | None:
    """Read what became of what a run noted, if its folder is still there."""
    try:
        return recall(Path(owner)) if owner else None
    except ConfigError:
        return None


def _kept(chunk: IdentifiedChunk, rows: Rows) -> IdentifiedChunk:
    mask, whole = as_mask(rows), chunk.chunk
    return IdentifiedChunk(
        replace(whole, table=whole.table.filter(mask), good=whole.good[rows]),
        chunk.identifiers.filter(mask),
        chunk.kinds[rows],
    )
