"""A file's rows pass by, and its portrait is drawn from a sample of them."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.chunks import Chunk
from importer.columns import as_numbers, byte_lengths, text_column
from importer.drift.portrait import Column, Portrait, shares
from importer.hashes import Hashes, hashes_of
from importer.masking import masked
from importer.siphash import siphash_texts, siphash_words

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
    (r"\p{Lu}+", "A"),
    (r"[\p{L}\p{M}]+", "a"),
    (r"A?a+A[aA]*", "Aa"),
    (r"(?:[aA]+9|9+[aA])[aA9]*", "x"),
    (r"[aAx9]+(?: [aAx9]+){2,}", "w"),
)
"""What takes the place of what, one after the other: digits, letters, words of both, phrases."""


class Gathering:
    """Takes chunks in, and keeps of them the rows whose identifiers have the smallest hashes.

    `labels` are the columns by position; `identifier` is the position of the one that tells rows
    apart.
    """

    def __init__(self, key: bytes, labels: Mapping[int, str], identifier: int) -> None:
        self.rows = 0
        self._key = key
        self._labels = labels
        self._identifier = identifier
        self._ids: Hashes = np.empty(0, np.uint64)
        self._cells: list[pa.StringArray] = [pa.array([], pa.string()) for _ in labels]

    def add(self, chunk: Chunk) -> None:
        if not len(chunk.good):
            return
        self.rows += len(chunk.good)
        numbers = (chunk.records.first_row + chunk.good).astype(np.uint64)
        hashes = self._hashes(text_column(chunk.table, self._identifier), numbers)
        chosen = np.arange(len(hashes))
        if len(self._ids) >= SAMPLE:
            chosen = np.flatnonzero(hashes < self._ids[-1])
        if not len(chosen):
            return
        taken = as_numbers(chosen)
        together = np.concatenate((self._ids, hashes[chosen]))
        self._ids, first = np.unique(together, return_index=True)  # in ascending order
        self._ids, kept = self._ids[:SAMPLE], as_numbers(first[:SAMPLE])
        self._cells = [
            pa.concat_arrays(
                (
                    cells,
                    pc.utf8_slice_codeunits(text_column(chunk.table, at).take(taken), 0, LONGEST),
                )
            ).take(kept)
            for at, cells in zip(self._labels, self._cells, strict=True)
        ]

    def portrait(self) -> Portrait:
        whole = len(self._ids) < SAMPLE
        return Portrait(
            rows=self.rows,
            ids=self._ids,
            highest=2**64 - 1 if whole else int(self._ids[-1]),
            columns={
                label: _column(self._key, cells)
                for label, cells in zip(self._labels.values(), self._cells, strict=True)
            },
        )

    def _hashes(self, identifiers: pa.StringArray, numbers: Hashes) -> Hashes:
        """Hash the identifiers; rows without one are drawn by their numbers."""
        trimmed = pc.utf8_trim_whitespace(identifiers)
        hashes = siphash_texts(self._key, trimmed)
        blank = byte_lengths(trimmed) == 0
        if blank.any():
            hashes[blank] = siphash_words(self._key, [numbers[blank]])
        return hashes


def _column(key: bytes, cells: pa.StringArray) -> Column:
    trimmed = pc.utf8_trim_whitespace(cells)
    there = byte_lengths(trimmed) > 0
    hashes = siphash_words(key, [hashes_of(trimmed)]).astype(np.uint32) | np.uint32(1)
    hashes[~there] = 0
    filled: Sequence[str] = trimmed.take(as_numbers(np.flatnonzero(there))).to_pylist()
    distinct = dict.fromkeys(filled)
    return Column(
        filled=len(filled),
        distinct=len(distinct),
        forms=_forms(trimmed.take(as_numbers(np.flatnonzero(there)))),
        lengths=_lengths(filled),
        samples=tuple(masked(value) for value in list(distinct)[:SHOWN]),
        cells=hashes,
    )


def _forms(cells: pa.StringArray) -> dict[str, float]:
    for pattern, shown in _FORM:
        cells = pc.replace_substring_regex(cells, pattern, shown)
    counted = Counter(pc.utf8_slice_codeunits(cells, 0, 24).to_pylist())
    least = max(_FEW, _RARE * len(cells))
    return {form: round(n / len(cells), 4) for form, n in counted.items() if n >= least}


def _lengths(cells: Sequence[str]) -> tuple[float, ...]:
    places = Counter(min(len(cell).bit_length(), _LENGTHS) for cell in cells)
    return shares([places[place] for place in range(1, _LENGTHS + 1)], len(cells))
