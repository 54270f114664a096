"""Exports as rows of cells, and their portraits."""

from collections.abc import Sequence
from functools import cache

from importer.drift.compare import Finding, compare
from importer.drift.gather import Gathering
from importer.drift.portrait import Portrait
from importer.reading.chunks import read_chunks
from importer.reading.dialect import Dialect
from importer.reading.records import frame_records
from importer.reading.source import Encoding, Source
from tests.benchmarks.customers import customers, quoted
from tests.guess.layouts import LAYOUTS
from tests.guess.more_layouts import MORE_LAYOUTS

Row = list[str]
Export = tuple[list[Row], int]
"""Rows, and the column from 1 that tells them apart."""

KEY = bytes(range(16))


def crm(rows: int, seed: int = 1) -> list[Row]:
    """Return invented customers, as many columns as the benchmark has."""
    return [[getattr(each, name) for name in each.__slots__] for each in customers(rows, seed)]


@cache
def exports() -> dict[str, Export]:
    """Return believable exports of at least thirty rows, by the names of their makers."""
    made = {
        layout.name: (layout.rows, layout.identifier or _email(layout.rows))
        for layout in (*LAYOUTS, *MORE_LAYOUTS)
        if len(layout.rows) >= 30
    }
    return {**made, "crm": (crm(600), 1)}


def _email(rows: list[Row]) -> int:
    return 1 + next(at for at, cell in enumerate(rows[0]) if "@" in cell)


def csv_of(rows: Sequence[Row]) -> str:
    return "".join(",".join(map(quoted, row)) + "\n" for row in rows)


def portrait(rows: Sequence[Row], identifier: int = 1) -> Portrait:
    """Draw the portrait of rows as a run would."""
    labels = {at: str(at) for at in range(1, len(rows[0]) + 1)}
    gathering = Gathering(KEY, labels, identifier)
    data = csv_of(rows).encode()
    source = Source("rows", len(data), Encoding("utf-8"), Dialect(), iter([data]))
    for chunk in read_chunks(frame_records([data], Dialect()), source, len(labels), tuple(labels)):
        gathering.add(chunk)
    return gathering.portrait()


@cache
def drawn(name: str) -> Portrait:
    return portrait(*exports()[name])


def drifts(name: str, now: Sequence[Row]) -> list[Finding]:
    """Return what is found when an export is followed by these rows."""
    verdicts = compare(drawn(name), portrait(now, exports()[name][1]))
    return verdicts.upheld(verdicts)
