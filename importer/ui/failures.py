"""The failed rows of a run, grouped by column and reason: `python -m importer.ui.failures FILE`.

A process of its own: a file of a million failures takes some seconds.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GROUPS, ROWS = 200, 20
"""Groups that are told apart, and rows of each that are shown."""

_quoted = re.compile(r'"(?:[^"]*"(?=[^\s,;:.)]))*[^"]*"|(?<![\w-])\d[\d,]*(?!\w)')


def group_failures(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Group the lines of a `failures.csv`, the largest group first."""
    groups: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for failure in csv.DictReader(lines):
        kind = (failure["column"], failure["property"], failure["code"], _kind(failure["reason"]))
        if kind not in groups and len(groups) >= GROUPS:
            kind = ("", "", failure["code"], "other reasons")
        group = groups.get(kind)
        if group is None:
            column, name, code, reason = kind
            group = {"column": column, "property": name, "code": code, "reason": reason}
            group |= {"count": 0, "rows": []}
            groups[kind] = group
        group["count"] += 1
        if len(group["rows"]) < ROWS:
            shown = ("row", "line", "identifier", "reason")
            group["rows"].append({name: failure[name] for name in shown})
    return sorted(groups.values(), key=lambda group: -group["count"])


def _kind(reason: str) -> str:
    """Leave out of a reason what differs from row to row: what it quotes, and numbers."""
    return _quoted.sub("…", reason)


def main(path: str) -> None:
    csv.field_size_limit(2**31 - 1)  # an identifier may be as long as a record
    with Path(path).open(encoding="utf-8", newline="") as stream:
        json.dump(group_failures(stream), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
