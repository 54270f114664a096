"""Builds the floor, a C program, and reads what it says of its own time."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

SOURCE = Path(__file__).parent / "peers" / "floor.c"
_TIMES = re.compile(r"parse \+ encode ([\d.]+) s, send ([\d.]+) s")


class NoCompilerError(Exception):
    """The program cannot be built here; the message says what is missing."""


def build_floor(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompilerError("cc is missing")
    program = folder / "floor"
    command = [compiler, "-O2", "-o", str(program), str(SOURCE), "-lssl", "-lcrypto", "-pthread"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if said.returncode == 0:
        return program
    if "openssl/" in said.stderr:
        raise NoCompilerError(
            "OpenSSL's headers are missing, on Debian: apt-get install libssl-dev"
        )
    raise NoCompilerError(f"cc cannot build it: {said.stderr.splitlines()[0]}")


def bodies(program: Path, file: Path, token: str, properties: Sequence[str]) -> list[bytes]:
    """The bodies the floor would send for a file, one a request."""
    command = encoding_alone((str(program), "0", token, "1", str(file), *properties))
    said = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return said.stdout.splitlines()


def encoding_alone(command: Sequence[str]) -> tuple[str, ...]:
    """The floor's command line, but for printing its bodies instead of sending them."""
    program, _, *rest = command
    return (program, "0", *rest)


def own_times(outputs: Sequence[Path]) -> str:
    """What the floor took for each of its two works, medians, as a sentence; "" if unknown."""
    times = list(_times(outputs))
    if not times:
        return ""
    encode, send = (median(one) for one in zip(*times, strict=True))
    return f"floor: {encode:.2f} s of CPU to parse and encode, {send:.2f} s to send"


def _times(outputs: Sequence[Path]) -> Iterator[tuple[float, float]]:
    for output in outputs:
        found = _TIMES.search(output.read_text(errors="replace")) if output.exists() else None
        if found:
            yield float(found[1]), float(found[2])
