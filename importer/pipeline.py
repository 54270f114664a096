"""The journey of a file: source, records, chunks, identifiers, updates, batches, answers, books."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from importer.batch import batch
from importer.chunks import read_chunks
from importer.column_watch import ColumnWatch
from importer.config import Config
from importer.config_file import resolve_destination, settle_config
from importer.deliver import Timing, deliver, rehearse
from importer.encode import encode
from importer.header_doubt import doubt_header
from importer.identify import identify
from importer.interruption import Interruption
from importer.layout import open_records
from importer.ledger import Ledger, Totals
from importer.mapping import resolve_mapping
from importer.progress import Observer, Progress, Silence
from importer.rehearsal import Rehearsal
from importer.report import Report, status_of
from importer.run_folder import RunFolder
from importer.source import open_source
from importer.transform import load_transform


def import_profiles(
    source: str | Path,
    config: Config | str | Path,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    report_dir: str | Path = "importer-runs",
    environment: Mapping[str, str] = os.environ,
    observer: Observer | None = None,
    interruption: Interruption | None = None,
    timing: Timing | None = None,
) -> Report:
    """Import a CSV file (a path, or `-` for standard input) as a mapping says.

    Raises ConfigError, SourceError or ReportError while nothing has been sent. A run that has
    begun always returns its report; `report.stop` says why it ended early, if it did.
    """
    started = datetime.now(UTC)
    observer = observer or Silence()
    interruption = interruption or Interruption()
    warnings: list[str] = []

    def warn(words: str) -> None:
        warnings.append(words)
        observer.narrate(f"warning: {words}")

    config, folder = settle_config(config, warn)
    destination = resolve_destination(config, folder, environment, sends=not dry_run)
    opened = open_source(source, config.source)
    reading, layout, records = open_records(opened, config.source, limit)
    doubt, records = doubt_header(records, opened, layout, config.source)
    if doubt:
        warn(doubt)
    watch, rehearsal = ColumnWatch(), Rehearsal()
    transform = load_transform(config.transform, folder, layout)
    mapping = watch.over(resolve_mapping(config, transform.width, transform.names))

    def observe(totals: Totals) -> None:
        observer.update(Progress(totals, reading.expected_rows(opened.size)))

    with RunFolder(
        Path(report_dir),
        positions={column.property: column.position for column in mapping.columns},
        preamble=layout.preamble,
        codec=opened.encoding.codec,
    ) as run_folder:
        ledger = Ledger(run_folder, observe)
        chunks = read_chunks(records, opened, layout.width, transform.reads(mapping))
        identified = identify(transform.over(chunks), mapping, seed=uuid4())
        updates = encode(identified, mapping, destination)
        batches = batch(updates, config.delivery.batch_size)
        if dry_run:
            stop = rehearse(rehearsal.watch(batches), ledger, interruption)
        else:
            stop = deliver(
                batches,
                destination,
                config.delivery,
                ledger,
                interruption=interruption,
                narrate=observer.narrate,
                timing=timing or Timing(),
                repeatable=mapping.repeatable,
            )
        ledger.balance(reading.rows if stop is None else None)
        for words in watch.warnings():
            warn(words)
        stop = stop or reading.broken
        report = Report(
            run=run_folder.run,
            status=status_of(ledger.totals, stop, dry_run=dry_run),
            source={"name": opened.name, "bytes": opened.size, "columns": layout.width},
            totals=ledger.totals,
            started=started,
            finished=datetime.now(UTC),
            folder=run_folder.path,
            stop=stop,
            examples=tuple(run_folder.examples),
            files=run_folder.files,
            warnings=tuple(warnings),
            rehearsed=rehearsal.result(watch.failures(), config.delivery.concurrency)
            if dry_run
            else None,
            deletes=mapping.deletes,
        )
        return run_folder.finish(report)
