"""A starter mapping: what a preview saw, written as a configuration file that loads.

Only what is likely is written as a setting, everything else as a comment to uncomment. What stands
in comments comes from the file, so nothing in it may end a comment.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from importer.guess.guesses import Level, percent
from importer.guess.previews import ColumnPreview, Preview
from importer.settings.column_types import TYPES
from importer.settings.columns import Column
from importer.settings.config import Config
from importer.wording import shortened, visible

_WIDTH = 96
_SAMPLE = 30


def starter(preview: Preview) -> str:
    """Write the mapping that follows from a preview."""
    lines = [
        *_comment(f"How {preview.source} becomes Mixpanel profiles: a first draft, from its"),
        "# content. Columns in comments are not imported: name their property and uncomment them.",
        "",
        "project:",
        "  region: us              # where the project's data lives: us, eu or in",
        *_source(preview),
        *_identifier(preview),
        "",
        "columns:",
        *_columns(preview),
        "",
        "empty_cells: skip         # an empty cell leaves the profile's property as it is",
        "",
        "drift: stop               # send nothing of a file that no longer looks like the last one",
    ]
    return "".join(f"{line}\n" for line in lines)


def _comment(text: str, indent: str = "") -> Iterator[str]:
    """Break a comment into lines of decent length."""
    line = ""
    for word in visible(text).split(" "):
        if line and len(indent) + len(line) + len(word) + 3 > _WIDTH:
            yield f"{indent}# {line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield f"{indent}# {line}"


def _quoted(value: object) -> str:
    """Write a value so that YAML reads exactly that, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    text = yaml.dump(
        str(value), default_style='"', allow_unicode=True, width=10**9, Dumper=yaml.SafeDumper
    )
    return text.strip()


def _property(name: str) -> str:
    plain = re.fullmatch(r"\$?[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*", name)
    return name if plain and name.lower() not in _WORDS else _quoted(name)


# Words that YAML takes for something else than text.
_WORDS = frozenset(["y", "n", "yes", "no", "true", "false", "on", "off", "null"])


def _source(preview: Preview) -> Iterator[str]:
    settings = preview.settings
    yield ""
    yield "source:"
    for warning in preview.warnings:
        yield from _comment(warning, "  ")
    yield f"  header: {str(settings.header).lower()}"
    yield f"  delimiter: {_quoted(settings.delimiter)}"
    yield f"  quote: {_quoted(settings.quote) if settings.quote is not None else 'null'}"
    yield f"  encoding: {_quoted(settings.encoding)}"
    if settings.skip_records:
        yield f"  skip_records: {settings.skip_records}"


def _identifier(preview: Preview) -> Iterator[str]:
    chosen = preview.identifier
    yield ""
    yield "# Whose profile a row is: the id that your product gives to identify()."
    yield "identifier:"
    if chosen.column is not None:
        yield from _comment(chosen.reason, "  ")
        yield from _comment(_samples(preview.columns[chosen.column - 1]), "  ")
        yield f"  column: {chosen.column}"
    else:
        choice = ", ".join(map(str, chosen.candidates[:10]))
        also = f"; among {choice}" if choice else ""
        yield from _comment(f"{chosen.reason}{also}", "  ")
        yield f"  # column: {(chosen.candidates or (1,))[0]}"
    yield "  fallback: [email, random] # then the row's $email, then a random id"


def _columns(preview: Preview) -> Iterator[str]:
    written = {c.position for c in preview.columns if _is_written(c, preview)}
    needed = None if written else _needed(preview)
    taken: set[str] = set()
    for column in preview.columns:
        yield from _comment(_described(column, preview.rows), "  ")
        if column.position == preview.identifier.column and column.position != needed:
            yield "  # the identifier"
            continue
        name = column.property.property if column.property else f"column_{column.position}"
        active = column.position in written and name not in taken
        taken |= {name} if active else set()
        entry = f"{column.position}: {_entry(column, name)}"
        if column.position == needed:
            yield "  # a mapping needs one column at least: give this one its name"
            entry = f"{column.position}: {_quoted(f'column_{column.position}')}"
            active = True
        if column.guess.kind != "empty" or active:
            yield f"  {'' if active else '# '}{entry}"


def _is_written(column: ColumnPreview, preview: Preview) -> bool:
    suggestion = column.property
    return (
        suggestion is not None
        and suggestion.level is not Level.PERHAPS
        and (bool(column.name) or column.guess.level is not Level.PERHAPS)
        and column.position != preview.identifier.column
        and _loads(suggestion.property, {})
    )


def _needed(preview: Preview) -> int:
    """Choose the column that stands in where none is certain: the best filled, not the id."""
    others = [c for c in preview.columns if c.position != preview.identifier.column]
    return max(others or preview.columns, key=lambda column: column.filled).position


def _entry(column: ColumnPreview, name: str) -> str:
    settings = typed(column, name)
    if not settings:
        return _property(name)
    options = "".join(f", {key}: {_quoted(value)}" for key, value in settings.items())
    return f"{{property: {_property(name)}{options}}}"


def typed(column: ColumnPreview, name: str) -> dict[str, Any]:
    """Return the type and its options, where every cell is of it and a mapping can say so."""
    guess = column.guess
    settings = {"type": guess.type, **dict(guess.options)}
    if name == "$phone" and guess.type != "phone":
        return {}  # a number of digits is none to add up
    certain = guess.level is not Level.PERHAPS and guess.counter is None and not guess.rivals
    known = guess.type in TYPES and settings.keys() <= Column.model_fields.keys()
    return settings if certain and known and _loads(name, settings) else {}


def _loads(name: str, settings: dict[str, Any]) -> bool:
    try:
        Config.model_validate({"columns": {1: {"property": name, **settings}}})
    except ValidationError:
        return False
    return True


def _described(column: ColumnPreview, rows: int) -> str:
    """Say of a column what was seen: its guess, its doubts, its values."""
    name = f" {shortened(column.name, 40)!r}" if column.name else ""
    parts = [f"column {column.position}{name}: {column.guess}"]
    parts += doubts(column)
    if column.filled < rows:
        parts.append(f"{rows - column.filled:,} of {rows:,} empty")
    return f"{'; '.join(parts)}{'. ' + _samples(column) if column.samples else ''}"


def doubts(column: ColumnPreview) -> list[str]:
    """List what speaks against the guess of a column, or explains it."""
    guess, found = column.guess, []
    if guess.counter is not None:
        found.append(f"{percent(guess.share)} of its cells, not {shortened(guess.counter, 30)!r}")
    if guess.note:
        found.append(guess.note)
    if column.property and column.property.note:
        found.append(f"{column.property.property}: {column.property.note}")
    return found


def _samples(column: ColumnPreview) -> str:
    return "Such as " + ", ".join(_cells(column.samples))


def _cells(samples: Iterable[str]) -> Iterator[str]:
    for sample in samples:
        yield f'"{shortened(sample, _SAMPLE)}"'
