"""What a run knows of its profiles when it begins: what earlier ones sent, or nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from importer.delta.hashing import Hasher
from importer.delta.stage import Delta, Everything
from importer.delta.store import Store
from importer.destination import known_token
from importer.engage import Engage
from importer.errors import ConfigError
from importer.resuming.lock import held_file
from importer.settings.config_file import digest_of_mapping
from importer.state import Memory, find_memory, make_state_folder
from importer.task import Task
from importer.updates import mapping

ENDING = ".delta.db"


@contextmanager
def open_delta(
    task: Task,
    destination: Engage,
    mapped: mapping.Mapping,
    environment: Mapping[str, str],
    warn: Callable[[str], None],
) -> Iterator[Delta | Everything]:
    """Open what is known of the profiles, for this run alone; a rehearsal only looks at it.

    Raises ConfigError where there is no place for it, AlreadyRunning and StateError.
    """
    if not task.config.delta:
        yield Everything()
        return
    memory = _memory(task, destination, environment)
    if memory is None:
        warn("delta: without the project token it is not known what has changed since the last run")
        yield Everything()
        return
    path = memory.file(ENDING)
    if task.dry_run:
        if not path.exists():
            yield Everything()
            return
        with Store(path, writes=False) as store:
            yield _delta(task, memory, store, mapped)
        return
    words = f"{task.mapping or 'this mapping'}: is in use by another run, and sends only changes"
    make_state_folder(path.parent)
    with (
        held_file(memory.file(".lock"), f"{words}; wait for it"),
        Store(path, writes=True) as store,
    ):
        yield _delta(task, memory, store, mapped)


def _memory(task: Task, destination: Engage, environment: Mapping[str, str]) -> Memory | None:
    token = known_token(task.config, task.folder, environment)
    if token is None:
        return None
    memory = find_memory(task.mapping, destination.url, token, environment)
    if memory is None:
        raise ConfigError(
            "delta: no folder to remember in; set STATE_DIRECTORY, XDG_STATE_HOME or HOME"
        )
    return memory


def _delta(task: Task, memory: Memory, store: Store, mapped: mapping.Mapping) -> Delta:
    # In an order that does not depend on where columns stand: with a header they may move.
    read = [(column.property, 0, column.position) for column in mapped.columns]
    for join in mapped.joins:
        read += [(join.property, at, position) for at, position in enumerate(join.positions)]
    positions = tuple(dict.fromkeys(position for *_, position in sorted(read)))
    digest = digest_of_mapping(task.config)
    return Delta(store, Hasher(memory, store.salt, digest, positions), task, digest)
