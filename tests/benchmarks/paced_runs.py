"""The importer against a server that sets the pace: a budget of updates, or slow answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from .course import Contender, Course
from .inputs import prepare_unique, write_mapping
from .ours import importer_environment, importer_run
from .pacing import accepted, running_pacer
from .runs import Results, RunError, Step, run_alone


@dataclass(frozen=True)
class Server:
    """What the server is like: updates a second (0: any number), seconds before an answer.

    Where answers are slow the rows have an id each: one that repeats an id waits for the answer to
    the row before it, and so the longest chain of such rows would be measured.
    """

    title: str
    per_second: float = 0
    delay: float = 0
    unique: bool = False


BUDGET = "budget"
LATENCY = "latency"
SERVERS: Mapping[str, Server] = MappingProxyType(
    {
        BUDGET: Server("importer, a server of 30,000 updates/s", per_second=30_000),
        LATENCY: Server(
            "importer, a server that takes 100 ms, ids once each", delay=0.1, unique=True
        ),
    }
)


def to_the_server(name: str, course: Course) -> Step:
    server = SERVERS[name]
    rows, folder = course.inputs.rows, course.workdir
    file = prepare_unique(folder, rows) if server.unique else course.inputs.plain

    def once(output: Path, results: Results) -> str:
        config = course.folder / f"{name}.yaml"
        with running_pacer(
            course.folder,
            course.sink.certificate,
            per_second=server.per_second,
            delay=server.delay,
        ) as pacer:
            write_mapping(config, pacer.url)
            command = importer_run(course, file, config)
            contender = Contender(name, server.title, command, importer_environment(course))
            measured = run_alone(contender, course, output)
        if (arrived := accepted(pacer.exchanges)) != rows:
            raise RunError(f"{arrived} updates were accepted instead of {rows}")
        results.seen.setdefault(name, []).append(pacer.exchanges)
        refused = sum(each.status == 429 for each in pacer.exchanges)
        return f"{results.add(name, measured, output)}, {refused} answers of 429"

    return Step(name, server.title, once)
