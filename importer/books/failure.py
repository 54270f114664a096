"""What is said of a row that was not imported."""

from dataclasses import dataclass

from importer.masking import masked_words


@dataclass(frozen=True, slots=True)
class Failure:
    """One row, where it stands, why it failed, and its bytes as the source has them.

    `row` counts data records from 1, `line` is the physical line where the record begins,
    `column` the 1-based position of the cell at fault, or None where the whole row is. `others` is
    where in the reason the words on other cells begin, 0 where there are none.
    """

    row: int
    line: int
    code: str
    reason: str
    record: bytes
    column: int | None = None
    property: str = ""
    identifier: str = ""
    others: int = 0

    def masked_reason(self) -> str:
        """Return the reason with what it quotes masked, each cell by itself."""
        return masked_words(self.reason[: self.others]) + masked_words(self.reason[self.others :])
