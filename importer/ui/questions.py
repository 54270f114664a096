"""What has to be asked before a run begins, so that nothing goes out that nobody meant."""

from pathlib import Path
from typing import Any

from importer.destination import known_token
from importer.lookback.history import read_history
from importer.resuming.recall import MAPPING, recall, recall_begun
from importer.settings.config import Config
from importer.settings.config_file import load_config
from importer.ui.desk import Desk
from importer.ui.orders import subject_of
from importer.updates.operations import OPERATIONS

Order = dict[str, Any]
Question = dict[str, Any]
"""`ask` names the question, the rest are its facts."""


def question_before(desk: Desk, order: Order) -> Question | None:
    """Return the first thing that has to be asked of an order; None where it can be carried out."""
    match order.get("kind"):
        case "rehearsal":
            return _disk(desk, order)
        case "import":
            return _disk(desk, order) or _unfinished(desk, order) or _again(desk, order)
        case "resume":
            return _other_token(desk, order)
        case _:
            return None


def _disk(desk: Desk, order: Order) -> Question | None:
    """Is the mapping on the disk another one than the page shows?"""
    document = desk.document(order.get("document"))
    if document.path is None or (state := document.on_disk) == "same":
        return None
    return {"ask": "disk", "state": state, "path": str(document.path)}


def _unfinished(desk: Desk, order: Order) -> Question | None:
    """Is there an import of the same file that stopped on the way, of an earlier page for example?

    Not asked where all rows are to go again, `anew`.
    """
    if order.get("anew") is True or not desk.report_dir.exists():
        return None
    path = desk.source(order.get("source")).look.path
    for run in read_history(desk.report_dir).runs:
        folder = Path(run.folder).absolute()
        if run.rehearsed or run.retries or run.status in ("dry-run", "unreadable"):
            continue
        if Path((recall_begun(folder) or recall(folder).begun).source) != path:
            continue
        if run.status not in ("interrupted", "stopped"):
            return None  # the last one came to its end
        desk.runs[run.run] = folder
        return {"ask": "unfinished", "run": run.run, "imported": run.rows.get("imported", 0)}
    return None


def _again(desk: Desk, order: Order) -> Question | None:
    """Would rows count twice that arrived by the same mapping while this page was open?"""
    path = desk.document(order.get("document")).path
    if order.get("anew") is True or path is None or _is_repeatable(load_config(path)):
        return None
    subject = subject_of(desk, order)
    before = [job.arrived for job in desk.jobs.values() if job.subject == subject]
    return {"ask": "again", "arrived": max(before)} if any(before) else None


def _is_repeatable(config: Config) -> bool:
    entries = (entry for column in config.columns.values() for entry in column)
    return all(OPERATIONS[entry.operation].repeatable for entry in entries)


def _other_token(desk: Desk, order: Order) -> Question | None:
    """Would a file be split over two projects?"""
    run = order.get("run")
    if order.get("other_token") is True or run not in desk.runs:
        return None
    folder = desk.runs[run]
    recalled = recall(folder)
    environment = desk.environment(with_token=True)
    token = known_token(load_config(folder / MAPPING), Path(recalled.begun.folder), environment)
    splits = token is not None and recalled.splits(token)
    return {"ask": "token", "run": run} if splits else None
