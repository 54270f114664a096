"""The members of a ZIP archive, one after the other, as they come: a pipe has no end to look at.

The directory of an archive is at its end; each member has a header of its own as well, and those
are enough to read it through once (APPNOTE.TXT 6.3.10, sections 4.3 to 4.5).
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from importer.errors import SourceBroken, SourceError
from importer.streams.compressed import BZIP2, DEFLATE, XZ, ZSTD, cut_short, drawn, fed
from importer.streams.stream import Stream

_MEMBER, _DIRECTORY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DESCRIPTOR = b"PK\x07\x08"

_HEADER = struct.Struct("<4sHHHHHLLLHH")

_ENCRYPTED, _SIZES_BEHIND, _UTF8 = 0x1, 0x8, 0x800
_STORED = 0
_IN_ZIP64 = 0xFFFF_FFFF

_COMPRESSIONS = MappingProxyType({8: DEFLATE, 12: BZIP2, 93: ZSTD, 95: XZ})

TABLES = (".csv", ".tsv", ".tab")
_MAYBE = (*TABLES, ".txt", ".dat", "")
"""What the names of text files end in; one that ends in none of these is passed over."""

_PAPERS = ("readme", "read me", "license", "licence", "manifest", "changelog", "notice")
"""How the names of text files begin that come along with a table."""


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    plain: int

    @property
    def sizes_behind(self) -> bool:
        return bool(self.flags & _SIZES_BEHIND)


class _Bytes:
    """Pieces of an archive of which as many bytes are taken as are asked for."""

    def __init__(self, pieces: Iterator[bytes], archive: str) -> None:
        self._pieces = pieces
        self._held = b""
        self.archive = archive
        self.where = archive
        """The archive, or the member of it that is being read."""

    def take(self, count: int) -> bytes:
        taken = self.some()
        while len(taken) < count:
            taken += self.some()
        self.give_back(taken[count:])
        return taken[:count]

    def some(self, most: int | None = None) -> bytes:
        """Take what there is, one byte at least. Raises SourceBroken at the end."""
        piece = self._held or next(self._pieces, b"")
        self._held = b""
        if not piece:
            raise cut_short(self.where, "ZIP")
        if most is not None and len(piece) > most:
            self.give_back(piece[most:])
            piece = piece[:most]
        return piece

    def give_back(self, rest: bytes) -> None:
        self._held = rest + self._held

    def drain(self) -> bytes:
        """Read to the end, and return the last bytes of it."""
        tail = self._held
        for piece in self._pieces:
            tail = (tail + piece)[-70_000:]
        return tail


def members(archive: Stream) -> Iterator[Stream]:
    """Yield the text files of an archive, each to be read to its end before the next one.

    Folders and files that are no tables by their names are passed over. Raises SourceBroken for an
    archive that is cut short, damaged, encrypted, or has no table in it.
    """
    coming, seen, found = _Bytes(archive.pieces, archive.name), [], False
    passed_over: list[str] = []
    try:
        while (signature := coming.take(4)) == _MEMBER:
            header = _header(coming)
            contents = _contents(coming, header)
            if is_table(header.name, first=not found):
                found = True
                name = f"{archive.name}/{header.name}"
                yield Stream(
                    name, contents, archive.size, archive.close, archive.share,
                    packed=True, member=True, passed_over=passed_over,
                )  # fmt: skip
            elif not header.name.endswith("/"):
                seen.append(header.name)
                if not _is_beside(header.name):
                    passed_over.append(header.name)
            for _ in contents:
                pass
        if signature not in (_DIRECTORY, _END):
            raise SourceBroken(f"{archive.name}: is a damaged ZIP archive; fetch it again")
        if signature == _DIRECTORY and _END not in coming.drain():
            raise cut_short(archive.name, "ZIP")
        if not found:
            inside = ", ".join(seen[:3]) or "nothing"
            raise SourceBroken(f"{archive.name}: holds no CSV file but {inside}")
    finally:
        archive.close()


def names_in(head: bytes) -> Iterator[str]:
    """Yield the names of the members of an archive that begins like this, as far as they show."""
    coming = _Bytes(fed([head]), "")
    with suppress(SourceError):
        while coming.take(4) == _MEMBER:
            header = _header(coming)
            yield header.name
            for _ in _contents(coming, header):
                pass


def is_table(name: str, *, first: bool) -> bool:
    """Is a member to be imported? One whose name says nothing is, if it is the first."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in TABLES:
        return not _is_hidden(name)
    return first and suffix in _MAYBE and not _is_beside(name)


