"""A ledger on disk, read again: what earlier processes of a run settled, and what they did not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import SEEK_END
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from importer.engage import Token
from importer.errors import ConfigError
from importer.reading.records import Positions
from importer.resuming.lines import damaged, lines_of

LEDGER, REPORT, MAPPING = "ledger.jsonl", "report.json", "mapping.yaml"

SCHEMA = 1

_TAIL = 1 << 16
"""Bytes at the end of a ledger in which its last words are looked for."""

UNTOUCHED, IN_FLIGHT, IMPORTED, REFUSED, IN_DOUBT = range(5)

OVERWRITTEN = "overwritten"
"""The code of rows that are held back: a later one of their identifier has arrived."""

Refused = tuple[str, str, str]
"""Code, the server's words, and the field that it objects to."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The first line of a ledger: what an import needs to be the same one again.

    `source` is an absolute path, an address without what is secret in it, or `-`, and `more` are
    those that come behind it, `named` is how they were named; `bytes` and `columns` are its size,
    where it has one, and its width.
    `folder` is what paths in the mapping are relative to, `mapping` its own one where
    it was a file, and with `full` it sends what has not changed too. `retries` names the run whose
    rows these are, and which of its files: `rejects` or `in_doubt`. What was begun with a `mask`
    keeps it. `token` is its mark, salted with the seed.
    """

    run: str
    started: str
    source: str
    bytes: int | None
    columns: int
    seed: str
    limit: int | None
    url: str
    folder: str
    retries: tuple[str, str] | None = None
    divides: bool = False
    mask: bool = False
    mapping: str | None = None
    ledger: int = SCHEMA
    token: str | None = None
    more: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    full: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source, *(self.more or ()))

    @property
    def mapping_file(self) -> Path | None:
        return Path(self.mapping) if self.mapping else None


@dataclass(slots=True, eq=False)
class Recalled:
    """What a ledger says, row by row: a byte for each, and words for those that have some.

    `points` are the digests of the source by rows read; `size` is the length of the ledger and
    `end` how much of it could be read; `ended` is how the last process to work on it ended, ""
    where it did not end by itself, and `broken` says that the source broke off once: it may be of
    another size now.
    """

    begun: Begun
    folder: Path
    states: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    refusals: dict[int, Refused] = field(default_factory=dict)
    doubts: dict[int, str] = field(default_factory=dict)
    points: dict[int, str] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    requests_retried: int = 0
    ended: str = ""
    broken: bool = False
    size: int = 0
    end: int = 0
    retried_by: dict[str, str] = field(default_factory=dict)
    """The folder of the run that was to send its `rejects`, or its rows `in_doubt`, again."""
    settled: set[str] = field(default_factory=set)
    """Which of the two are settled."""
    token: str | None = None
    """The mark of the token that the last process to work on it sent with."""

    def __post_init__(self) -> None:
        self.token = self.begun.token

    def reached(self) -> int:
        """Return the last row that the run came to, as far as it has told: what fails before it is
        sent is in no ledger, but its report counts it.
        """
        known = np.flatnonzero(self.states)
        sent = int(known[-1]) if len(known) else 0
        try:
            reported: int = orjson.loads((self.folder / REPORT).read_bytes())["rows"]["read"]
        except (OSError, ValueError, KeyError, TypeError):
            return sent
        return max(sent, reported)

    @property
    def arrived(self) -> bool:
        """Has any row arrived, or may it have?"""
        return bool(np.isin(self.states, (IMPORTED, IN_DOUBT, IN_FLIGHT)).any())

    def splits(self, token: Token) -> bool:
        """Would rows go by another token than those that have arrived?"""
        known = self.token is not None and self.arrived
        return known and self.token != token.mark(self.begun.seed)

    def of(self, rows: Positions) -> NDArray[np.uint8]:
        """Return the states of these rows."""
        known = np.full(len(rows), UNTOUCHED, np.uint8)
        within = rows < len(self.states)
        known[within] = self.states[rows[within]]
        return known

    @property
    def finished(self) -> bool:
        """Did it come to its last row?"""
        return self.ended in ("complete", "partial")

    def taken_up_by(self, which: str) -> Path | None:
        """Return the run that took these rows up; one that died before its first line did not.

        Of one that is gone nobody can tell.
        """
        if which not in self.retried_by:
            return None
        run = find_run(self.folder, self.retried_by[which])
        return run if not run.is_dir() or recall_begun(run) is not None else None

    def take(self, line: Mapping[str, Any]) -> None:
        """Follow one more line."""
        match line:
            case {"read": int(row), "sha256": str(digest)}:
                self.points[row] = digest
            case {"sent": rows}:
                self.requests["no answer"] += 1
                self.requests_retried += bool(line.get("again"))
                self._mark(rows, IN_FLIGHT)
            case {"answer": str(status), "rows": rows}:
                self.requests["no answer"] -= 1
                self.requests[status] += 1
                self._mark(rows, UNTOUCHED)
                self._mark(line.get("lost", ()), IN_FLIGHT)
                self._mark(line.get("imported", ()), IMPORTED)
                self._refuse(line.get("refused", ()))
                self._mark(line.get("in_doubt", ()), IN_DOUBT)
                for first, last in line.get("in_doubt", ()):
                    self.doubts.update(dict.fromkeys(range(first, last + 1), line.get("why", "")))
            case {"held_back": refused}:
                self._refuse(refused)
            case {"resumed": _}:
                self.ended = ""
                self.token = line.get("token", self.token)
            case {"ended": str(how)}:
                self.ended = how
                self.broken |= bool(line.get("broken"))
            case {"retried": str(which), "by": str(run)}:
                self.retried_by[which] = run
            case {"settled": str(which)}:
                self.settled.add(which)
            case _:
                pass  # of a later version

    def _refuse(self, refused: Any) -> None:
        for row, code, words, where in refused:
            self._mark([(row, row)], REFUSED)
            self.refusals[row] = (code, words, where)

    def _mark(self, rows: Any, state: int) -> None:
        for first, last in rows:
            if last >= len(self.states):
                room = np.zeros(max(last + 1, 2 * len(self.states)), np.uint8)
                room[: len(self.states)] = self.states
                self.states = room
            self.states[first : last + 1] = state


def recall(run_dir: Path) -> Recalled:
    """Read the ledger of a run. Raises ConfigError where there is none that can be read, and where
    a line is damaged that is not its torn end.
    """
    path = run_dir / LEDGER
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        _refuse_unbegun(run_dir)
        why = f"has no {LEDGER}, a rehearsal leaves none" if run_dir.is_dir() else "no such folder"
        raise ConfigError(f"{run_dir}: {why}; name the folder of a run") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name the folder of a run") from error
    lines = lines_of(content, path)
    first, end = next(lines, ({}, 0))
    if not end:
        _refuse_unbegun(run_dir)
    recalled = Recalled(_begun(first, path), run_dir, size=len(content), end=end)
    for number, (line, end) in enumerate(lines, start=2):
        try:
            recalled.take(line)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise damaged(path, number) from error
        recalled.end = end
    return recalled


def _refuse_unbegun(run_dir: Path) -> None:
    """Raise ConfigError where a run left its mapping and no more: that comes before the first line
    of its ledger, which is on the disk before anything is sent.
    """
    left = {path.name for path in run_dir.glob("*") if path.suffix != ".tmp"}
    if MAPPING in left and left <= {MAPPING, LEDGER}:
        raise ConfigError(f"{run_dir}: ended before it sent anything; begin a new run")


def recall_begun(run_dir: Path) -> Begun | None:
    """Read how a run was begun; None where its ledger is gone, or does not say so."""
    try:
        with (run_dir / LEDGER).open("rb") as stream:
            first = next(lines_of(stream.readline(), run_dir / LEDGER), ({}, 0))[0]
            return _begun(first, run_dir / LEDGER)
    except (ConfigError, OSError):
        return None


def recall_end(run_dir: Path) -> Recalled | None:
    """Read the first line of a ledger and what stands from its last `ended` on, not the rows.

    None where it has no such end, or cannot be read: `recall` tells why. It takes the same time for
    a million rows as for ten.
    """
    if (begun := recall_begun(run_dir)) is None:
        return None
    try:
        with (run_dir / LEDGER).open("rb") as stream:
            stream.seek(max(0, stream.seek(0, SEEK_END) - _TAIL))
            content = stream.read()
    except OSError:
        return None
    start = content.rfind(b'\n{"ended":')
    try:
        ending = lines_of(content[start + 1 :], run_dir / LEDGER)
        lines = [line for line, _ in ending] if start >= 0 else []
    except ConfigError:
        return None
    if any("resumed" in line for line in lines):
        return None
    recalled = Recalled(begun, run_dir)
    for line in lines:
        recalled.take(line)
    return recalled if recalled.ended else None


def find_run(run_dir: Path, other: str) -> Path:
    """Return the folder of another run: where it was, or beside this one if both were moved."""
    where, moved = Path(other), run_dir.parent / Path(other).name
    return moved if not where.is_dir() and moved.is_dir() else where


def ledger_lines(run_dir: Path) -> Iterator[dict[str, Any]]:
    """Yield what a ledger says, line by line."""
    for line, _ in lines_of((run_dir / LEDGER).read_bytes(), run_dir / LEDGER):
        yield line


def _begun(line: Mapping[str, Any], path: Path) -> Begun:
    if line.get("ledger") != SCHEMA:
        raise ConfigError(f"{path}: is no ledger that this version can read")
    known: dict[str, Any] = {name: line.get(name) for name in Begun.__dataclass_fields__}
    lists = {name: tuple(line[name]) for name in ("retries", "more", "named") if line.get(name)}
    return Begun(**known | lists)
