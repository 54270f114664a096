"""When is a run closed? Once what it set aside is settled: retried to the last row, or skipped."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from importer.books.run_folder import DOUBTFUL_RECORDS, PAGE, REJECTS, report_errors
from importer.errors import ConfigError, ImporterError, NothingToDo, exit_code
from importer.private_file import replace_private
from importer.resuming.journal import LEDGER, Journal
from importer.resuming.lock import hold, is_held
from importer.resuming.recall import REPORT, Recalled, find_run, recall, recall_end
from importer.resuming.reject_file import index_of, listed
from importer.wording import plural

if TYPE_CHECKING:
    from importer.books.report import Report
    from importer.resuming.identities import Retries

Which = Literal["rejects", "in_doubt"]

_SET_ASIDE = {"rejects": (REJECTS, "failed"), "in_doubt": (DOUBTFUL_RECORDS, "in_doubt")}
"""By what is retried: the file with the records, and the entry of the report that counts them."""


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))


def file_of(run_dir: Path, which: Which) -> Path:
    return run_dir / _SET_ASIDE[which][0]


def check_retry(run_dir: Path, recalled: Recalled, which: Which) -> None:
    """Raise ConfigError where these rows must not be sent now, NothingToDo where none is left."""
    if is_held(run_dir / LEDGER):
        raise ConfigError(f"{run_dir}: is still running; wait for its end")
    if not recalled.finished:
        command = f"importer run --resume {_quoted(run_dir)}"
        raise ConfigError(f"{run_dir}: is not at its end; first: {command}")
    rows = _report(run_dir)["rows"]
    if not rows:
        words = f"import {file_of(run_dir, which)} like any other file"
        if _can_be_written_anew(recalled):
            words = f"to have it written anew: importer run --resume {_quoted(run_dir)}; or {words}"
        raise ConfigError(f"{run_dir / REPORT}: is gone; {words}")
    left = _left(rows, recalled)
    if which not in left:
        if not left:
            raise NothingToDo(f"{run_dir}: nothing is left to retry")
        what = "failed" if which == "rejects" else "is in doubt"
        (words,) = _left_words(run_dir, left, recalled)
        raise NothingToDo(f"{run_dir}: nothing {what} that is not settled; {words}")
    if later := recalled.taken_up_by(which):
        if not later.is_dir():
            raise ConfigError(
                f"{run_dir}: was retried as {later}, which is gone: what arrived is not known; "
                f"import {file_of(run_dir, which)} like any other file"
            )
        if _report(later).get("status") == "complete":  # and the process died before it said so
            settle(run_dir, which, later.name)
            raise NothingToDo(f"{run_dir}: nothing is left to retry")
        what = f"mend what is left of it in {file_of(later, 'rejects')}, not here, then: "
        command = f"importer retry {_quoted(later)}"
        ended = recall_end(later)
        if ended is None or not ended.finished:
            what, command = "go on with that: ", f"importer run --resume {_quoted(later)}"
        raise ConfigError(f"{run_dir}: was retried as {later}; {what}{command}")


def check_table(run_dir: Path, recalled: Recalled, which: Which) -> None:
    """Raise ConfigError where rows that a run set aside are lost: nobody has given those up.

    Who does takes records out of the file; what its index tells of stays.
    """
    path, count = file_of(run_dir, which), _report(run_dir)["rows"][_SET_ASIDE[which][1]]
    if (known := listed(path)) >= count:
        return
    remedy = f"import {path}, and what it lacks of the source, like any other file"
    if _can_be_written_anew(recalled):
        remedy = f"to have both written anew: importer run --resume {_quoted(run_dir)}; or {remedy}"
    raise ConfigError(
        f"{index_of(path)}: tells of {known:,} of {plural(count, 'row')}, as after a power cut; "
        f"{remedy}"
    )


def is_to_be_written_anew(run_dir: Path, recalled: Recalled) -> bool:
    """Is the report of a run at its end gone, or does a table tell of fewer rows than that?

    Going on then writes both anew, unless another run has taken rows up from the tables.
    """
    rows = _report(run_dir)["rows"]
    return _can_be_written_anew(recalled) and (
        not rows
        or any(listed(run_dir / name) < rows[counted] for name, counted in _SET_ASIDE.values())
    )


def _can_be_written_anew(recalled: Recalled) -> bool:
    return not recalled.retried_by and not recalled.settled


def _left(rows: Mapping[str, int], recalled: Recalled) -> dict[str, int]:
    """Return how many rows of a run are set aside and not settled, by what they are retried as."""
    counts = {which: rows.get(counted, 0) for which, (_, counted) in _SET_ASIDE.items()}
    return {which: n for which, n in counts.items() if n and which not in recalled.settled}


def _left_words(run_dir: Path, left: Mapping[str, int], recalled: Recalled) -> Iterator[str]:
    for which, count in left.items():
        option = " --in-doubt resend|skip" if which == "in_doubt" else ""
        later = recalled.taken_up_by(which)
        what = f"{plural(count, 'row')} {'in doubt' if option else 'that failed'}"
        yield f"{what}: " + (
            f"taken up by {later}" if later else f"importer retry {_quoted(run_dir)}{option}"
        )


def nothing_to_go_on_with(run_dir: Path, recalled: Recalled) -> NothingToDo:
    """Say that a run is at its end, and what is left of it: its exit code is that of the run."""
    rows = _report(run_dir)["rows"] or {
        counted: listed(run_dir / name) for name, counted in _SET_ASIDE.values()
    }
    left = _left(rows, recalled)
    words = ["nothing to go on with", *_left_words(run_dir, left, recalled)]
    error = NothingToDo(f"{run_dir}: is at its end; {'; '.join(words)}")
    failed, in_doubt = left.get("rejects", 0), left.get("in_doubt", 0)
    error.exit_code = exit_code(failed=failed, in_doubt=in_doubt, stop=None, sent=True)
    return error


def skip_doubts(run_dir: Path) -> None:
    """Take the rows in doubt of a run for settled. Raises what `check_retry` does."""
    check_retry(run_dir, recall(run_dir), "in_doubt")
    settle(run_dir, "in_doubt", "skip")


def take_up(run_dir: Path, which: str, by: Path) -> None:
    """Note that these rows are another run's now, so that nobody sends them a second time."""
    journal = Journal(run_dir / LEDGER)
    try:
        hold(journal, run_dir)
        recalled = recall(run_dir)
        if later := recalled.taken_up_by(which):
            raise ConfigError(f"{run_dir}: was retried as {later} just now")
        journal.cut_torn_end(recalled)
        journal.write({"retried": which, "by": str(by.resolve())})
        journal.sync()
    finally:
        journal.close()


