"""The lines of a ledger: where it ends is torn by a power cut, anything else is damage."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

from importer.errors import ConfigError

_CHECK = b',"crc":"'


def sealed(line: Mapping[str, Any]) -> bytes:
    """Return a line with a checksum: most bytes of JSON can be others and it still be read."""
    content = orjson.dumps(line)
    return content[:-1] + _CHECK + _sum(content)


def lines_of(content: bytes, path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each whole line and where it ends; what a power cut left torn is passed over.

    Raises ConfigError at a line that cannot be read and has one behind it that can: that is damage,
    and all that was settled behind it would be done again.
    """
    end = 0
    raws = content.splitlines(keepends=True)
    for number, raw in enumerate(raws, start=1):
        line = _parsed(raw)
        if line is None:
            if any(_parsed(each) is not None for each in raws[number:]):
                raise damaged(path, number)
            return
        end += len(raw)
        yield line, end


def _parsed(raw: bytes) -> dict[str, Any] | None:
    content, check, given = raw.rpartition(_CHECK)
    if check and given != _sum(content + b"}"):
        return None
    try:  # earlier versions wrote no checksums
        line = orjson.loads(raw) if raw.endswith(b"\n") else None
    except orjson.JSONDecodeError:
        return None
    return line if isinstance(line, dict) else None


def _sum(content: bytes) -> bytes:
    return b'%08x"}\n' % crc32(content)


def damaged(path: Path, number: int) -> ConfigError:
    return ConfigError(
        f"{path}: line {number:,} is damaged, and what was settled from there on is not known; "
        "put a copy of the file back, or begin a new run where rows may be sent twice"
    )
