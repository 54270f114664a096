"""What a run that sends only changes found out about its file as a whole."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether everything was to be sent (`full`), and who is not in the file any more.

    `vanished` is None where that cannot be told, and `file` lists them. That many rows were
    `unread`: nobody knows whose they are.
    """

    full: bool
    vanished: tuple[str, ...] | None
    unread: int
    file: str = ""

    @property
    def files(self) -> dict[str, str]:
        return {"vanished": self.file} if self.file else {}

    def as_json(self) -> dict[str, Any]:
        vanished = len(self.vanished) if self.vanished is not None else None
        return {"full": self.full, "vanished": vanished}
