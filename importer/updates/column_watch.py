"""What the cells of the mapped columns are seen to hold while they are converted: counts only.

It stands beside the pipeline: each column's conversion is wrapped, so that whoever converts a
column has it watched. Every count is a kernel over a whole column; what is rare is looked at
closely only where a cheap test says that it is there.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.conversion import Conversion, Converted
from importer.kernels.columns import as_mask, as_numbers, byte_lengths, filled, mask_in, numbers_in
from importer.masking import masked
from importer.settings.house_rules import LONGEST
from importer.updates.mapping import MappedColumn, Mapping
from importer.wording import plural

REMEMBERED = 10_000
"""Different bad values of a column that are counted; of more, the first ones."""

COMMONEST = 3

_ESCAPE = r"\\(?:u[0-9a-f]{4}|.)"


@dataclass(frozen=True, slots=True)
class ColumnFailures:
    """The cells of a column that fail their rows: not of its type, the commonest of them masked,
    or empty where they must not be.
    """

    position: int
    property: str
    failed: int
    empty: int
    commonest: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        values = [{"value": value, "cells": cells} for value, cells in self.commonest]
        return {
            "column": self.position,
            "property": self.property,
            "failed": self.failed,
            "empty": self.empty,
            "commonest": values,
        }


@dataclass(slots=True)
class _Seen:
    """What was seen of one column."""

    position: int
    property: str
    failed: int = 0
    required: bool = False
    empty: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    without_plus: int = 0
    no_country: int = 0

    def add(self, cells: pa.StringArray, converted: Converted, *, text: bool) -> None:
        if converted.failures:
            self._add_failures(cells.take(as_numbers(np.array(list(converted.failures)))))
        if self.required:
            blank = ~filled(converted.values)
            self.empty += len(_sound(converted.values, converted, blank))
        if text:
            self._add_texts(converted)

    def _add_failures(self, cells: pa.StringArray) -> None:
        self.failed += len(cells)
        for counted in pc.value_counts(pc.utf8_trim_whitespace(cells)).to_pylist():
            value = counted["values"]
            if value in self.bad or len(self.bad) < REMEMBERED:
                self.bad[value] += counted["counts"]

    def _add_texts(self, converted: Converted) -> None:
        values, sizes = converted.values, byte_lengths(converted.values)
        if sizes.max(initial=0) > LONGEST:
            self.cut += _longer(_sound(values, converted, sizes > LONGEST))
        if self.property == "$phone":
            numbers = _sound(values, converted, sizes > 0)
            self.without_plus += len(numbers) - _count(pc.starts_with(numbers, "+"))
        if self.property == "$country_code":
            codes = _sound(values, converted, sizes > 0)
            two = (byte_lengths(codes) == 2) & mask_in(pc.ascii_is_alpha(codes))
            self.no_country += int(np.count_nonzero(~two))

    def warnings(self) -> Iterator[str]:
        where = f"column {self.position} ({self.property})"
        if self.cut:
            yield (
                f"{where}: {plural(self.cut, 'value')} of more than {LONGEST} characters; "
                f"Mixpanel cuts them to {LONGEST}"
            )
        if self.without_plus:
            yield (
                f"{where}: {plural(self.without_plus, 'value')} without a leading +; "
                "declare type: phone and its country, or Mixpanel guesses the country code"
            )
        if self.no_country:
            are = "is" if self.no_country == 1 else "are"
            yield (
                f"{where}: {plural(self.no_country, 'value')} that {are} no code of two letters; "
                "declare type: country"
            )


class ColumnWatch:
    """Counts, by column, failures and what the API would cut or misread."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []

    def over(self, mapping: Mapping) -> Mapping:
        """Return the mapping with each of its columns watched."""
        return replace(mapping, columns=tuple(map(self._watched, mapping.columns)))

    def warnings(self) -> list[str]:
        """Say what the API would cut or misread, with counts."""
        return [warning for seen in self._seen for warning in seen.warnings()]

    def failures(self) -> tuple[ColumnFailures, ...]:
        """Return the columns with cells that fail their rows, in the mapping's order."""
        return tuple(
            ColumnFailures(
                seen.position,
                seen.property,
                seen.failed,
                seen.empty,
                tuple((masked(value), count) for value, count in seen.bad.most_common(COMMONEST)),
            )
            for seen in self._seen
            if seen.failed or seen.empty
        )

    def _watched(self, column: MappedColumn) -> MappedColumn:
        seen = _Seen(column.position, column.property, required=column.empty == "error")
        self._seen.append(seen)
        return replace(column, conversion=_watched(column.conversion, seen))


def _watched(conversion: Conversion, seen: _Seen) -> Conversion:
    convert: Callable[[pa.StringArray], Converted] = conversion.convert

    def watched(cells: pa.StringArray) -> Converted:
        converted = convert(cells)
        seen.add(cells, converted, text=conversion.json_type == "string")
        return converted

    return replace(conversion, convert=watched)


def _sound(values: pa.StringArray, converted: Converted, rows: NDArray[np.bool_]) -> pa.StringArray:
    """Keep the values of these rows, those of failures left out."""
    kept = rows.copy()
    kept[list(converted.failures)] = False
    return values.filter(as_mask(kept))


def _longer(values: pa.StringArray) -> int:
    """Count the texts beyond the limit in characters; an escape of JSON stands for one."""
    plain = pc.replace_substring_regex(values, _ESCAPE, "x")
    return int(np.count_nonzero(numbers_in(pc.utf8_length(plain)) > LONGEST))


def _count(rows: pa.BooleanArray) -> int:
    return int(np.count_nonzero(mask_in(rows)))
