"""The characters that give a CSV text its structure, and how its code units are stored."""

from dataclasses import dataclass

import numpy as np

DELIMITERS = ",;\t|"
"""Those that files are written with."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The characters that give a file its structure, as code units of `unit` bytes' type.

    With `rows` a record is one line, whatever is in its cells: those are the rows of a sheet.
    """

    delimiter: str = ","
    quote: str | None = '"'
    unit: str = "u1"
    rows: bool = False

    @property
    def unit_bytes(self) -> int:
        return np.dtype(self.unit).itemsize