def _is_beside(name: str) -> bool:
    """Does a member only come along with tables?"""
    return _is_hidden(name) or PurePosixPath(name).name.lower().startswith(_PAPERS)


def _is_hidden(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return hidden or name.endswith("/") or name == "mimetype"  # of a document that an archive is


def _header(coming: _Bytes) -> _Header:
    fields = _HEADER.unpack(_MEMBER + coming.take(_HEADER.size - 4))
    _, _, flags, method, _, _, crc, packed, plain, name_length, extra_length = fields
    raw_name, extra = coming.take(name_length), coming.take(extra_length)
    name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    name = "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
    where = f"{coming.archive}/{name}"
    if flags & _ENCRYPTED:
        raise SourceBroken(f"{where}: is encrypted; unpack the archive first")
    if _IN_ZIP64 in (packed, plain):
        plain, packed = _zip64(extra, plain, packed)
    unknown = flags & _SIZES_BEHIND and not packed
    if method not in _COMPRESSIONS and (method != _STORED or unknown) and not name.endswith("/"):
        how = "stored without its size" if method == _STORED else f"compressed by method {method}"
        raise SourceBroken(f"{where}: is {how}; unpack the archive first")
    return _Header(name, flags, method, crc, packed, plain)


def _zip64(extra: bytes, plain: int, packed: int) -> tuple[int, int]:
    """Find the sizes that four bytes cannot hold."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16:
            plain, packed = struct.unpack_from("<QQ", extra, 4)
            break
        extra = extra[4 + length :]
    return plain, packed


def _contents(coming: _Bytes, header: _Header) -> Iterator[bytes]:
    """Yield the bytes of a member, which must have the checksum that the archive tells."""
    name, crc, plain = f"{coming.archive}/{header.name}", 0, 0
    coming.where = name
    raw = _stored(coming, header) if header.method == _STORED else _inflated(coming, header, name)
    for piece in raw:
        crc = zlib.crc32(piece, crc)
        plain += len(piece)
        yield piece
    told = _told_behind(coming, crc) if header.sizes_behind else header.crc
    if told != crc:
        raise SourceBroken(f"{name}: its ZIP data is damaged (checksum); fetch or export it again")
    coming.where = coming.archive


def _stored(coming: _Bytes, header: _Header) -> Iterator[bytes]:
    left = header.packed
    while left:
        piece = coming.some(left)
        left -= len(piece)
        yield piece


def _inflated(coming: _Bytes, header: _Header, name: str) -> Iterator[bytes]:
    engine = _COMPRESSIONS[header.method].load()
    member = engine.start()
    while not member.eof:
        yield from drawn(member, coming.some(), engine, "ZIP", name)
    coming.give_back(member.unused_data)


def _told_behind(coming: _Bytes, crc: int) -> int:
    """Read what follows a member whose sizes were not known when it was begun.

    The signature is optional, and sizes have four bytes or eight: what comes behind tells which.
    """
    found = coming.take(4)
    told = int.from_bytes(coming.take(4) if found == _DESCRIPTOR else found, "little")
    if told != crc:
        return told
    sizes = coming.take(8)
    following = coming.take(4)
    if following in (_MEMBER, _DIRECTORY):
        coming.give_back(following)
    else:
        sizes += following + coming.take(4)
    return told
