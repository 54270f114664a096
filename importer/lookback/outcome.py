"""What became of one row of a run, as far as its ledger tells."""

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Literal

import numpy as np

from importer.books.failure import Failure
from importer.resuming.recall import (
    IMPORTED,
    IN_DOUBT,
    IN_FLIGHT,
    OVERWRITTEN,
    REFUSED,
    Recalled,
    ledger_lines,
)

State = Literal["imported", "unchanged", "failed", "in_doubt", "in_flight", "not_attempted"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a row ended, in the server's words where it has some.

    `code` is that of its failure, `field` what the server objects to; `answers` are the statuses
    of the requests that it went with, in their order. `retried_by` names the run that took it up.
    """

    state: State
    code: str = ""
    words: str = ""
    field: str = ""
    answers: tuple[str, ...] = ()
    retried_by: str = ""

    def as_json(self) -> dict[str, Any]:
        said = {"code": self.code, "words": self.words, "field": self.field}
        later = {"retried_by": self.retried_by} if self.retried_by else {}
        given = {key: value for key, value in said.items() if value}
        return {"state": self.state, **given, "answers": list(self.answers), **later}


def outcome_of(
    run_dir: Path, recalled: Recalled, row: int, failure: Failure | None, *, compares: bool
) -> Outcome:
    """Look a row up; `failure` is why it could not be sent, where it could not.

    Of a run that `compares` and came to its end, rows that the ledger does not know are unchanged.
    """
    answers = tuple(_answers(run_dir, row))
    match int(recalled.of(np.array([row]))[0]):
        case state if state == IMPORTED:
            in_part = answers[-1:] not in ((), ("200",))
            words = "other rows of its request were refused" if in_part else ""
            return Outcome("imported", words=words, answers=answers)
        case state if state == REFUSED:
            code, words, field = recalled.refusals[row]
            if code == OVERWRITTEN and failure is not None:  # it would not have been sent anyway
                code, words = failure.code, failure.reason
            later = _name(recalled, "rejects")
            return Outcome("failed", code, words, field, answers, later)
        case state if state == IN_DOUBT:
            words, later = recalled.doubts.get(row, ""), _name(recalled, "in_doubt")
            return Outcome("in_doubt", words=words, answers=answers, retried_by=later)
        case state if state == IN_FLIGHT:
            words = "it was sent, and no answer is known"
            # A run that ends leaves these rows in doubt, without a line.
            ended: State = "in_doubt" if recalled.ended else "in_flight"
            later = _name(recalled, "in_doubt")
            return Outcome(ended, words=words, answers=answers, retried_by=later)
        case _ if failure is not None and row > _read_by(recalled):
            words = f"it would fail ({failure.code}): {failure.reason}"
            return Outcome("not_attempted", words=words)
        case _ if failure is not None:
            later = _name(recalled, "rejects")
            return Outcome("failed", failure.code, failure.reason, retried_by=later)
        case _ if compares and recalled.finished:
            return Outcome("unchanged", words="it was accepted in an earlier run, and not sent now")
        case _ if compares:
            words = "or unchanged: a run that stopped keeps no list of those rows"
            return Outcome("not_attempted", words=words, answers=answers)
        case _:
            return Outcome("not_attempted", answers=answers)


def _read_by(recalled: Recalled) -> float:
    """Return the last row that the run came to; what fails before it is sent is in no ledger."""
    if recalled.finished:
        return recalled.begun.limit or inf
    return recalled.reached()


def _name(recalled: Recalled, which: str) -> str:
    later = recalled.taken_up_by(which)
    return later.name if later is not None else ""


def _answers(run_dir: Path, row: int) -> list[str]:
    return [
        str(line["answer"])
        for line in ledger_lines(run_dir)
        if "answer" in line and any(first <= row <= last for first, last in line["rows"])
    ]
