"""What is settled before the first row: where to, what is read, what becomes of its columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from importer.circumstances import Circumstances
from importer.destination import resolve_destination
from importer.drift.watch import Drift, open_drift
from importer.engage import Engage
from importer.frames.transform import Transform, load_transform
from importer.guess.layout_doubt import doubt_layout
from importer.masking import masked_words
from importer.reading.layout import Layout, Reading, open_records
from importer.reading.records import Records
from importer.reading.source import Source
from importer.resuming.fingerprint import Fingerprint
from importer.task import Task, closed_on_failure
from importer.updates.column_watch import ColumnWatch
from importer.updates.mapping import Mapping, resolve_mapping


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A source that is open, and what its mapping means for it.

    `records` are all of its data records, of which some have been looked at; `reads` are the
    columns that are needed, from 1.
    """

    destination: Engage
    opened: Source
    fingerprint: Fingerprint
    reading: Reading
    layout: Layout
    records: Iterator[Records]
    transform: Transform
    watch: ColumnWatch
    mapping: Mapping
    reads: tuple[int, ...]
    drift: Drift


def prepare(task: Task, around: Circumstances) -> Prepared:
    """Open the source and hold the mapping against it; a doubt about its layout is a warning.

    Raises ConfigError and SourceError, also what `drift: stop` says of it, while nothing has been
    sent and nothing written.
    """
    config = task.config
    destination = resolve_destination(
        config, task.folder, around.environment, sends=not task.dry_run
    )
    task.check_destination(destination, other_token=around.other_token)
    opened, fingerprint = task.open()
    with closed_on_failure(opened):
        reading, layout, records = open_records(
            opened,
            config.source,
            task.limit,
            task.columns,
            None if task.dry_run else fingerprint,
        )
        doubt, records = doubt_layout(records, opened, layout, config.source)
        if doubt:
            around.warn(masked_words(doubt) if task.mask else doubt)
        watch = ColumnWatch()
        transform = load_transform(config.transform, task.folder, layout)
        mapping = watch.over(resolve_mapping(config, transform.width, transform.names))
        reads = transform.reads(mapping)
        drift = open_drift(task, destination, opened, layout, mapping, reads, around.environment)
        return Prepared(
            destination=destination,
            opened=opened,
            fingerprint=fingerprint,
            reading=reading,
            layout=layout,
            records=drift.check(records, reading, around.warn),
            transform=transform,
            watch=watch,
            mapping=mapping,
            reads=reads,
            drift=drift,
        )
