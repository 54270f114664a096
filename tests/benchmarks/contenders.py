"""Who is measured: how each program is installed, aimed at the sink and started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .floor import NoCompilerError, build_floor
from .inputs import Inputs, write_mapping
from .sink import BATCH, Sink

PEERS = Path(__file__).parent / "peers"
PROJECT = Path(__file__).parents[2]
TOKEN = "benchmark-token"  # the sink takes any
IN_FLIGHT = 10
FLOOR = "floor"
FLOOD = "flood"  # stands in for the floor where there is no C compiler
MIXPANEL_IMPORT = "mixpanel-import@3.1.43"


class UnavailableError(Exception):
    """The contender cannot run on this machine; the message says what is missing."""


@dataclass(frozen=True)
class Course:
    """What every contender is given."""

    inputs: Inputs
    sink: Sink
    folder: Path

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


def importer(course: Course) -> Contender:
    config = course.folder / "importer.yaml"
    write_mapping(config, course.sink.url)
    command = importer_run(course, course.inputs.plain, config)
    return Contender("importer", "**importer**", command, importer_environment(course))


def importer_run(course: Course, file: Path, config: Path) -> tuple[str, ...]:
    command = [sys.executable, "-m", "importer", "run", str(file), "-c", str(config)]
    return (*command, "--report-dir", str(course.reports), "--quiet")


def importer_environment(course: Course) -> dict[str, str]:
    return {"MIXPANEL_TOKEN": TOKEN, "PYTHONPATH": str(PROJECT), **_trust(course)}


def httpx_loop(course: Course) -> Contender:
    script = [sys.executable, str(PEERS / "httpx_loop.py"), str(course.inputs.plain)]
    return Contender(
        "httpx-loop",
        f"csv + httpx.AsyncClient, {BATCH} x {IN_FLIGHT}",
        (*script, course.sink.url, TOKEN, str(IN_FLIGHT), *course.inputs.properties),
        _trust(course),
    )


def mixpanel_import(course: Course) -> Contender:
    node = shutil.which("node")
    if node is None:
        raise UnavailableError("Node.js 20.18 or newer and npm are needed")
    index = _npm_install(course.folder.parent / "npm") / "index.js"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    version = said.stdout.strip().removeprefix("v")
    command = [node, str(index), str(course.inputs.headed), "--type", "user", "--format", "csv"]
    command += ["--token", TOKEN, "--fix", "--batch", str(BATCH), "--workers", str(IN_FLIGHT)]
    return Contender(
        "mixpanel-import",
        f"{MIXPANEL_IMPORT.replace('@', ' ')} (Node {version}), {BATCH} x {IN_FLIGHT}",
        (*command, "--logs", "false"),
        {
            # It knows Mixpanel's hosts only; see the script.
            "NODE_OPTIONS": f'--require "{PEERS / "to_the_sink.cjs"}"',
            "SINK_PORT": str(course.sink.port),
            "NODE_EXTRA_CA_CERTS": str(course.sink.certificate),
        },
    )


def floor(course: Course) -> Contender:
    """The C program, or where it cannot be built the flood, whose title says so."""
    try:
        program = build_floor(course.folder)
    except NoCompilerError as error:
        return _flood(course, str(error))
    command = [str(program), str(course.sink.port), TOKEN, str(IN_FLIGHT)]
    return Contender(
        FLOOR,
        f"floor: the same in C, {BATCH} x {IN_FLIGHT}",
        (*command, str(course.inputs.plain), *course.inputs.properties),
        _trust(course),
    )


def _flood(course: Course, why: str) -> Contender:
    turns = course.inputs.rows // BATCH
    script = [sys.executable, str(PEERS / "floor.py"), str(course.inputs.headed)]
    return Contender(
        FLOOD,
        f"floor: one encoded batch sent {turns:,} times, asyncio streams (no C: {why})",
        (*script, str(course.sink.port), TOKEN, str(IN_FLIGHT), str(turns)),
        _trust(course),
    )


CONTENDERS: Mapping[str, Callable[[Course], Contender]] = {
    "importer": importer,
    "httpx-loop": httpx_loop,
    "mixpanel-import": mixpanel_import,
    FLOOR: floor,
}


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The present environment without what would send a contender elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not _misleads(name)}
    return {**kept, "NO_COLOR": "1", **extra}


def _misleads(name: str) -> bool:
    return (
        name.lower().endswith("_proxy")
        or name.startswith(("MIXPANEL_", "MP_"))
        or name in {"NODE_OPTIONS", "SSL_CERT_DIR", "PYTHONPATH"}
    )


def _trust(course: Course) -> dict[str, str]:
    return {"SSL_CERT_FILE": str(course.sink.certificate)}


def _npm_install(folder: Path) -> Path:
    package = folder / "node_modules" / "mixpanel-import"
    if not package.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise UnavailableError("npm is needed")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit"]
        said = subprocess.run(
            [*command, "--no-fund", MIXPANEL_IMPORT], capture_output=True, text=True, check=False
        )
        if said.returncode != 0:
            raise UnavailableError(f"npm could not install {MIXPANEL_IMPORT}:\n{said.stderr}")
    return package
