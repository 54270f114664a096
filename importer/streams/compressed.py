"""Compressed bytes become plain ones, a little at a time, whatever they grow to."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from importer.errors import SourceBroken
from importer.streams.extras import needing

PIECE_BYTES = 1024 * 1024
"""Plain bytes made at once: a bomb makes many pieces, never a large one."""

_FED_BYTES = 64 * 1024
"""Packed bytes taken at once, so that the share that was taken tells of the rows that came out."""

_MOST_MEMORY = 256 * 1024 * 1024
"""Bytes that an .xz file may ask for; its strongest preset takes 65 MiB."""

_TOO_LARGE = ("too much memory", "Memory usage limit")
"""What zstd and xz say of data for which they would need more than they may take: they raise the
same error where it is damaged."""


class Decompressor(Protocol):
    """What the compression modules of Python's library have in common since 3.5."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Inflater:
    """zlib's, which alone has no `needs_input`. `wbits` is zlib's: 31 for gzip, -15 for ZIP."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


@dataclass(frozen=True, slots=True)
class Engine:
    """What undoes a compression, made anew for each member, and what it raises on damage."""

    start: Callable[[], Decompressor]
    faults: tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Compression:
    """A way to compress: its name for people, and what loads its engine."""

    name: str
    load: Callable[[], Engine]


def _zstd() -> Engine:
    with needing("zstd", "zstd-compressed data"):
        from importer.streams.zstd import ZstdDecompressor, ZstdError
    return Engine(ZstdDecompressor, (ZstdError,))


def _xz() -> Engine:
    return Engine(lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY), (lzma.LZMAError,))


GZIP = Compression("gzip", lambda: Engine(lambda: Inflater(31), (zlib.error,)))
DEFLATE = Compression("ZIP", lambda: Engine(lambda: Inflater(-15), (zlib.error,)))
BZIP2 = Compression("bzip2", lambda: Engine(bz2.BZ2Decompressor, (OSError, ValueError)))
XZ = Compression("xz", _xz)
ZSTD = Compression("zstd", _zstd)


def unpacked(pieces: Iterable[bytes], compression: Compression, name: str) -> Iterator[bytes]:
    """Yield the plain bytes of all members, one behind the other, in pieces of bounded size.

    Zeros between and behind the members are padding. Raises SourceBroken where the bytes are
    damaged or end too early; all that could be read before has been yielded then.
    """
    engine = compression.load()
    member = engine.start()
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = engine.start()
            yield from drawn(member, rest, engine, compression.name, name)
            rest = member.unused_data if member.eof else b""
    if not member.eof:
        raise cut_short(name, compression.name)


def drawn(
    member: Decompressor, data: bytes, engine: Engine, kind: str, name: str
) -> Iterator[bytes]:
    """Feed data, and yield all that comes of it. Raises SourceBroken where it is damaged."""
    try:
        while not member.eof:
            plain = member.decompress(data, PIECE_BYTES)
            data = b""
            if plain:
                yield plain
            elif member.needs_input:
                return
    except engine.faults as error:
        if any(words in str(error) for words in _TOO_LARGE):
            raise SourceBroken(
                f"{name}: its {kind} data takes too much memory to unpack; compress it with a "
                "smaller window (zstd without --long, xz with a preset)"
            ) from error
        raise SourceBroken(
            f"{name}: its {kind} data is damaged ({error}); fetch or export it again"
        ) from error


def cut_short(name: str, kind: str) -> SourceBroken:
    return SourceBroken(
        f"{name}: ends in the middle of its {kind} data: is it still being written, or was it "
        "fetched in part? Import it when it is whole"
    )


def fed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Part pieces into those that a decompressor is fed."""
    for piece in pieces:
        for start in range(0, len(piece), _FED_BYTES):
            yield piece[start : start + _FED_BYTES]
