"""Where the bytes come from: a file or standard input, in blocks, and how they are encoded."""

import codecs
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase, RawIOBase
from pathlib import Path

from importer import config
from importer.errors import ConfigError, ImporterError, SourceBroken, SourceError
from importer.records import Dialect

BLOCK_BYTES = 4 * 1024 * 1024
"""Bytes read at once: some 20,000 records of a CRM export. Larger blocks cost memory and gain
nothing; smaller ones pay for each kernel call more often."""

STDIN = "-"

FRAME = "(data frame)"

GONE = frozenset({STDIN, FRAME})
"""Sources that have no name by which they could be opened again."""

_HEAD_BYTES, _FEW = 65_536, 8

# ASCII, all of it, and what is ASCII too but means something else in ISO-2022, in Python's own
# escapes and in domain names.
_PLAIN = bytes(range(128)) + b"\x1b$B!!\x1b(B \\u0041.xn--bcher-kva."

_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")

# What a file that is no CSV begins with, and what to tell its owner. Each has a byte or a length
# that no text begins with.
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook; save it as CSV",
    b"\x1f\x8b": "gzip-compressed; uncompress it first",
    **{
        # Its level and the start of a block: an id may begin with BZh.
        b"BZh%d1AY&SY" % level: "bzip2-compressed; uncompress it first"
        for level in range(1, 10)
    },
    b"\x28\xb5\x2f\xfd": "zstd-compressed; uncompress it first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV",
    b"PAR1\x15": "a Parquet file; export it as CSV",
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3\0": "an SQLite database; export the table as CSV",
    b"\x7fELF": "a program",
}

# In this order: UTF-32's little-endian mark begins with UTF-16's.
_WIDE_MARKS = {
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

    def decode(self, raw: bytes) -> str:
        return codecs.decode(raw, self.codec)


@dataclass(frozen=True, slots=True)
class Source:
    """An opened source: `blocks` yields the bytes behind `encoding.mark`.

    At their end it is closed; who reads no further calls `close`.
    """

    name: str
    size: int | None
    encoding: Encoding
    dialect: Dialect
    blocks: Iterator[bytes]
    close: Callable[[], object] = lambda: None


def open_source(source: str | Path, settings: config.Source) -> Source:
    """Open a path, or `-` for standard input, and look at its first block.

    Raises SourceError for what cannot be a CSV file: missing, a directory, empty, binary.
    """
    stream, name, size = _open(source)
    try:
        first = _read_block(stream)
        if not first:
            raise SourceError(f"{name}: is empty; nothing to import")
        encoding = _encoding(settings, first)
        _refuse_binary(name, first, encoding)
    except OSError as error:
        stream.close()
        raise SourceError(f"{name}: {error.strerror}") from error
    except ImporterError:
        stream.close()
        raise
    return Source(
        name=name,
        size=size,
        encoding=encoding,
        dialect=Dialect(settings.delimiter, settings.quote, encoding.unit),
        blocks=_blocks(stream, first[len(encoding.mark) :], name, size and size - len(first)),
        close=stream.close,
    )


def _open(source: str | Path) -> tuple[RawIOBase | BufferedIOBase, str, int | None]:
    if source == STDIN:
        if sys.stdin is None:  # a scheduler may start programs without one
            raise SourceError("standard input: is closed; name a CSV file")
        # Not sys.stdin: a thread that waits in its buffer would hold up the end of the program.
        return open(0, "rb", buffering=0, closefd=False), "standard input", None
    path = Path(source)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; name a CSV file, or - for stdin") from error
    return stream, str(path), path.stat().st_size if path.is_file() else None


def _blocks(
    stream: RawIOBase | BufferedIOBase, first: bytes, name: str, missing: int | None
) -> Iterator[bytes]:
    """Yield blocks to the end, which must come once `missing` bytes more were read.

    A file that another program is still writing has an end in the middle of something.
    """
    block = first
    try:
        while block:
            yield block
            block = _read_block(stream)
            missing = None if missing is None else missing - len(block)
        if missing:
            how = "was cut short" if missing > 0 else "has grown"
            raise SourceBroken(
                f"{name}: {how} while it was read ({abs(missing):,} bytes): is it still being "
                "written? Import it when it is whole"
            )
    except OSError as error:
        raise SourceBroken(f"{name}: reading it broke off: {error.strerror}") from error
    finally:
        stream.close()


def _read_block(stream: RawIOBase | BufferedIOBase) -> bytes:
    """Read a whole block, of a pipe too, which gives a little at a time; less only at the end."""
    pieces, missing = [], BLOCK_BYTES
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _encoding(settings: config.Source, first: bytes) -> Encoding:
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
    _require_ascii_structure(settings)
    return Encoding(name)


def _mark(first: bytes, mark: bytes) -> bytes:
    return mark if first.startswith(mark) else b""


def _require_ascii_structure(settings: config.Source) -> None:
    """Refuse encodings in which a delimiter, quote or line break cannot be told by its byte."""
    structure = {*"\r\n", settings.delimiter, settings.quote or settings.delimiter}
    codec = settings.encoding
    try:
        plain = _PLAIN.decode(codec) == _PLAIN.decode("ascii")
    except (UnicodeError, LookupError):  # LookupError: a codec that is not for text
        plain = False
    if not plain or any(_hides(codec, character) for character in structure):
        raise ConfigError(
            f"source.encoding: {codec} cannot be read with delimiter {settings.delimiter!r}; "
            "convert the file to utf-8 first"
        )


def _hides(codec: str, character: str) -> bool:
    """Can the character's byte be part of another character, or another byte be read as it?"""
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


def _refuse_binary(name: str, first: bytes, encoding: Encoding) -> None:
    for magic, what in _MAGIC.items():
        if first.startswith(magic):
            raise SourceError(f"{name}: is not a CSV file but {what}")
    head = first[:_HEAD_BYTES]
    if encoding.unit != "u1":
        # Every delimiter and line end has a zero byte there; UTF-8 read like this is one odd cell.
        if not encoding.mark and b"\0" not in head:
            raise SourceError(f"{name}: is not {encoding.codec} text; check source.encoding")
        return
    for family, marks in _WIDE_MARKS.items():
        if first.startswith(marks):
            raise SourceError(
                f"{name}: is written in {family.upper()}; set source.encoding: {family}"
            )
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > _FEW and controls > len(head) * 0.05:
        raise SourceError(f"{name}: is a binary file, not CSV text")
    if encoding.codec == "utf-8":
        lost = len(head) - len(head.decode("utf-8", "ignore").encode())
        if lost > _FEW and lost > len(head) * 0.3:
            raise SourceError(
                f"{name}: is not UTF-8 text; set source.encoding to the one it is written in"
            )
