"""Where is a row's record? In the source, if that is what it was, else among those set aside."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from importer.books.run_folder import DOUBTFUL_RECORDS, FAILURES, IN_DOUBT, REJECTS
from importer.errors import ImporterError
from importer.reading.layout import Layout, open_records
from importer.reading.records import Records
from importer.reading.source import Source, open_source
from importer.resuming.fingerprint import Fingerprint
from importer.resuming.recall import Begun, Recalled
from importer.resuming.reject_file import digest_of, read_index
from importer.settings.config import Config
from importer.streams import FRAME, STDIN, is_gone

_SET_ASIDE = {REJECTS: FAILURES, DOUBTFUL_RECORDS: IN_DOUBT}
"""Files of records, and the tables that say on which line of the source each of them began."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A row's record, among those that were read with it, and how its file is written.

    `line` is where it begins in the source, None where nobody knows any more.
    """

    path: str
    line: int | None
    index: int
    records: Records
    source: Source
    layout: Layout

    @property
    def record(self) -> Records:
        return self.records.cut(self.index, self.index + 1)


def find_row(
    run_dir: Path, recalled: Recalled, config: Config, row: int
) -> tuple[Found | None, tuple[str, ...]]:
    """Look for a row of a run; say in words what became of the places where it is not."""
    found, gone = _in_source(recalled, config, row)
    if found is not None or not gone:
        return found, ()
    words = [gone]
    for name in _SET_ASIDE:
        found, edited = _set_aside(run_dir, name, recalled.begun, config, row)
        words += [edited] if edited else []
        if found is not None:
            return found, (*words, f"shown from {name}")
    return None, tuple(words)


def _in_source(recalled: Recalled, config: Config, row: int) -> tuple[Found | None, str]:
    """Return the record, proved to be the one that was read; or why there is none to be had."""
    begun = recalled.begun
    gone = next(filter(is_gone, begun.sources), None)
    if gone is not None:
        passed = {STDIN: "standard input", FRAME: "a data frame"}
        what = passed.get(gone, "a pipe")
        return None, f"the run read {what}, which is gone"
    try:
        with closing(open_source(begun.sources, config.source)) as opened:
            proof = Fingerprint(recalled.points)
            return _among(opened, config, begun, row, proof), ""
    except ImporterError as error:
        return None, _without_advice(str(error), begun.sources)


def _without_advice(words: str, sources: Sequence[str]) -> str:
    """Leave out what to do, which is for who imports, and stands behind the last semicolon; one in
    the name of a file is none.
    """
    name = next(filter(words.startswith, sources), "")
    said = words.removeprefix(name)
    return name + (said.rpartition("; ")[0] or said)


def _among(
    opened: Source, config: Config, begun: Begun, row: int, proof: Fingerprint | None = None
) -> Found | None:
    limit = begun.limit if proof is not None else None
    reading, layout, portions = open_records(opened, config.source, limit, begun.columns, proof)
    for records in portions:
        if row <= records.last_row:
            index = row - records.first_row
            name = opened.files.of(row) or opened.name
            return Found(name, records.line(index), index, records, opened, layout)
    if proof is not None and reading.broken is not None:
        raise reading.broken
    return None


def _set_aside(
    run_dir: Path, name: str, begun: Begun, config: Config, row: int
) -> tuple[Found | None, str]:
    """Return the record from a file of those set aside; or, where it was edited, say so."""
    path = run_dir / name
    try:
        digests = {number: digest for number, digest, _ in read_index(path)}
        if row not in digests or not path.stat().st_size:
            return None, ""
        places = list(_places(path, config, begun, digests[row]))
        if not places:
            return None, f"its record in {path} was edited since"
        with closing(open_source(path, config.source)) as opened:
            found = _among(opened, config, begun, places[0])
    except (OSError, ImporterError):
        return None, ""
    if found is None:
        return None, ""
    own = replace(found.record, first_row=row)
    return replace(found, index=0, records=own, line=_line(run_dir / _SET_ASIDE[name], row)), ""


def _places(path: Path, config: Config, begun: Begun, digest: str) -> Iterator[int]:
    """Yield the numbers of the records of a file that have this digest."""
    with closing(open_source(path, config.source)) as opened:
        _, _, portions = open_records(opened, config.source, None, begun.columns)
        for records in portions:
            for index in range(len(records)):
                if digest_of(records.raw(index)) == digest:
                    yield records.first_row + index


def _line(table: Path, row: int) -> int | None:
    """Return on which line of the source a row began, if the table still says so."""
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            told = csv.DictReader(stream)
            return next((int(line["line"]) for line in told if line["row"] == str(row)), None)
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return None
