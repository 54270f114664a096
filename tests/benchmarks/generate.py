"""Writes the sample data and the benchmark's file: `python -m tests.benchmarks.generate`.

python -m tests.benchmarks.generate sample [FOLDER]     sample_data/, byte for byte as shipped
python -m tests.benchmarks.generate rows N [FILE]       N rows, each with an id
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from .customers import COLUMNS, Customer, customers, without_some_ids
from .traps import traps

SAMPLE_ROWS = 5_000
SAMPLE_SEED = 20260701
BENCHMARK_SEED = 1_000_000
SAMPLE_FOLDER = Path(__file__).parents[2] / "sample_data"


def write_rows(path: Path, rows: Iterable[Customer], *, header: bool = False) -> None:
    """Write the rows as UTF-8 with LF; the file appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    first = [",".join(COLUMNS) + "\n"] if header else []
    with part.open("w", encoding="utf-8", newline="", buffering=1 << 20) as file:
        file.writelines(chain(first, (row.record() for row in rows)))
    part.replace(path)


def write_sample(folder: Path) -> None:
    rows = without_some_ids(customers(SAMPLE_ROWS, SAMPLE_SEED), SAMPLE_SEED + 1)
    write_rows(folder / "customers.csv", rows)
    (folder / "traps.csv").write_bytes(traps())


def write_benchmark(path: Path, count: int, *, header: bool = False) -> None:
    write_rows(path, customers(count, BENCHMARK_SEED), header=header)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["sample", *rest] if len(rest) <= 1:
            write_sample(Path(rest[0]) if rest else SAMPLE_FOLDER)
        case ["rows", count, *rest] if count.isdecimal() and len(rest) <= 1:
            write_benchmark(Path(rest[0] if rest else f"customers-{count}.csv"), int(count))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
