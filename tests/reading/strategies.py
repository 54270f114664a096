"""Files as nasty as chance can make them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from importer.reading.dialect import Dialect
from importer.reading.source import Encoding, Source

often = settings(
    max_examples=int(os.environ.get("EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.too_slow],
)
"""How often chance is tried; EXAMPLES=20000 in the environment tries harder."""

DELIMITERS = ",;|\t"
QUOTES = '"', "'", None

NASTY = (
    "a",
    "B",
    "0",
    "7",
    ",",
    ";",
    "|",
    "\t",
    '"',
    '"',
    "'",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\0",
    "é",
    "€",
)
FOREIGN = b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\x81", b"\xed\xa0\x80", b"\xd8"
"""Bytes that are not UTF-8, or a byte order mark where none belongs."""

UNITS = {"utf-16-le": "<u2", "utf-16-be": ">u2", "utf-32-le": "<u4", "utf-32-be": ">u4"}

CODECS = "utf-8", "utf-8", "utf-8", *UNITS, "cp1252", "iso8859-1", "ascii", "euc_jp", "gb2312"


@dataclass(frozen=True)
class Written:
    """A file: its bytes, how they come in blocks, and how they are to be read."""

    data: bytes
    blocks: Sequence[bytes]
    delimiter: str
    quote: str | None
    codec: str

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, self.quote, UNITS.get(self.codec, "u1"))

    @property
    def source(self) -> Source:
        encoding = Encoding(self.codec, UNITS.get(self.codec, "u1"))
        return Source("a file", len(self.data), encoding, self.dialect, iter(self.blocks))


@st.composite
def files(draw: st.DrawFn, codecs: Sequence[str] = CODECS) -> Written:
    """Draw a file, a dialect to read it in, and where its blocks are cut."""
    delimiter = draw(st.sampled_from(DELIMITERS))
    quote = draw(st.sampled_from(QUOTES))
    codec = draw(st.sampled_from(codecs))
    pieces = [text.encode(codec, "ignore") for text in (*NASTY, delimiter, quote or "a")]
    if draw(st.booleans()):  # else a file in which nothing is foreign
        pieces += FOREIGN
    soup = st.lists(st.sampled_from(pieces), max_size=40).map(b"".join)
    width = draw(st.integers(1, 4))
    line = _lines(delimiter, quote or "'", codec, pieces, width)
    data = draw(soup | st.lists(line, max_size=12).map(b"".join))
    return Written(data, draw(blocks_of(data)), delimiter, quote, codec)


def _lines(
    delimiter: str, quote: str, codec: str, pieces: Sequence[bytes], width: int
) -> st.SearchStrategy[bytes]:
    """Lines of so many cells, most of them as they should be."""
    comma, mark = delimiter.encode(codec), quote.encode(codec)
    texts = st.sampled_from([text.encode(codec) for text in ("a", "b b", "77", "", "")])
    anything = st.lists(st.sampled_from(pieces), max_size=3).map(b"".join)
    quoted = anything.map(lambda cell: mark + cell.replace(mark, mark * 2) + mark)
    spoilt = anything.map(lambda cell: mark + mark + cell)
    odd = st.one_of(quoted, anything, spoilt, st.sampled_from(pieces[-len(FOREIGN) :]))
    cells = st.one_of(texts, texts, odd)
    fitting = st.lists(cells, min_size=width, max_size=width)
    ragged = st.lists(cells, min_size=1, max_size=4)
    records = st.one_of(fitting, fitting, fitting, ragged).map(comma.join)
    ends = st.sampled_from([end.encode(codec) for end in ("\n", "\n", "\r\n", "\r", "\n\r\n")])
    return st.tuples(records, ends).map(b"".join)


@st.composite
def blocks_of(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """Draw a way to cut data into blocks: of a few bytes, of many, empty ones never."""
    most = draw(st.sampled_from((1, 2, 3, 7, 1000)))
    blocks = []
    while data:
        size = draw(st.integers(1, most)) if most < 1000 else len(data)
        blocks.append(data[:size])
        data = data[size:]
    return blocks
