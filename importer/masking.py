"""Values made unreadable for people who need to see their form, not their content."""

import re
from collections.abc import Container

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


_VALUES = re.compile(
    r"(?P<run>\b\d{8}T\d{6}Z-[0-9a-f]{6}\b)|"  # the folder of a run
    # Up to the last double quote: a cell may hold some itself. "Mixpanel's" opens no quote.
    r"""(?P<quote>")(?P<quoted>.+)"|(?P<other>(?<!\w)'|'(?!s\b)|`)(?P<within>(?:(?!(?P=other)).)+)(?P=other)"""
    r"""|(?P<bare>[^\s'"<>(),;:]+@[^\s'"<>(),;:]+|\+?\d[\d ().\-/]{4,}\d)"""
)


def masked_words(words: str, names: Container[str] = ()) -> str:
    """Mask what words quote, and what in them looks like an address or a long number.

    Meant for the words of servers, which echo what they were sent, and for reasons of failures.
    What is one of the `names`, of properties say, is no value and stays.
    """

    def mask(found: re.Match[str]) -> str:
        if found["run"] is not None:
            return found["run"]
        if (bare := found["bare"]) is not None:
            return masked(bare)
        quote, value = found["quote"] or found["other"], found["quoted"] or found["within"]
        if value in names:
            return found[0]
        return f"{quote}{masked(value)}{quote}"

    return _VALUES.sub(mask, words)


_word = re.compile(r"\w{4,}")


def masked_echo(words: str, said: str) -> str:
    """Mask every word of four letters or more that occurs in what was said: servers echo that, and
    do not always quote it.
    """
    known = set(_word.findall(said))
    return _word.sub(lambda found: masked(found[0]) if found[0] in known else found[0], words)
