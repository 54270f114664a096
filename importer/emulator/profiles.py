"""The profiles: in memory, or in an SQLite file that outlives the server."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

USERS: Final = ""
"""The kind of user profiles; a group profile's kind is its group key, which is never empty."""


class StoreError(Exception):
    """The file given as a store is not one, or cannot be used."""


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
        return list(islice(self._kinds.get(kind, {}).items(), offset, offset + limit))

    def count(self, kind: str | None = None) -> int:
        if kind is None:
            return sum(map(len, self._kinds.values()))
        return len(self._kinds.get(kind, {}))

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
            # In WAL mode NORMAL loses nothing when the process is killed, and syncs seldom.
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS profiles"
                " (kind TEXT, id TEXT, properties BLOB NOT NULL, UNIQUE (kind, id))"
            )
            # Another program's table of that name passes until it is asked for its columns.
            self._file.execute("SELECT kind, id, properties FROM profiles LIMIT 0")
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot hold profiles: {error}") from error

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


def opened(store: Path | None) -> Profiles:
    """The profiles in that file, created where there is none; None keeps them in memory."""
    return MemoryProfiles() if store is None else FileProfiles(store)
