"""The journey of a file: source, records, chunks, identifiers, updates, batches, answers, books."""

from dataclasses import replace
from datetime import UTC, datetime

from importer.beside import beside
from importer.books.draw_up import draw_up
from importer.books.ledger import Ledger
from importer.books.rehearsal import Rehearsal, rehearse
from importer.books.report import Report
from importer.books.timeline import Chronicle
from importer.books.totals import Totals
from importer.bounds import Bounds
from importer.circumstances import Circumstances
from importer.delivery.order import note_repeats
from importer.delta.begin import open_delta
from importer.delta.conclude import conclude, doubts, remember
from importer.destination import resolve_destination
from importer.drift.watch import open_drift
from importer.errors import TransformFailed
from importer.frames.transform import load_transform
from importer.masking import masked_words
from importer.progress import Progress
from importer.reading.chunks import read_chunks
from importer.reading.layout import open_records
from importer.reading.layout_doubt import doubt_layout
from importer.resuming.closing import close_retried
from importer.task import Task
from importer.updates.batch import batch
from importer.updates.column_watch import ColumnWatch
from importer.updates.encode import encode
from importer.updates.identify import identify
from importer.updates.mapping import resolve_mapping


def carry_out(task: Task, around: Circumstances) -> Report:
    """Take a file the whole way."""
    task = replace(task, mask=task.mask or around.mask)
    config, began, now = task.config, around.timing.clock(), datetime.now(UTC)
    chronicle = Chronicle(around.timing.clock)
    bounds = Bounds.of(around.max_failures, around.max_duration, began)
    destination = resolve_destination(
        config, task.folder, around.environment, sends=not task.dry_run
    )
    task.check_destination(destination, other_token=around.other_token)
    opened, fingerprint = task.open()
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
    watch, rehearsal = ColumnWatch(), Rehearsal(mask=task.mask)
    transform = load_transform(config.transform, task.folder, layout)
    mapping = watch.over(resolve_mapping(config, transform.width, transform.names))
    reads = transform.reads(mapping)
    drift = open_drift(task, destination, opened, layout, mapping, reads, around.environment)
    records = drift.check(records, reading, around.warn)

    def observe(totals: Totals) -> None:
        around.observer.update(Progress(totals, reading.expected_rows(opened)))

    around.interruption.begin()
    with (
        open_delta(task, destination, mapping, around.environment, around.warn) as delta,
        task.open_folder(opened, layout, destination, mapping) as folder,
    ):
        delta.begin(folder.path)
        ledger = Ledger(
            folder,
            observe,
            folder.journal,
            folder.recalled,
            fingerprint.fresh,
            repeatable=mapping.repeatable,
            chronicle=chronicle,
        )
        chunks = drift.watch(read_chunks(records, opened, layout.width, reads))
        if task.dry_run:
            chunks = beside(chunks)
        identified = identify(transform.over(chunks), mapping, task.identities)
        updates = delta.note(encode(delta.sift(identified), mapping, destination))
        if not task.dry_run:
            updates = note_repeats(updates, config.delivery)
        batches = batch(updates, config.delivery.batch_size)
        if task.dry_run:
            watched = rehearsal.watch(batches)
            stop = rehearse(watched, ledger, around.interruption, bounds, around.timing.clock)
        else:
            from importer.delivery.deliver import deliver  # a rehearsal needs no HTTP client

            stop = deliver(
                batches,
                destination,
                config.delivery,
                ledger,
                interruption=around.interruption,
                narrate=around.observer.narrate,
                timing=around.timing,
                bounds=bounds,
                divides=task.divides or mapping.repeatable,
                rate=around.rate,
            )
        ledger.balance(reading.rows if stop is None else None)
        if stop is None or isinstance(stop, TransformFailed):
            opened.close()  # only where no thread is inside a read any more
        stop = stop or reading.broken
        stop, compared = conclude(delta, folder, stop, whole=task.limit is None, mask=task.mask)
        for words in (*watch.warnings(), *doubts(compared)):
            around.warn(words)
        report = draw_up(
            task,
            opened,
            layout,
            folder,
            ledger.totals,
            began=now,
            seconds=around.timing.clock() - began,
            stop=stop,
            warnings=around.warnings,
            watch=watch,
            rehearsal=rehearsal,
            compared=compared,
            timeline=chronicle.timeline(),
        )
        report = folder.finish(drift.remember(report))
        remember(delta, folder, report)
        for words in report.warnings[len(around.warnings) :]:
            around.warn(words)
    if task.retries is not None:
        close_retried(task.retries, report, around.observer.narrate, around.warn)
    return report
