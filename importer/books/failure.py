"""What is said of a row that was not imported."""

import re
from dataclasses import dataclass

from importer.masking import masked, masked_echo, masked_words


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
        """Return the reason with what it quotes masked, each cell by itself; of words that may be
        the server's, whatever it may have from the record.
        """
        parts = self.reason[: self.others], self.reason[self.others :]
        words = "".join(map(masked_words, parts))
        if self.identifier:  # a server may echo it without quotes
            named = rf"(?<!\w){re.escape(self.identifier)}(?!\w)"
            words = re.sub(named, lambda _: masked(self.identifier), words)
        if self.code not in ("refused", "in_doubt"):
            return words
        cells = self.record.replace(b"\0", b"").decode("utf-8", "ignore")
        return masked_echo(words, cells)
