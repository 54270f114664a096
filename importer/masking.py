"""Values made unreadable for people who need to see their form, not their content."""

HEAD, TAIL, DOTS = 3, 2, 5
"""Characters shown at most in front and at the end, and dots at most between them."""

_SHORT = 6


def masked(text: str) -> str:
    """Return at most the first three and last two characters, never more than a third of all.

    Nothing is left of fewer than six characters. There are never more than five dots: the length
    of a value says something too.
    """
    shown = len(text) // 3 if len(text) >= _SHORT else 0
    tail = min(TAIL, shown * TAIL // (HEAD + TAIL))
    head = min(HEAD, shown - tail)
    dots = "•" * min(len(text) - head - tail, DOTS)
    return _visible(text[:head]) + dots + _visible(text[len(text) - tail :])


def _visible(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
