"""Who is compared: the importer, its peers and the floor under all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .course import IN_FLIGHT, PEERS, TOKEN, Contender, Course, trust
from .floor import NoCompilerError, build_floor
from .mixpanel_import import WAYS, mixpanel_import
from .ours import importer
from .sink import BATCH

FLOOR = "floor"
FLOOD = "flood"  # stands in for the floor where there is no C compiler


def httpx_loop(course: Course) -> Contender:
    script = [sys.executable, str(PEERS / "httpx_loop.py"), str(course.inputs.plain)]
    return Contender(
        "httpx-loop",
        f"csv + httpx.AsyncClient, {BATCH} x {IN_FLIGHT}",
        (*script, course.sink.url, TOKEN, str(IN_FLIGHT), *course.inputs.properties),
        trust(course),
    )


def floor(course: Course) -> Contender:
    """The C program, or where it cannot be built the flood, whose title says so."""
    try:
        program = build_floor(course.folder)
    except NoCompilerError as error:
        return flood(course, str(error))
    command = [str(program), str(course.sink.port), TOKEN, str(IN_FLIGHT)]
    return Contender(
        FLOOR,
        f"floor: the same in C, {BATCH} x {IN_FLIGHT}",
        (*command, str(course.inputs.plain), *course.inputs.properties),
        trust(course),
    )


def flood(course: Course, why: str) -> Contender:
    turns = course.inputs.rows // BATCH
    script = [sys.executable, str(PEERS / "floor.py"), str(course.inputs.headed)]
    return Contender(
        FLOOD,
        f"floor: one encoded batch sent {turns:,} times, asyncio streams (no C: {why})",
        (*script, str(course.sink.port), TOKEN, str(IN_FLIGHT), str(turns)),
        trust(course),
    )


CONTENDERS: Mapping[str, Callable[[Course], Contender]] = MappingProxyType(
    {
        "importer": importer,
        "httpx-loop": httpx_loop,
        **{name: mixpanel_import(name) for name in WAYS},
        FLOOR: floor,
    }
)
