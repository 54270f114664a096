"""The books of several runs, of the partitions of one dataset say, added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from importer.books.report import Report, Status, code_of, iso
from importer.books.totals import Totals
from importer.errors import ImporterError

_WORST_FIRST: tuple[Status, ...] = ("stopped", "interrupted", "partial", "dry-run", "complete")


@dataclass(frozen=True, slots=True)
class Sum:
    """What several runs did together.

    `status` is that of the worst of them, `stop` why the first of those that did not come to their
    end ended; the reports of the runs stay where they are.
    """

    runs: tuple[str, ...]
    status: Status
    totals: Totals
    started: datetime | None
    finished: datetime | None
    stop: ImporterError | None = None

    @property
    def exit_code(self) -> int:
        """Return the code that one run with these books would have."""
        return code_of(self.totals, self.stop)

    def as_json(self) -> dict[str, Any]:
        totals = self.totals
        return {
            "runs": list(self.runs),
            "status": self.status,
            **({"stopped": str(self.stop)} if self.stop is not None else {}),
            "rows": totals.rows,
            "identifiers": dict(sorted(totals.identifiers.items())),
            "requests": totals.requests,
            "failures_by_code": dict(sorted(totals.failures_by_code.items())),
            "started": iso(self.started) if self.started else None,
            "finished": iso(self.finished) if self.finished else None,
        }


def add_up(reports: Iterable[Report]) -> Sum:
    """Add the books of runs up; of none, they are empty and complete."""
    every = list(reports)
    statuses = {report.status for report in every}
    return Sum(
        runs=tuple(report.run for report in every),
        status=next((status for status in _WORST_FIRST if status in statuses), "complete"),
        totals=_totals(every),
        started=min((report.started for report in every), default=None),
        finished=max((report.finished for report in every), default=None),
        stop=next((report.stop for report in every if report.stop is not None), None),
    )


def _totals(reports: Iterable[Report]) -> Totals:
    total = Totals()
    for each in (report.totals for report in reports):
        # Every field is a number, or a count of each of several things.
        for name in Totals.__dataclass_fields__:
            setattr(total, name, getattr(total, name) + getattr(each, name))
    return total
