"""A data frame as a source: the CSV file that has its cells, in memory.

So everything behind the source is the same, the rejects too: they are CSV, with the names of the
columns above them.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from importer.errors import ConfigError, SourceError
from importer.reading.dialect import Dialect
from importer.reading.source import BLOCK_BYTES, Encoding
from importer.reading.source import Source as Opened
from importer.settings.config import Config
from importer.settings.sections import Source


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What a frame is as CSV, and how many columns it has: an empty one could not tell."""

    content: memoryview
    columns: int

    @classmethod
    def of(cls, frame: object) -> "Frame":
        """Write a frame, its labels first. Raises SourceError for cells that have no text, and
        ConfigError for what is no frame.
        """
        import pandas as pd
        import pyarrow as pa
        from pyarrow.csv import WriteOptions, write_csv

        from importer.frames.cells import frame_as_text

        if not isinstance(frame, pd.DataFrame):
            kind = type(frame)
            raise ConfigError(
                f"frame: a pandas data frame, not {kind.__module__}.{kind.__qualname__}"
            )
        if not len(frame.columns):
            raise SourceError("data frame: has no columns; nothing to import")
        table = frame_as_text(frame)
        sink = pa.BufferOutputStream()
        sink.write(_line([str(label) for label in frame.columns]))
        # All of them quoted: an empty cell alone on its line would be a blank line.
        write_csv(table, sink, WriteOptions(include_header=False, quoting_style="all_valid"))
        return cls(memoryview(sink.getvalue()), len(frame.columns))

    def open(self, settings: Source) -> Opened:
        """Return it as `open_source` returns a file, any number of times."""
        encoding = Encoding("utf-8")
        dialect = Dialect(settings.delimiter, settings.quote, encoding.unit)
        return Opened("data frame", len(self.content), encoding, dialect, self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), BLOCK_BYTES):
            yield bytes(self.content[start : start + BLOCK_BYTES])


def as_frame_is_written(config: Config) -> Config:
    """Return the mapping of a file for a frame: of how that is written, only the header counts.

    Its labels are above its rows in any case; where they are no header they are skipped. What
    compares a file with the last one has no place here: raises ConfigError for `delta`.
    """
    if config.delta:
        raise ConfigError("delta: compares whole files, and a frame may be a part; leave it out")
    header = config.source.header
    source = Source(header=header, skip_records=0 if header else 1)
    return config.model_copy(update={"source": source, "drift": "off"})


def _line(names: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(names)
    return line.getvalue().encode("utf-8", "replace")
