"""The profiles: in memory, or in an SQLite file that outlives the server."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import orjson

USERS: Final = ""
"""The kind of user profiles; a group profile's kind is its group key, which is never empty."""

_A_STEP: Final = 1_000
"""Profiles that a scan takes at once: about a millisecond."""


_LIKE: Final = r"id LIKE ? ESCAPE '\' OR CAST(properties AS TEXT) LIKE ? ESCAPE '\'"


class StoreError(Exception):
    """The file given as a store is not one, or cannot be used."""


class Step(NamedTuple):
    """Some profiles side by side, and the position of each; ``last`` is where a scan goes on."""

    last: int
    positions: Sequence[int]
    identifiers: Sequence[str]
    properties: Sequence[bytes]


class Profiles(Protocol):
    """Profiles by kind and id, each kept as the JSON text of its properties.

    Text, because a million profiles then take a few hundred megabytes instead of two gigabytes,
    and because both stores then keep the same thing.
    """

    def get(self, kind: str, identifier: str) -> bytes | None: ...
    def put(self, kind: str, identifier: str, properties: bytes) -> None: ...
    def remove(self, kind: str, identifier: str) -> None: ...
    def page(self, kind: str, limit: int, offset: int) -> list[tuple[str, bytes]]: ...
    def count(self, kind: str | None = None) -> int: ...
    def kinds(self) -> dict[str, int]:
        """How many profiles there are of each kind that has any."""

    def scan(self, kind: str, start: int, parts: Sequence[str]) -> Iterator[Step]:
        """The profiles of a kind behind that position (0: all), oldest first, some at a time.

        It may be left alone between two steps while profiles change. A step may be empty, and may
        leave out profiles that have none of the parts, if any are given, in id or properties;
        of letters only those of ASCII are the same in either case.
        """

    def clear(self) -> None: ...
    def batch(self) -> AbstractContextManager[None]:
        """What happens inside takes effect as a whole."""

    def close(self) -> None: ...


class MemoryProfiles:
    """Profiles that end with the server."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, bytes]] = {USERS: {}}

    def get(self, kind: str, identifier: str) -> bytes | None:
        return self._kinds.get(kind, {}).get(identifier)

    def put(self, kind: str, identifier: str, properties: bytes) -> None:
        # A copy: what orjson returns still holds the kilobytes that it reserved for it.
        self._kinds.setdefault(kind, {})[identifier] = bytes(memoryview(properties))

    def remove(self, kind: str, identifier: str) -> None:
        self._kinds.get(kind, {}).pop(identifier, None)

    def page(self, kind: str, limit: int, offset: int) -> list[tuple[str, bytes]]:
        return list(islice(self._from(kind, offset), limit))

    def _from(self, kind: str, offset: int) -> Iterator[tuple[str, bytes]]:
        return islice(self._kinds.get(kind, {}).items(), offset, None)

    def count(self, kind: str | None = None) -> int:
        if kind is None:
            return sum(map(len, self._kinds.values()))
        return len(self._kinds.get(kind, {}))

    def kinds(self) -> dict[str, int]:
        return {kind: len(found) for kind, found in self._kinds.items() if found}

    def scan(self, kind: str, start: int, parts: Sequence[str]) -> Iterator[Step]:  # noqa: ARG002
        rows = self._from(kind, start)
        while True:
            try:
                found = list(islice(rows, _A_STEP))
            except RuntimeError:
                # The dictionary grew or shrank since the last step: find the place again.
                rows = self._from(kind, start)
                continue
            if not found:
                return
            identifiers, properties = zip(*found, strict=True)
            positions = range(start + 1, start + 1 + len(found))
            start += len(found)
            yield Step(start, positions, identifiers, properties)

    def clear(self) -> None:
        self._kinds = {USERS: {}}

    @contextmanager
    def batch(self) -> Iterator[None]:
        yield

    def close(self) -> None:
        pass


class FileProfiles:
    """Profiles in an SQLite file, one transaction a request."""

    def __init__(self, path: Path) -> None:
        try:
            # The server's thread uses what the caller's thread opens; only one does at a time.
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            with ExitStack() as refused:
                refused.callback(self._file.close)
                self._make_table()
                refused.pop_all()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot hold profiles: {error}") from error

    def _make_table(self) -> None:
        # In WAL mode NORMAL loses nothing when the process is killed, and syncs seldom.
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS profiles"
            " (kind TEXT, id TEXT, properties BLOB NOT NULL, UNIQUE (kind, id))"
        )
        # Another program's table of that name passes until it is asked for its columns.
        self._file.execute("SELECT kind, id, properties FROM profiles LIMIT 0")

    def get(self, kind: str, identifier: str) -> bytes | None:
        found = self._file.execute(
            "SELECT properties FROM profiles WHERE kind = ? AND id = ?", (kind, identifier)
        ).fetchone()
        return None if found is None else bytes(found[0])

    def put(self, kind: str, identifier: str, properties: bytes) -> None:
        self._file.execute(
            "INSERT INTO profiles VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET properties = excluded.properties",
            (kind, identifier, properties),
        )

    def remove(self, kind: str, identifier: str) -> None:
        self._file.execute("DELETE FROM profiles WHERE kind = ? AND id = ?", (kind, identifier))

    def page(self, kind: str, limit: int, offset: int) -> list[tuple[str, bytes]]:
        return self._file.execute(
            "SELECT id, properties FROM profiles WHERE kind = ? ORDER BY rowid LIMIT ? OFFSET ?",
            (kind, limit, offset),
        ).fetchall()

    def count(self, kind: str | None = None) -> int:
        where, wanted = ("", ()) if kind is None else (" WHERE kind = ?", (kind,))
        found = self._file.execute(f"SELECT count(*) FROM profiles{where}", wanted).fetchone()
        return int(found[0])

    def kinds(self) -> dict[str, int]:
        return dict(self._file.execute("SELECT kind, count(*) FROM profiles GROUP BY kind"))

    def scan(self, kind: str, start: int, parts: Sequence[str]) -> Iterator[Step]:
        (last,) = self._file.execute("SELECT coalesce(max(rowid), 0) FROM profiles").fetchone()
        # Twice as fast as handing every row to Python.
        like = " OR ".join([_LIKE] * len(parts))
        patterns = [f"%{_literal(text)}%" for part in parts for text in (part, _in_json(part))]
        for behind in range(start, last, _A_STEP):
            # By the plus no index is used: its rows would have to be sorted, all of them.
            found = self._file.execute(
                "SELECT rowid, id, properties FROM profiles WHERE rowid > ? AND rowid <= ?"
                f" AND +kind = ? AND ({like or 'true'}) ORDER BY rowid",
                (behind, behind + _A_STEP, kind, *patterns),
            ).fetchall()
            columns = zip(*found, strict=True) if found else ((), (), ())
            yield Step(behind + _A_STEP, *columns)

    def clear(self) -> None:
        self._file.execute("DELETE FROM profiles")

    @contextmanager
    def batch(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def close(self) -> None:
        self._file.close()


def _in_json(text: str) -> str:
    return orjson.dumps(text)[1:-1].decode()


def _literal(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def opened(store: Path | None) -> Profiles:
    """The profiles in that file, created where there is none; None keeps them in memory."""
    return MemoryProfiles() if store is None else FileProfiles(store)
