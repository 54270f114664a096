"""What was noted and what became of it, put together: what is known from then on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from importer.delta.hashing import UNKNOWN, Noted, Signed
from importer.resuming.recall import IMPORTED, OVERWRITTEN, Recalled


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Rows that were noted, those left out that were held back, and which of them arrived."""

    noted: Noted
    arrived: NDArray[np.bool_]


def outcome_of(noted: Noted, recalled: Recalled | None) -> Settled:
    """Look up in a run's ledger what became of rows; without one, nothing is known to arrive."""
    if recalled is None:
        return Settled(noted, np.zeros(len(noted), bool))
    arrived = recalled.of(noted.rows) == IMPORTED
    held = [row for row, why in recalled.refusals.items() if why[0] == OVERWRITTEN]
    kept = ~np.isin(noted.rows, np.array(held, np.int64))
    return Settled(noted.only(kept), arrived[kept])


def entered(keys: Signed, contents: Signed, outcomes: Sequence[Settled]) -> tuple[Signed, Signed]:
    """Return keys and contents with the outcomes merged in, in their order.

    Of several rows of one identifier the last one counts: if it failed, nothing is known of its
    profile. Who is new is entered only if any of the rows arrived.
    """
    touched = np.concatenate([each.noted.keys for each in outcomes])
    arrived = np.concatenate([each.arrived for each in outcomes])
    said = np.where(arrived, np.concatenate([each.noted.contents for each in outcomes]), UNKNOWN)
    rows = np.concatenate([each.noted.rows for each in outcomes])
    order = np.lexsort((rows, touched))
    touched, arrived, said = touched[order], arrived[order], said[order]
    if not len(touched):
        return keys, contents
    starts = np.flatnonzero(np.concatenate(([True], touched[1:] != touched[:-1])))
    lasts = np.concatenate((starts[1:], [len(touched)])) - 1
    who, what = touched[starts], said[lasts]
    known = among(who, keys)
    fresh = np.logical_or.reduceat(arrived, starts) & ~known
    contents = contents.copy()
    contents[np.searchsorted(keys, who[known])] = what[known]
    keys, contents = np.concatenate((keys, who[fresh])), np.concatenate((contents, what[fresh]))
    order = np.argsort(keys, kind="stable")
    return keys[order], contents[order]


def among(some: Signed, keys: Signed) -> NDArray[np.bool_]:
    """Tell which are among keys in ascending order; numpy's own `isin` sorts them every time."""
    if not len(keys):
        return np.zeros(len(some), bool)
    found: NDArray[np.bool_] = keys[np.minimum(np.searchsorted(keys, some), len(keys) - 1)] == some
    return found
