"""What profiles are known to hold, as hashes, in an SQLite file.

A run notes what it is about to send before it does (`noted`); what became of that is in the run's
own ledger. Once the run is at its end, or the next one begins, the two are put together: what the
API accepted is known from then on, and of what it did not, nothing is. So a crash at any moment
leaves nothing that is taken for known and is not; at worst something is sent once more.

The hashes are two columns, each a single value: to read a million as rows of a table takes a
second, which is a third of a night on which little has changed.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from math import inf
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from importer.delta.hashing import UNKNOWN, Noted, Signed
from importer.delta.settled import Settled, among, entered, outcome_of
from importer.errors import StateError
from importer.resuming.recall import Recalled

SCHEMA = 1

_TABLES = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE names (key INTEGER PRIMARY KEY, name BLOB NOT NULL)",
    "CREATE TABLE noted (first INTEGER PRIMARY KEY, "
    "rows BLOB, keys BLOB, contents BLOB, lengths BLOB, names BLOB)",
)

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_COLUMNS = ("keys", "contents")

_CACHE = 32 * 1024
"""KiB of pages in memory; beyond, a transaction is written before its end."""

_LOOSE = 0.2
"""Share of a file that may be empty pages."""


class Store:
    """An open store. Every method raises StateError where the disk, or the file, refuses."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._path = path
        with self._errors():
            if writes:
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            mode = "rw" if writes else "ro"
            # Used by the thread that reads and, before and after, by the one that sends.
            self._base = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            with ExitStack() as refused:
                refused.callback(self._base.close)
                self._base.execute(f"PRAGMA cache_size = -{_CACHE}")
                if writes:
                    self._make_tables()
                refused.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    @property
    def salt(self) -> bytes:
        return bytes(self._fact("salt", b""))

    @property
    def owner(self) -> str:
        """Return the folder of the run that was the last to begin."""
        return str(self._fact("owner", ""))

    @property
    def taken(self) -> float:
        """Return when that was, in seconds since 1970; 0 if there was none yet."""
        return float(self._fact("taken", inf if self.owner else 0.0))

    @property
    def unsettled(self) -> bool:
        """Did its last owner note something, and not come to its end?"""
        with self._errors():
            return bool(self._base.execute("SELECT EXISTS (SELECT 1 FROM noted)").fetchone()[0])

    @property
    def mapping(self) -> str:
        return str(self._fact("mapping", ""))

    @property
    def full_since(self) -> float:
        """Return when everything was last sent, in seconds since 1970."""
        return float(self._fact("full", 0.0))

    def known(self) -> tuple[Signed, Signed]:
        """Return all keys, in ascending order, and their contents."""
        with self._errors():
            keys, contents = (np.frombuffer(self._fact(name, b""), np.int64) for name in _COLUMNS)
            if len(keys) != len(contents) or not (keys[:-1] < keys[1:]).all():
                raise self.damage("its keys are not in order")
        return keys, contents.copy()

    def begin(
        self,
        owner: str,
        mapping: str | None,
        before: Recalled | None,
        now: float,
        is_due: Callable[[], bool],
    ) -> bool:
        """Take the store over for a run; `before` is the ledger of its last owner, if it is left.

        Forgets everything where it was about another `mapping`; None goes with any. Takes nothing
        for known but who there is where it then `is_due` to send everything, and returns that.
        """
        with self._transaction():
            if self.owner != owner:
                self._settle(before)
                self._set("owner", owner)
                self._set("taken", now)
            if mapping is not None and self.mapping != mapping:
                self._base.execute("DELETE FROM names")
                self._know(np.empty(0, np.int64), np.empty(0, np.int64))
                self._set("mapping", mapping)
                self._set("full", 0.0)
            if due := is_due():
                keys, _ = self.known()
                self._know(keys, np.full(len(keys), UNKNOWN))
                self._set("full", now)
        return due

    def note(self, chunks: Sequence[Noted]) -> None:
        """Have on the disk what is about to be sent."""
        if not chunks:
            return
        lines = (
            (int(each.rows[0]), *(column.tobytes() for column in _columns(each)), each.names)
            for each in chunks
        )
        with self._transaction():
            self._base.executemany("INSERT OR REPLACE INTO noted VALUES (?, ?, ?, ?, ?, ?)", lines)

    def names(self, keys: Signed) -> list[bytes]:
        """Return the enciphered identifiers of some keys."""
        names = list[bytes]()
        with self._errors():
            for key in keys.tolist():
                line = self._base.execute("SELECT name FROM names WHERE key = ?", (key,)).fetchone()
                if line is None:
                    raise self.damage("an identifier is missing")
                names += line
        return names

    def settle(self, recalled: Recalled, gone: Signed) -> None:
        """Enter what the API accepted; forget who is gone."""
        with self._transaction():
            self._settle(recalled)
            if len(gone):
                keys, contents = self.known()
                left = ~among(keys, gone)
                self._know(keys[left], contents[left])
                rows = [(key,) for key in gone.tolist()]
                self._base.executemany("DELETE FROM names WHERE key = ?", rows)
        self._tidy()

    def _settle(self, recalled: Recalled | None) -> None:
        """Put together what was noted and what became of it; nobody knows without a ledger."""
        keys, contents = self.known()
        outcomes = []
        firsts = self._base.execute("SELECT first FROM noted ORDER BY first").fetchall()
        for first in firsts:
            line = self._base.execute("SELECT * FROM noted WHERE first = ?", first).fetchone()
            outcomes.append(outcome_of(_read(line[1:]), recalled))
            self._base.execute("DELETE FROM noted WHERE first = ?", first)
        if outcomes:
            self._name(outcomes, keys)
            self._know(*entered(keys, contents, outcomes))

    def _name(self, outcomes: Sequence[Settled], known: Signed) -> None:
        """Keep the names of those who are new, in their order: scattered, it takes ten times as
        long.
        """
        keys, names = [np.empty(0, np.int64)], list[bytes]()
        for each in outcomes:
            fresh = each.arrived & ~among(each.noted.keys, known)
            keys.append(each.noted.keys[fresh])
            names += each.noted.names_of(np.flatnonzero(fresh))
        together = np.concatenate(keys)
        rows = ((int(together[at]), names[at]) for at in np.argsort(together).tolist())
        self._base.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", rows)

    def _know(self, keys: Signed, contents: Signed) -> None:
        for name, column in zip(_COLUMNS, (keys, contents), strict=True):
            self._set(name, column.tobytes())

    def _make_tables(self) -> None:
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA:
            return
        if version:
            raise StateError(f"{self._path}: is of another version; remove it to start over")
        with self._transaction():
            for table in _TABLES:
                self._base.execute(table)
            self._set("salt", secrets.token_bytes(16))
            self._base.execute(f"PRAGMA user_version = {SCHEMA}")

    def _tidy(self) -> None:
        """Give back the room of what was noted."""
        with self._errors():
            (free,) = self._base.execute("PRAGMA freelist_count").fetchone()
            (pages,) = self._base.execute("PRAGMA page_count").fetchone()
            if free > _LOOSE * pages:
                self._base.execute("VACUUM")

    def _fact(self, name: str, default: Any) -> Any:
        with self._errors():
            found = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return found[0] if found is not None else default

    def _set(self, name: str, value: object) -> None:
        self._base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._errors():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # it is undone already where the disk is full
                    self._base.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            if isinstance(error, ValueError) or _is_damage(error):
                raise self.damage(str(error)) from error
            words = "what was sent cannot be remembered there"
            raise StateError(f"{self._path}: {error}; {words}") from error

    def damage(self, what: str) -> StateError:
        remedy = "the file is damaged; delete it, and the next run sends everything once"
        return StateError(f"{self._path}: {what}; {remedy}")


def _is_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", None) in _DAMAGED


def _columns(noted: Noted) -> tuple[NDArray[Any], ...]:
    return noted.rows, noted.keys, noted.contents, noted.lengths


def _read(line: tuple[bytes, bytes, bytes, bytes, bytes]) -> Noted:
    rows, keys, contents = (np.frombuffer(part, np.int64) for part in line[:3])
    return Noted(rows, keys, contents, np.frombuffer(line[3], np.int32), line[4])
