"""Files at an address, read through fsspec a block at a time, and its many errors made one kind."""

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from importer.errors import SourceBroken, SourceError
from importer.streams.address import scheme_of, scrubbed, shown_address
from importer.streams.extras import needing
from importer.streams.stream import BLOCK_BYTES, Stream

if TYPE_CHECKING:
    from importer.streams.filesystems import Opened

_PAUSES = (0.5, 2.0)
"""Seconds before a block that did not come is asked for again, where that is possible."""


def open_remote(address: str) -> Stream:
    """Open a file at an address. Raises SourceError; what breaks off later is SourceBroken."""
    scheme, name = scheme_of(address), shown_address(address)
    with needing(scheme.extra, f"{name}: reading it"):
        from importer.streams.filesystems import open_file
    try:
        with needing(scheme.extra, f"{name}: reading it"):
            opened = open_file(address)
    except SourceError:
        raise
    except Exception as error:
        # From None: its text, and a traceback's, may show the whole address.
        raise SourceError(f"{name}: cannot be opened: {_words(error, address)}") from None
    return Stream(name, _pieces(opened, address), opened.size, opened.file.close)


def find_remote(pattern: str) -> list[str]:
    """Return the addresses of the files that fit a pattern. Raises SourceError."""
    scheme, name = scheme_of(pattern), shown_address(pattern)
    try:
        with needing(scheme.extra, f"{name}: reading it"):
            from importer.streams.filesystems import find_files

            return find_files(pattern)
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"{name}: cannot be listed: {_words(error, pattern)}") from None


def _pieces(opened: "Opened", address: str) -> Iterator[bytes]:
    name, taken, piece = shown_address(address), 0, b"begin"
    try:
        while piece:
            try:
                piece = _read(opened)
            except Exception as error:
                raise SourceBroken(
                    f"{name}: reading it broke off after {taken:,} bytes: {_words(error, address)}"
                ) from None
            taken += len(piece)
            if piece:
                yield piece
        if opened.size is not None and taken != opened.size:
            raise SourceBroken(
                f"{name}: ended after {taken:,} of {opened.size:,} bytes; try again later"
            )
    finally:
        opened.file.close()


def _read(opened: "Opened") -> bytes:
    """Read a block, again where that is possible: its file keeps its place."""
    for pause in _PAUSES if opened.repeatable else ():
        try:
            return bytes(opened.file.read(BLOCK_BYTES))
        except Exception as error:
            if (status := _status(error)) is not None and status < 500 and status != 429:
                raise
        time.sleep(pause)
    return bytes(opened.file.read(BLOCK_BYTES))


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status", None)
    return status if isinstance(status, int) and status else None  # 0: aiohttp's own, no answer


_ANSWERS = {
    206: "the server gave another part of the file than it was asked for",
    401: "the server wants credentials, or other ones",
    403: "the server refuses access: has the address expired, are the credentials right?",
    404: "there is nothing at this address",
    410: "there is nothing at this address any more",
    412: "the file was replaced while it was read; begin a new run, or go on with the old one",
}


def _words(error: BaseException, address: str) -> str:
    """Say what is wrong: fsspec calls everything a missing file, and names the reason as cause."""
    while isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        error = error.__cause__
    if (status := _status(error)) is not None:
        return _ANSWERS.get(status, f"the server answered {status}")
    kind = type(error).__name__
    match kind:
        case "FileNotFoundError":
            return "there is no such file"
        case "PermissionError":
            return "access is refused; check the credentials"
        case "TooManyRedirects":
            return "the server sends on again and again; is the address right, is a login needed?"
        case "InTheClear":
            return str(error)
        case "FileExpired":
            return _ANSWERS[412]
        case "NoCredentialsError" | "CredentialsError" | "DefaultCredentialsError":
            return "there are no credentials; give them as the provider's own tools take them"
        case "SSHException" if "known_hosts" in str(error):
            host = urlsplit(address).hostname
            return f"the key of {host} is not in known_hosts; connect once with ssh to accept it"
        case "BadHostKeyException":
            return "the key of the server is not the one in known_hosts"
        case "AuthenticationException":
            return "the server refuses the user, the password or the key"
        case _:
            said = scrubbed(str(error).partition("\n")[0], address)
            said = re.sub(r" \w+:<[^>]*>", "", said)  # an object of Python's, in aiohttp's words
            return f"{said} ({kind})" if said else kind
