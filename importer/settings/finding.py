"""What there is to say of one place of a mapping file."""

from dataclasses import dataclass
from typing import Literal

from importer.wording import visible

Keys = tuple[str | int, ...]
"""The way to a setting, from the top of the file."""

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of the setting at `keys`.

    `lacks` are the settings for want of which it is said: one that is there, but wrong in itself,
    may be all that is wrong.
    """

    level: Level
    keys: Keys
    words: str
    lacks: tuple[Keys, ...] = ()

    def __str__(self) -> str:
        keys = visible(".".join(map(str, self.keys)))
        return f"{keys}: {self.words}" if keys else self.words
