"""One at a time: two runs of the same source do not overlap, nor two processes in one run.

A run holds a lock on its ledger file, which the system lets go when the process dies, however it
dies. Who begins looks at the ledgers in the report folder, with the folder itself locked, so that
of two that begin together one sees the other.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from importer.errors import AlreadyRunning, StateError
from importer.resuming.journal import LEDGER, Journal
from importer.resuming.recall import recall_begun
from importer.streams import GONE

fcntl: Any
try:
    import fcntl
except ImportError:  # a system without them runs without locks
    fcntl = None


_TRIES, _PAUSE = 10, 0.005
"""How often a ledger is tried again, and the seconds between."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of a report folder: for moments only, while a run is begun."""
    if fcntl is None:
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


@contextmanager
def held_file(path: Path, words: str) -> Iterator[None]:
    """Hold the lock of a file that is there for nothing else.

    Raises AlreadyRunning, and StateError where it cannot be opened.
    """
    if fcntl is None:
        yield
        return
    try:
        opened = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}; it must be a file of yours") from error
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(words) from error
        yield
    finally:
        os.close(opened)


def hold(journal: Journal, run_dir: Path, sleep: Callable[[float], object] = time.sleep) -> None:
    """Lock a ledger as long as it is open. Raises AlreadyRunning.

    Whoever looks whether it is held has it for a moment: that passes.
    """
    if fcntl is None:
        return
    for tries in range(_TRIES, -1, -1):
        try:
            fcntl.flock(journal.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if not tries:
                raise AlreadyRunning(f"{run_dir}: is under way in another process") from error
            sleep(_PAUSE)
        else:
            return


def refuse_overlap(report_dir: Path, sources: Sequence[str], own: Path | None = None) -> None:
    """Raise AlreadyRunning where a run of one of these sources is under way in the report folder.

    The `own` folder of a run that goes on is passed over. Standard input and data frames have no
    name that could be compared.
    """
    wanted = {*sources} - GONE
    for ledger in sorted(report_dir.glob(f"*/{LEDGER}")) if wanted else ():
        if (
            ledger.parent != own
            and is_held(ledger)
            and (taken := wanted & _sources_of(ledger.parent))
        ):
            raise AlreadyRunning(
                f"{min(taken)}: is being imported by another process ({ledger.parent}); "
                "wait for it, or give this run another --report-dir"
            )


def is_held(ledger: Path) -> bool:
    if fcntl is None:
        return False
    try:
        opened = os.open(ledger, os.O_RDONLY)
    except OSError:  # gone since, or somebody else's
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def _sources_of(run_dir: Path) -> set[str]:
    begun = recall_begun(run_dir)
    return set() if begun is None else {*begun.sources}
