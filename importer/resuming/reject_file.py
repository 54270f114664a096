"""Records set aside, byte for byte as in the source, to be mended and sent again.

Beside the file lies an index: for each record its row in the source, a digest and a sketch, by
which a mended file can be laid against what it was, and its length, which tells whether it was.
"""

import csv
import hashlib
from itertools import chain, count
from pathlib import Path

from importer.books.failure import Failure
from importer.errors import ConfigError
from importer.private_file import open_private, sync
from importer.resuming.alike import MOST_COMPARED, sketch_of

_BLOCK = 1 << 20


class RejectFile:
    """A file of records under writing. OSErrors are for the caller to translate.

    Where an earlier process left one that is not as its index says, perhaps mended since, it is
    moved aside first, and given up at the end only if it is the beginning of the new one.
    """

    def __init__(self, path: Path, *, preamble: bytes, codec: str) -> None:
        self.path = path
        self._line_ends = ("\n".encode(codec), "\r".encode(codec))
        self._ended = True
        self._written = 0
        if path.exists() and not self._is_as_written(preamble):
            path.rename(_free(path))
        self._records = open_private(path)
        self._records.write(preamble)
        self._index = open_private(index_of(path))
        self._index.write(b"row,digest,sketch,length\n")

    def write(self, failure: Failure) -> None:
        if not self._ended:
            self._records.write(self._line_ends[0])
        self._records.write(failure.record)
        self._ended = failure.record.endswith(self._line_ends)
        self._written += 1
        sketch = sketch_of(failure.record) if self._written <= MOST_COMPARED else ""
        known = (failure.row, digest_of(failure.record), sketch, len(failure.record))
        self._index.write(f"{','.join(map(str, known))}\n".encode())

    def flush(self) -> None:
        self._records.flush()
        self._index.flush()

    def sync(self) -> None:
        sync(self._records)
        sync(self._index)

    def kept(self) -> list[Path]:
        """Return where earlier files went that somebody edited.

        Nobody did if one of the two is the beginning of the other: a process that was killed leaves
        less in a file, or in its index, than it wrote.
        """
        return [before for before in _befores(self.path) if not self._continues(before)]

    def _continues(self, before: Path) -> bool:
        with before.open("rb") as old, self.path.open("rb") as new:
            while (was := old.read(_BLOCK)) and (now := new.read(_BLOCK)):
                if not was.startswith(now) and not now.startswith(was):
                    return False
        before.unlink()
        return True

    def _is_as_written(self, preamble: bytes) -> bool:
        """Does the file hold what its index tells of, to the byte?"""
        ended = True
        try:
            with self.path.open("rb") as records, index_of(self.path).open("rb") as index:
                next(index, None)
                if records.read(len(preamble)) != preamble:
                    return False
                for line in index:
                    _, digest, _, length = line.decode().split(",")
                    if not ended:
                        records.read(len(self._line_ends[0]))
                    record = records.read(int(length))
                    if digest_of(record) != digest:
                        return False
                    ended = record.endswith(self._line_ends)
                return not records.read(1)
        except (OSError, ValueError):  # torn, or of an earlier version
            return False

    def close(self) -> None:
        self._records.close()
        self._index.close()


def index_of(path: Path) -> Path:
    return path.with_suffix(".index")


def read_index(path: Path) -> list[tuple[int, str, str]]:
    """Return row, digest and sketch of each record that was set aside in this file.

    Raises ConfigError where the index is damaged, and OSError.
    """
    with index_of(path).open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream)
        try:
            next(lines, None)
            return [(int(row), digest, "".join(rest[:1])) for row, digest, *rest in lines]
        except (ValueError, csv.Error) as error:
            words = f"is damaged; import {path} like any other file"
            raise ConfigError(f"{index_of(path)}: {words}") from error


def listed(path: Path) -> int:
    """Return how many records the index of this file tells of: none where it cannot be read."""
    try:
        return len(read_index(path))
    except (ConfigError, OSError):
        return 0


def digest_of(record: bytes) -> str:
    """Return a digest of a record, whatever ends its line."""
    return hashlib.blake2b(record.rstrip(b"\r\n\0"), digest_size=8).hexdigest()


def _befores(path: Path) -> list[Path]:
    """Return the files that were moved aside, the oldest first."""
    found = path.parent.glob(f"{path.stem}.before*.csv")
    return sorted(found, key=lambda each: (len(each.name), each.name))


def _free(path: Path) -> Path:
    """Return a name beside a file by which nothing is kept yet."""
    names = (path.with_suffix(f".before{number}.csv") for number in chain(("",), count(2)))
    return next(name for name in names if not name.exists())
