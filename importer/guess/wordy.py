"""Could a record be a header at all? Told from its cells alone, before anything is guessed."""

from collections.abc import Sequence

_SHARE = 0.8
_LONGEST = 60


def may_be_names(cells: Sequence[str]) -> bool:
    """Are most cells filled, and all of these such as a column might be called?"""
    filled = [stripped for cell in cells if (stripped := cell.strip())]
    return len(filled) >= max(1, _SHARE * len(cells)) and all(map(_is_wordy, filled))


def _is_wordy(cell: str) -> bool:
    return cell[0].isalpha() and "@" not in cell and len(cell) <= _LONGEST and "\n" not in cell
