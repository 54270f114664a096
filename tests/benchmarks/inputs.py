"""The files the contenders read, made once and kept in the work folder."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from .generate import write_benchmark

SAMPLE_MAPPING = Path(__file__).parents[2] / "sample_data" / "customers.yaml"
MAKERS = ("customers.py", "words.py", "generate.py")


@dataclass(frozen=True)
class Inputs:
    """The same rows without and with a header, and the mapping that gives them meaning."""

    rows: int
    plain: Path
    headed: Path
    properties: tuple[str, ...]  # of the second column onwards; the first is the identifier


def prepare_inputs(folder: Path, rows: int) -> Inputs:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"customers-{rows}-{_makers_digest()}"
    plain, headed = folder / f"{stem}.csv", folder / f"{stem}-header.csv"
    properties = _properties()
    if not plain.exists():
        write_benchmark(plain, rows)
    if not headed.exists():
        _with_header(plain, headed, ("$distinct_id", *properties))
    return Inputs(rows, plain, headed, properties)


def write_mapping(path: Path, url: str) -> None:
    """The sample data's own mapping, aimed at the sink."""
    mapping = yaml.safe_load(SAMPLE_MAPPING.read_text(encoding="utf-8"))
    mapping["project"] = {"url": url}
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


def _makers_digest() -> str:
    """Changes with the code that makes the rows, so that no file of older code is taken."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in MAKERS)).hexdigest()[:8]
