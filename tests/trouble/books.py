"""One run against a server in trouble: what its files say of each row, held against the profiles.

The operation is `$set` or `$append`, each row's value its own number, so that a profile shows
which rows took effect, how often, and in which order.
"""

import csv
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.begin import import_profiles, resume_import
from importer.books.report import Report
from importer.settings.config import Config
from tests.delivery.made_updates import TOKEN
from tests.delivery.virtual_time import VirtualTime

PROPERTY = "numbers"

Numbered = Sequence[tuple[str, str]]
"""Identifier and value of each row; no value comes twice."""


def mapping(operation: str, delivery: Mapping[str, Any]) -> Config:
    """Map column 1 to the identifier and column 2 to the property, by this operation."""
    return Config.model_validate(
        {
            "identifier": {"column": 1, "fallback": ()},
            "columns": {2: {"property": PROPERTY, "operation": operation}},
            "delivery": dict(delivery),
        }
    )


def write_rows(folder: Path, rows: Numbered) -> Path:
    source = folder / "customers.csv"
    source.write_text("".join(f"{name},{value}\n" for name, value in rows), "utf-8")
    return source


def around(url: str, time: VirtualTime | None = None) -> dict[str, Any]:
    """Return the circumstances of a run against this server; time passes at once."""
    return {
        "environment": {"MIXPANEL_URL": url, "MIXPANEL_TOKEN": TOKEN},
        "timing": (time or VirtualTime()).timing,
    }


def begin(
    source: Path, config: Config, url: str, time: VirtualTime | None = None, **more: Any
) -> Report:
    runs = source.parent / "runs"
    return import_profiles(source, config, report_dir=runs, **around(url, time), **more)


def go_on(
    run_dir: Path, config: Config, url: str, time: VirtualTime | None = None, **more: Any
) -> Report:
    return resume_import(run_dir, config=config, **around(url, time), **more)


@dataclass(frozen=True)
class Ends:
    """How each row ended, by its number, as the files of a run have it."""

    imported: frozenset[int]
    failed: frozenset[int]
    in_doubt: frozenset[int]
    not_attempted: frozenset[int]

    @property
    def counts(self) -> dict[str, int]:
        """Return the four as the books of a report have them."""
        return {name: len(getattr(self, name)) for name in self.__dataclass_fields__}


def ends_of(report: Report) -> Ends:
    """Read the ends of all rows; fail unless ledger, tables and report agree, each row once."""
    books = report.as_json()["rows"]
    read = range(1, books["read"] + 1)
    failed = rows_in(report.folder / "failures.csv")
    in_doubt = rows_in(report.folder / "in-doubt.csv")
    settled = settled_by(report.folder / "ledger.jsonl")
    imported = [row for row in read if settled.get(row) == "imported"]
    counted = Counter([*failed, *in_doubt, *imported])
    assert max(counted.values(), default=1) == 1, "no row ends twice"
    assert counted.keys() <= set(read), "no row ends that was not read"
    ends = Ends(
        frozenset(imported), frozenset(failed), frozenset(in_doubt), frozenset(read) - set(counted)
    )
    assert books == {"read": books["read"], **ends.counts}, "books and files agree"
    return ends


def rows_in(path: Path) -> list[int]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [int(line["row"]) for line in csv.DictReader(stream)]


def settled_by(ledger: Path) -> dict[int, str]:
    """Read what a ledger settles, row by row, without the program's own reader of it."""
    settled: dict[int, str] = {}
    for raw in ledger.read_bytes().split(b"\n")[:-1]:
        try:
            line = json.loads(raw)
        except ValueError:
            break
        for name in ("imported", "in_doubt"):
            for first, last in line.get(name, ()):
                settled |= dict.fromkeys(range(first, last + 1), name)
        for refused in (*line.get("refused", ()), *line.get("held_back", ())):
            settled[refused[0]] = "refused"
    return settled


@dataclass
class Harm:
    """What a run did that it must not: empty after every run there is."""

    lost: set[int] = field(default_factory=set)
    """Rows that are said to be imported and are not in the profiles."""
    doubled: set[int] = field(default_factory=set)
    """Rows that took effect more than once where that counts."""
    uncalled: set[int] = field(default_factory=set)
    """Rows that took effect and are said to have failed, or to be not attempted."""
    disordered: set[str] = field(default_factory=set)
    """Profiles in which rows took effect in another order than that of the file."""

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.uncalled or self.disordered)


def harm_done(
    operation: str, rows: Numbered, ends: Ends, profiles: Mapping[str, Mapping[str, Any]]
) -> Harm:
    """Hold the profiles against the ends of the rows."""
    if operation == "append":
        return _harm_to_lists(rows, ends, profiles)
    return _harm_to_values(rows, ends, profiles)


def _harm_to_lists(rows: Numbered, ends: Ends, profiles: Mapping[str, Mapping[str, Any]]) -> Harm:
    harm = Harm()
    lists = {name: list(held.get(PROPERTY, ())) for name, held in profiles.items()}
    numbers = {value: row for row, (_, value) in enumerate(rows, 1)}
    for row, (name, value) in enumerate(rows, 1):
        times = lists.get(name, []).count(value)
        if row in ends.imported and not times:
            harm.lost.add(row)
        if times > 1:
            harm.doubled.add(row)
        if times and row not in ends.imported | ends.in_doubt:
            harm.uncalled.add(row)
    for name, values in lists.items():
        order = [numbers[value] for value in values]
        if order != sorted(order):
            harm.disordered.add(name)
    return harm


def _harm_to_values(rows: Numbered, ends: Ends, profiles: Mapping[str, Mapping[str, Any]]) -> Harm:
    """Find values that cannot be: the last imported row wins, unless one in doubt came after."""
    harm = Harm()
    possible: dict[str, dict[str | None, int]] = {}
    for row, (name, value) in enumerate(rows, 1):
        before = possible.setdefault(name, {None: 0})
        if row in ends.imported:
            before.clear()
        if row in ends.imported | ends.in_doubt:
            before[value] = row
    numbers = {value: row for row, (_, value) in enumerate(rows, 1)}
    for name, allowed in possible.items():
        held: str | None = profiles.get(name, {}).get(PROPERTY)
        if held in allowed:
            continue
        row = numbers.get(held or "", 0)
        if row in ends.failed | ends.not_attempted:
            harm.uncalled.add(row)
        elif held is None:
            harm.lost.add(max(allowed.values()))
        else:
            harm.disordered.add(name)
    return harm


def people_of(count: int, shared: Collection[int] = ()) -> Numbered:
    """Return rows of one profile each, save that the last ones name the first ones' again."""
    return [(f"u{row}", f"n{row}") for row in range(1, count + 1)] + [
        (f"u{row}", f"again {row}") for row in shared
    ]
