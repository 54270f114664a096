"""Where the importer's time goes, as text: `python -m tests.benchmarks.profiles [WORKDIR]`.

Samples of a run over the sink and of a check, 200,000 rows each, by py-spy (the extra `bench`),
with all threads and processes; and instructions, counted by perf where the machine counts them,
else by valgrind where it is installed. Instructions do not depend on how busy the machine is.
The files of `profiles/` are written anew.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from .__main__ import default_workdir, say
from .contenders import CONTENDERS, FLOOR
from .course import PROJECT, Course, UnavailableError, clean_environment
from .floor import encoding_alone
from .inputs import prepare_inputs
from .ours import OTHERS
from .sink import SinkError, running_sink
from .table import machine

FOLDER = Path(__file__).parent / "profiles"
COMMAND = "python -m tests.benchmarks.profiles"
SAMPLED_ROWS, COUNTED_ROWS = 200_000, 20_000
SAMPLES = 200  # a second
SHOWN = 30
_PLACE = re.compile(r"^(.+) \((.+?):\d+\)$")


def main(arguments: Sequence[str]) -> int:
    workdir = Path(arguments[0]) if arguments else default_workdir()
    workdir = workdir.expanduser().resolve()
    FOLDER.mkdir(exist_ok=True)
    try:
        with running_sink(workdir / "sink") as sink:
            folder = workdir / "run"
            folder.mkdir(exist_ok=True)
            sampled = Course(prepare_inputs(workdir, SAMPLED_ROWS), sink, folder)
            write_samples("run", "importer", sampled)
            write_samples("check", "check", sampled)
            counted = Course(prepare_inputs(workdir, COUNTED_ROWS), sink, folder)
            write_instructions(counted)
    except (SinkError, UnavailableError) as error:
        say(str(error))
        return 2
    return 0


def write_samples(file: str, name: str, course: Course) -> None:
    contender = {**CONTENDERS, **OTHERS}[name](course)
    raw = course.folder / f"{name}.stacks"
    command = [_py_spy(), "record", "--format", "raw", "--rate", str(SAMPLES), "--subprocesses"]
    command += ["--nonblocking", "--output", str(raw), "--", *contender.command]
    say(f"sampling {name}")
    _run(command, contender.environment, course)
    stacks = read_stacks(raw.read_text())
    title = f"importer {file}, {course.inputs.rows:,} rows, samples of py-spy ({SAMPLES} a second)"
    (FOLDER / f"{file}.txt").write_text("\n".join([*_head(title), *summary(stacks), ""]))


def write_instructions(course: Course) -> None:
    """Count instructions of the check, of its start and of the floor's parsing and encoding."""
    counter = next((each for each in (Perf(), Valgrind()) if each.works()), None)
    if counter is None:
        say("neither perf nor valgrind counts instructions here")
        return
    commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
    for name in ("help", "check-few", "check"):
        contender = OTHERS[name](course)
        commands[contender.title] = contender.command, contender.environment
    floor = CONTENDERS[FLOOR](course)
    if floor.name == FLOOR:
        commands["floor, parse + encode"] = encoding_alone(floor.command), {}
    rows = [f"{'millions of instructions':>24}  of"]
    for title, (command, environment) in commands.items():
        say(f"counting {title}")
        said = _run(counter.around(command), environment, course)
        rows.append(f"{counter.read(said) / 1e6:>24,.0f}  {title}")
    title = f"{COUNTED_ROWS:,} rows, user instructions of all threads as counted by {counter.name}"
    (FOLDER / "instructions.txt").write_text("\n".join([*_head(title), *rows, ""]))


class Perf:
    """`perf stat`, on machines that let it see the processor's counters."""

    name = "perf stat"

    def works(self) -> bool:
        if shutil.which("perf") is None:
            return False
        said = subprocess.run(self.around(["true"]), capture_output=True, text=True, check=False)
        return "instructions" in said.stderr and "<not" not in said.stderr

    def around(self, command: Sequence[str]) -> list[str]:
        return ["perf", "stat", "-x", ",", "-e", "instructions:u", "--", *command]

    def read(self, said: str) -> int:
        return next(int(line.split(",")[0]) for line in said.splitlines() if "instructions" in line)


class Valgrind:
    """valgrind's cachegrind without its caches; processes that are forked are counted as well."""

    name = "valgrind --tool=cachegrind"

    def works(self) -> bool:
        return shutil.which("valgrind") is not None

    def around(self, command: Sequence[str]) -> list[str]:
        options = ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        return ["valgrind", *options, "--trace-children=yes", *command]

    def read(self, said: str) -> int:
        counts = re.findall(r"I\s+refs:\s+([\d,]+)", said)
        return sum(int(count.replace(",", "")) for count in counts)


def _py_spy() -> str:
    # Beside this Python, as pip puts it there whether or not the environment is activated.
    found = shutil.which("py-spy", path=Path(sys.executable).parent) or shutil.which("py-spy")
    if found is None:
        raise UnavailableError("py-spy: pip install 'mixpanel-profile-importer[bench]'")
    return found


def _run(command: Sequence[str], environment: Mapping[str, str], course: Course) -> str:
    shutil.rmtree(course.reports, ignore_errors=True)
    said = subprocess.run(
        command,
        env=clean_environment(environment),
        cwd=course.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode != 0:
        raise UnavailableError(f"{command[0]} ended with {said.returncode}: {said.stderr[-500:]}")
    return said.stderr


def _head(title: str) -> list[str]:
    return [title, f"made by: {COMMAND}", f"{date.today()}; {machine()}", ""]


Stacks = Counter[tuple[str, ...]]


def read_stacks(raw: str) -> Stacks:
    """Lines of `frame;frame;... count` as frames of `function (file)`, outermost first."""
    stacks: Stacks = Counter()
    for line in raw.splitlines():
        frames, _, count = line.rpartition(" ")
        stacks[tuple(_place(frame) for frame in frames.split(";"))] += int(count)
    return stacks


def _place(frame: str) -> str:
    if frame.startswith("process "):
        return "the process outside Python's functions"  # followed by its command line
    found = _PLACE.match(frame)
    if found is None:
        return frame
    file = found[2].removeprefix(f"{PROJECT}/").rpartition("site-packages/")[2]
    return f"{found[1]} ({re.sub(r'^.*/lib/python[^/]*/', '', file)})"


def summary(stacks: Stacks) -> list[str]:
    """What the samples were taken in, by itself and with all that it calls."""
    whole = stacks.total()
    own: Counter[str] = Counter()
    inclusive: Counter[str] = Counter()
    for stack, count in stacks.items():
        own[stack[-1]] += count
        for place in set(stack):
            inclusive[place] += count
    ours = Counter({place: n for place, n in inclusive.items() if "(importer/" in place})
    return [
        f"{whole:,} samples",
        *_ranking("in itself", own, whole),
        *_ranking("with all it calls (the importer's own functions)", ours, whole),
    ]


def _ranking(title: str, counts: Counter[str], whole: int) -> list[str]:
    rows = [f"{count / whole:7.1%}  {place}" for place, count in counts.most_common(SHOWN)]
    return ["", title, *rows]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
