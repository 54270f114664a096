"""The npm package mixpanel-import: how it is fetched, aimed at the sink and set up."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from .course import IN_FLIGHT, PEERS, TOKEN, Contender, Course, UnavailableError
from .sink import BATCH

PACKAGE = "mixpanel-import@3.1.43"

# Without --fix a row of a CSV is sent as it is, with neither $set nor $token.
_LEAN = ("--fix", "--abridged", "--verbose", "false")
WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mixpanel-import": ("--fix",),
        "mixpanel-import-lean": _LEAN,
        "mixpanel-import-deep": (*_LEAN, "--highWater", "500"),
    }
)
"""Its configurations of 200 x 10: as its help suggests, without what costs time, reading ahead."""


def mixpanel_import(name: str) -> Callable[[Course], Contender]:
    return lambda course: _contender(name, course)


def _contender(name: str, course: Course) -> Contender:
    node = shutil.which("node")
    if node is None:
        raise UnavailableError("Node.js 20.18 or newer and npm are needed")
    index = _npm_install(course.workdir / "npm") / "index.js"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    version = said.stdout.strip().removeprefix("v")
    command = [node, str(index), str(course.inputs.headed), "--type", "user", "--format", "csv"]
    command += ["--token", TOKEN, "--batch", str(BATCH), "--workers", str(IN_FLIGHT)]
    return Contender(
        name,
        f"{PACKAGE.replace('@', ' ')} (Node {version}), {' '.join(WAYS[name])}",
        (*command, "--logs", "false", *WAYS[name]),
        {
            # It knows Mixpanel's hosts only; see the script.
            "NODE_OPTIONS": f'--require "{PEERS / "to_the_sink.cjs"}"',
            "SINK_PORT": str(course.sink.port),
            "NODE_EXTRA_CA_CERTS": str(course.sink.certificate),
        },
    )


def _npm_install(folder: Path) -> Path:
    package = folder / "node_modules" / "mixpanel-import"
    if not package.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise UnavailableError("npm is needed")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit"]
        said = subprocess.run(
            [*command, "--no-fund", PACKAGE], capture_output=True, text=True, check=False
        )
        if said.returncode != 0:
            raise UnavailableError(f"npm could not install {PACKAGE}:\n{said.stderr}")
    return package
