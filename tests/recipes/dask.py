"""A partitioned dataset imported by a Dask cluster on this machine: `python -m tests.recipes.dask`.

Where Dask is not installed it is, with the project, into an environment of its own.
"""

import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from importer import Sum
from importer.emulator import running
from tests.recipes.environments import python_with
from tests.recipes.place import ROOT, TOKEN, block

ROWS, PARTITIONS, RATE = 20_000, 8, 4_000


def main() -> int:
    if find_spec("distributed") is None:
        python = python_with("dask", f"{ROOT}[dask,emulator]")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        again = [python, "-m", "tests.recipes.dask"]
        return subprocess.run(again, env=environment, cwd=ROOT, check=False).returncode
    return run()


def run() -> int:
    from dask.distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory() as folder, running() as emulator:
        os.chdir(folder)
        os.environ |= {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN}
        write_dataset(Path("customers.parquet"))
        Path("config.yaml").write_text(
            "source: {header: true}\nidentifier: {column: id}\n"
            "columns: {plan: plan, orders: {property: orders, type: integer}}\n"
        )
        shown: dict[str, object] = {}
        with (
            LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as cluster,
            Client(cluster),
        ):
            began = time.monotonic()
            exec(block("python", "client.map(import_partition"), shown)
            seconds = time.monotonic() - began
        whole, stats = shown["whole"], emulator.stats()
    assert isinstance(whole, Sum)
    print(f"{whole.totals.imported:,} rows in {len(whole.runs)} runs and {seconds:.1f} s")
    rate = stats["updates"] / seconds
    books = (whole.status, whole.totals.imported, stats["profiles"], len(whole.runs))
    if books != ("complete", ROWS, ROWS, PARTITIONS) or rate > 1.1 * RATE:
        print(f"expected {ROWS:,} rows at {RATE:,} a second at most: {books}, {rate:,.0f}")
        return 1
    return 0


def write_dataset(folder: Path) -> None:
    folder.mkdir()
    each = ROWS // PARTITIONS
    for part in range(PARTITIONS):
        numbers = range(part * each, (part + 1) * each)
        frame = pd.DataFrame(
            {
                "id": [f"u{number}" for number in numbers],
                "plan": ["free", None] * (each // 2),
                "orders": [1.0, 2.0] * (each // 2),
            }
        )
        frame.to_parquet(folder / f"part-{part:03}.parquet")


if __name__ == "__main__":
    sys.exit(main())
