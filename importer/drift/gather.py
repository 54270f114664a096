"""A file's rows pass by, and its portrait is drawn from a sample of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.drift.portrait import Column, Portrait, shares
from importer.kernels.columns import (
    as_mask,
    as_numbers,
    as_texts,
    filled,
    has_any,
    numbers_in,
    text_column,
    trimmed,
)
from importer.kernels.hashes import Hashes, hashes_of, hashes_of_numbers
from importer.kernels.siphash import siphash_words
from importer.masking import masked
from importer.reading.chunks import Chunk

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
        self._mask = siphash_words(key, [np.zeros(1, np.uint64)])  # of no use to find the key
        self._labels = labels
        self._identifier = identifier
        self._picks: Hashes = np.empty(0, np.uint64)
        self._cells: list[pa.StringArray] = [as_texts([]) for _ in labels]
        self._waiting: list[tuple[Hashes, list[pa.StringArray]]] = []

    def add(self, chunk: Chunk) -> None:
        if not len(chunk.good):
            return
        self.rows += len(chunk.good)
        numbers = (chunk.records.first_row + chunk.good).astype(np.uint64)
        picks = self._picks_of(chunk.table, numbers)
        chosen = np.arange(len(picks))
        if len(self._picks) >= SAMPLE:
            chosen = np.flatnonzero(picks < self._picks[-1])
        if not len(chosen):
            return
        rows = chunk.table.take(as_numbers(chosen))
        cells = pa.concat_arrays([text_column(rows, at) for at in self._labels])
        short = pc.utf8_slice_codeunits(cells, 0, LONGEST)
        parts = [short[at * len(rows) :][: len(rows)] for at in range(len(self._labels))]
        self._waiting.append((picks[chosen], parts))
        if sum(len(picks) for picks, _ in self._waiting) > SAMPLE:
            self._choose()

    def _choose(self) -> None:
        """Choose among those kept and those that wait: not for each chunk, most have few."""
        together = np.concatenate((self._picks, *(picks for picks, _ in self._waiting)))
        self._picks, first = np.unique(together, return_index=True)  # in ascending order
        self._picks, kept = self._picks[:SAMPLE], as_numbers(first[:SAMPLE])
        more = zip(*(cells for _, cells in self._waiting), strict=True)
        self._cells = [
            pa.concat_arrays((cells, *others)).take(kept)
            for cells, others in zip(self._cells, more, strict=True)
        ]
        self._waiting.clear()

    def portrait(self) -> Portrait:
        if self._waiting:
            self._choose()
        picks, size = self._picks, len(self._picks)
        columns = [trimmed(cells) for cells in self._cells]
        # All at once: every step over many cells costs little more than over few.
        together = pa.concat_arrays(columns)
        forms = _formed(together).to_pylist()
        hashes = siphash_words(self._key, [hashes_of(together)]).astype(np.uint32) | np.uint32(1)
        parts = (slice(at * size, (at + 1) * size) for at in range(len(columns)))
        return Portrait(
            rows=self.rows,
            ids=siphash_words(self._key, [picks]),
            picks=picks,
            highest=2**64 - 1 if size < SAMPLE else int(picks[-1]),
            columns={
                label: _column(cells, there, list(compress(forms[part], there)), hashes[part])
                for label, cells, there, part in zip(
                    self._labels.values(), columns, map(filled, columns), parts, strict=True
                )
            },
        )

    def _picks_of(self, table: pa.Table, numbers: Hashes) -> Hashes:
        """Return what rows are chosen by: their identifiers, or else their numbers, hashed.

        What all of a file is hashed with may be weak: SipHash, for some of it, is what is kept.
        The smallest are others for every key, so that the last of them tells nothing either.
        """
        if self._identifier is None:
            return hashes_of_numbers(numbers) ^ self._mask
        names = trimmed(text_column(table, self._identifier))
        picks = hashes_of(names)
        blank = ~filled(names)
        if has_any(blank):
            picks[blank] = hashes_of_numbers(numbers[blank])
        return picks ^ self._mask


def _column(
    cells: pa.StringArray,
    there: NDArray[np.bool_],
    forms: Sequence[str],
    hashes: NDArray[np.uint32],
) -> Column:
    hashes[~there] = 0
    texts = cells.filter(as_mask(there))
    values: Sequence[str] = texts.to_pylist()
    distinct = dict.fromkeys(values)
    least = max(_FEW, _RARE * len(values))
    return Column(
        filled=len(values),
        distinct=len(distinct),
        forms={form: round(n / len(values), 4) for form, n in Counter(forms).items() if n >= least},
        lengths=_lengths(texts),
        samples=tuple(masked(value) for value in list(distinct)[:SHOWN]),
        cells=hashes,
    )


def _formed(cells: pa.StringArray) -> pa.StringArray:
    coded = cells.dictionary_encode()
    forms = coded.dictionary
    for pattern, shown in _FORM:
        forms = pc.replace_substring_regex(forms, pattern, shown)
    return pc.utf8_slice_codeunits(forms, 0, 24).take(coded.indices)


def _lengths(cells: pa.StringArray) -> tuple[float, ...]:
    _, bits = np.frexp(numbers_in(pc.utf8_length(cells)))
    counts = np.bincount(np.minimum(bits, _LENGTHS), minlength=_LENGTHS + 1)
    return shares(counts[1:].tolist(), len(cells))
