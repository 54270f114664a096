"""Every form in which profile updates arrive: JSON bodies, form bodies, query strings."""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

import orjson

# Unescaped JSON after "data=": a client that percent-encodes would have written %5B or %7B.
_RAW_JSON = re.compile(rb"(?:^|&)data=(?=\s*[\[{])")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]*")
_GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True)
class Submission:
    """One request's updates and the parameters that shape its answer.

    ``records`` is None where the data could not be read, and ``document`` is the length in bytes
    of the JSON that was read.
    """

    records: list[Any] | None
    document: int = 0
    strict: bool = False
    verbose: bool = False
    geolocate: bool = True
    callback: str | None = None


def read(query: bytes, body: bytes) -> Submission:
    """The updates of one request, from its query string and its decompressed body.

    Parameters count in the query string and in a form body alike: the SPEC documents the query,
    the official Python and Ruby clients use the form.
    """
    given = _fields(query)
    if body.lstrip()[:1] in (b"[", b"{"):
        data = body
    else:
        given = _fields(body) | given
        data = given.get("data", b"")
    document = _plain_json(data)
    return Submission(
        records=_records(document),
        document=len(document),
        strict=given.get("strict") == b"1",
        # The user-profiles page's sample says verbose=2; no difference from 1 is documented.
        verbose=given.get("verbose") in (b"1", b"2"),
        geolocate=given.get("ip") != b"0",
        callback=_callback(given),
    )


def unpacked(body: bytes, encoding: bytes, limit: int) -> bytes | None:
    """The body without its gzip, cut a little above ``limit`` bytes; None where it is broken."""
    if encoding.strip().lower() != b"gzip":
        return body
    inflate = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = inflate.decompress(body, limit + 1)
    except zlib.error:
        return None
    return plain if inflate.eof or len(plain) > limit else None


def _fields(encoded: bytes) -> dict[str, bytes]:
    raw = _RAW_JSON.search(encoded)
    if raw is None:
        return _pairs(encoded)
    end = max(encoded.rfind(b"]"), encoded.rfind(b"}")) + 1
    around = encoded[: raw.start()] + b"&" + encoded[end:]
    return _pairs(around) | {"data": encoded[raw.end() : end]}


def _pairs(encoded: bytes) -> dict[str, bytes]:
    # urllib's parse_qsl refuses bytes beyond ASCII, which sloppy clients do send.
    split = (piece.partition(b"=") for piece in encoded.split(b"&") if piece)
    return {
        unquote_to_bytes(name).decode("utf-8", "replace"): unquote_to_bytes(
            value.replace(b"+", b" ")
        )
        for name, _, value in split
    }


def _plain_json(data: bytes) -> bytes:
    if not data or data.lstrip()[:1] in (b"[", b"{"):
        return data
    # A space was a "+" that the client did not escape; "-" and "_" are the URL-safe alphabet.
    text = data.strip(b"\r\n\t").translate(bytes.maketrans(b" -_", b"++/")).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _records(document: bytes) -> list[Any] | None:
    try:
        loaded = orjson.loads(document)
    except orjson.JSONDecodeError:
        loaded = _half_encoded(document)
    if isinstance(loaded, dict):
        return [loaded]
    return loaded if isinstance(loaded, list) and loaded else None


def _half_encoded(document: bytes) -> object:
    """JSON whose brackets were left alone and whose rest was percent-encoded."""
    if b"%" not in document:
        return None
    try:
        return orjson.loads(unquote_plus(document.decode("utf-8", "replace")))
    except orjson.JSONDecodeError:
        return None


def _callback(given: Mapping[str, bytes]) -> str | None:
    name = given.get("callback", b"").decode("utf-8", "replace")
    return name if _CALLBACK.fullmatch(name) else None
