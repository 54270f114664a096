"""The journey of a file: source, records, chunks, identifiers, updates, batches, answers, books."""

from dataclasses import replace
from datetime import UTC, datetime

from importer.beside import beside
from importer.books.draw_up import draw_up
from importer.books.ledger import Ledger
from importer.books.rehearsal import Rehearsal, rehearse, wish_to_stop
from importer.books.report import Report
from importer.books.timeline import Chronicle
from importer.books.totals import Totals
from importer.bounds import Bounds
from importer.circumstances import Circumstances
from importer.delivery.order import note_repeats
from importer.delta.begin import open_delta
from importer.delta.conclude import conclude, doubts, remember
from importer.errors import ImporterError, TransformFailed
from importer.prepare import prepare
from importer.progress import Progress
from importer.reading.chunks import read_chunks
from importer.resuming.closing import close_retried
from importer.task import Task
from importer.updates.batch import batch
from importer.updates.encode import encode
from importer.updates.identify import identify


def carry_out(task: Task, around: Circumstances) -> Report:
    """Take a file the whole way."""
    task = replace(task, mask=task.mask or around.mask)
    delivery, clock = task.config.delivery, around.timing.clock
    began, now, chronicle = clock(), datetime.now(UTC), Chronicle(clock)
    bounds = Bounds.of(around.max_failures, around.max_duration, began)
    ready = prepare(task, around)
    opened, mapping, destination = ready.opened, ready.mapping, ready.destination
    rehearsal = Rehearsal(mask=task.mask)

    def observe(totals: Totals) -> None:
        around.observer.update(Progress(totals.copy(), ready.reading.expected_rows(opened)))

    around.interruption.begin()
    with (
        open_delta(task, destination, mapping, around.environment, around.warn) as delta,
        task.open_folder(opened, ready.layout, destination, mapping) as folder,
    ):
        delta.begin(folder.path)
        around.interruption.to_go_on = task.to_go_on(folder.path)
        ledger = Ledger(
            folder,
            observe,
            folder.journal,
            folder.recalled,
            ready.fingerprint.fresh,
            repeatable=mapping.repeatable,
            chronicle=chronicle,
        )
        observe(ledger.totals)  # an answer, or the first rows of a pipe, may take long

        def stopped() -> ImporterError | None:
            return wish_to_stop(around.interruption, bounds, ledger.totals, clock())

        chunks = read_chunks(ready.records, opened, ready.layout.width, ready.reads)
        chunks = ready.drift.watch(chunks)
        chunks = beside(chunks, stopped) if task.dry_run else chunks
        identified = identify(ready.transform.over(chunks), mapping, task.identities)
        updates = delta.note(encode(delta.sift(identified), mapping, destination))
        if task.dry_run:
            batches = rehearsal.watch(batch(updates, delivery.batch_size))
            stop = rehearse(batches, ledger, stopped)
        else:
            from importer.delivery.deliver import deliver  # a rehearsal needs no HTTP client

            stop = deliver(
                batch(note_repeats(updates, delivery), delivery.batch_size),
                destination,
                delivery,
                ledger,
                interruption=around.interruption,
                narrate=around.observer.narrate,
                timing=around.timing,
                bounds=bounds,
                divides=task.divides or mapping.repeatable,
                rate=around.rate,
            )
        ledger.balance(ready.reading.rows if stop is None else None)
        if stop is None or isinstance(stop, TransformFailed):
            opened.close()  # only where no thread is inside a read any more
        stop = stop or ready.reading.broken
        stop, compared = conclude(delta, folder, stop, whole=task.limit is None, mask=task.mask)
        for words in (*opened.files.warnings(), *ready.watch.warnings(), *doubts(compared)):
            around.warn(words)
        report = draw_up(
            task,
            ready,
            folder,
            ledger.totals,
            began=now,
            seconds=clock() - began,
            stop=stop,
            warnings=around.warnings,
            rehearsal=rehearsal,
            compared=compared,
            timeline=chronicle.timeline(),
        )
        report = folder.finish(ready.drift.remember(report))
        remember(delta, folder, report)
        for words in report.warnings[len(around.warnings) :]:
            around.warn(words)
    if task.retries is not None:
        close_retried(task.retries, report, around.observer.narrate, around.warn)
    return report
