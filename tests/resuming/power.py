"""What of a folder is there after a power cut: what was waited for, and no more."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


class Disk:
    """Looks on while files and folders are synced; `cut` says after which sync the power fails, or
    raises what ends the run.

    A file that was never synced is empty afterwards, a name that was not is not there.
    """

    def __init__(self, patch: pytest.MonkeyPatch, cut: Callable[[Path], bool]) -> None:
        self.on = True
        self._cut = cut
        self._names: dict[Path, dict[str, int]] = {}
        self._contents: dict[int, bytes] = {}
        self._sync = os.fsync
        patch.setattr(os, "fsync", self._synced)

    def restore(self, folder: Path) -> None:
        """Leave of a folder what was on the disk when the power failed."""
        assert not self.on
        names = self._names.get(folder, {})
        shutil.rmtree(folder)
        folder.mkdir()
        for name, number in names.items():
            (folder / name).write_bytes(self._contents.get(number, b""))

    def knows(self, path: Path) -> bool:
        """Was this name on the disk when the power failed?"""
        return path.name in self._names.get(path.parent, ())

    def _synced(self, file: int) -> None:
        self._sync(file)
        if not self.on:
            return
        path = Path(f"/proc/self/fd/{file}").readlink()
        if path.is_dir():
            self._names[path] = {each.name: each.inode() for each in os.scandir(path)}
        else:
            self._contents[os.fstat(file).st_ino] = path.read_bytes()
            self.on = False  # if the cut raises
            self.on = not self._cut(path)


def at_the_end(path: Path) -> bool:
    """Is this a ledger that says that its run ended?"""
    return path.name == "ledger.jsonl" and b'"ended"' in path.read_bytes()
