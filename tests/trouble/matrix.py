"""Every fault of the emulator's script, as it strikes, and what a run makes of it: a table.

`python -m tests.trouble.matrix` prints it. The committed copy, `matrix.txt`, is what the tests
hold it against, so that another behaviour shows as a changed line.

Left out are combinations that contradict what the answer says: a 401, a 413, a 429 or a refusal
of a batch that was applied all the same. (A server that lies about that cannot be imported into.)
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from importer.books.report import Report
from importer.emulator import Emulator, running

from .books import begin, ends_of, go_on, harm_done, mapping, people_of, write_rows

SIZE = 3
ROWS = people_of(36, shared=(1, 2, 3))
"""Thirteen batches; the last names the profiles of the first again, so that it must wait for it."""

ONE_EACH = [f"u{row}" for row in range(2, 37, SIZE)]
"""One bad row in each batch but the last."""

DELIVERY: dict[str, Any] = {"batch_size": SIZE, "give_up_after": 7}
"""Three attempts in a row, and no more: 2 s and 4 s after one another."""


@dataclass(frozen=True)
class Trouble:
    """A fault: its rule, and whether it says that nothing was applied.

    It strikes from the first request on, but for some that are `spared`.
    """

    name: str
    rule: dict[str, Any]
    certain: bool = False
    delivery: dict[str, Any] = field(default_factory=dict)
    spared: int = 0
    refuses: bool = False
    """Does a row fail for it that is sent by itself?"""


def _status(status: int, **known: Any) -> Trouble:
    return Trouble(str(status), {"kind": "status", "status": status}, **known)


def _body(name: str, body: str, **known: Any) -> Trouble:
    return Trouble(name, {"kind": "body", "body": body}, **known)


BRIEF = {"timeout": 0.4}
"""Seconds of real time: how long a request waits for an answer is not up to the run's clock."""

PAGE, HALF = "<html><body>Sign in</body></html>", '{"code": 200, "status": "OK", "num_goo'


def _lost(trouble: Trouble) -> list[Trouble]:
    """Return an answer that says nothing: to a batch that was not applied, and to one that was."""
    return [
        replace(trouble, name=f"{trouble.name}, {words}", rule=trouble.rule | {"apply": apply})
        for words, apply in (("not applied", "never"), ("applied", "before"))
    ]


TROUBLES = [
    _status(429, certain=True),
    *_lost(_status(503)),
    *_lost(_status(500)),
    _status(401, certain=True),
    _status(413, certain=True, refuses=True),
    _status(400, refuses=True),
    *_lost(Trouble("connection dropped", {"kind": "drop"})),
    _body("body 0", "0", refuses=True),
    _body("status 0", '{"status": 0, "error": "no"}', refuses=True),
    *_lost(_body("a page", PAGE)),
    *_lost(_body("half a JSON", HALF)),
    *_lost(Trouble("no answer in time", {"kind": "sleep", "seconds": 30}, delivery=BRIEF)),
    Trouble("a slow server", {"kind": "sleep", "seconds": 0.02}, certain=True),
    Trouble("delays", {"kind": "delay", "delay_ms": [1, 9]}, certain=True),
    Trouble("a row refused by name", {"kind": "refuse", "ids": ONE_EACH}, certain=True),
    Trouble("a batch refused for a row", {"kind": "refuse", "ids": ONE_EACH, "whole_batch": True}),
    Trouble("any batch refused", {"kind": "refuse", "whole_batch": True}, refuses=True),
    Trouble("too many a second", {"kind": "rate", "per_second": 0.0001}, certain=True, spared=1),
]

DURATIONS: dict[str, dict[str, int]] = {"once": {"first": 1}, "a while": {"first": 2}, "ever": {}}
"""Met by the first request, by the first two, and by all: who gives up after three attempts in a
row sees the second end by itself."""

IN_FLIGHT = (1, 10)
OPERATIONS = ("set", "append")

