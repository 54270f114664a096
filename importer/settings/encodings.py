"""Which encodings a file may have: those in which its structure can be told by single bytes."""

import codecs

# ASCII, all of it, and what is ASCII too but means something else in ISO-2022, in Python's own
# escapes and in domain names.
_PLAIN = bytes(range(128)) + b"\x1b$B!!\x1b(B \\u0041.xn--bcher-kva."

_UNICODE = ("utf-8", "utf-16", "utf-32")
"""Read by code units."""


def known_encoding(name: str) -> str:
    """Return the codec's own name. Raises ValueError where a file cannot be read by it."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}; utf-8 and cp1252 are common") from None
    if not codec.startswith(_UNICODE) and not _holds_ascii(codec):
        raise ValueError(
            f"{name} does not write commas and line breaks as they are; "
            "convert the file to utf-8 first"
        )
    return codec


def hides(codec: str, character: str) -> bool:
    """Can the character's byte be part of another character, or another byte be read as it?"""
    if codec.startswith(_UNICODE):
        return False
    for lead in range(0x80, 0x100):
        byte = bytes([lead])
        if byte.decode(codec, "ignore") == character:
            return True
        try:
            text = (byte + character.encode("ascii")).decode(codec)
        except UnicodeDecodeError:
            continue
        if not text.endswith(character):
            return True
    return False


def _holds_ascii(codec: str) -> bool:
    try:
        return _PLAIN.decode(codec) == _PLAIN.decode("ascii")
    except (UnicodeError, LookupError):  # LookupError: a codec that is not for text
        return False
