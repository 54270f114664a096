"""Has a newer run of the same mapping sent something? Then an older one brings old values back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from importer.resuming.recall import IMPORTED, Begun, recall, recall_begun


def older_values(run_dir: Path, begun: Begun) -> Iterator[str]:
    """Say of a run that is taken up again which newer one it would partly undo."""
    if newest := max(_newer(run_dir, begun), default=None):
        yield (
            f"{run_dir.name} began before {newest[1]}, which has imported rows with the "
            "same mapping: whoever is in both gets the older values back"
        )


def _newer(run_dir: Path, begun: Begun) -> Iterator[tuple[datetime, str]]:
    """Find runs that imported rows of their own, by the same mapping file."""
    began = datetime.fromisoformat(begun.started)
    for path in run_dir.parent.iterdir() if begun.mapping else ():
        other = recall_begun(path)
        if other is None or other.retries or other.mapping != begun.mapping:
            continue
        started = datetime.fromisoformat(other.started)
        if started > began and (recall(path).states == IMPORTED).any():
            yield started, path.name
