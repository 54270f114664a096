"""What the first records of a file say of all the others: width, names, where the data begins."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import inf

from importer.errors import ConfigError, SourceBroken, SourceError
from importer.reading.chunks import SAMPLE, SAMPLE_BYTES, cells_of, count_widths
from importer.reading.records import Records, frame_records, let_go
from importer.reading.several import one_after_another
from importer.reading.source import Source
from importer.resuming.fingerprint import Fingerprint
from importer.settings import sections
from importer.wording import plural

SAMPLE_RECORDS = 100 * SAMPLE
"""Where the search for a thousand that can be read ends."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a file.

    `names` is empty where there is no header; `preamble` holds the bytes that come before the
    first data record and that a file with some of its records needs as well.
    """

    width: int
    names: tuple[str, ...]
    preamble: bytes


class Reading:
    """The records of a source while they are read: how many so far, and what broke them off.

    If a source breaks off after its first row, iteration ends quietly and the error is kept in
    `broken`, so that all that came before is settled before the run ends with it.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.rows = 0
        self.bytes = 0
        self.broken: SourceBroken | None = None
        self._limit = limit

    def guard(self, records: Iterator[Records]) -> Iterator[Records]:
        """Hand records on up to where the source breaks off."""
        rows = 0
        try:
            for portion in records:
                rows = max(portion.last_row, 0)
                yield portion
        except SourceBroken as broken:
            if not rows:
                raise
            # Its traceback would keep the last block in memory and the file open.
            self.broken = broken.with_traceback(None)

    def count(self, records: Iterator[Records]) -> Iterator[Records]:
        """Hand records on up to the limit: what is behind it was looked at, and may be broken."""
        for portion in records:
            over = portion.last_row - self._limit if self._limit is not None else 0
            kept = portion.cut(0, len(portion) - over) if over > 0 else portion
            if len(kept):
                self.rows = max(kept.last_row, 0)
                self.bytes += int(kept.stops[-1] - kept.starts[0])
                yield kept
            if over >= 0 and self._limit is not None:
                self.broken = None
                return

    def expected_rows(self, source: Source) -> int | None:
        """Estimate the rows of a source from those read so far, and how much of it they take."""
        share = source.share() if source.share is not None else self.bytes / (source.size or inf)
        if not share:
            return self._limit
        estimate = max(self.rows, round(self.rows / share))
        return estimate if self._limit is None else min(estimate, self._limit)


def framed(source: Source, settings: sections.Source) -> Iterator[Records]:
    """Return the records of a source, those before the first row too, numbered down from 0."""
    if source.several:
        return one_after_another(source, settings)
    return frame_records(source.blocks, source.dialect, 1 - settings.skip_records - settings.header)


def open_records(
    source: Source,
    settings: sections.Source,
    limit: int | None = None,
    width: int | None = None,
    fingerprint: Fingerprint | None = None,
) -> tuple[Reading, Layout, Iterator[Records]]:
    """Begin to read a source; return how far it is, its layout, and all of its data records.

    Raises ConfigError for a limit that is no number of rows.
    """
    if limit is not None and limit < 1:
        raise ConfigError(f"limit: a whole number of rows, 1 or more, not {limit!r}")
    whole = framed(source, settings)
    whole = fingerprint.over(whole, source.name) if fingerprint is not None else whole
    reading = Reading(limit)
    layout, records = read_layout(source, reading.guard(whole), settings, width)
    return reading, layout, reading.count(records)


def read_layout(
    source: Source,
    records: Iterator[Records],
    settings: sections.Source,
    known_width: int | None = None,
) -> tuple[Layout, Iterator[Records]]:
    """Look at the first records; return the layout, and all data records from the first one on.

    `records` are numbered so that the first data record is row 1. Rejects have a `known_width`,
    that of the file they come from: many of them are rejected for having another. Raises
    SourceError where there is no record at all, fewer than are skipped, or where header and records
    disagree.
    """
    mark = source.encoding.mark if source.encoding.unit != "u1" else b""
    preamble = mark
    header: list[str] = []
    sample: deque[Records] = deque()
    widths: Counter[int] = Counter()
    size, last = 0, 0
    for portion in records:
        last = portion.last_row
        leading = min(max(1 - portion.first_row, 0), len(portion))
        if leading:
            before = portion.cut(0, leading)
            preamble += before.data[int(before.starts[0]) : int(before.stops[-1])]
            if before.last_row == 0 and settings.header:
                header = cells_of(before.cut(leading - 1, leading), source)
                if not header:
                    line = before.line(leading - 1)
                    raise SourceError(f"{source.name}: line {line}: the header cannot be read")
        data = portion.cut(leading, len(portion))
        if len(data):
            sample.append(data)
            widths += count_widths(data.cut(0, SAMPLE - widths.total()), source)
            size += int(data.stops[-1] - data.starts[0])
        enough = widths.total() >= SAMPLE or data.last_row >= SAMPLE_RECORDS
        if enough or size >= SAMPLE_BYTES:
            break
    if not sample and preamble == mark:
        raise SourceError(f"{source.name}: has no records; nothing to import")
    if last < 0:
        found = plural(last + settings.skip_records + settings.header, "record")
        raise SourceError(
            f"{source.name}: has only {found}, and source.skip_records: {settings.skip_records} "
            f"leaves {'no header' if settings.header else 'none'}; is that too many?"
        )
    if not widths and not header and sample:
        widths = count_widths(sample[0].cut(0, SAMPLE), source, readable=False)
    width = known_width or (widths.most_common(1)[0][0] if widths else max(len(header), 1))
    if header and len(header) != width:
        raise SourceError(
            f"{source.name}: the header has {plural(len(header), 'name')}, "
            f"but the records {plural(width, 'cell')}; is source.delimiter right?"
        )
    return Layout(width, tuple(header), preamble), chain(let_go(sample), records)
