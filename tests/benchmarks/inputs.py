"""The files the contenders read, made once and kept in the work folder."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from .customers import customers
from .generate import BENCHMARK_SEED, write_benchmark, write_rows
from .variants import with_faults, without_repeats

SAMPLE_MAPPING = Path(__file__).parents[2] / "sample_data" / "customers.yaml"
MAKERS = ("customers.py", "words.py", "generate.py")
TYPES = {
    4: {"type": "email"},
    5: {"type": "phone", "country": "US"},
    10: {"type": "date"},
    11: {"type": "integer"},
    12: {"type": "list", "separator": ";"},
}


@dataclass(frozen=True)
class Inputs:
    """The same rows without and with a header, and the mapping that gives them meaning."""

    rows: int
    plain: Path
    headed: Path
    properties: tuple[str, ...]  # of the second column onwards; the first is the identifier


def prepare_inputs(folder: Path, rows: int) -> Inputs:
    plain = prepare_plain(folder, rows)
    headed = plain.with_name(f"{plain.stem}-header.csv")
    properties = _properties()
    if not headed.exists():
        _with_header(plain, headed, ("$distinct_id", *properties))
    return Inputs(rows, plain, headed, properties)


def prepare_plain(folder: Path, rows: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"customers-{rows}-{_makers_digest()}.csv"
    if not path.exists():
        write_benchmark(path, rows)
    return path


def prepare_faulty(folder: Path, rows: int) -> Path:
    """The same rows with bad cells and fewer repeated ids; `variants.bad_rows` says how many."""
    path = folder / f"faulty-{rows}-{_makers_digest('variants.py')}.csv"
    if not path.exists():
        write_rows(path, with_faults(customers(rows, BENCHMARK_SEED)))
    return path


def prepare_unique(folder: Path, rows: int) -> Path:
    """The same rows, each with an id of its own."""
    path = folder / f"unique-{rows}-{_makers_digest('variants.py')}.csv"
    if not path.exists():
        write_rows(path, without_repeats(customers(rows, BENCHMARK_SEED)))
    return path


def write_mapping(path: Path, url: str, *, typed: bool = False) -> None:
    """The sample data's own mapping, aimed at the sink; `typed` declares what five columns hold."""
    mapping = yaml.safe_load(SAMPLE_MAPPING.read_text(encoding="utf-8"))
    mapping["project"] = {"url": url}
    for position, type_ in TYPES.items() if typed else ():
        mapping["columns"][position] = {"property": mapping["columns"][position], **type_}
    path.write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")


def _properties() -> tuple[str, ...]:
    columns = yaml.safe_load(SAMPLE_MAPPING.read_text(encoding="utf-8"))["columns"]
    return tuple(columns[position] for position in sorted(columns))


def _with_header(plain: Path, headed: Path, names: tuple[str, ...]) -> None:
    part = headed.with_suffix(".part")
    with part.open("wb") as target, plain.open("rb") as source:
        target.write((",".join(names) + "\n").encode())
        shutil.copyfileobj(source, target, 1 << 20)
    part.replace(headed)


def _makers_digest(*others: str) -> str:
    """Changes with the code that makes the rows, so that no file of older code is taken."""
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in (*MAKERS, *others))
    return hashlib.sha256(code).hexdigest()[:8]
