"""What is remembered of a file from one run to the next."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from importer.drift.portrait import Portrait
from importer.errors import StateError
from importer.private_file import replace_private

SCHEMA = 3


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """The last file: its name and day, its rows and columns, the portraits of its first rows and
    of all of them, and whether its customers were those of the file before it.
    """

    source: str
    when: str
    rows: int
    width: int
    identifier: str
    head: Portrait
    whole: Portrait
    overlapped: bool
    salt: bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "source": self.source,
            "when": self.when,
            "rows": self.rows,
            "width": self.width,
            "identifier": self.identifier,
            "overlapped": self.overlapped,
            "salt": self.salt.hex(),
            "head": self.head.as_json(),
            "whole": self.whole.as_json(),
        }

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> Self:
        return cls(
            source=content["source"],
            when=content["when"],
            rows=content["rows"],
            width=content["width"],
            identifier=content["identifier"],
            overlapped=content["overlapped"],
            salt=bytes.fromhex(content["salt"]),
            head=Portrait.of_json(content["head"]),
            whole=Portrait.of_json(content["whole"]),
        )


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def read(path: Path) -> Remembered | None:
    """Return what is remembered, None where it is nothing that we know. Raises StateError."""
    try:
        content = json.loads(path.read_bytes())
        return Remembered.of_json(content) if content["schema"] == SCHEMA else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(
            f"{path}: {error.strerror}; it tells what the last file was like"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateError(f"{path}: cannot be read; remove it to begin anew") from error


def write(path: Path, remembered: Remembered) -> None:
    """Replace what is remembered. Raises StateError."""
    try:
        replace_private(path, json.dumps(remembered.as_json()))
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}; the next file cannot be compared") from error
