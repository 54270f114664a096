"""What has to be asked before a run begins, so that nothing goes out that nobody meant."""

from pathlib import Path
from typing import Any

from importer.lookback.history import read_history
from importer.resuming.recall import recall, recall_end
from importer.ui.desk import Desk

Order = dict[str, Any]
Question = dict[str, Any]
"""`ask` names the question, the rest are its facts."""


def question_before(desk: Desk, order: Order) -> Question | None:
    """Return the first thing that has to be asked of an order; None where it can be carried out."""
    if order.get("kind") not in ("rehearsal", "import"):
        return None
    return _disk(desk, order) or _unfinished(desk, order)


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
    if order["kind"] != "import" or order.get("anew") is True or not desk.report_dir.exists():
        return None
    path = desk.source(order.get("source")).look.path
    for run in read_history(desk.report_dir).runs:
        folder = Path(run.folder).absolute()
        if run.rehearsed or run.retries or run.status in ("dry-run", "unreadable"):
            continue
        if Path((recall_end(folder) or recall(folder)).begun.source) != path:
            continue
        if run.status not in ("interrupted", "stopped"):
            return None  # the last one came to its end
        desk.runs[run.run] = folder
        return {"ask": "unfinished", "run": run.run, "imported": run.rows.get("imported", 0)}
    return None
