"""Two portraits side by side: which columns moved, changed their form or are empty now.

Values may change, rows may come, go and be put in another order: none of that is a drift.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from importer.drift.portrait import Column, Portrait
from importer.kernels.hashes import Hashes

_TIMES_FEWER = 10

IDS = "ids"
"""The label of what is found about the identifiers as a whole."""

ENOUGH = 20
"""Cells, or customers, that there must be before anything is said about them."""

_STRANGERS = 0.02
"""Share of identifiers known from before below which they are other ones."""

_ALIKE, _CHANGED, _APART = 0.9, 0.9, 0.3
"""Share of customers for whom a column says what another one said; share below which a column does
not say what it said itself; what must lie between the two."""

_FORM = 0.7
"""Share of cells that have another form."""

_MERGED = 3
"""So many times fewer identifiers there are for as many rows."""

_GUTTED = 10
"""So many times fewer cells are filled."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a column: it is `gone`, has `moved` (from another one), or its `form` did
    change; or that the `strangers` are.
    """

    kind: str
    label: str
    source: str = ""
    before: float = 0.0
    now: float = 0.0


@dataclass(slots=True)
class Verdicts:
    """What was found, by kind and label; None where it was looked at and is well."""

    found: dict[tuple[str, str], Finding | None] = field(default_factory=dict)

    def take(self, kind: str, label: str, finding: Finding | None) -> None:
        self.found[kind, label] = finding

    def upheld(self, other: "Verdicts") -> list[Finding]:
        """Return what nothing in either speaks against."""
        together = self.found | other.found
        cleared = {key for each in (self, other) for key, value in each.found.items() if not value}
        return [
            finding
            for key, finding in together.items()
            if finding is not None and key not in cleared
        ]


def compare(before: Portrait, now: Portrait, *, overlapped: bool = True) -> Verdicts:
    """Hold a portrait against an earlier one.

    Where earlier ones have not `overlapped` either, nothing is said of strangers.
    """
    verdicts = Verdicts()
    if not before.size:  # a head of which no row could be read
        return verdicts
    share = known_share(before, now)
    if overlapped and (share is not None or _merged(before, now)):
        strange = share is None or share < _STRANGERS
        found = Finding("strangers", IDS, now=share or 0.0) if strange else None
        verdicts.take("strangers", IDS, found)
    same = [label for label in before.columns if label in now.columns]
    moved = dict(_moved(before, now, same))
    for label in same:
        old, new = before.columns[label], now.columns[label]
        if label in moved:
            verdicts.take("moved", label, moved[label])
        if min(old.filled, old.filled * now.size / before.size) >= ENOUGH:
            verdicts.take("gone", label, _gone(label, before, now, old, new))
        if min(old.filled, new.filled) >= ENOUGH:
            apart = forms_apart(old, new)
            changed = Finding("form", label, now=apart) if apart >= _FORM else None
            verdicts.take("form", label, changed)
    return verdicts


def is_few(rows: int, before: int) -> bool:
    """Are there ten times fewer rows than before?"""
    return rows * _TIMES_FEWER <= before


def moved(before: Portrait, now: Sequence[Portrait]) -> list[list[Finding]]:
    """Return for each of several files which of its columns moved.

    Customers in more than one file do not count: what is remembered of them is from one file only.
    """
    if not now:
        return []
    highest = min(each.highest for each in now)
    ids = np.concatenate([_up_to(highest, each) for each in now])
    ids, counts = np.unique(ids, return_counts=True)
    alone = ids[counts == 1]
    found = []
    for each in now:
        same = [label for label in before.columns if label in each.columns]
        judged = [finding for _, finding in _moved(before, each, same, alone)]
        found.append([finding for finding in judged if finding is not None])
    return found


def known_share(before: Portrait, now: Portrait) -> float | None:
    """Estimate which share of the identifiers was there before; None where too few can tell."""
    comparable = _up_to(min(before.highest, now.highest), now)
    if min(len(comparable), len(before.ids)) < ENOUGH:
        return None
    return float(np.isin(comparable, before.ids).mean())


def _up_to(highest: int, now: Portrait) -> Hashes:
    """Return the identifiers that any sample with so high a pick has, if its file has them."""
    return now.ids[now.picks <= np.uint64(highest)]


def _merged(before: Portrait, now: Portrait) -> bool:
    """Do far more rows than before have the identifier of another one?"""
    return now.rows >= ENOUGH and now.different * _MERGED <= before.different


def _gone(label: str, before: Portrait, now: Portrait, old: Column, new: Column) -> Finding | None:
    was, is_ = old.filled / before.size, new.filled / now.size
    return Finding("gone", label, before=was, now=is_) if is_ * _GUTTED <= was else None


def forms_apart(old: Column, new: Column) -> float:
    """Return the share of cells whose form is another one (the total variation distance)."""
    forms = {*old.forms, *new.forms}
    named = sum(abs(old.forms.get(form, 0) - new.forms.get(form, 0)) for form in forms)
    others = abs(sum(old.forms.values()) - sum(new.forms.values()))
    return (named + others) / 2


def _moved(
    before: Portrait, now: Portrait, labels: list[str], among: Hashes | None = None
) -> Iterator[tuple[str, Finding | None]]:
    """Find the columns that say of the same customers what another column said of them."""
    both, old_rows, new_rows = np.intersect1d(
        before.ids, now.ids, assume_unique=True, return_indices=True
    )
    if among is not None:
        counted = np.isin(both, among)
        old_rows, new_rows = old_rows[counted], new_rows[counted]
    if len(old_rows) < ENOUGH:
        return
    old = {label: column.cells[old_rows] for label, column in before.columns.items()}
    new = {label: now.columns[label].cells[new_rows] for label in labels}
    kept = {label: _agreement(old[label], new[label]) for label in labels}
    for label in labels:
        own = kept[label]
        if np.count_nonzero(new[label]) < ENOUGH or own is None:
            continue
        yield label, None if own >= _CHANGED else _origin(label, own, old, new, kept)


def _origin(
    label: str,
    own: float,
    old: dict[str, NDArray[np.uint32]],
    new: dict[str, NDArray[np.uint32]],
    kept: dict[str, float | None],
) -> Finding | None:
    """Find the column whose cells are here now: one that is no longer what it was, either."""
    for source, cells in old.items():
        stays = kept.get(source)
        if source == label or (stays is not None and stays >= _CHANGED):
            continue
        share = _agreement(cells, new[label])
        if share is not None and share >= _ALIKE and share - own >= _APART:
            return Finding("moved", label, source, before=own, now=share)
    return None


def _agreement(old: NDArray[np.uint32], new: NDArray[np.uint32]) -> float | None:
    """Return for which share of the customers both say the same, those of whom neither says
    anything left out.
    """
    says = (old > 0) | (new > 0)
    if np.count_nonzero(says) < ENOUGH:
        return None
    return float((old[says] == new[says]).mean())
