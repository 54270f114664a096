"""Packed files: known by their content, read in pieces, and said to be cut or damaged."""

import bz2
import gzip
import io
import lzma
import random
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceBroken, SourceError
from importer.reading.layout import framed
from importer.reading.source import open_source
from importer.settings import sections
from importer.streams.compressed import BZIP2, GZIP, XZ, ZSTD, Compression, unpacked
from importer.streams.kinds import unwrapped
from importer.streams.stream import Stream, in_blocks

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor, compress
else:
    from backports.zstd import CompressionParameter, ZstdCompressor, compress

ROWS = "".join(f"u{row},{row * 7919 % 10_007}\n" for row in range(1, 3_001)).encode()

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    # As the zstd command does; without a checksum nothing tells that a bit was flipped.
    "zstd": lambda plain: compress(plain, options={CompressionParameter.checksum_flag: 1}),
}
UNPACK: dict[str, Compression] = {"gzip": GZIP, "bzip2": BZIP2, "xz": XZ, "zstd": ZSTD}


class _Pipe(io.RawIOBase):
    """Takes bytes, and cannot go back: sizes are written behind the members then."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: "bytes | memoryview") -> int:  # type: ignore[override]  # of any buffer
        self.taken += piece
        return len(piece)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(pipe := io.BytesIO(), "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return pipe.getvalue()


def piped_zip(*members: tuple[str, bytes]) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return bytes(pipe.taken)


def wide_zstd() -> bytes:
    """What looks back further than is allowed, as the zstd command does with --long=28."""
    engine = ZstdCompressor(options={CompressionParameter.window_log: 28})
    return engine.compress(ROWS) + engine.flush()


def wide_xz() -> bytes:
    return lzma.compress(ROWS, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}])


def records(path: Path, **settings: object) -> list[bytes]:
    source = sections.Source.model_validate(settings)
    portions = framed(open_source(path, source), source)
    return [portion.raw(i) for portion in portions for i in range(len(portion))]


def packings() -> Iterator[tuple[str, bytes]]:
    half = ROWS.index(b"\n", len(ROWS) // 2) + 1
    for name, pack in PACK.items():
        yield name, pack(ROWS)
        yield f"{name}, members", pack(ROWS[:1_000]) + pack(b"") + pack(ROWS[1_000:])
        yield f"{name}, padded", pack(ROWS) + bytes(512)
        yield f"{name} within gzip", gzip.compress(pack(ROWS))
    yield "zstd, a frame before", b"\x5f\x2a\x4d\x18\4\0\0\0pzst" + PACK["zstd"](ROWS)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        yield f"zip, method {method}", zipped(("customers.csv", ROWS), method=method)
    yield "zip, piped", piped_zip(("customers.csv", ROWS))
    yield "zip, a name without ending", zipped(("customers", ROWS))
    parts = ("b/", b""), ("b/1.csv", ROWS[:half]), ("readme.md", b"# x"), ("a.csv", ROWS[half:])
    mac = ("__MACOSX/._1.csv", b"\0\1\2")
    yield "zip, members", zipped(mac, *parts)
    yield "zip, members, piped", piped_zip(mac, *parts)
    papers = ("README.txt", b"Exported by the CRM."), ("b/LICENSE", b"All rights reserved.")
    yield "zip, papers before", zipped(*papers, ("customers.txt", ROWS))
    yield "zip, members, no line end", zipped(("1.csv", ROWS[: half - 1]), ("2.csv", ROWS[half:]))


@pytest.mark.parametrize("packing", tuple(packings()), ids=lambda packing: packing[0])
def test_same_records(tmp_path: Path, packing: tuple[str, bytes]) -> None:
    """However a file is packed and whatever it is called, its records are the same."""
    path = tmp_path / "customers.txt"
    path.write_bytes(packing[1])
    assert [record.strip() for record in records(path)] == ROWS.split()


@given(
    st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    st.sampled_from(sorted(PACK)),
    st.lists(st.integers(1, 40), min_size=1, max_size=9),
)
def test_cut_anywhere(members: list[bytes], kind: str, lengths: list[int]) -> None:
    """Members cut into pieces anywhere give the bytes that were packed."""
    packed = b"".join(map(PACK[kind], members))
    pieces = list(_cut(packed, lengths))
    assert b"".join(unpacked(pieces, UNPACK[kind], "x")) == b"".join(members)


@given(
    st.lists(st.tuples(st.sampled_from(["a.csv", "b/c.csv"]), st.binary(max_size=300)), max_size=3),
    st.booleans(),
    st.lists(st.integers(1, 40), min_size=1, max_size=9),
)
def test_archive_cut_anywhere(
    members: list[tuple[str, bytes]], piped: bool, lengths: list[int]
) -> None:
    """So do the members of an archive, in the order in which they are in it."""
    members = [(f"{number}{name}", content) for number, (name, content) in enumerate(members)]
    members.append(("z.csv", b"u1,1\n"))
    members = [(name, b"u," + content) for name, content in members]
    packed = piped_zip(*members) if piped else zipped(*members)
    stream = Stream("x", _cut(packed, lengths))
    found = [(part.name, b"".join(part.pieces)) for part in unwrapped(stream, sections.Source())]
    assert found == [(f"x/{name}", content) for name, content in members]


def _cut(packed: bytes, lengths: list[int]) -> Iterator[bytes]:
    start = turn = 0
    while start < len(packed):
        yield packed[start : start + lengths[turn % len(lengths)]]
        start += lengths[turn % len(lengths)]
        turn += 1


WHOLE = {**{name: pack(ROWS) for name, pack in PACK.items()}, "zip": piped_zip(("a.csv", ROWS))}


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=30)
@given(share=st.floats(0.05, 0.95))
def test_cut_short(kind: str, share: float) -> None:
    """A file that ends too early is broken, and what came before can be used."""
    packed = WHOLE[kind][: int(len(WHOLE[kind]) * share)]
    got = bytearray()

    def read() -> None:
        for part in unwrapped(Stream("x", iter([packed])), sections.Source()):
            for block in in_blocks(part.pieces):
                got.extend(block)

    with pytest.raises(SourceBroken, match="ends in the middle of its"):
        read()
    assert ROWS.startswith(got)


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=30)
@given(at=st.floats(0.1, 0.9), bit=st.integers(0, 7))
def test_damaged(kind: str, at: float, bit: int) -> None:
    """A flipped bit is never taken for other values: a whole reading is that of the whole file."""
    packed = bytearray(WHOLE[kind])
    packed[int(len(packed) * at)] ^= 1 << bit
    try:
        parts = unwrapped(Stream("x", iter([bytes(packed)])), sections.Source())
        got = b"".join(piece for part in parts for piece in part.pieces)
    except SourceError:
        return
    assert got == ROWS


@pytest.mark.parametrize("kind", PACK)
def test_bomb(kind: str) -> None:
    """What unpacks to 32 MiB is never held as a whole."""
    packed = PACK[kind](bytes(1 << 25))
    tracemalloc.start()
    try:
        size = sum(map(len, unpacked([packed], UNPACK[kind], "x")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (size, peak < 24 << 20) == (1 << 25, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(), "holds no CSV file but nothing"),
        (zipped(("a.pdf", b"x"), ("b.png", b"x")), "holds no CSV file but a.pdf, b.png"),
        (zipped(("a.csv", gzip.compress(ROWS))), "a.csv: is packed within the archive; unpack it"),
        (zipped(("a.csv", ROWS), method=zipfile.ZIP_LZMA), "a.csv: is compressed by method 14"),
        (zipped(("a.csv", ROWS)).replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1"), "is encrypted"),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(ROWS)))), "too many times"),
        (bz2.compress(b""), "is empty; nothing to import"),
        (wide_zstd(), "its zstd data takes too much memory to unpack; compress it with a smaller"),
        (wide_xz(), "its xz data takes too much memory to unpack; compress it with a smaller"),
        (gzip.compress(ROWS) + b"more", "its gzip data is damaged"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "is not a CSV file but a 7z archive; unpack it first"),
    ],
)
def test_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """What cannot be unpacked is said in words that name the file."""
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(SourceError) as refused:
        records(path)
    assert str(refused.value).startswith(str(path))
    assert words in str(refused.value)


def test_names_that_a_terminal_would_obey(tmp_path: Path) -> None:
    """The name of a member is printed without its control characters."""
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(("\x1b[31m.csv", ROWS)))
    assert open_source(path, sections.Source()).name == f"{path}/\ufffd[31m.csv"


@pytest.mark.parametrize(
    ("module", "kind"), [("backports.zstd", "zstd"), ("python_calamine", "excel")]
)
def test_extra_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, kind: str
) -> None:
    """Without the packages for a kind, the command that installs them is said."""
    if kind == "zstd" and sys.version_info >= (3, 14):
        pytest.skip("in Python's library")
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "importer.streams.zstd", raising=False)
    path = tmp_path / "x"
    path.write_bytes(WHOLE["zstd"] if kind == "zstd" else zipped(("xl/workbook.xml", b"")))
    with pytest.raises(SourceError) as refused:
        open_source(path, sections.Source())
    assert str(refused.value).endswith(
        f"needs the package {module}; pip install 'mixpanel-profile-importer[{kind}]'"
    )


def test_share_of_a_packed_file(tmp_path: Path) -> None:
    """While a packed file is read, how much of it was read grows from nothing to all."""
    chance = random.Random(1)
    rows = b"".join(b"%d,%d\n" % (row, chance.getrandbits(200)) for row in range(150_000))
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(rows, 1))
    opened = open_source(path, sections.Source())
    assert opened.share is not None
    shares = [opened.share() for _ in opened.blocks]
    assert opened.size == path.stat().st_size
    assert shares == sorted(shares)
    assert shares[-1] == 1
