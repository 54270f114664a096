"""`importer diff`: what it counts is what would be sent differently, row by row."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import ConfigError, ImporterError
from importer.lookback.compare import compare
from importer.lookback.comparison import Comparison
from importer.settings.config import Config
from tests.conftest import Command
from tests.lookback.singly import Sent, sent
from tests.mappings import mappings, rows

WIDTH = 4

Case = tuple[dict[str, Any], dict[str, Any], bytes]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Two mappings of one file: one with a setting of the other, or of their own each."""
    old, new = draw(mappings(WIDTH)), draw(mappings(WIDTH))
    kept = draw(st.sampled_from([(), (), ("columns",), ("columns", "identifier", "profiles")]))
    new |= {key: old[key] for key in kept}
    lines = [
        ",".join('"{}"'.format(cell.replace('"', '""')) for cell in row)
        for row in draw(rows(old, WIDTH))
    ]
    return old, new, "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def config(mapping: dict[str, Any]) -> Config | None:
    try:
        return Config.model_validate(mapping)
    except ValueError:
        return None


@settings(max_examples=40)
@given(cases())
def test_counts_what_is_sent(case: Case) -> None:
    """Every count is that of the updates laid side by side one by one, parsed."""
    old, new = config(case[0]), config(case[1])
    if old is None or new is None:
        return
    folder = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".")
    source = folder / f"lookback-diff-{os.getpid()}.csv"
    source.write_bytes(case[2])
    try:
        found = compare(old, new, source)
    except ImporterError:
        return
    finally:
        before, after = (sent(each, source) for each in (old, new))
        source.unlink()
    assert counted(found) == expected(before, after)


def counted(found: Comparison) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "changed": found.changed,
        "renamed": found.identifiers.rows,
        "properties": {
            name: (change.rows, change.added, change.removed)
            for name, change in found.properties.items()
        },
        "fails": (+found.fail_only, +found.pass_only, found.fail_both),
    }


def expected(before: dict[int, Sent], after: dict[int, Sent]) -> dict[str, Any]:
    properties: dict[str, list[int]] = {}
    changed = renamed = 0
    both = [(before[row], after[row]) for row in before]
    for old, new in both:
        if old.code or new.code:
            continue
        changed += old != new
        renamed += old.identifier != new.identifier
        for name in {*old.properties, *new.properties}:
            was, now = old.properties.get(name), new.properties.get(name)
            if was != now:
                counts = properties.setdefault(name, [0, 0, 0])
                counts[0] += 1
                counts[1] += was is None
                counts[2] += now is None
    return {
        "rows": len(before),
        "changed": changed,
        "renamed": renamed,
        "properties": {name: tuple(counts) for name, counts in properties.items()},
        "fails": (
            Counter(new.code for old, new in both if new.code and not old.code),
            Counter(old.code for old, new in both if old.code and not new.code),
            sum(1 for old, new in both if old.code and new.code),
        ),
    }


OLD = "identifier: {column: 1}\ncolumns: {2: plan, 3: {property: born, type: date}}\n"
NEW = (
    "identifier: {column: 1}\n"
    "columns: {3: {property: born, type: date, day_first: true}, 2: {property: plan, values: "
    "{P: premium}}}\nproperties: {from: crm}\n"
)
ROWS = "u1,P,2025-04-03\nu2,x,03/04/2025\nu3,,oops\n"


def write(folder: Path, old: str, new: str, lines: str) -> tuple[str, str, str]:
    for name, text in (("old.yaml", old), ("new.yaml", new), ("rows.csv", lines)):
        (folder / name).write_text(text, "utf-8")
    return "old.yaml", "new.yaml", "rows.csv"


def test_in_words(tmp_path: Path, command: Command) -> None:
    """Settings, counts and a few rows, old and new side by side; the code is 0."""
    done = command("diff", *write(tmp_path, OLD, NEW, ROWS))
    assert (done.returncode, done.stderr) == (0, "")
    *lines, last = done.stdout.splitlines()
    assert lines == [
        "settings that differ: columns.2, columns.3, properties.from",
        "3 rows read",
        "  changed              1",
        "  fail only with new   0",
        "  fail only with old   1  (type 1)",
        "  fail with both       1",
        "plan: 1 another value",
        '  row 1 (u1): "P" -> "premium"',
        "from: 1 new",
        '  row 1 (u1): nothing -> "crm"',
    ]
    assert last.startswith('fails with old: row 2 (line 2, column 3): "03/04/2025"')


def test_order_is_no_difference(tmp_path: Path, command: Command) -> None:
    """The same properties in another order, and another server, are the same."""
    other = (
        "project: {region: eu}\ncolumns: {3: {property: born, type: date}, 2: plan}\n"
        "identifier: {column: 1}\n"
    )
    done = command("diff", *write(tmp_path, OLD, other, ROWS))
    assert done.stdout.splitlines()[-1] == "Both mappings send the same."


def test_as_json_masked_and_limited(tmp_path: Path, command: Command) -> None:
    """--json says the same, --mask shows no value, --limit reads the first rows only."""
    given = write(tmp_path, OLD, NEW.replace("column: 1", "column: 2"), ROWS)
    whole = json.loads(command("diff", *given, "--json").stdout)
    assert whole["rows"] == {
        "read": 3, "changed": 1, "fail_only_under_new": 0, "fail_only_under_old": 1,
        "fail_under_both": 1,
    }  # fmt: skip
    assert whole["identifiers"]["examples"][0] == {
        "row": 1, "identifier": "P", "old": "u1", "new": "P"
    }  # fmt: skip
    masked = command("diff", *given, "--mask", "--limit", "2", "--json").stdout
    assert json.loads(masked)["rows"]["read"] == 2
    assert not any(value in masked for value in ("premium", "03/04/2025", "u1"))


def test_envelope(tmp_path: Path) -> None:
    """A setting that changes every update, apart from its properties, is told once."""
    one = Config.model_validate({"columns": {2: "plan"}, "identifier": {"column": 1}})
    other = one.model_copy(
        update={"delivery": one.delivery.model_copy(update={"touch_updated_at": True})}
    )
    (tmp_path / "rows.csv").write_text(ROWS)
    found = compare(one, other, tmp_path / "rows.csv")
    assert (found.settings, found.envelope, found.changed) == (
        ("delivery.touch_updated_at",), True, 3
    )  # fmt: skip
    assert found.properties == {}


def test_read_differently(tmp_path: Path, command: Command) -> None:
    """Mappings that cut the file into other rows cannot be compared, and say so."""
    done = command("diff", *write(tmp_path, OLD, f"source: {{delimiter: ;}}\n{OLD}", ROWS))
    assert (done.returncode, done.stdout) == (2, "")
    assert "read the file differently" in done.stderr
    with pytest.raises(ConfigError, match="name a mapping file"):
        compare(tmp_path / "no.yaml", tmp_path / "old.yaml", tmp_path / "rows.csv")
