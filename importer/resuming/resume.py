"""A run that was left is taken up again, with its own source and mapping."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from importer.errors import ConfigError
from importer.resuming.closing import is_to_be_written_anew, nothing_to_go_on_with
from importer.resuming.identities import retries_of
from importer.resuming.newer import older_values
from importer.resuming.recall import MAPPING, Begun, recall
from importer.settings.config import Config
from importer.settings.config_file import differences, load_config, settle_config
from importer.streams import STDIN, Place, find_places, leads_nowhere, name_of
from importer.task import Task, Warn


def resumed_task(
    run_dir: Path,
    source: Place | Sequence[Place] | None,
    config: Config | str | Path | None,
    warn: Warn,
) -> Task:
    """Take up a run where it was left; source and mapping are its own, or the same given again.

    Raises ConfigError where there is nothing to go on with, or the mapping is another one.
    """
    recalled = recall(run_dir)
    if recalled.finished:
        if not is_to_be_written_anew(run_dir, recalled):
            raise nothing_to_go_on_with(run_dir, recalled)
        warn(f"{run_dir}: is at its end, but lost a part of what it left, which is written anew")
    begun = recalled.begun
    own = load_config(run_dir / MAPPING)
    folder = Path(begun.folder)
    settings = own
    if config is not None:
        settings, _ = settle_config(config, warn)
        if changed := differences(own, settings):
            raise ConfigError(
                f"{run_dir}: was begun with another mapping (see {', '.join(changed)}); "
                "go on without -c, or begin a new run"
            )
    elif begun.mapping_file is not None:
        for words in _changed_since(begun.mapping_file, own):
            warn(f"{run_dir}: {words}")
    sources = find_places(source) if source else _as_named(begun)
    if not source and (unkept := [name for name in begun.sources if leads_nowhere(name)]):
        raise ConfigError(
            f"{run_dir}: was begun with {unkept[0]}, of which the credentials are not kept; name "
            "its source again: importer run SOURCE --resume RUN_DIR"
        )
    if STDIN in sources and begun.source != STDIN:
        raise ConfigError(f"{run_dir}: was begun with {begun.source}; name it, or no source")
    for words in older_values(run_dir, begun):
        warn(words)
    return Task(
        sources,
        settings,
        folder,
        run_dir.parent,
        uuid.UUID(begun.seed),
        limit=begun.limit,
        started=datetime.fromisoformat(begun.started),
        run_dir=run_dir,
        recalled=recalled,
        retries=retries_of(recalled, settings) if begun.retries else None,
        divides=begun.divides,
        mask=begun.mask,
        full=begun.full,
        mapping=begun.mapping_file,
    )


def _as_named(begun: Begun) -> tuple[Place, ...]:
    """Return the sources of a run, named as they were if that leads there from here."""
    named = begun.named or ()
    return named if tuple(map(name_of, named)) == begun.sources else begun.sources


def _changed_since(mapping: Path, own: Config) -> Iterator[str]:
    """Say that the mapping file of a run has changed: a run goes on as it began."""
    try:
        changed = differences(own, load_config(mapping))
    except ConfigError:
        return  # gone, or just being written
    if changed:
        yield (
            f"goes on with the mapping that it was begun with; {mapping} has changed since (see "
            f"{', '.join(changed)}): begin a new run to use that"
        )
