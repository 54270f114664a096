"""What the bytes of a source are: in blocks, one file or several, and how they are encoded."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from importer.errors import ImporterError, SourceError
from importer.reading.dialect import Dialect
from importer.reading.files import Files
from importer.settings import sections
from importer.streams import (
    BLOCK_BYTES,
    STDIN,
    Place,
    Stream,
    in_blocks,
    is_local,
    is_rereadable,
    open_place,
    unwrapped,
)
from importer.streams.stream import counted

__all__ = ["BLOCK_BYTES", "STDIN", "Encoding", "Source", "open_source"]

_HEAD_BYTES, _FEW = 65_536, 8

_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")

# What a file that is no CSV begins with, and what to tell its owner. Each has a byte or a length
# that no text begins with.
_MAGIC = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!\x1a\x07": "a RAR archive; unpack it first",
    b"PAR1\x15": "a Parquet file; export it as CSV",
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3\0": "an SQLite database; export the table as CSV",
    b"\x7fELF": "a program",
}

_TAR, _TAR_AT = (b"ustar\0", b"ustar  \0"), 257
"""What a tar archive has behind the name of its first file: POSIX's way, and GNU's."""

# In this order: UTF-32's little-endian mark begins with UTF-16's.
WIDE_MARKS = {
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text encoding whose structure characters can be found in the raw bytes.

    `unit` is the code unit in numpy's notation; `mark` is a byte order mark to skip.
    """

    codec: str
    unit: str = "u1"
    mark: bytes = b""

    def decode(self, raw: bytes, errors: str = "strict") -> str:
        return codecs.decode(raw, self.codec, errors)


@dataclass(frozen=True, slots=True)
class Source:
    """An opened source: `blocks` yields the bytes after `encoding.mark`.

    It is closed at their end; whoever stops earlier calls `close`. `size` is the bytes of all its
    files, and `share` says how much of them was read where the bytes of the records do not.
    `several` sources may follow one another: `rest` opens those behind the first, each once the
    one before was read, and `files` is told where each begins and what is passed over.
    """

    name: str
    size: int | None
    encoding: Encoding
    dialect: Dialect
    blocks: Iterator[bytes]
    close: Callable[[], object] = lambda: None
    share: Callable[[], float] | None = None
    several: bool = False
    rest: Iterator["Source"] = field(default_factory=lambda: iter(()))
    files: Files = field(default_factory=Files)


def open_source(source: Place | Sequence[Place], settings: sections.Source) -> Source:
    """Open files, addresses, or `-` for standard input, and look at the first block.

    Raises SourceError for what cannot be a CSV file, however it is packed: missing, a directory,
    empty, binary.
    """
    places = (source,) if isinstance(source, str | Path) else tuple(source)
    rest = _opened(places, settings)
    first = next(rest)
    return replace(first, rest=rest)


def _opened(places: Sequence[Place], settings: sections.Source) -> Iterator[Source]:
    """Open one file after the other, when it is asked for."""
    sizes = [Path(place).stat().st_size if is_local(place) else None for place in places[1:]]
    total: int | None = None
    before, files = 0, Files()
    current: list[Callable[[], float]] = []  # of the file that is being read: the last to be opened
    for number, place in enumerate(places):
        stream = open_place(place)
        if not number:
            lengths = [stream.size, *sizes]
            total = sum(filter(None, lengths)) if None not in lengths else None
        try:
            for part in unwrapped(stream, settings):
                if len(places) > 1 and part.share is None:
                    part.pieces, share = counted(part.pieces, part.size)
                    part.share = share or (lambda: 0.0)
                # Of unknown lengths, files are taken for equally long, but what pipes bring is not.
                among = (before, stream.size or 0, total) if total else (number, 1, len(places))
                known = total or len(places) == 1 or all(map(is_rereadable, places))
                if known and (share := _share(part, *among)) is not None:
                    current[:] = [share]
                share = (lambda: current[0]()) if current else None
                files.pass_over(stream.name, part.passed_over)
                opened = _source_of(part, settings, total, share, several=len(places) > 1)
                yield replace(opened, files=files)
        except (OSError, ImporterError):
            stream.close()
            raise
        before += stream.size or 0


