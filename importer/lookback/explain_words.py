"""One row of a run in words, from its bytes to the server's answer."""

from collections.abc import Iterator

from importer.lookback.explain import Explained, Step
from importer.lookback.outcome import Outcome
from importer.wording import shortened, visible

LONGEST = 1_000
"""Characters of a record, a cell or an update that are shown; the JSON has all of them."""

_STATES = {
    "imported": "imported",
    "unchanged": "unchanged",
    "failed": "failed",
    "in_doubt": "in doubt",
    "in_flight": "unknown",
    "not_attempted": "not attempted",
}


def explained_lines(explained: Explained) -> Iterator[str]:
    line = f", line {explained.line:,}" if explained.line else ""
    where = f" of {explained.path}" if explained.path else ""
    yield f"row {explained.row:,}{line}{where}, run {explained.run}"
    for note in explained.notes:
        yield f"  note: {visible(note)}"
    if explained.record is not None:
        yield "record"
        yield f"  {shortened(explained.text, LONGEST)}"
    if explained.cells:
        yield "cells"
    for column, (name, text) in enumerate(explained.cells, start=1):
        label = f"{column} {visible(name)}".rstrip()
        yield f"  {label}: {_text(text)}"
    if explained.steps:
        yield "properties"
    for step in explained.steps:
        yield f"  {_step(step)}"
    if explained.whence:
        named = shortened(explained.identifier, LONGEST)
        yield f"identifier: {named}, from {explained.whence}" if named else "identifier: none"
    if explained.updates:
        yield "as it was sent" if explained.outcome.answers else "as it would be sent"
    for update in explained.updates:
        yield f"  {shortened(update, LONGEST)}"
    yield f"outcome: {_outcome(explained.outcome)}"


def _text(text: str) -> str:
    return f'"{shortened(text, LONGEST)}"' if text else "(empty)"


def _step(step: Step) -> str:
    """Say of a property: from which columns, by which type and operation, to which JSON."""
    columns = " + ".join(map(str, step.columns))
    operation = "" if step.operation == "set" else f", {step.operation}"
    if step.reason:
        became = f"fails: {visible(step.reason)}"
    elif step.json is not None:
        became = shortened(step.json, LONGEST)
    else:
        became = "unset" if step.operation == "unset" else "left out"
    return f"{visible(step.property)} (column {columns}, {step.type}{operation}): {became}"


def _outcome(outcome: Outcome) -> str:
    about = f" ({outcome.code})" if outcome.code else ""
    words = f": {visible(outcome.words)}" if outcome.words else ""
    field = f" [{outcome.field}]" if outcome.field else ""
    answers = f"; answers: {', '.join(outcome.answers)}" if outcome.answers else ""
    later = f"; taken up by run {outcome.retried_by}" if outcome.retried_by else ""
    return f"{_STATES[outcome.state]}{about}{words}{field}{answers}{later}"
