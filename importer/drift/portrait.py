"""What a file looks like: column by column, from a fair sample of its rows.

The sample is made of the rows whose identifiers have the smallest hashes. So the same customers are
in it night after night, in whatever order they come, and can be compared cell by cell. It holds
hashes, forms and masked samples, no values.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from importer.kernels.hashes import Hashes

LABEL = str
"""A column's number from 1 or, where the mapping goes by names, its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of the sampled rows.

    `forms` are the shares of filled cells that have a form, `lengths` those of a length (doubled
    from one place to the next). `cells` are hashes, one for each row, 0 where a cell is blank.
    """

    filled: int
    distinct: int
    forms: dict[str, float]
    lengths: tuple[float, ...]
    samples: tuple[str, ...]
    cells: NDArray[np.uint32]

    def as_json(self) -> dict[str, Any]:
        return {
            "filled": self.filled,
            "distinct": self.distinct,
            "forms": self.forms,
            "lengths": list(self.lengths),
            "samples": list(self.samples),
            "cells": _packed(self.cells),
        }

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> "Column":
        return cls(
            filled=content["filled"],
            distinct=content["distinct"],
            forms=content["forms"],
            lengths=tuple(content["lengths"]),
            samples=tuple(content["samples"]),
            cells=np.frombuffer(base64.b64decode(content["cells"]), np.uint32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """The sampled rows of a file, or of its beginning: of `rows` rows, by the hashes of their ids.

    They were chosen by their `picks`, a hash besides, which is not kept; `highest` is the pick up
    to which every row is in the sample.
    """

    rows: int
    ids: Hashes
    highest: int
    columns: dict[LABEL, Column]
    picks: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def size(self) -> int:
        return len(self.ids)

    @property
    def different(self) -> float:
        """Estimate how many different identifiers there are for each row."""
        estimate = self.size * 2.0**64 / (self.highest + 1)
        return min(estimate / self.rows, 1.0) if self.rows else 0.0

    def as_json(self) -> dict[str, Any]:
        columns = {label: column.as_json() for label, column in self.columns.items()}
        return {
            "rows": self.rows,
            "ids": _packed(self.ids),
            "highest": self.highest,
            "columns": columns,
        }

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> "Portrait":
        columns = content["columns"]
        return cls(
            rows=content["rows"],
            ids=np.frombuffer(base64.b64decode(content["ids"]), np.uint64),
            highest=content["highest"],
            columns={label: Column.of_json(column) for label, column in columns.items()},
        )


def _packed(numbers: NDArray[Any]) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def shares(counts: Sequence[int], total: int) -> tuple[float, ...]:
    return tuple(round(count / total, 4) if total else 0.0 for count in counts)
