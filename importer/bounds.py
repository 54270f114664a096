"""How far a run may go before it stops by itself: failed rows, seconds."""

import re
from dataclasses import dataclass
from typing import Self

from importer.books.totals import Totals
from importer.errors import ConfigError, TookTooLong, TooManyFailures
from importer.settings.durations import seconds_of
from importer.wording import plural

ENOUGH = 1_000
"""Rows read before a share counts: one bad row of three is not yet 33 %."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most so many failed rows, or percent of those read; at most so many seconds.

    None is no bound. One failed row more than `failures` stops the run. It `began` at that moment
    of its clock.
    """

    failures: int | None = None
    percent: float | None = None
    seconds: float | None = None
    began: float = 0.0

    @classmethod
    def of(
        cls,
        max_failures: str | int | None,
        max_duration: str | float | None,
        began: float = 0.0,
    ) -> Self:
        """Read `100`, `2%`; `90`, `90s`, `15m`, `2h`. Raises ConfigError."""
        failures, percent = _failures(max_failures)
        return cls(failures, percent, _seconds(max_duration), began)

    def left(self, now: float) -> float | None:
        """Return the seconds that are left, 0 where there are none, None without a bound."""
        return None if self.seconds is None else max(0.0, self.began + self.seconds - now)

    def reached(self, totals: Totals, now: float) -> TooManyFailures | TookTooLong | None:
        """Say whether a run that is so far must stop, and why."""
        if self.failures is not None and totals.failed > self.failures:
            failed = plural(totals.failed, "row")  # the books add those read ahead
            return TooManyFailures(
                f"{failed} had failed, and --max-failures allows {self.failures:,}"
            )
        if (
            self.percent is not None
            and totals.read >= ENOUGH
            and totals.failed * 100 > self.percent * totals.read
        ):
            return TooManyFailures(
                f"{totals.failed:,} of {totals.read:,} rows had failed, "
                f"and --max-failures allows {self.percent:g}%"
            )
        if self.left(now) == 0:
            return TookTooLong(f"--max-duration of {self.seconds:g} s is over")
        return None


def _failures(given: str | int | None) -> tuple[int | None, float | None]:
    if given is None:
        return None, None
    text = str(given).strip()
    if text.isdecimal():
        return int(text), None
    share = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text)
    if share is None or float(share[1]) > 100:
        raise ConfigError(f"--max-failures: a number of rows or a share, 100 or 2%, not {text!r}")
    return None, float(share[1])


def _seconds(given: str | float | None) -> float | None:
    if given is None:
        return None
    if (seconds := seconds_of(str(given))) is None:
        raise ConfigError(f"--max-duration: a time such as 90s, 15m or 2h, not {str(given)!r}")
    return seconds
