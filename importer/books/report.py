"""How a run ended: the books, and where the failed rows are."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from importer.books.failure import Failure
from importer.books.failure_groups import FailureGroup
from importer.books.rehearsal import Rehearsed
from importer.books.timeline import Timeline
from importer.books.totals import Totals
from importer.delta.outcome import Outcome
from importer.errors import ImporterError, Interrupted, exit_code
from importer.streams import STDIN
from importer.updates.column_watch import ColumnFailures

SCHEMA = 1

Status = Literal["complete", "partial", "stopped", "interrupted", "dry-run"]


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: the books, and where the failed rows are.

    `seconds` is how long this process took; one that went on has an earlier one's start.
    `stop` is why it ended before its last row, if it did, `given_again` the sources that must be
    given once more to go on, `framed` whether it is a data frame; `folder` holds the files;
    `examples` are the first failed rows, `groups` all of them by column and code, `columns` the
    cells that are not of their type. `rehearsed` is what only a dry run can tell, `compared` what
    one that sends only changes can. `resumed` says whether earlier processes had a part in it,
    `config` how its mapping was named. `afterwards` is what went wrong once the books were closed,
    with a hook for example; it is no part of them.
    """

    run: str
    status: Status
    source: Mapping[str, Any]
    totals: Totals
    started: datetime
    finished: datetime
    seconds: float
    folder: Path
    stop: ImporterError | None = None
    examples: Sequence[Failure] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    rehearsed: Rehearsed | None = None
    deletes: bool = False
    given_again: Sequence[str] = ()
    groups: Sequence[FailureGroup] = ()
    columns: Sequence[ColumnFailures] = ()
    timeline: Timeline | None = None
    resumed: bool = False
    config: str = ""
    compared: Outcome | None = None
    framed: bool = False
    afterwards: Sequence[str] = ()

    @property
    def dry_run(self) -> bool:
        return self.rehearsed is not None

    @property
    def resume_command(self) -> str:
        """Return the command that goes on with the run; "" where it has come to its end."""
        if self.stop is None or "ledger" not in self.files:
            return ""
        return resume_command(self.folder, self.given_again, framed=self.framed)

    @property
    def exit_code(self) -> int:
        return code_of(self.totals, self.stop)

    @property
    def rows(self) -> dict[str, int]:
        """Return the rows read, and how they ended."""
        unchanged = {"unchanged": self.totals.unchanged} if self.compared is not None else {}
        return self.totals.rows | unchanged

    @property
    def every_file(self) -> dict[str, str]:
        """Return the path of each file of the run, by its kind."""
        return dict(self.files) | (self.compared.files if self.compared is not None else {})

    @property
    def rows_per_second(self) -> float:
        """Return the pace of this process: what earlier ones settled is not its work."""
        return self.totals.fresh / self.seconds if self.seconds > 0 else 0

    def as_json(self) -> dict[str, Any]:
        """Return the content of report.json."""
        totals = self.totals
        stopped = {"stopped": str(self.stop)} if self.stop is not None else {}
        timeline = {"timeline": self.timeline.as_json()} if self.timeline is not None else {}
        rehearsed = {"rehearsed": self.rehearsed.as_json()} if self.rehearsed is not None else {}
        return {
            "schema": SCHEMA,
            "run": self.run,
            "status": self.status,
            **stopped,
            **({"operation": "delete"} if self.deletes else {}),
            "source": dict(self.source),
            "rows": self.rows,
            **({"delta": self.compared.as_json()} if self.compared is not None else {}),
            "identifiers": {
                kind: totals.identifiers[kind] for kind in ("column", "email", "random")
            },
            "requests": totals.requests,
            "failures_by_code": dict(sorted(totals.failures_by_code.items())),
            "failures_by_column": [group.as_json() for group in self.groups],
            "warnings": list(self.warnings),
            **rehearsed,
            "started": iso(self.started),
            "finished": iso(self.finished),
            "rows_per_second": round(self.rows_per_second),
            **timeline,
            "files": self.every_file,
        }


def resume_command(folder: Path, given_again: Sequence[str], *, framed: bool) -> str:
    """Return the command that goes on with a run; some sources must be given again for that."""
    if framed:
        return f"import_frame(frame, config, resume={str(folder)!r})"
    pipe = "... | " if STDIN in given_again else ""
    return f"{pipe}importer run {shlex.join((*given_again, '--resume', str(folder)))}"


def code_of(totals: Totals, stop: ImporterError | None) -> int:
    return exit_code(
        failed=totals.failed,
        in_doubt=totals.in_doubt,
        stop=stop,
        sent=totals.requests_sent > 0,
    )


def status_of(totals: Totals, stop: ImporterError | None, *, dry_run: bool) -> Status:
    if isinstance(stop, Interrupted):
        return "interrupted"
    if stop is not None:
        return "stopped"
    if dry_run:
        return "dry-run"
    return "partial" if totals.failed or totals.in_doubt else "complete"


def iso(moment: datetime) -> str:
    """Return a moment as reports show it: in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
