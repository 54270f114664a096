"""What becomes of a batch, against servers that refuse, void, name and lose in every mixture."""

from dataclasses import dataclass, field

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.books.ledger import Entry
from importer.delivery.settle import settle
from importer.delivery.verdict import (
    Accepted,
    Busy,
    Denied,
    Hopeless,
    Lost,
    PartlyRefused,
    Refusal,
    Refused,
    TooLarge,
    Verdict,
)
from importer.updates.model import Updates

from .made_updates import one_batch

WHY = Refusal("no good", "$set.plan")


def ids_of(updates: Updates) -> list[str]:
    """Return the identifiers in a request, read from its bytes."""
    return [update["$distinct_id"] for update in orjson.loads(updates.body())]


def books(entry: Entry) -> tuple[int, list[int], list[int], int]:
    """Return rows imported, which failed, which are in doubt, and rows not attempted."""
    failed = sorted(failure.row for failure in entry.failed)
    in_doubt = sorted(failure.row for failure in entry.in_doubt)
    return entry.imported, failed, in_doubt, entry.not_attempted


def settled(ids: list[str], *verdicts: Verdict) -> tuple[Entry, list[list[str]]]:
    """Answer the requests of a batch in turn, then stop; return its account and the requests."""
    entry = Entry(one_batch(ids))
    flow, sent = settle(entry, repeatable=True, divides=True), []
    part = next(flow, None)
    for verdict in verdicts:
        assert part is not None
        sent.append(ids_of(part))
        try:
            part = flow.send(verdict)
        except StopIteration:
            part = None
    flow.close()
    return entry, sent


FOUR = ["a", "b", "c", "d"]
NAMED_B = PartlyRefused({1: WHY}, others_applied=True)
VOIDED_BY_B = PartlyRefused({1: WHY}, others_applied=False)

ENDINGS: list[tuple[list[Verdict], tuple[int, list[int], list[int], int]]] = [
    ([], (0, [], [], 4)),
    ([Accepted()], (4, [], [], 0)),
    ([NAMED_B], (3, [2], [], 0)),
    ([PartlyRefused(dict.fromkeys(range(4), WHY), others_applied=True)], (0, [1, 2, 3, 4], [], 0)),
    ([VOIDED_BY_B, Accepted()], (3, [2], [], 0)),
    ([VOIDED_BY_B], (0, [2], [1, 3, 4], 0)),
    ([Busy("429")], (0, [], [], 4)),
    ([Busy("429"), Accepted()], (4, [], [], 0)),
    ([Denied("401")], (0, [], [], 4)),
    ([Hopeless("404")], (0, [], [], 4)),
    ([Lost("reset")], (0, [], [1, 2, 3, 4], 0)),
    ([Lost("reset"), Busy("429")], (0, [], [1, 2, 3, 4], 0)),
    ([Lost("reset"), Denied("401")], (0, [], [1, 2, 3, 4], 0)),
    ([Lost("reset"), NAMED_B], (3, [2], [], 0)),
    ([Lost("reset"), VOIDED_BY_B], (0, [2], [1, 3, 4], 0)),
    ([Lost("reset"), TooLarge("413"), Accepted()], (2, [], [3, 4], 0)),
    ([TooLarge("413")], (0, [], [], 4)),
    ([TooLarge("413"), Accepted()], (2, [], [], 2)),
    ([TooLarge("413"), TooLarge("413"), TooLarge("413"), Accepted()], (1, [1], [], 2)),
    ([Refused("0")], (0, [1, 2, 3, 4], [], 0)),
    ([Refused("0"), Accepted(), Refused("0"), Refused("0"), Accepted()], (3, [3], [], 0)),
]


@pytest.mark.parametrize(("verdicts", "ending"), ENDINGS)
def test_books_of_every_ending(
    verdicts: list[Verdict], ending: tuple[int, list[int], list[int], int]
) -> None:
    """Whatever was answered until the run stopped, each row has ended, and rightly."""
    entry, _ = settled(FOUR, *verdicts)
    assert books(entry) == ending


