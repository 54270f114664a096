"""The ledger on disk: what became of which rows, appended line by line as it happens.

Each line is a JSON object. The first says what was begun; then, in the order of events:

    {"read":20000,"sha256":"5b0c..."}             the source up to that row, and what it was
    {"sent":[[1,200]]}                            these rows, as ranges, are on their way
                                                  (`again`: not for the first time)
    {"answer":"200","rows":[[1,200]],"imported":[[1,200]]}   the server's word on them
    {"held_back":[[7,"overwritten","row 9 ...",""]]}   rows that fail without being sent
    {"retried":"rejects","by":"/.../2026..."}     another run sends what failed (or is `in_doubt`)
    {"settled":"rejects"}                         and did so to the last row
    {"resumed":"2026-11-29T22:13:45.123+00:00"}   another process went on (`token`: its mark)
    {"ended":"complete"}                          the process came to its end by itself
                                                  (`broken`: its source broke off)

An answer settles the rows that it lists as `imported`, `refused` (row, code, words, field) or
`in_doubt` (and `why`). Those that it lists as `lost` go again, and may have arrived; the others are
back where they were before they were sent. A line ends with the checksum (`crc`) of what stands
before that.

It is a file to append to, not a database, for three reasons. A line is one write to the system, so
that killing the process loses none. Whatever a power cut takes is the end of the file, and every
beginning of it is a truth: batches that share an identifier wait for one another, so that no line
rests on a later one. And `tail`, `grep` and `jq` can read it.

What must be on the disk before it matters is waited for (`sync`): the first line, with the seed of
the random ids, each `sent` of updates that must not be sent twice, and `ended`, behind all that a
run leaves. All other lines may be lost in a power cut without harm: their rows are sent once more,
which changes nothing. The `sent` lines of updates that may be repeated wait for the next line, and
are written with it: a write hands the interpreter to the thread that reads, and waits to get it
back.
"""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.errors import AlreadyRunning, ReportError
from importer.private_file import sync_folder
from importer.resuming.lines import sealed
from importer.resuming.recall import LEDGER, Begun, Recalled, Refused

__all__ = ["LEDGER", "Begun", "Journal"]


class Journal:
    """An open ledger file. Every method raises ReportError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = b""
        try:
            self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            self._end = os.fstat(self._file).st_size
        except OSError as error:
            raise self._refusal(error) from error

    def begin(self, begun: Begun, held_back: Mapping[int, Refused]) -> None:
        """Write the first line, and have it on the disk, its name in the folder too.

        Rows that are held back are refused from the start.
        """
        self.write({key: value for key, value in asdict(begun).items() if value is not None})
        if held_back:
            self.write({"held_back": [(row, *why) for row, why in held_back.items()]})
        self.sync()
        try:
            for folder in (self._path.parent, self._path.parent.parent):
                sync_folder(folder)
        except OSError as error:
            raise self._refusal(error) from error

    def go_on(self, recalled: Recalled, token: str) -> None:
        """Append behind what could be read, by a token of that mark. Raises what `cut_torn_end`
        does.
        """
        self.cut_torn_end(recalled)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.write({"resumed": now, "token": token})

    def cut_torn_end(self, recalled: Recalled) -> None:
        """Cut a torn last line off, behind which nobody would read on.

        Raises AlreadyRunning where the ledger has grown since it was read.
        """
        if self._end != recalled.size:
            raise AlreadyRunning(f"{self._path}: was written to just now; try again")
        try:
            os.ftruncate(self._file, recalled.end)
        except OSError as error:
            raise self._refusal(error) from error
        self._end = recalled.end

    def defer(self, line: Mapping[str, Any]) -> None:
        """Append a line together with the next one: it may be lost, and a write costs."""
        self._waiting += sealed(line)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append a line, whole or not at all, behind those that wait."""
        self.defer(line)
        content, self._waiting = self._waiting, b""
        try:
            if os.write(self._file, content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise self._refusal(error) from error
        self._end += len(content)

    def sync(self) -> None:
        """Wait until all that was written is on the disk."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._refusal(error) from error

    def fileno(self) -> int:
        return self._file

    def close(self) -> None:
        with suppress(OSError):
            os.fsync(self._file)
        with suppress(OSError):
            os.close(self._file)

    def _refusal(self, error: OSError) -> ReportError:
        return ReportError(f"{self._path}: {error.strerror}; the run cannot be kept safe there")
