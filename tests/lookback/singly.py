"""What a mapping makes of each row by itself: the measure for what works column by column."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.destination import resolve_destination
from importer.errors import ImporterError
from importer.reading.chunks import read_chunks
from importer.reading.layout import open_records
from importer.reading.source import open_source
from importer.settings.config import Config
from importer.updates.encode import encode
from importer.updates.identify import Drawn, identify
from importer.updates.mapping import resolve_mapping
from importer.updates.model import Updates

ENVELOPE = ("$token", "$distinct_id", "$group_id", "$group_key", "$ip", "$ignore_time")


@dataclass(frozen=True)
class Sent:
    """The updates of one row: of whom, what they say of each property, what stands around that."""

    code: str = ""
    identifier: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    envelope: dict[str, Any] = field(default_factory=dict)


def sent(config: Config, path: Path) -> dict[int, Sent]:
    """Return what every row of a file becomes; numbers keep their digits."""
    try:
        return dict(_rows(config, path))
    except ImporterError:
        return {}


def _rows(config: Config, path: Path) -> Iterator[tuple[int, Sent]]:
    opened = open_source(path, config.source)
    _, layout, records = open_records(opened, config.source)
    mapping = resolve_mapping(config, layout.width, layout.names)
    chunks = read_chunks(records, opened, layout.width, mapping.positions)
    destination = resolve_destination(config, path.parent, {}, sends=False)
    for updates in encode(identify(chunks, mapping, Drawn(uuid.UUID(int=0))), mapping, destination):
        for failure in updates.failures:
            yield failure.row, Sent(code=failure.code)
        for place, row in enumerate(updates.rows.tolist()):
            yield row, _parsed(updates, place)


def _parsed(updates: Updates, place: int) -> Sent:
    start, stop = int(updates.offsets[place]), int(updates.offsets[place + 1]) - 1
    whole = json.loads(
        b"[" + bytes(updates.text[start:stop]) + b"]", parse_int=_Digits, parse_float=_Digits
    )
    properties: dict[str, Any] = {}
    for update in whole:
        (operation,) = update.keys() - set(ENVELOPE)
        content = update[operation]
        names = dict.fromkeys(content) if isinstance(content, list) else content
        properties |= {name: (operation, value) for name, value in names.items()}
    around = {key: whole[0].get(key) for key in ("$group_key", "$ignore_time")}
    name = whole[0].get("$distinct_id", whole[0].get("$group_id"))
    return Sent("", name, properties, around)


class _Digits(str):
    """A number as it is written, and no text."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Digits) and str(self) == str(other)

    __hash__ = str.__hash__
