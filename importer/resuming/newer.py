"""Has a newer run of the same mapping ended since? Then an older one brings old values back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from importer.resuming.recall import Begun, recall_end


def older_values(run_dir: Path, begun: Begun) -> Iterator[str]:
    """Say of a run that is taken up again which newer one it would partly undo."""
    if newest := max(_newer(run_dir, begun), default=None):
        yield (
            f"{run_dir.name} began before {newest[1]}, which has come to its end with the "
            "same mapping: whoever is in both gets the older values back"
        )


def _newer(run_dir: Path, begun: Begun) -> Iterator[tuple[datetime, str]]:
    """Find runs that came to their end, by the same mapping file and with rows of their own."""
    began = datetime.fromisoformat(begun.started)
    for path in run_dir.parent.iterdir() if begun.mapping else ():
        ended = recall_end(path)
        if ended is None or not ended.finished or ended.begun.retries:
            continue
        started = datetime.fromisoformat(ended.begun.started)
        if ended.begun.mapping == begun.mapping and started > began:
            yield started, path.name
