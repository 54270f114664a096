"""The end of a run that sent only changes: what is known from now on, and who vanished."""

from collections.abc import Iterator
from dataclasses import replace

from importer.books.run_folder import RunFolder, csv_line, report_errors
from importer.delta.outcome import Outcome
from importer.delta.stage import Delta, Everything
from importer.errors import ImporterError, ReportError
from importer.masking import masked
from importer.private_file import open_private_text
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
    """Remember what a run sent that came to its end, and list who is not in the file any more.

    Return why the run stopped, which may be that nothing can be remembered.
    """
    try:
        outcome = delta.settle(folder.path, ended=stop is None, whole=whole)
        if outcome is not None and outcome.vanished:
            outcome = replace(outcome, file=_list(folder, outcome.vanished, mask=mask))
    except ReportError as error:
        return stop or error, None
    return stop, outcome


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
    return str(path)
