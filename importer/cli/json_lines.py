"""What a run tells while it goes on, for programs: each line on stderr is one JSON object.

Every object has an `event`:

- `progress`, as the run begins, some four times a second while batches are settled, and once at
  the end: `read`, `expected` (rows to come in all, null where unknown), `imported`, `failed`,
  `in_doubt`, `requests`, `retried`, `in_flight`, `seconds`, `rows_per_second`, `left` (seconds,
  null where unknown)
- `narration`, `warning`, `error`: a `message`, in the words that a person would read; of an
  `error` also its name in the library
"""

import json
import time
from collections.abc import Callable
from typing import TextIO

from importer.progress import Progress
from importer.tell import WARNING, tell

EVERY = 0.25
"""Seconds between two lines of progress."""

SETTLED = 1.0
"""Seconds after which the pace says something about the time left."""


# Line ends to Python and browsers, which JSON lets stand in a text.
_BREAKS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def one_line(content: object) -> str:
    """Return JSON that is one line, whoever reads it."""
    return json.dumps(content, ensure_ascii=False).translate(_BREAKS)


def json_line(event: str, **fields: object) -> str:
    return one_line({"event": event, **fields})


class JsonLines:
    """An observer whose every word is a line of JSON."""

    def __init__(
        self, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, quiet: bool = False
    ) -> None:
        """With `quiet` only warnings are told of a run that goes well."""
        self._stream = stream
        self._clock = clock
        self._quiet = quiet
        self._began = clock()
        self._last = self._began - EVERY
        self._untold: Progress | None = None

    def update(self, progress: Progress) -> None:
        self._untold = progress
        if self._clock() - self._last >= EVERY:
            self._tell()

    def narrate(self, message: str) -> None:
        event = "warning" if message.startswith(WARNING) else "narration"
        self._write(event, message=message.removeprefix(WARNING))

    def close(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """Tell where the run stands, unless that was told already."""
        progress, self._untold = self._untold, None
        if progress is None:
            return
        self._last = self._clock()
        totals, seconds = progress.totals, self._last - self._began
        pace = totals.fresh / seconds if seconds > 0 else 0.0
        to_come = None if progress.expected is None else max(progress.expected - totals.ended, 0)
        self._write(
            "progress",
            read=totals.read,
            expected=progress.expected,
            imported=totals.imported,
            failed=totals.failed,
            in_doubt=totals.in_doubt,
            requests=totals.requests_sent,
            retried=totals.requests_retried,
            in_flight=totals.requests_in_flight,
            seconds=round(seconds, 2),
            rows_per_second=round(pace),
            left=None
            if to_come is None or seconds < SETTLED or not pace
            else round(to_come / pace, 1),
        )

    def _write(self, event: str, **fields: object) -> None:
        if not self._quiet or event == "warning":
            tell(self._stream, json_line(event, **fields))
