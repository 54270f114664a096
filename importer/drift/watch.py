"""The drift of a run: its file is held against the last one before anything is sent."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from importer.books.report import Report
from importer.destination import known_token
from importer.drift.compare import Finding, compare, is_few, known_share, moved
from importer.drift.gather import Gathering
from importer.drift.memory import Remembered, new_salt, read, write
from importer.drift.portrait import Portrait
from importer.drift.words import ADVICE, said
from importer.engage import Engage
from importer.errors import Drifted, SourceError, StateError
from importer.reading.chunks import Chunk, read_chunks
from importer.reading.layout import Layout, Reading, open_records
from importer.reading.records import Records, let_go
from importer.reading.source import Source, open_source
from importer.state import Memory, find_memory, make_state_folder
from importer.streams import Place, is_local, is_rereadable, shown
from importer.task import Task
from importer.updates import mapping

ENDING = ".drift.json"

HEAD = 20_000
"""Rows that are compared before the first request. If they look odd, the whole file is read; of a
pipe it is one block.
"""

EACH = 200_000
"""Rows of each of several files that are looked at: a tenth of a second."""

FEW = 100
"""Rows of which there may be ten times fewer without anybody being told."""

ARRIVED = 0.9
"""Share of the rows that must have been imported for a file to be an example for the next."""


class Drift:
    """Compares the beginning of a file with what is remembered, and remembers the whole of it.

    `reads` are the positions that the run reads anyway. A rehearsal only compares, and warns where
    a run would stop; a retry does neither.
    """

    def __init__(
        self,
        task: Task,
        opened: Source,
        layout: Layout,
        mapped: mapping.Mapping,
        reads: tuple[int, ...],
        memory: Memory | None,
    ) -> None:
        off = task.config.drift == "off" or task.retries is not None or not reads
        self._memory = None if off else memory
        self._stops = task.config.drift == "stop" and not task.dry_run
        self._homeless = not off and memory is None and self._stops
        self._task, self._opened, self._layout, self._reads = task, opened, layout, reads
        self._labels = _labels(task, layout, reads)
        named_by = mapped.email.position if isinstance(mapped.email, mapping.MappedColumn) else None
        wanted = mapped.identifier or named_by
        self._identifier = wanted if wanted in reads else None
        self._properties = {
            self._labels[column.position]: column.property
            for column in mapped.columns
            if column.position in self._labels
        }
        self._remembered: Remembered | None = None
        self._damaged = ""
        self._salt = new_salt()
        self._overlapped = True
        self._first: Portrait | None = None
        if self._memory is not None:
            try:
                self._remembered = read(self._memory.file(ENDING))
            except StateError as error:
                if self._stops:
                    raise
                self._damaged = str(error).partition(";")[0]
        if self._remembered is not None:
            self._salt = self._remembered.salt
        self._all, self._head = self._gathering(), self._gathering()

    def check(
        self, records: Iterator[Records], reading: Reading, warn: Callable[[str], None]
    ) -> Iterator[Records]:
        """Look at the first records and hand all of them on.

        Raises Drifted where the mapping says to stop, and warns where it says that.
        """
        if self._damaged:
            warn(f"drift: {self._damaged}; this file is compared with nothing")
        if self._homeless:
            warn(
                "drift: no folder to remember in, so that this file is compared with nothing; set "
                "STATE_DIRECTORY, XDG_STATE_HOME or HOME"
            )
        if self._memory is None:
            return records
        if self._remembered is None or self._task.run_dir is not None:
            return records  # a pipe may fall silent: nothing waits for its next row
        first: deque[Records] = deque()
        for portion in records:
            first.append(portion)
            self._take([portion], self._opened, self._head)
            if self._head.rows >= HEAD or (self._opened.size is None and not self._rereadable):
                break  # a pipe may fall silent at any time
        self._first = self._head.portrait()
        self._judge(self._remembered, self._first, reading, warn)
        return chain(let_go(first), records)

    def watch(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Hand chunks on, each looked at."""
        for chunk in chunks:
            if self._memory is not None and not self._task.dry_run:
                self._all.add(chunk)
                if self._first is None and self._head.rows < HEAD:
                    self._head.add(chunk)
            yield chunk

    def remember(self, report: Report) -> Report:
        """Take the file of a run that came to its end for an example; a fault is a warning."""
        try:
            self._remember(report)
        except StateError as error:
            return replace(report, warnings=(*report.warnings, str(error)))
        return report

    def _remember(self, report: Report) -> None:
        totals = report.totals
        ended = report.status in ("complete", "partial") and self._task.limit is None
        if self._memory is None or not ended or not totals.read or self._is_old():
            return
        if totals.imported < ARRIVED * totals.read:
            return
        before = self._remembered.rows if self._remembered is not None else 0
        stops = self._stops and not self._task.accepts_drift
        if stops and before >= FEW and is_few(totals.read, before):
            raise StateError(
                f"drift: the file had {totals.read:,} rows, and the one before {before:,}; it is "
                "no example for the next one, unless it is imported again with --accept-drift"
            )
        whole = self._all.portrait()
        if self._remembered is not None and self._comparable(self._remembered):
            share = known_share(self._remembered.whole, whole)
            self._overlapped = share is None or share >= 0.1
        make_state_folder(self._memory.path.parent)
        remembered = Remembered(
            source=self._opened.name,
            when=datetime.now(UTC).isoformat(timespec="milliseconds"),
            rows=totals.read,
            width=self._layout.width,
            identifier=self._whose,
            head=self._first or self._head.portrait(),
            whole=whole,
            overlapped=self._overlapped,
            salt=self._salt,
        )
        write(self._memory.file(ENDING), remembered)

    def _is_old(self) -> bool:
        """Did the run begin before the file that is remembered came to its end?"""
        begun = self._task.recalled.begun if self._task.recalled is not None else None
        if begun is None or self._remembered is None:
            return False
        ended = datetime.fromisoformat(self._remembered.when)
        return datetime.fromisoformat(begun.started) < ended

    def _judge(
        self,
        remembered: Remembered,
        now: Portrait,
        reading: Reading,
        warn: Callable[[str], None],
    ) -> None:
        expected = reading.expected_rows(self._opened) if reading.rows else 0
        few = None
        if expected is not None and self._task.limit is None and remembered.rows >= FEW:
            few = expected if is_few(expected, remembered.rows) else None
        findings = self._findings(remembered, now, head=True)
        odd = findings or few is not None
        if odd and self._head.rows >= HEAD and self._rereadable:
            portrait, whole = self._portrait_of(self._task.sources)
            if whole:  # what breaks off is judged by its head, and not by its rows
                now = portrait
                findings = self._findings(remembered, now, head=False)
            fewer = whole and few is not None and is_few(now.rows, remembered.rows)
            few = now.rows if fewer else None
        if self._task.accepts_drift:
            return
        files = list(self._moved_in_files(remembered))
        told = {finding.label for *_, found in files for finding in found}
        findings = [finding for finding in findings if finding.label not in told]
        width = self._layout.width
        lines = list(said(remembered, now, findings, self._properties, few, width))
        for name, portrait, found in files:
            words = said(remembered, portrait, found, self._properties, None, width)
            lines += [f"{name}: {line}" for line in words]
        if not lines:
            return
        day, count = remembered.when[:10], len(self._task.sources)
        if self._stops:
            head = f"{self._opened.name}: looks unlike the file of {day}:"
            if count > 1:
                head = f"{count} files look unlike those of {day}:"
            raise Drifted("\n".join([head, *lines, ADVICE]))
        if self._task.config.drift == "stop":
            unlike = "the file looks unlike that" if count == 1 else "the files look unlike those"
            warn(f"drift: {unlike} of {day}; a run would send nothing and end with 4")
        for line in lines:
            warn(f"drift: {line}")

    def _findings(self, remembered: Remembered, now: Portrait, *, head: bool) -> list[Finding]:
        """Compare with all of the last file and, for its head, with that of the last one."""
        told = remembered.overlapped and self._comparable(remembered)
        verdicts = compare(remembered.whole, now, overlapped=told)
        if not head:
            return verdicts.upheld(verdicts)
        return verdicts.upheld(compare(remembered.head, now, overlapped=told))

    def _comparable(self, remembered: Remembered) -> bool:
        return bool(self._whose) and remembered.identifier == self._whose

    @property
    def _whose(self) -> str:
        """Return the label of the column that tells rows apart, "" where there is none."""
        return self._labels[self._identifier] if self._identifier is not None else ""

    def _moved_in_files(
        self, remembered: Remembered
    ) -> Iterator[tuple[str, Portrait, list[Finding]]]:
        """Find the columns that moved in one of several files: in all of them together its rows
        may be few. What else one file has otherwise than all had is no drift.
        """
        if len(self._task.sources) < 2 or self._task.limit is not None:
            return
        places = [place for place in self._task.sources if is_local(place)]
        portraits = [self._portrait_of([place], EACH)[0] for place in places]
        for place, portrait, found in zip(
            places, portraits, moved(remembered.whole, portraits), strict=True
        ):
            if found:
                yield shown(place), portrait, found

    @property
    def _rereadable(self) -> bool:
        return all(map(is_rereadable, self._task.sources))

    def _portrait_of(
        self, places: Sequence[Place], limit: int | None = None
    ) -> tuple[Portrait, bool]:
        """Read sources once more, as far as they go, and say whether they went to their end."""
        gathering, settings, whole = self._gathering(), self._task.config.source, False
        with suppress(SourceError), closing(open_source(places, settings)) as opened:
            reading, _, records = open_records(opened, settings, limit)
            self._take(records, opened, gathering)
            whole = reading.broken is None
        return gathering.portrait(), whole

    def _take(self, records: Iterable[Records], opened: Source, gathering: Gathering) -> None:
        for chunk in read_chunks(records, opened, self._layout.width, self._reads):
            gathering.add(chunk)

    def _gathering(self) -> Gathering:
        key = self._memory.key("drift", self._salt) if self._memory is not None else bytes(16)
        return Gathering(key, self._labels, self._identifier)


def open_drift(
    task: Task,
    destination: Engage,
    opened: Source,
    layout: Layout,
    mapped: mapping.Mapping,
    reads: tuple[int, ...],
    environment: Mapping[str, str],
) -> Drift:
    """Find what is remembered of the last file: without a token nothing is. Raises StateError."""
    token = known_token(task.config, task.folder, environment)
    memory = find_memory(task.mapping, destination.url, token, environment) if token else None
    return Drift(task, opened, layout, mapped, reads, memory)


def _labels(task: Task, layout: Layout, reads: tuple[int, ...]) -> dict[int, str]:
    """Name columns as the mapping does: what goes by its name may stand anywhere."""
    keys = {*task.config.columns, task.config.identifier.column}
    return {
        at: layout.names[at - 1] if layout.names and layout.names[at - 1] in keys else str(at)
        for at in reads
    }
