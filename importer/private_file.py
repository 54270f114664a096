"""Files that only their owner can read: they hold what people trusted somebody with."""

import errno
import os
import secrets
from io import BufferedWriter, TextIOWrapper
from pathlib import Path
from typing import IO, Any

_DRAFT = ".tmp"


def open_private(path: Path) -> BufferedWriter:
    """Open a file to write it anew, bytes."""
    file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    return os.fdopen(file, "wb")


def open_private_text(path: Path) -> TextIOWrapper:
    """Open a file to write it anew, UTF-8."""
    return TextIOWrapper(open_private(path), encoding="utf-8", newline="")


def sync(stream: IO[Any]) -> None:
    """Wait until all that was written to a file is on the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can be asked to."""
    if os.name != "posix":  # elsewhere folders cannot be opened
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot
            raise
    finally:
        os.close(folder)


def replace_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, and onto the disk, its name in the folder too."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_DRAFT}")
    try:
        with open_private_text(draft) as stream:
            stream.write(text)
            sync(stream)
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(folder: Path) -> None:
    """Remove what a process that was killed while it replaced a file left beside it."""
    for draft in folder.glob(f"*{_DRAFT}"):
        draft.unlink(missing_ok=True)
