"""How a run went, and what to do next, in words: the summary and the page say the same."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from importer.books.report import Report
from importer.books.run_folder import IN_DOUBT, REJECTS
from importer.errors import RefusedByServer, SourceBroken
from importer.resuming.recall import OVERWRITTEN
from importer.streams import is_local
from importer.wording import plural


@dataclass(frozen=True, slots=True)
class Step:
    """Words, then a command or the name of a file, then what there is to add."""

    words: str
    command: str
    after: str = ""

    def __str__(self) -> str:
        return f"{self.words}: {self.command}{self.after}"


def outcome(report: Report) -> str:
    """Say in one line how many rows arrived, and how fast."""
    totals = report.totals
    done = "deleted" if report.deletes else "imported"
    done = f"would be {done}" if report.dry_run else done
    rate = f", {report.rows_per_second:,.0f} rows/s" if report.seconds else ""
    # A retry recalls what it holds back: nothing was settled of that.
    before = f" ({totals.recalled:,} settled before)" if totals.recalled and report.resumed else ""
    rows = plural(totals.read, "row")
    if report.resume_command:
        rows = f"the {rows} read so far"
    return f"{totals.imported:,} of {rows} {done}{before} in {report.seconds:.1f} s{rate}"


def _sources(report: Report) -> list[str]:
    """Return what a rehearsal read as the command line takes it: SOURCE for what is no file."""
    files = report.source.get("files") or [report.source]
    names = [file["name"] for file in files]
    return names if all(map(is_local, names)) else ["SOURCE"]


def _after_rehearsal(report: Report, config: str) -> Step:
    if report.framed:
        return Step("Mend them in the frame, or import it as it is", "import_frame(frame, config)")
    words = "Mend them in the source, or import it as it is and mend what it sets aside"
    if isinstance(report.stop, SourceBroken):  # where an import would break off too
        words = "Mend them, and the place where the source breaks off, then"
    return Step(words, shlex.join(["importer", "run", *_sources(report), "-c", config]))


def next_steps(report: Report, config: str) -> Iterator[Step]:
    """Yield what is left to do; `config` names the mapping of a rehearsal."""
    totals, folder = report.totals, shlex.quote(str(report.folder))
    if report.dry_run:
        if totals.failed:
            yield _after_rehearsal(report, config)
        return
    if report.resume_command:
        as_begun = isinstance(report.stop, RefusedByServer)
        words = "To go on with the same mapping and address" if as_begun else "To go on"
        yield Step(words, report.resume_command)
    again = f"importer retry {folder}"
    after = ", once the run is at its end" if report.resume_command else ""
    if set(totals.failures_by_code) == {OVERWRITTEN}:
        yield Step(
            "Newer rows of theirs were imported; to send the old ones", f"{again} --overwrite"
        )
    elif totals.failed:
        yield Step(f"Mend {report.folder / REJECTS}, then", again, after)
    if totals.in_doubt:
        doubts = str(report.folder / IN_DOUBT)
        yield Step("Rows that may or may not have arrived", doubts)
        if not report.resume_command:
            settle = f"importer retry {folder} --in-doubt resend"
            yield Step("Settle them", settle, " (or skip)")
