"""Elements of HTML, built from the inside out: what is no element already is text, and escaped."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from importer.wording import visible

__all__ = ["Markup", "joined", "tag"]

_VOID = frozenset({"meta"})


def tag(name: str, /, *content: str, **attributes: str | float) -> Markup:
    """Return an element. `class_` stands for `class`, `aria_label` for `aria-label`.

    Characters that cannot be seen are written out: HTML allows few of them, and some turn the
    direction of what follows.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text(str(value))}"'
        for key, value in attributes.items()
    )
    within = joined(content)
    return Markup(f"<{name}{given}>" + ("" if name in _VOID else f"{within}</{name}>"))


def joined(content: Iterable[str]) -> Markup:
    return Markup("".join(map(_text, content)))


def _text(text: str) -> Markup:
    return text if isinstance(text, Markup) else escape(visible(text))
