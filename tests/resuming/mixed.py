"""Customers with every operation, and a plain model of the profiles that their rows leave.

Each row appends a note of its own: a profile tells which rows were applied to it, and how often.
"""

import csv
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from importer.emulator import Emulator

TOKEN = "0123456789abcdef-a-project-token"

Rows = Sequence[Sequence[str]]
Profiles = dict[str, dict[str, Any]]

MIXED: dict[int, Any] = {
    2: {"property": "plan"},
    3: {"property": "first_plan", "operation": "set_once"},
    4: {"property": "orders", "type": "integer", "operation": "add"},
    5: {"property": "tags", "type": "list", "operation": "union"},
    6: {"property": "notes", "operation": "append"},
    7: {"property": "old", "operation": "remove"},
    8: {"property": "gone", "operation": "unset"},
}
REPEATABLE = {place: entry for place, entry in MIXED.items() if place in (2, 3, 5, 8)}

REFUSED = ("u13", "u31")
"""Profiles that the emulator refuses in these tests."""


def customers(count: int, chance: random.Random, *, profiles: int) -> list[list[str]]:
    """Return rows in which each profile comes several times; every 97th has a faulty cell."""

    def some(*cells: str) -> str:
        return chance.choice(("", *cells))

    return [
        [
            f"u{chance.randrange(profiles)}",
            some(f"plan {row}"),
            some(f"first {row}"),
            "many" if row % 97 == 0 else str(chance.randint(-9, 9)),
            some("a", "a;b", f"t{row % 7}"),
            f"n{row}",
            some("o1", "o2", "o3"),
            some("x"),
        ]
        for row in range(1, count + 1)
    ]


def write_rows(path: Path, rows: Rows) -> Path:
    path.write_text("".join(f"{','.join(row)}\n" for row in rows), "utf-8")
    return path


def write_mapping(path: Path, columns: dict[int, Any], **delivery: object) -> Path:
    lines = "".join(f"  {place}: {json.dumps(entry)}\n" for place, entry in columns.items())
    settings = f"delivery: {json.dumps(delivery)}\n" if delivery else ""
    path.write_text(f"identifier: {{column: 1}}\ncolumns:\n{lines}{settings}", "utf-8")
    return path


def before(profiles: int) -> Profiles:
    """Return the profiles that are there already, so that something can be removed and unset."""
    return {f"u{n}": {"old": ["o1", "o2", "o3", "o4"], "gone": True} for n in range(profiles)}


def seed(emulator: Emulator, profiles: int) -> None:
    """Put them there, by the API's own door."""
    import httpx

    updates = [
        {
            "$token": TOKEN,
            "$distinct_id": name,
            "$ip": "0",
            "$ignore_time": True,
            "$set": properties,
        }
        for name, properties in before(profiles).items()
    ]
    answer = httpx.post(f"{emulator.url}/engage?strict=1", json=updates)
    assert answer.status_code == 200, answer.text


def applied(profiles: int, rows: Rows, numbers: Iterable[int], columns: Iterable[int]) -> Profiles:
    """Return the profiles once these rows, numbered from 1, were applied in this order."""
    stored, mapped = before(profiles), frozenset(columns)
    for number in numbers:
        row = [cell if place in mapped else "" for place, cell in enumerate(rows[number - 1], 1)]
        _, plan, once, orders, tags, note, old, gone = row
        profile = stored.setdefault(rows[number - 1][0], {})
        if plan:
            profile["plan"] = plan
        if once:
            profile.setdefault("first_plan", once)
        if orders:
            profile["orders"] = profile.get("orders", 0) + int(orders)
        if tags:
            known = profile.setdefault("tags", [])
            known += [tag for tag in tags.split(";") if tag not in known]
        if note:
            profile.setdefault("notes", []).append(note)
        if old:
            profile["old"] = [one for one in profile["old"] if one != old]
        if gone:
            profile.pop("gone", None)
    return stored


def noted(profiles: Profiles) -> list[int]:
    """Return the rows whose notes the profiles hold, as often as they hold them."""
    notes = (note for profile in profiles.values() for note in profile.get("notes", ()))
    return sorted(int(note.removeprefix("n")) for note in notes)


def check_end(
    run_dir: Path, rows: Rows, columns: dict[int, Any], emulator: Emulator, profiles: int
) -> tuple[set[int], set[int]]:
    """Hold the profiles and the books of a run at its end against the model.

    Returns the rows that it lists as in doubt, and the rows that were applied.
    """
    failed = {
        number
        for number, row in enumerate(rows, 1)
        if row[0] in REFUSED or (4 in columns and not row[3].lstrip("-").isdigit())
    }
    failures, doubtful = numbers_in(run_dir / "failures.csv"), numbers_in(run_dir / "in-doubt.csv")
    doubts = set(doubtful)
    assert failures == sorted(failed - doubts)
    assert doubtful == sorted(doubts)
    certain = set(range(1, len(rows) + 1)) - failed - doubts
    stored, found = emulator.profiles(), sorted(certain)
    if 6 in columns:
        found = noted(stored)
        assert len(found) == len(set(found)), "no row is applied twice"
        assert certain <= set(found) <= certain | (doubts - failed), "and none is lost"
    else:
        assert not doubts, "what may be repeated is never in doubt"
    expected = applied(profiles, rows, found, columns)
    wrong = {name for name in stored | expected if stored.get(name) != expected.get(name)}
    assert not wrong, [(name, stored.get(name), expected.get(name)) for name in wrong][:2]
    assert json.loads((run_dir / "report.json").read_text("utf-8"))["rows"] == {
        "read": len(rows),
        "imported": len(certain),
        "failed": len(failed - doubts),
        "in_doubt": len(doubts),
        "not_attempted": 0,
    }
    return doubts, set(found)


def numbers_in(path: Path) -> list[int]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [int(line["row"]) for line in csv.DictReader(stream)]
