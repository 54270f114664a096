"""Suggestions for words that are not known."""

from difflib import get_close_matches


def near(word: str, known: list[str]) -> str:
    """Suggest the nearest known word, as the end of a message; all of them where none is near."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
