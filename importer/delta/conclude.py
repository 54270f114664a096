"""The end of a run that sent only changes: who vanished, and what is known from now on."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from importer.books.report import Report
from importer.books.run_folder import RunFolder, csv_line, report_errors
from importer.delta.outcome import Outcome
from importer.delta.stage import Delta, Everything
from importer.errors import ImporterError, ReportError, StateError
from importer.masking import masked
from importer.private_file import open_private_text, sync
from importer.wording import plural

VANISHED = "vanished.csv"


def conclude(
    delta: Delta | Everything,
    folder: RunFolder,
    stop: ImporterError | None,
    *,
    whole: bool,
    mask: bool,
) -> tuple[ImporterError | None, Outcome | None]:
    """List who is not in the file any more; return why the run stopped, which may be that this
    cannot be kept.
    """
    try:
        outcome = delta.outcome(ended=stop is None, whole=whole)
        if outcome is not None and outcome.vanished:
            outcome = replace(outcome, file=_list(folder, outcome.vanished, mask=mask))
    except ReportError as error:
        return stop or error, None
    return stop, outcome


def remember(delta: Delta | Everything, folder: RunFolder, report: Report) -> None:
    """Remember what a run sent, once it is at its end and has said so.

    Where that cannot be written the next run does it first, by the ledger of this one.
    """
    if report.status in ("complete", "partial"):
        with suppress(StateError):
            delta.settle(folder.path)


def doubts(outcome: Outcome | None) -> Iterator[str]:
    """Say what may be wrong with the list of who vanished."""
    if outcome is not None and outcome.vanished and outcome.unread:
        rows = plural(outcome.unread, "row")
        yield f"{rows} could not be read: their identifiers may be among those in {VANISHED}"


def _list(folder: RunFolder, identifiers: tuple[str, ...], *, mask: bool) -> str:
    """Write a file of identifiers, as they are: it may be a source itself, of deletions say."""
    path = folder.path / VANISHED
    with report_errors(folder.path), open_private_text(path) as stream:
        stream.write(csv_line(["identifier"]))
        stream.writelines(csv_line([masked(each) if mask else each]) for each in identifiers)
        sync(stream)  # before they are forgotten: nobody could list them again
    return str(path)
