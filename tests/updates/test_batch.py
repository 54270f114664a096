"""Batches: every row once, in file order, in as few requests as the limits allow."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.books.failure import Failure
from importer.engage import REQUEST_BYTES
from importer.kernels.hashes import hashes_of
from importer.reading.dialect import Dialect
from importer.reading.records import frame_records
from importer.updates.batch import MOST_FAILURES, MOST_HELD, batch
from importer.updates.identify import Kind
from importer.updates.model import Updates
from tests.reading.strategies import often

Rows = Sequence[str]
"""One word a row: what becomes an update, or nothing for a row that fails."""

rows_of_words = st.lists(st.sampled_from(("", "a", "b" * 7, "é")), max_size=60)


def updates_of(words: Rows, first_row: int = 1, failed: bytes = b"!\n") -> Updates:
    """Rows as the stage before hands them on; row 1 is on line 1."""
    lines = [f"{word}\n".encode() if word else failed for word in words]
    (records,) = frame_records([b"".join(lines)], Dialect(), first_row)
    texts = [f'"{word}",'.encode() for word in words if word]
    rows = [row for row, word in enumerate(words, first_row) if word]
    names = pa.array([f"id{row}" for row in rows], pa.string())
    return Updates(
        text=memoryview(b"".join(texts)),
        offsets=np.cumsum([0, *map(len, texts)]),
        numbers=np.arange(len(texts) + 1),
        rows=np.array(rows, np.int64),
        identifiers=names,
        hashes=hashes_of(names),
        kinds=np.full(len(rows), Kind.COLUMN, np.uint8),
        earlier=np.zeros(len(rows), np.int64),
        since=first_row,
        failures=tuple(
            Failure(row, row - first_row + 1, "width", "", lines[row - first_row])
            for row, word in enumerate(words, first_row)
            if not word
        ),
        first_row=first_row,
        last_row=first_row + len(words) - 1,
        origins=(records,),
    )


def portions_of(words: Rows, sizes: Sequence[int]) -> list[Updates]:
    """Cut a file's rows into the updates of chunks of these sizes, over and over."""
    portions: list[Updates] = []
    start = 0
    while start < len(words):
        size = sizes[len(portions) % len(sizes)]
        portions.append(updates_of(words[start : start + size], start + 1))
        start += size
    return portions


def content(updates: Updates) -> list[tuple[int, str, str]]:
    """Row, identifier and JSON of each update, and the row of each failure, by row."""
    texts = json.loads(updates.body()) if len(updates) else []
    sent = zip(updates.rows.tolist(), updates.identifiers.to_pylist(), texts, strict=True)
    return sorted([*sent, *((failure.row, "", "") for failure in updates.failures)])


def told(words: Rows, first_row: int = 1) -> list[tuple[int, str, str]]:
    rows = enumerate(words, first_row)
    return [(row, f"id{row}" if word else "", word) for row, word in rows]


def is_whole(updates: Updates) -> bool:
    """Is every row from the first to the last there, once?"""
    rows = [row for row, *_ in content(updates)]
    return rows == list(range(updates.first_row, updates.last_row + 1))


@often
@given(rows_of_words, st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 7))
def test_every_row_once_and_no_request_too_many(
    words: Rows, sizes: Sequence[int], size: int
) -> None:
    """Whatever the chunks: all rows in order, full batches, ceil(n / size) of them."""
    batches = list(batch(portions_of(words, sizes), size))
    assert [row for part in batches for row in content(part)] == told(words)
    assert all(is_whole(part) for part in batches)
    filled = [len(part) for part in batches if len(part)]
    assert len(filled) == ceil(sum(map(bool, words)) / size)
    assert all(length == size for length in filled[:-1])


_SENT = st.tuples(st.integers(1, 3), st.integers(3, 40))
Kinds = st.one_of(st.just("failed"), st.just("unchanged"), _SENT, _SENT)
"""What becomes of a row: so many updates of so many bytes each, or none."""


def mixed(kinds: Sequence[str | tuple[int, int]], first_row: int) -> Updates:
    """Rows of which some fail, some are unchanged, and the others have several updates each."""
    rows = list(enumerate(kinds, first_row))
    bare = updates_of(["" if isinstance(kind, str) else "x" for kind in kinds], first_row)
    sent = [kind for kind in kinds if not isinstance(kind, str)]
    texts = [f'"{"x" * (size - 3)}",'.encode() * count for count, size in sent]
    same = [row for row, kind in rows if kind == "unchanged"]
    return replace(
        bare,
        text=memoryview(b"".join(texts)),
        offsets=np.cumsum([0, *map(len, texts)]),
        numbers=np.cumsum([0, *(count for count, _ in sent)]),
        failures=tuple(each for each in bare.failures if each.row not in same),
        unchanged=np.array(same, np.int64),
        unchanged_kinds=np.full(len(same), Kind.COLUMN, np.uint8),
    )