def close_retried(
    whose: "Retries", by: "Report", narrate: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Close the run whose rows a complete retry sent, if nothing else of it is left.

    Where that cannot be it is made up for when somebody wants to retry it again: all has arrived.
    """
    try:
        if by.status == "complete" and settle(whose.run_dir, whose.which, by.run):
            narrate(f"{whose.run_dir}: nothing of it is left; it is closed")
    except ImporterError as error:
        warn(f"{whose.run_dir}: all of it is sent, but it cannot be closed: {error}")


def settle(run_dir: Path, which: str, by: str) -> bool:
    """Note that rows set aside are settled; close the run if no others are left, and say so.

    Closing a retry also closes the run whose rows it sent. Raises AlreadyRunning where another
    process is at work on it, ConfigError and ReportError.
    """
    journal = Journal(run_dir / LEDGER)
    try:
        hold(journal, run_dir)
        journal.cut_torn_end(recall(run_dir))
        journal.write({"settled": which})
        journal.sync()
    finally:
        journal.close()
    recalled, report = recall(run_dir), _report(run_dir)
    if not report["rows"]:
        return False  # somebody removed it; what is settled is in the ledger
    for each, (_, counted) in _SET_ASIDE.items():
        if report["rows"][counted] and each not in recalled.settled:
            return False
    content = json.dumps(
        report | {"status": "complete", "closed_by": by}, ensure_ascii=False, indent=2
    )
    with report_errors(run_dir):
        replace_private(run_dir / REPORT, f"{content}\n")
        _close_page(run_dir / PAGE, by)
    if (whose := recalled.begun.retries) is not None:
        settle(find_run(run_dir, whose[0]), whose[1], by)
    return True


def _close_page(path: Path, by: str) -> None:
    """Say on the page of a run that it is closed, if there is one."""
    from importer.report_page import closed_page

    with suppress(FileNotFoundError):
        page = path.read_text(encoding="utf-8")
        replace_private(path, closed_page(page, by))


def _report(run_dir: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((run_dir / REPORT).read_bytes())
    except FileNotFoundError:
        return {"rows": {}}
    except (OSError, ValueError) as error:
        words = (
            f"cannot be read: {error}; remove it, then: importer run --resume {_quoted(run_dir)}"
        )
        raise ConfigError(f"{run_dir / REPORT}: {words}") from error
    return content