def _source_of(
    part: Stream,
    settings: sections.Source,
    total: int | None,
    share: Callable[[], float] | None,
    *,
    several: bool,
) -> Source:
    name, blocks = part.name, in_blocks(part.pieces)
    first = next(blocks, b"")
    if not first:
        raise SourceError(f"{name}: is empty; nothing to import")
    encoding = _encoding(settings, first)
    _refuse_binary(name, first, encoding, settings.delimiter.encode())
    return Source(
        name=name,
        size=total,
        encoding=encoding,
        dialect=Dialect(settings.delimiter, settings.quote, encoding.unit, rows=part.sheet),
        blocks=_blocks(first[len(encoding.mark) :], blocks, part),
        close=part.close,
        share=share,
        several=several or part.member,
    )


def _share(part: Stream, before: int, weight: int, total: int) -> Callable[[], float] | None:
    """Return what says which share of all files was read, of which some were read `before`."""
    share = part.share
    return None if share is None else lambda: (before + share() * weight) / total


def _blocks(block: bytes, following: Iterator[bytes], part: Stream) -> Iterator[bytes]:
    try:
        while block:
            yield block
            block = next(following, b"")
    finally:
        if not part.member:  # what it is a member of has others
            part.close()


def _encoding(settings: sections.Source, first: bytes) -> Encoding:
    """Choose how to read bytes of the configured encoding that begin like this."""
    name = settings.encoding
    if name in ("utf-8", "utf-8-sig"):
        return Encoding("utf-8", mark=_mark(first, codecs.BOM_UTF8))
    for family, little, big, unit in (
        ("utf-16", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, "u2"),
        ("utf-32", codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, "u4"),
    ):
        if name == f"{family}-be" or (name == family and first.startswith(big)):
            return Encoding(f"{family}-be", f">{unit}", _mark(first, big))
        if name in (family, f"{family}-le"):
            return Encoding(f"{family}-le", f"<{unit}", _mark(first, little))
    return Encoding(name)


def _mark(first: bytes, mark: bytes) -> bytes:
    return mark if first.startswith(mark) else b""


def _refuse_binary(name: str, first: bytes, encoding: Encoding, meant: bytes) -> None:
    """Refuse what is no text; the delimiter is `meant`, whatever character it is."""
    for magic, what in _MAGIC.items():
        if first.startswith(magic):
            raise SourceError(f"{name}: is not a CSV file but {what}")
    if first.startswith(_TAR, _TAR_AT):
        raise SourceError(f"{name}: is not a CSV file but a tar archive; unpack it first")
    head = first[:_HEAD_BYTES]
    if encoding.unit != "u1":
        # Every delimiter and line end has a zero byte there; UTF-8 read like this is one odd cell.
        if not encoding.mark and b"\0" not in head:
            raise SourceError(f"{name}: is not {encoding.codec} text; check source.encoding")
        return
    for family, marks in WIDE_MARKS.items():
        if first.startswith(marks):
            raise SourceError(
                f"{name}: is written in {family.upper()}; set source.encoding: {family}"
            )
    controls = len(head) - len(head.translate(None, _CONTROLS.replace(meant, b"")))
    if controls > _FEW and controls > len(head) * 0.05:
        raise SourceError(f"{name}: is a binary file, not CSV text")
    if encoding.codec == "utf-8":
        lost = len(head) - len(head.decode("utf-8", "ignore").encode())
        if lost > _FEW and lost > len(head) * 0.3:
            raise SourceError(
                f"{name}: is not UTF-8 text; set source.encoding to the one it is written in"
            )