@settings(max_examples=1_000)
@given(
    st.lists(st.lists(Kinds, min_size=1, max_size=12), min_size=1, max_size=6),
    st.integers(3, 9),
    st.sampled_from([2_000_000, 122, 150, 200]),
)
def test_mixed_rows(
    chunks: Sequence[Sequence[str | tuple[int, int]]], size: int, limit: int
) -> None:
    """Rows of several updates, failed and unchanged ones: each is in one batch, in file order, and
    no batch but the last would take another row.
    """
    starts = np.cumsum([1, *map(len, chunks)]).tolist()
    portions = [mixed(kinds, first) for first, kinds in zip(starts, chunks, strict=False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("importer.updates.batch.REQUEST_BYTES", limit)
        batches = list(batch(portions, size))
    assert [part.first_row for part in batches[1:]] == [part.last_row + 1 for part in batches[:-1]]
    for part in batches:
        failed = [failure.row for failure in part.failures]
        rows = sorted([*part.rows.tolist(), *failed, *part.unchanged.tolist()])
        assert rows == list(range(part.first_row, part.last_row + 1))
    assert batches[-1].last_row == starts[-1] - 1
    filled = [part for part in batches if len(part)]
    for part, following in pairwise(filled):
        first = following.only([0])
        more = len(part.body()) + len(first.body()) - len("[]") + len(",")
        assert part.count + first.count > size or more >= limit
        assert part.count <= size
        assert len(part.body()) < limit


@often
@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=12), st.integers(1, 5))
def test_requests_stay_below_the_limit(sizes: Sequence[int], size: int) -> None:
    """Updates that do not fit into one request go in the next; none is a request too large."""
    words = ["x" * length for length in sizes]
    batches = list(batch(portions_of(words, [3]), size))
    assert [row for part in batches for row in content(part)] == told(words)
    assert all(len(part.body()) < REQUEST_BYTES and 0 < len(part) <= size for part in batches)
    for part, following in pairwise(batches):
        first = len(following.only([0]).body()) - len("[]") + len(",")
        assert len(part) == size or len(part.body()) + first >= REQUEST_BYTES


def test_a_request_is_filled_to_the_last_byte() -> None:
    """Two updates of 1,999,999 bytes together go as one request, a byte more makes two."""
    overhead = len('["",""]')
    fitting = ["x" * 1_000_000, "x" * (999_999 - overhead)]
    assert [len(part.body()) for part in batch([updates_of(fitting)], 9)] == [1_999_999]
    assert len(list(batch([updates_of([fitting[0], fitting[1] + "x"])], 9))) == 2


@often
@given(rows_of_words.filter(bool), st.sets(st.integers(1, 59), max_size=4))
def test_cuts_cover_every_row_once(words: Rows, places: set[int]) -> None:
    """Cut between any two updates, updates and failures come apart and lose nothing."""
    updates = updates_of(words)
    bounds = [0, *sorted(place for place in places if place < len(updates)), len(updates)]
    cuts = [updates.cut(start, stop) for start, stop in pairwise(bounds)]
    assert all(map(is_whole, cuts))
    assert [row for cut in cuts for row in content(cut)] == told(words)


@often
@given(rows_of_words.filter(any), st.data())
def test_only_some_updates_go_again(words: Rows, data: st.DataObject) -> None:
    """What is left of a request has just those updates, and no failures."""
    updates = updates_of(words)
    some = st.sets(st.integers(0, len(updates) - 1), min_size=1).map(sorted)
    indices = data.draw(some, label="indices")
    left = updates.only(indices)
    imported = [row for row in told(words) if row[1]]
    assert content(left) == [imported[index] for index in indices]


@often
@given(rows_of_words.filter(bool), rows_of_words.filter(bool), st.integers(1, 59))
def test_followed_by_undoes_a_cut(words: Rows, more: Rows, at: int) -> None:
    """Updates joined to those of the rows behind them are as if they had never been apart."""
    first = updates_of(words)
    joined = first.followed_by(updates_of(more, first_row=len(words) + 1))
    assert content(joined) == told([*words, *more])
    if 0 < at < len(joined):
        again = joined.cut(0, at).followed_by(joined.cut(at, len(joined)))
        assert content(again) == told([*words, *more])


@often
@given(rows_of_words.filter(bool), st.lists(st.integers(1, 9), min_size=1), st.integers(1, 7))
def test_a_row_finds_its_record(words: Rows, sizes: Sequence[int], size: int) -> None:
    """Every row of a batch, imported or failed, still has its bytes."""
    for part in batch(portions_of(words, sizes), size):
        for row in range(part.first_row, part.last_row + 1):
            record, _ = part.record_of(row)
            assert record == f"{words[row - 1] or '!'}\n".encode()


def test_failures_do_not_pile_up() -> None:
    """Rows that fail are handed on even while no batch fills: a batch holds a bounded number."""
    words = ["a", *[""] * 5 * MOST_FAILURES]
    batches = list(batch(portions_of(words, [1000]), 200))
    assert [row for part in batches for row in content(part)] == told(words)
    assert max(len(part.failures) for part in batches) <= MOST_FAILURES + 1000


def test_large_records_do_not_pile_up() -> None:
    """Nor do the bytes of records too large to import, between rows that are small."""
    portions = (updates_of(["a", ""], row, b"x" * 2**22 + b"\n") for row in range(1, 121, 2))
    batches = list(batch(portions, 200))
    assert sum(map(len, batches)) == sum(len(part.failures) for part in batches) == 60
    held = [sum(len(origin.data) for origin in part.origins) for part in batches]
    assert len(held) > 1
    assert max(held) < MOST_HELD + 2**23


@given(rows_of_words.filter(bool), st.integers(1, 5))
def test_ranges(words: Rows, first_row: int) -> None:
    """The ranges of a batch hold the rows that it sends and no others, and none touch."""
    updates = updates_of(words, first_row)
    rows = [row for first, last in updates.ranges for row in range(first, last + 1)]
    assert rows == updates.rows.tolist()
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(updates.ranges))
