"""Files that only their owner can read: they hold what people trusted somebody with."""

import os
import secrets
from io import BufferedWriter, TextIOWrapper
from pathlib import Path


def open_private(path: Path) -> BufferedWriter:
    """Open a file to write it anew, bytes."""
    file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    return os.fdopen(file, "wb")


def open_private_text(path: Path) -> TextIOWrapper:
    """Open a file to write it anew, UTF-8."""
    return TextIOWrapper(open_private(path), encoding="utf-8", newline="")


def replace_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, and onto the disk."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open_private_text(draft) as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
