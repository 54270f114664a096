"""Repeated identifiers, as they are noted while a file is read, against a plain dictionary."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.order import Order, most_begun, note_repeats
from importer.settings.sections import Delivery
from importer.updates.batch import batch
from importer.updates.model import Updates

from .made_updates import batches_of

SETTINGS = Delivery(batch_size=2, concurrency=1)
"""At most ten batches of two rows are under way, and forty rows are looked back on."""

names = st.lists(st.sampled_from(["a", "", *map(str, range(60))]), max_size=150)
long = st.lists(st.sampled_from(["", *map(str, range(90))]), min_size=120, max_size=150)
sizes = st.lists(st.integers(1, 40), min_size=1, max_size=4)


def chunks_of(found: Sequence[str], sizes: Sequence[int]) -> list[Updates]:
    """Cut rows into chunks of these sizes, over and over; a row without a name fails."""
    rows = [(name, "pro") for name in found]
    whole = next(batches_of(rows, 2_000), None)
    chunks: list[Updates] = []
    start = 0
    while whole is not None and start < len(whole):
        stop = start + sizes[len(chunks) % len(sizes)]
        chunks.append(whole.cut(start, stop))
        start = stop
    return chunks


@given(names, sizes)
def test_the_last_row_before_with_the_same_identifier(found: list[str], sizes: list[int]) -> None:
    """It is noted wherever it lies within reach, and never another one."""
    last: dict[str, int] = {}
    for chunk in note_repeats(chunks_of(found, sizes), SETTINGS):
        for row, earlier in zip(chunk.rows.tolist(), chunk.earlier.tolist(), strict=True):
            before = last.get(found[row - 1], 0)
            assert earlier == (before if before >= chunk.since else 0)
            last[found[row - 1]] = row
        assert chunk.since <= max(1, chunk.first_row - 2 * most_begun(SETTINGS))


@given(long, sizes, st.data())
def test_a_batch_waits_for_all_it_shares_a_name_with(
    found: list[str], sizes: list[int], data: st.DataObject
) -> None:
    """However long ago it was begun: what is under way and shares a name comes first."""
    order = Order()
    which = data.draw(st.sampled_from([0, -1]))  # the last: the oldest one is stuck
    under_way: dict[Any, tuple[Updates, set[Any]]] = {}
    for made in batch(note_repeats(chunks_of(found, sizes), SETTINGS), SETTINGS.batch_size):
        waits = order.before(made)
        assert waits <= under_way.keys()
        assert set(names_of(made)) & names_in(under_way) == set(names_of(made)) & {
            name for task in waits for name in names_of(under_way[task][0])
        }
        task: Any = object()
        order.begin(made, task)
        under_way[task] = made, waits
        # Any may end now but those that wait for another one.
        free = [task for task, (_, waits) in under_way.items() if not waits & under_way.keys()]
        if data.draw(st.booleans()) or len(under_way) == most_begun(SETTINGS):
            ended, _ = under_way.pop(free[which])
            order.end(ended)


def names_of(batch: Updates) -> list[str]:
    return [str(name) for name in batch.identifiers]


def names_in(under_way: dict[Any, tuple[Updates, set[Any]]]) -> set[str]:
    return {name for batch, _ in under_way.values() for name in names_of(batch)}
