"""What a run is: a command with its environment, and what must arrive where it sends to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .inputs import Inputs
from .sink import Sink

PROJECT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
TOKEN = "benchmark-token"  # the sink takes any
IN_FLIGHT = 10


class UnavailableError(Exception):
    """The contender cannot run on this machine; the message says what is missing."""


@dataclass(frozen=True)
class Course:
    """What every contender is given."""

    inputs: Inputs
    sink: Sink
    folder: Path

    @property
    def workdir(self) -> Path:
        return self.folder.parent

    @property
    def reports(self) -> Path:
        return self.folder / "reports"


@dataclass(frozen=True)
class Contender:
    """A program, ready to be started."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None  # that must arrive; None: all of the course
    exit_code: int = 0
    times: int = 1  # runs in each round: more for short ones

    def rows_to_arrive(self, course: Course) -> int:
        return course.inputs.rows if self.rows is None else self.rows


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The present environment without what would send a contender elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not _misleads(name)}
    return {**kept, "NO_COLOR": "1", **extra}


def trust(course: Course) -> dict[str, str]:
    return {"SSL_CERT_FILE": str(course.sink.certificate)}


def _misleads(name: str) -> bool:
    return (
        name.lower().endswith("_proxy")
        or name.startswith(("MIXPANEL_", "MP_"))
        or name in {"NODE_OPTIONS", "SSL_CERT_DIR", "PYTHONPATH"}
    )
