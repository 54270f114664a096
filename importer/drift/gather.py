"""A file's rows pass by, and its portrait is drawn from a sample of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.chunks import Chunk
from importer.columns import as_numbers, as_texts, byte_lengths, text_column, trimmed
from importer.drift.portrait import Column, Portrait, shares
from importer.hashes import Hashes, hashes_of
from importer.masking import masked
from importer.siphash import siphash_words

SAMPLE = 2_000
"""Rows. Of a column of which they hold none, less than 0.2 % of the file is filled."""

LONGEST = 400
"""Characters of a cell that are looked at."""

SHOWN = 3

_FEW, _RARE = 3, 0.02
"""A form is named that so many cells have, and that share of them; all others are one."""

_LENGTHS = 12

_FORM = (
    (r"\p{N}+", "9"),
    (r"[\p{Ll}\p{Lo}\p{Lm}\p{M}]+", "a"),
    (r"[\p{Lu}\p{Lt}]+", "A"),
    (r"A?a+A[aA]*", "Aa"),
    (r"(?:[aA]+9|9+[aA])[aA9]*", "x"),
    (r"[aAx9]+(?: [aAx9]+){2,}", "w"),
)
"""What takes the place of what, one after the other: digits, letters, words of both, phrases."""


class Gathering:
    """Takes chunks in, and keeps of them the rows whose identifiers have the smallest hashes.

    `labels` are the columns by position; `identifier` is the position of the one that tells rows
    apart, if there is one.
    """

    def __init__(self, key: bytes, labels: Mapping[int, str], identifier: int | None) -> None:
        self.rows = 0
        self._key = key
        self._labels = labels
        self._identifier = identifier
        self._ids: Hashes = np.empty(0, np.uint64)
        self._cells: list[pa.StringArray] = [as_texts([]) for _ in labels]
        self._waiting: list[tuple[Hashes, list[pa.StringArray]]] = []

    def add(self, chunk: Chunk) -> None:
        if not len(chunk.good):
            return
        self.rows += len(chunk.good)
        numbers = (chunk.records.first_row + chunk.good).astype(np.uint64)
        hashes = self._hashes(chunk.table, numbers)
        chosen = np.arange(len(hashes))
        if len(self._ids) >= SAMPLE:
            chosen = np.flatnonzero(hashes < self._ids[-1])
        if not len(chosen):
            return
        taken = as_numbers(chosen)
        columns = [text_column(chunk.table, at).take(taken) for at in self._labels]
        self._waiting.append(
            (hashes[chosen], [pc.utf8_slice_codeunits(cells, 0, LONGEST) for cells in columns])
        )
        if sum(len(ids) for ids, _ in self._waiting) > SAMPLE:
            self._choose()

    def _choose(self) -> None:
        """Choose among those kept and those that wait: not for each chunk, most have few."""
        together = np.concatenate((self._ids, *(ids for ids, _ in self._waiting)))
        self._ids, first = np.unique(together, return_index=True)  # in ascending order
        self._ids, kept = self._ids[:SAMPLE], as_numbers(first[:SAMPLE])
        more = zip(*(cells for _, cells in self._waiting), strict=True)
        self._cells = [
            pa.concat_arrays((cells, *others)).take(kept)
            for cells, others in zip(self._cells, more, strict=True)
        ]
        self._waiting.clear()

    def portrait(self) -> Portrait:
        if self._waiting:
            self._choose()
        whole = len(self._ids) < SAMPLE
        columns = [trimmed(cells) for cells in self._cells]
        there = [byte_lengths(cells) > 0 for cells in columns]
        # All at once: to compile the patterns takes longer than to apply them.
        forms = _formed(pa.concat_arrays(columns)).to_pylist()
        parts = (forms[at * len(self._ids) :][: len(self._ids)] for at in range(len(columns)))
        return Portrait(
            rows=self.rows,
            ids=self._ids,
            highest=2**64 - 1 if whole else int(self._ids[-1]),
            columns={
                label: _column(self._key, cells, filled, list(compress(part, filled)))
                for label, cells, filled, part in zip(
                    self._labels.values(), columns, there, parts, strict=True
                )
            },
        )

    def _hashes(self, table: pa.Table, numbers: Hashes) -> Hashes:
        """Hash the identifiers; rows without one are drawn by their numbers."""
        if self._identifier is None:
            return siphash_words(self._key, [numbers])
        names = trimmed(text_column(table, self._identifier))
        hashes = siphash_words(self._key, [hashes_of(names)])
        blank = byte_lengths(names) == 0
        if blank.any():
            hashes[blank] = siphash_words(self._key, [numbers[blank]])
        return hashes


def _column(
    key: bytes, cells: pa.StringArray, there: NDArray[np.bool_], forms: Sequence[str]
) -> Column:
    hashes = siphash_words(key, [hashes_of(cells)]).astype(np.uint32) | np.uint32(1)
    hashes[~there] = 0
    filled: Sequence[str] = cells.take(as_numbers(np.flatnonzero(there))).to_pylist()
    distinct = dict.fromkeys(filled)
    least = max(_FEW, _RARE * len(filled))
    return Column(
        filled=len(filled),
        distinct=len(distinct),
        forms={form: round(n / len(filled), 4) for form, n in Counter(forms).items() if n >= least},
        lengths=_lengths(filled),
        samples=tuple(masked(value) for value in list(distinct)[:SHOWN]),
        cells=hashes,
    )


def _formed(cells: pa.StringArray) -> pa.StringArray:
    for pattern, shown in _FORM:
        cells = pc.replace_substring_regex(cells, pattern, shown)
    return pc.utf8_slice_codeunits(cells, 0, 24)


def _lengths(cells: Sequence[str]) -> tuple[float, ...]:
    places = Counter(min(len(cell).bit_length(), _LENGTHS) for cell in cells)
    return shares([places[place] for place in range(1, _LENGTHS + 1)], len(cells))
