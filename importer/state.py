"""Where what is remembered from one run to the next is kept, and the keys that it is hashed with.

It belongs to a mapping file, an address and a project: another one of them is another memory.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from importer.engage import Token
from importer.errors import StateError


@dataclass(frozen=True, slots=True)
class Memory:
    """The files of one mapping and project: `path` with an ending of their own behind it.

    The keys are made of the project token, which is not kept there: without it nobody can even try
    out a guess at what was hashed.
    """

    path: Path
    token: Token

    def file(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}{ending}")

    def key(self, purpose: str, salt: bytes, size: int = 16) -> bytes:
        """Derive a key; `salt` is random and kept beside what is hashed."""
        return self.token.keyed(purpose.encode() + b"\0" + salt, size)


def find_memory(
    mapping: Path | None, url: str, token: Token, environment: Mapping[str, str]
) -> Memory | None:
    """Return where the memory is, or None where the environment names no folder for it.

    `mapping` is None for a configuration that was built in Python.
    """
    folder = state_folder(environment)
    if folder is None:
        return None
    mark = token.keyed(os.fsencode(f"{url}\n{mapping or ''}"), 8).hex()
    return Memory(folder / f"{mapping.stem if mapping else 'python'}-{mark}", token)


def state_folder(environment: Mapping[str, str]) -> Path | None:
    """Return systemd's folder for the service, or else the user's own (XDG Base Directories)."""
    if given := environment.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    if base := environment.get("XDG_STATE_HOME"):
        return Path(base) / "importer"
    home = environment.get("HOME") or environment.get("USERPROFILE")
    return Path(home) / ".local" / "state" / "importer" if home else None


def make_state_folder(folder: Path) -> None:
    """Make a folder that its owner alone can read. Raises StateError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"{error.filename or folder}: {error.strerror}; name another folder with "
            "STATE_DIRECTORY or XDG_STATE_HOME"
        ) from error