HEAD = (
    "how long  in flight  operation | exit  imported  failed  in doubt  not attempted  |"
    " resumed: exit  imported  in doubt  | lost  doubled\n"
)
INTRODUCTION = f"""\
What a run of {len(ROWS)} rows in batches of {SIZE} makes of every fault of the emulator's script.
`resumed` is how a run that had stopped ends once the fault has ended and the run goes on. A ~ is
a number that chance decides: how many of ten requests in flight met the fault before the run
stopped. Made by `python -m tests.trouble.matrix`; a change of it is a change of what users see.
"""


def section(trouble: Trouble, emulator: Emulator) -> str:
    """Return the table of one fault."""
    lines = [
        _line(trouble, duration, in_flight, operation, emulator)
        for duration in DURATIONS
        for in_flight in IN_FLIGHT
        for operation in OPERATIONS
    ]
    return f"\n{trouble.name}\n{HEAD}" + "".join(lines)


def _line(
    trouble: Trouble, duration: str, in_flight: int, operation: str, emulator: Emulator
) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return _tried(trouble, duration, in_flight, operation, emulator, Path(folder))


def _tried(
    trouble: Trouble,
    duration: str,
    in_flight: int,
    operation: str,
    emulator: Emulator,
    folder: Path,
) -> str:
    emulator.forget()
    first = {key: n + trouble.spared for key, n in DURATIONS[duration].items()}
    emulator.faults(trouble.rule | first)
    config = mapping(operation, {**DELIVERY, **trouble.delivery, "concurrency": in_flight})
    source = write_rows(folder, ROWS)
    report = begin(source, config, emulator.url)
    ends = ends_of(report)
    harms = [harm_done(operation, ROWS, ends, emulator.profiles())]
    if trouble.certain:
        assert not ends.in_doubt, f"{trouble.name}: certainly not applied, and yet in doubt"
    exit_code = report.exit_code
    by_chance = report.stop is not None and in_flight > 1
    counts = ends.counts
    shown = dict.fromkeys(counts, "~") if by_chance else {k: str(n) for k, n in counts.items()}
    if by_chance and trouble.certain:
        shown["in_doubt"] = "0"
    resumed = ("", "", "")
    if report.stop is not None:
        report = _resumed(report, operation, in_flight, emulator)
        ends = ends_of(report)
        assert not ends.not_attempted, "once all is well again, a run that goes on comes to its end"
        harms.append(harm_done(operation, ROWS, ends, emulator.profiles()))
        counts = ends.counts
        doubted = by_chance and (trouble.refuses or (operation == "append" and not trouble.certain))
        there = ("~", "~") if doubted else (str(counts["imported"]), str(counts["in_doubt"]))
        resumed = (str(report.exit_code), *there)
    assert not any(harm.uncalled or harm.disordered for harm in harms), harms
    lost = sum(len(harm.lost) for harm in harms)
    doubled = sum(len(harm.doubled) for harm in harms)
    cells = (
        f"{duration:<10}{in_flight:>9}  {operation:<10}| {exit_code:>4}  {shown['imported']:>8}"
        f"  {shown['failed']:>6}  {shown['in_doubt']:>8}  {shown['not_attempted']:>13}  |"
        f" {resumed[0]:>13}  {resumed[1]:>8}  {resumed[2]:>8}  | {lost:>4}  {doubled:>7}"
    )
    return f"{cells}\n"


def _resumed(report: Report, operation: str, in_flight: int, emulator: Emulator) -> Report:
    """Go on with a stopped run, the fault being over."""
    emulator.faults()
    config = mapping(operation, {**DELIVERY, "concurrency": in_flight})
    return go_on(report.folder, config, emulator.url)


def sections() -> Iterator[str]:
    with running() as emulator:
        for trouble in TROUBLES:
            yield section(trouble, emulator)


if __name__ == "__main__":
    print(INTRODUCTION, *sections(), sep="", end="")
