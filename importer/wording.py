"""Words for people: counts with their nouns, texts without what could disturb a line."""


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def visible(text: str) -> str:
    """Escape every character that is not printable."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str, width: int) -> str:
    shown = visible(text[: 2 * width])
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
