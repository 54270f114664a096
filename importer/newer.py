"""Has a newer run of the same mapping ended since? Then an older one brings old values back."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from importer.recall import LEDGER, Begun
from importer.run_folder import REPORT


def older_values(run_dir: Path, begun: Begun) -> Iterator[str]:
    """Say of a run that is taken up again which newer one it would partly undo."""
    newer = {started: path.name for path, started in _newer(run_dir, begun)}
    if newer:
        yield (
            f"{run_dir.name} began before {newer[max(newer)]}, which has come to its end with the "
            "same mapping: whoever is in both gets the older values back"
        )


def _newer(run_dir: Path, begun: Begun) -> Iterator[tuple[Path, str]]:
    """Find runs that came to their end, by the same mapping file and with rows of their own."""
    began = datetime.fromisoformat(begun.started)
    for path in run_dir.parent.iterdir() if begun.mapping else ():
        first = _object(path / LEDGER)
        if first.get("mapping") != begun.mapping or first.get("retries"):
            continue
        started = str(first.get("started"))
        ended = _object(path / REPORT).get("status") in ("complete", "partial")
        if ended and datetime.fromisoformat(started) > began:
            yield path, started


def _object(path: Path) -> dict[str, Any]:
    """Return the JSON object that a file has in its first line, or as a whole."""
    with suppress(OSError, ValueError), path.open(encoding="utf-8") as stream:
        content = json.loads(stream.readline() if path.name == LEDGER else stream.read())
        return content if isinstance(content, dict) else {}
    return {}
