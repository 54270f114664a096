"""What is wrong with a word of a mapping file: how it is spelled there, what it may have meant."""

from datetime import date
from difflib import get_close_matches


def spelled(value: object) -> str:
    """Write a value as a mapping file would have it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def near(word: str, known: list[str]) -> str:
    """Suggest the nearest known word, as the end of a message; all of them where none is near."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
