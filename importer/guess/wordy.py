"""Could a record be a header at all? Told from its cells alone, before anything is guessed."""

from collections.abc import Sequence

_SHARE = 0.8
_LONGEST = 120


def may_be_names(cells: Sequence[str]) -> bool:
    """Are most cells filled, or all but one, and all of these such as a column might be called?"""
    filled = [stripped for cell in cells if (stripped := cell.strip())]
    enough = max(1, min(len(cells) - 1, _SHARE * len(cells)))
    return len(filled) >= enough and all(map(_is_wordy, filled))


def _is_wordy(cell: str) -> bool:
    """Has it letters, and no form of an address, a phone number or a text of several lines?

    Exports have `$email`, `_id`, `# of orders` and `2024 revenue` among their names.
    """
    written = any(map(str.isalpha, cell)) and cell[0] not in "+-."
    return written and "@" not in cell and len(cell) <= _LONGEST and "\n" not in cell
