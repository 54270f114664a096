"""A file through the stages that are pure, as the importer chains them."""

import io
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from importer.engage import Engage, Token
from importer.reading.chunks import read_chunks
from importer.reading.dialect import Dialect
from importer.reading.records import frame_records
from importer.reading.source import Encoding, Source
from importer.settings.config import Config
from importer.updates.encode import encode
from importer.updates.identify import Drawn, Kind, identify
from importer.updates.mapping import resolve_mapping
from importer.updates.model import Updates

from .reference_csv import read

SEED = uuid.UUID("6f1c9b1e-2f0e-4d5a-8a57-0b6f6d9c3e21")
DESTINATION = Engage("https://api.mixpanel.com", Token('se"cret'))


@dataclass(frozen=True)
class Named:
    """What became of a row: its identifier and where that is from, and the properties set."""

    row: int
    identifier: str
    kind: Kind
    properties: dict[str, Any]


def quoted(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows so that every cell arrives as it is."""
    text = io.StringIO(newline="")
    for cells in rows:
        text.write(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n")
    return text.getvalue().encode()


def updates_of(
    data: bytes,
    settings: dict[str, Any],
    *,
    most: int = 1000,
    seed: uuid.UUID = SEED,
    width: int | None = None,
) -> Iterator[Updates]:
    """Read a file of `Config`'s settings, `most` rows to a chunk."""
    config = Config.model_validate(settings)
    dialect = Dialect()
    source = Source("a file", len(data), Encoding("utf-8"), dialect, iter([data]))
    width = width or read(data).widths().most_common(1)[0][0]
    mapping = resolve_mapping(config, width, ())
    chunks = read_chunks(
        frame_records([data], dialect, most=most), source, width, mapping.positions
    )
    return encode(identify(chunks, mapping, Drawn(seed)), mapping, DESTINATION)


def sent(updates: Iterable[Updates]) -> list[dict[str, Any]]:
    """Return the updates as a server would parse them."""
    return [update for part in updates if len(part) for update in json.loads(part.body())]


def named(updates: Iterable[Updates]) -> list[Named]:
    """Return the rows that are imported; what the books say of them is what is sent."""
    found = []
    for part in updates:
        rows = zip(
            part.rows.tolist(), part.identifiers.to_pylist(), part.kinds.tolist(), strict=True
        )
        for (row, identifier, kind), update in zip(rows, sent([part]), strict=True):
            assert update["$distinct_id"] == identifier
            found.append(Named(row, identifier, Kind(kind), update["$set"]))
    return found
