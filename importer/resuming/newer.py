"""Has a newer run of the same mapping sent something? Then an older one brings old values back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from importer.resuming.recall import IMPORTED, Begun, recall, recall_begun


def older_values(run_dir: Path, begun: Begun) -> Iterator[str]:
    """Say of a run that is taken up again which newer one it would partly undo."""
    newer = sorted(_newer(run_dir, begun), reverse=True)
    # Their ledgers are read from the newest on, and no further than to one that says so.
    sent = (path.name for _, path in newer if (recall(path).states == IMPORTED).any())
    if newest := next(sent, None):
        yield (
            f"{run_dir.name} began before {newest}, which has imported rows with the "
            "same mapping: whoever is in both gets the older values back"
        )


def _newer(run_dir: Path, begun: Begun) -> Iterator[tuple[datetime, Path]]:
    """Find runs with rows of their own that were begun later, by the same mapping file."""
    began = datetime.fromisoformat(begun.started)
    for path in run_dir.parent.iterdir() if begun.mapping else ():
        other = recall_begun(path)
        if other is None or other.retries or other.mapping != begun.mapping:
            continue
        if (started := datetime.fromisoformat(other.started)) > began:
            yield started, path
