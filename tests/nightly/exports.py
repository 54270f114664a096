"""Exports as rows of cells, and what may become of them until the next night."""

from collections.abc import Callable, Sequence
from random import Random

from importer import config
from importer.chunks import read_chunks
from importer.drift.compare import Finding, compare
from importer.drift.gather import Gathering
from importer.drift.portrait import Portrait
from importer.layout import open_records
from importer.source import Source
from importer.records import Dialect, frame_records
from importer.source import Encoding
from tests.benchmarks.customers import customers, quoted
from tests.guess.layouts import LAYOUTS
from tests.guess.more_layouts import MORE_LAYOUTS

Row = list[str]
KEY = bytes(range(16))


def crm(rows: int, seed: int = 1) -> list[Row]:
    """Return invented customers, as many columns as the benchmark has."""
    return [[getattr(each, name) for name in each.__slots__] for each in customers(rows, seed)]


def csv_of(rows: Sequence[Row]) -> str:
    return "".join(",".join(map(quoted, row)) + "\n" for row in rows)


def portrait(rows: Sequence[Row], identifier: int = 1) -> Portrait:
    """Draw the portrait of rows as a run would."""
    width = len(rows[0])
    labels = {at: str(at) for at in range(1, width + 1)}
    gathering = Gathering(KEY, labels, identifier)
    data = csv_of(rows).encode()
    source = Source("rows", len(data), Encoding("utf-8"), Dialect(), iter([data]))
    for chunk in read_chunks(frame_records([data], Dialect()), source, width, tuple(labels)):
        gathering.add(chunk)
    return gathering.portrait()


def drifts(before: Sequence[Row], now: Sequence[Row], identifier: int = 1) -> list[Finding]:
    verdicts = compare(portrait(before, identifier), portrait(now, identifier))
    return verdicts.upheld(verdicts)
