"""Updates of rows, made the way a run makes them, without a file."""

import uuid
from collections.abc import Iterable, Iterator, Mapping

from importer.engage import Engage, Token
from importer.reading.chunks import read_chunks
from importer.reading.dialect import Dialect
from importer.reading.records import frame_records
from importer.reading.source import Encoding, Source
from importer.settings.config import Config
from importer.updates.batch import batch
from importer.updates.encode import encode
from importer.updates.identify import Drawn, identify
from importer.updates.mapping import resolve_mapping
from importer.updates.model import Updates

TOKEN = "0123456789abcdef-a-project-token"

HERE = Engage("http://127.0.0.1:9", Token(TOKEN))
"""A destination for updates that are never sent."""


def batches_of(
    rows: Iterable[tuple[str, str]], size: int = 200, destination: Engage = HERE
) -> Iterator[Updates]:
    """Yield batches of updates that set `plan`; a row whose identifier is empty fails."""
    text = "".join(f"{name},{plan}\n" for name, plan in rows).encode()
    opened = Source("made", len(text), Encoding("utf-8"), Dialect(), iter([text]))
    mapping = resolve_mapping(config(), 2, ())
    records = frame_records(opened.blocks, opened.dialect)
    chunks = read_chunks(records, opened, 2, mapping.positions)
    identified = identify(chunks, mapping, Drawn(uuid.UUID(int=7)))
    yield from batch(encode(identified, mapping, destination), size)


def one_batch(identifiers: Iterable[str]) -> Updates:
    """Return one batch with a row for each identifier."""
    names = list(identifiers)
    (made,) = batches_of(((name, "pro") for name in names), len(names))
    return made


def config(delivery: Mapping[str, object] | None = None, operation: str = "set") -> Config:
    """Map column 1 to the identifier, never replaced by another, and column 2 to `plan`."""
    return Config.model_validate(
        {
            "identifier": {"column": 1, "fallback": ()},
            "columns": {2: {"property": "plan", "operation": operation}},
            "delivery": dict(delivery or {}),
        }
    )
