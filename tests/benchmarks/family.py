"""Watches the memory of a program and its children, where the system shows it (Linux)."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

EVERY = 0.25  # seconds; a look costs about a millisecond
PROCESSES = Path("/proc")


class Family:
    """All processes of one session, looked at again and again until `peak` is asked for.

    What processes share is counted for each of them, so the sum says too much rather than too
    little. A child that lives for less than a look is not seen.
    """

    def __init__(self, session: int) -> None:
        self._session = session
        self._peaks: dict[str, float] = {}
        self._ended = Event()
        self._watcher = Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def peak(self) -> float:
        """MiB, the sum of each process's own peak; 0 where it was one process, or unseen."""
        self._ended.set()
        self._watcher.join()
        return sum(self._peaks.values()) if len(self._peaks) > 1 else 0.0

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            for process in PROCESSES.glob("[0-9]*"):
                try:
                    if _session(process) == self._session:
                        self._peaks[process.name] = _peak(process)
                except (OSError, ValueError, IndexError):
                    continue  # it has ended meanwhile


def _session(process: Path) -> int:
    """The sixth field of stat; the second is a name in brackets, which may hold blanks."""
    return int((process / "stat").read_text().rpartition(")")[2].split()[3])


def _peak(process: Path) -> float:
    status = (process / "status").read_text()
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024
