"""Updates as people may see them: without the token, and masked where only their form matters."""

import json
import re
from collections.abc import Iterator
from typing import Any

from importer.masking import masked

_TOKEN = re.compile(r'"\$token":"(?:[^"\\]|\\.)*"')
"""The first one in an update is its own: the envelope comes before the values."""


def shown_updates(text: bytes, *, mask: bool) -> Iterator[str]:
    """Part the updates of a row, which stand end to end, each followed by a comma."""
    for update in _singly(text.decode()):
        shown = _TOKEN.sub('"$token":"…"', update, count=1)
        yield masked_update(shown) if mask else shown


def masked_json(value: Any) -> Any:
    """Mask every value in a JSON value, and the names of its members, which a cell may give."""
    match value:
        case dict():
            return {masked(key): masked_json(each) for key, each in value.items()}
        case list():
            return [masked_json(each) for each in value]
        case None:
            return None
        case _:
            return masked(str(value))


def masked_update(update: str) -> str:
    """Mask the identifier and the values of an update, not the names of properties."""
    content: dict[str, Any] = json.loads(update)
    for key, value in content.items():
        if isinstance(value, dict):
            content[key] = {name: masked_json(each) for name, each in value.items()}
        elif key in ("$distinct_id", "$group_id"):
            content[key] = masked_json(value)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _singly(text: str) -> Iterator[str]:
    decoder, start = json.JSONDecoder(), 0
    while start < len(text):
        _, stop = decoder.raw_decode(text, start)
        yield text[start:stop]
        start = stop + 1
