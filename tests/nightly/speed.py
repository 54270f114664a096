"""How long a night takes on which one row in a hundred changed, beside a night that sends all.

    python -m tests.nightly.speed                     # 1,000,000 rows
    python -m tests.nightly.speed --rows 100000 --unlimited

The server is nginx on this machine, over HTTPS. It lets 150 requests of 200 updates through each
second, which is what the API allows a project, and answers 429 to more; `--unlimited` takes the
limit away, so that only the importer's own work is seen. Every identifier is there once.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import yaml

from tests.benchmarks.customers import Customer, customers
from tests.benchmarks.generate import write_rows
from tests.benchmarks.inputs import write_mapping
from tests.benchmarks.measure import Measurement, measure
from tests.benchmarks.sink import Sink, running_sink

ROOT = Path(__file__).parents[2]

ANSWER = '{"code":200,"status":"OK","error":null}'

REQUESTS_PER_SECOND = 150
"""Of 200 updates: the API's 30,000 a second."""

CHANGED = 0.01

MIB = 2**20


@dataclass(frozen=True)
class Course:
    """A folder with a file of today's and one of tomorrow's customers, and a server."""

    folder: Path
    sink: Sink

    @property
    def store(self) -> int:
        """Return the bytes that are remembered on disk."""
        return sum(path.stat().st_size for path in self.folder.glob("state/importer/*.delta.db"))

    def run(self, source: str, *options: str) -> Measurement:
        command = [sys.executable, "-m", "importer", "run", source, "-c", "config.yaml", *options]
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("MIXPANEL_")},
            "MIXPANEL_TOKEN": "t" * 32,
            "PYTHONPATH": str(ROOT),
            "SSL_CERT_FILE": str(self.sink.certificate),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        output = self.folder / "output.txt"
        measured = measure(command, environment, self.folder, output)
        print(output.read_text(), file=sys.stderr)
        if measured.exit_code != 0:
            sys.exit(f"ended with {measured.exit_code}")
        return measured


def once_each(count: int) -> Iterator[Customer]:
    """Return customers without those that name an earlier one again."""
    seen: set[str] = set()
    for customer in customers(count + count // 20 + 20, 1_000_000):
        if customer.customer_id not in seen and len(seen) < count:
            seen.add(customer.customer_id)
            yield customer


def write_nights(folder: Path, rows: int) -> None:
    write_rows(folder / "today.csv", once_each(rows))
    chance = Random(1)
    write_rows(
        folder / "tomorrow.csv",
        (
            replace(each, credits=f"{each.credits}1") if chance.random() < CHANGED else each
            for each in once_each(rows)
        ),
    )


def show(what: str, measured: Measurement, rows: int) -> None:
    pace = f"{rows / measured.wall:9,.0f} rows/s"
    print(
        f"{what:34}{measured.wall:7.2f} s {measured.cpu:7.2f} s CPU {measured.peak:5.0f} MiB {pace}"
    )


def compare(folder: Path, rows: int, limit: int | None) -> None:
    with running_sink(folder / "sink", ANSWER, limit) as sink:
        course = Course(folder, sink)
        write_mapping(folder / "config.yaml", sink.url)
        plain = course.run("today.csv", "--quiet")
        show("everything, nothing remembered", plain, rows)
        mapping = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
        (folder / "config.yaml").write_text(yaml.safe_dump({**mapping, "delta": True}), "utf-8")
        first = course.run("today.csv")
        show("everything, and remembered", first, rows)
        print(f"on disk: {course.store / MIB:.1f} MiB for {rows:,} identifiers")
        night = course.run("tomorrow.csv")
        show("a night on which 1 % changed", night, rows)
        same = course.run("tomorrow.csv")
        show("a night on which nothing did", same, rows)
        print(f"{first.wall / night.wall:.1f} times as fast; beside nothing remembered: ", end="")
        print(f"{plain.wall / night.wall:.1f}; on disk: {course.store / MIB:.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--unlimited", action="store_true", help="a server that takes all at once")
    parser.add_argument("--folder", type=Path, help="keeps the generated files")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="nightly-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "tomorrow.csv").exists():
            write_nights(folder, given.rows)
        shutil.rmtree(folder / "state", ignore_errors=True)
        compare(folder, given.rows, None if given.unlimited else REQUESTS_PER_SECOND)
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
