"""What the browser sends, with bounds: JSON in memory, a file onto the disk."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from starlette.requests import Request

from importer.private_file import open_private

MOST_JSON = 4 * 1024 * 1024
MOST_UPLOAD = 1_500_000_000
"""Bytes of a file that is dropped on the page; a larger one is read where it lies, by its path."""

COPIES = "copy-"
"""What the folders of such files are called, each its own."""


class Refused(Exception):
    """A request that is answered with a status and words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_json(request: Request) -> dict[str, Any]:
    """Read a JSON object. Raises Refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, "The page sends JSON.")
    body = b"".join([piece async for piece in _bounded(request, MOST_JSON)])
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "That is no JSON.") from error
    if not isinstance(content, dict):
        raise Refused(400, "That is no JSON object.")
    return content


def text_in(body: dict[str, Any], key: str) -> str:
    """Return the text of that name. Raises Refused where there is none."""
    if not isinstance(value := body.get(key), str):
        raise Refused(400, f"{key} is missing.")
    return value


async def receive_file(request: Request, name: str, folder: Path, most: int = MOST_UPLOAD) -> Path:
    """Stream a body into a file of its own, readable by its owner only.

    Raises Refused, nothing being left of what is too large.
    """
    path = Path(mkdtemp(prefix=COPIES, dir=folder)) / _file_name(name)
    try:
        with open_private(path) as stream:
            async for piece in _bounded(request, most):
                stream.write(piece)
    except OSError as error:
        path.unlink(missing_ok=True)
        words = f"The copy cannot be kept ({error.strerror}). Type the path of the file instead."
        raise Refused(507, words) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


async def _bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise _too_large(most)
        yield piece


def _too_large(most: int) -> Refused:
    words = f"More than {most:,} bytes are not taken. Type the path of the file instead."
    return Refused(413, words)


def _file_name(name: str) -> str:
    """Keep of a name what is harmless in any folder."""
    kept = re.sub(r"[^\w.\- ]", "_", Path(name.replace("\\", "/")).name).strip(". ")[-100:]
    return kept or "file.csv"