def test_refused_whole_is_split_until_the_culprit_stands_alone() -> None:
    """Halves go in file order, and only what is bad is refused."""
    entry, sent = settled(
        FOUR, Refused("0"), Accepted(), Refused("0"), Refused("bad plan"), Accepted()
    )
    assert sent == [FOUR, ["a", "b"], ["c", "d"], ["c"], ["d"]]
    (failure,) = entry.failed
    assert (failure.row, failure.line, failure.code, failure.reason, failure.record) == (
        3,
        3,
        "refused",
        "bad plan",
        b"c,pro\n",
    )


def test_too_large_is_halved() -> None:
    """413 halves; a single update that is too large fails as such."""
    entry, sent = settled(["a", "b"], TooLarge("HTTP 413"), TooLarge("HTTP 413"), Accepted())
    assert sent == [["a", "b"], ["a"], ["b"]]
    assert [(failure.row, failure.code) for failure in entry.failed] == [(1, "too_large")]


def test_refusal_names_property_and_reason() -> None:
    """The server's words and field become the failure's, the field without its operation."""
    entry, _ = settled(FOUR, NAMED_B)
    (failure,) = entry.failed
    assert (failure.identifier, failure.property, failure.reason) == ("b", "plan", "no good")


def test_lost_part_goes_again_as_it_was() -> None:
    """After a lost answer or a full server the same bytes are sent again."""
    _, sent = settled(FOUR, Lost("reset"), Busy("429"), Lost("late"), Accepted())
    assert sent == [FOUR] * 4


def test_nothing_to_send() -> None:
    """A batch whose rows all failed before needs no request."""
    entry = Entry(one_batch(["", ""]))
    assert list(settle(entry, repeatable=True, divides=True)) == []
    assert books(entry) == (0, [], [], 0)


@dataclass
class Model:
    """A server that knows which ids are bad, and is otherwise as wilful as it is drawn to be."""

    bad: set[str]
    largest: int
    moods: st.DataObject
    applied: set[str] = field(default_factory=set)
    requests: int = 0

    def answer(self, ids: list[str]) -> Verdict:
        self.requests += 1
        mood = self.moods.draw(st.sampled_from(MOODS)) if self.requests < 60 else "plain"
        if mood == "busy":
            return Busy("HTTP 429")
        if len(ids) > self.largest:
            return TooLarge("HTTP 413")
        verdict = self._judge(ids, mood)
        return Lost("reset") if mood == "lost" else verdict

    def _judge(self, ids: list[str], mood: str) -> Verdict:
        bad = {index: WHY for index, name in enumerate(ids) if name in self.bad}
        if bad and mood == "void":
            return Refused("0")
        if bad and mood == "void, name the first":
            return PartlyRefused(dict([min(bad.items())]), others_applied=False)
        self.applied.update(name for name in ids if name not in self.bad)
        if bad and mood == "apply, name the first":
            return PartlyRefused(dict([min(bad.items())]), others_applied=False)
        if bad and mood == "apply, name nobody":
            return Refused("took some")
        return PartlyRefused(bad, others_applied=True) if bad else Accepted()


MOODS = [
    "plain",
    "lost",
    "busy",
    "void",
    "void, name the first",
    "apply, name the first",
    "apply, name nobody",
]


@given(
    st.integers(1, 24).flatmap(
        lambda size: st.tuples(
            st.just(size), st.sets(st.integers(1, size)), st.integers(1, size), st.integers(0, 80)
        )
    ),
    st.data(),
)
def test_every_row_ends_rightly(case: tuple[int, set[int], int, int], data: st.DataObject) -> None:
    """With any server and any end, each row ends once, and what it is said to be it is."""
    size, bad, largest, patience = case
    names = [f"u{row}" for row in range(1, size + 1)]
    server = Model({f"u{row}" for row in bad}, largest, data)
    entry = Entry(one_batch(names))
    flow = settle(entry, repeatable=True, divides=True)
    part = next(flow, None)
    while part is not None and server.requests < patience:
        try:
            part = flow.send(server.answer(ids_of(part)))
        except StopIteration:
            part = None
    flow.close()

    imported, failed, in_doubt, not_attempted = books(entry)
    assert imported + len(failed) + len(in_doubt) + not_attempted == size
    assert not set(failed) & set(in_doubt)
    assert imported <= len(server.applied) <= size - not_attempted
    if part is None:
        assert (set(failed), in_doubt, not_attempted) == (bad, [], 0)
        assert server.applied == {f"u{row}" for row in range(1, size + 1) if row not in bad}
