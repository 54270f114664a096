"""What is said of a row that was not imported."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One row, where it stands, why it failed, and its bytes as the source has them.

    `row` counts data records from 1, `line` is the physical line where the record begins,
    `column` the 1-based position of the cell at fault, or None where the whole row is.
    """

    row: int
    line: int
    code: str
    reason: str
    record: bytes
    column: int | None = None
    property: str = ""
    identifier: str = ""
