"""How a file is packed: told by its first bytes, whatever its name is, and undone."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from importer.errors import SourceBroken
from importer.settings import sections
from importer.streams import archive
from importer.streams.compressed import BZIP2, GZIP, XZ, ZSTD, Compression, fed, unpacked
from importer.streams.stream import Stream, counted
from importer.streams.workbook import is_part, sheet_of

_LAYERS = 3
"""Layers of compression that are undone, one within the other; a bomb may have any number."""

_HEAD_BYTES = 512

_MEMBERS_BYTES = 256 * 1024
"""In which the members of an archive are looked at: some begin a workbook with a picture of it."""

_ZIP, _EMPTY_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"

# Each has a byte or a length that no text begins with.
_COMPRESSED: Mapping[bytes, Compression] = MappingProxyType(
    {
        b"\x1f\x8b": GZIP,
        # Its level and the start of a block: an id may begin with BZh.
        **{b"BZh%d1AY&SY" % level: BZIP2 for level in range(1, 10)},
        # Of nothing: the square root of pi instead of pi.
        **{b"BZh%d\x17\x72\x45\x38\x50\x90" % level: BZIP2 for level in range(1, 10)},
        b"\x28\xb5\x2f\xfd": ZSTD,
        # A frame to be passed over, as pzstd begins with: RFC 8878, 3.1.2.
        **{b"%c\x2a\x4d\x18" % first: ZSTD for first in range(0x50, 0x60)},
        b"\xfd7zXZ\0": XZ,
    }
)


def unwrapped(stream: Stream, settings: sections.Source, layers: int = _LAYERS) -> Iterator[Stream]:
    """Yield the plain text files in a stream, mostly itself, each to be read before the next."""
    head = stream.peek(_HEAD_BYTES)
    compression = next((how for magic, how in _COMPRESSED.items() if head.startswith(magic)), None)
    if compression is not None:
        if not layers:
            raise SourceBroken(f"{stream.name}: is compressed too many times; uncompress it first")
        yield from unwrapped(_uncompressed(stream, compression), settings, layers - 1)
    elif head.startswith(_OLD_WORKBOOK) or (head.startswith(_ZIP) and _is_workbook(stream)):
        yield sheet_of(stream, settings)
    elif head.startswith((_ZIP, _EMPTY_ZIP)):
        for member in archive.members(_fed(stream)):
            yield _plain_member(member)
    else:
        yield stream


def _plain_member(member: Stream) -> Stream:
    """Refuse what is packed once more: members share a file, which only the archive may end."""
    head = member.peek(_HEAD_BYTES)
    if head.startswith((*_COMPRESSED, _ZIP, _OLD_WORKBOOK)):
        raise SourceBroken(f"{member.name}: is packed within the archive; unpack it first")
    return member


def _is_workbook(packed: Stream) -> bool:
    """Does a part of a workbook come before any table?"""
    names = archive.names_in(packed.peek(_MEMBERS_BYTES))
    told = (name for name in names if is_part(name) or archive.is_table(name, first=False))
    return is_part(next(told, ""))


def _uncompressed(stream: Stream, compression: Compression) -> Stream:
    packed = _fed(stream)
    packed.pieces = unpacked(packed.pieces, compression, stream.name)
    return packed


def _fed(stream: Stream) -> Stream:
    """Return a stream that is packed, in small pieces, of which the first layer's are counted."""
    pieces, share = fed(stream.pieces), stream.share
    if not stream.packed:
        pieces, share = counted(pieces, stream.size)
    return Stream(
        stream.name, pieces, stream.size, stream.close, share,
        packed=True, member=stream.member, sheet=False,
    )  # fmt: skip
