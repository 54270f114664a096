"""Mapping files as they were loaded, and as they lie on the disk."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from importer.errors import ConfigError
from importer.settings.config_file import read_text


@dataclass(slots=True, eq=False)
class Document:
    """A mapping file as it was loaded, or as a first draft; `path` where it is on the disk."""

    id: str
    text: str
    path: Path | None = None

    @property
    def content(self) -> dict[Any, Any]:
        return yaml.safe_load(self.text) or {}

    @property
    def on_disk(self) -> Literal["same", "changed", "gone"]:
        """Tell what became of its file meanwhile: an editor may have it open too."""
        if self.path is None or not self.path.exists():
            return "gone"
        return "same" if raw_text(self.path) == self.text else "changed"


def mapping_for(path: Path) -> Path | None:
    """Find the mapping that somebody saved for a file before: where the page would save it, or
    beside the file.
    """
    places = (folder / f"{path.stem}.yaml" for folder in (Path.cwd(), path.parent))
    return next((place for place in places if place.is_file()), None)


def raw_text(path: Path) -> str:
    """Read a mapping file with its own line ends and mark."""
    read_text(path)  # for its bounds, and its words where it is no text
    return path.read_bytes().decode("utf-8")


def unmarked(text: str) -> str:
    return text.removeprefix("\ufeff")


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the rights that it had."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigError(f"{path}: {error.strerror}; choose another file") from error
