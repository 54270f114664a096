"""Sources: what is read as which encoding, and what is no CSV file at all."""

import gzip
import io
import random
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from importer.begin import import_profiles
from importer.errors import ConfigError, MappingError, SourceError
from importer.reading.records import frame_records
from importer.reading.source import open_source
from importer.settings import sections
from importer.settings.config_file import source_settings

TEXT = "u1,Zoë,\ufeff\nu2,\U0001f468,x"


def raws(path: Path, **settings: Any) -> list[str]:
    """The records of a file as text."""
    source = open_source(path, sections.Source.model_validate(settings))
    portions: Iterator[Any] = frame_records(source.blocks, source.dialect)
    return [source.encoding.decode(part.raw(i)) for part in portions for i in range(len(part))]


@pytest.mark.parametrize(
    ("encoding", "mark", "written"),
    [
        ("utf-8", "\ufeff", "utf-8"),
        ("utf-8", "", "utf-8"),
        ("UTF8", "\ufeff", "utf-8"),
        ("utf-8-sig", "\ufeff", "utf-8"),
        ("utf-16", "\ufeff", "utf-16-le"),
        ("utf-16", "\ufeff", "utf-16-be"),
        ("utf-16", "", "utf-16-le"),
        ("utf-16-le", "\ufeff", "utf-16-le"),
        ("utf-16-be", "", "utf-16-be"),
        ("utf-32", "\ufeff", "utf-32-be"),
        ("utf-32", "\ufeff", "utf-32-le"),
        ("utf-32-be", "\ufeff", "utf-32-be"),
    ],
)
def test_a_byte_order_mark_is_skipped_once(
    tmp_path: Path, encoding: str, mark: str, written: str
) -> None:
    """A mark at the start is no part of the first cell, and one anywhere else is text."""
    path = tmp_path / "x.csv"
    path.write_bytes((mark + TEXT).encode(written))
    assert raws(path, encoding=encoding) == ["u1,Zoë,\ufeff\n", "u2,\U0001f468,x"]


def tar(kind: int, mode: Literal["w", "w:gz"] = "w") -> bytes:
    content = io.BytesIO()
    with tarfile.open(mode=mode, fileobj=content, format=kind) as archive:
        about = tarfile.TarInfo("customers.csv")
        about.size = 120_000
        archive.addfile(about, io.BytesIO(b"u1,a\n" * 24_000))
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


NO_CSV = {
    "gzip": (gzip.compress(b"\x89PNG\r\n\x1a\n"), "is not a CSV file but a picture"),
    "xlsx": (
        workbook(),
        "cannot be read as a workbook (Cannot detect file format): is it protected by a "
        "password, or another kind of document? Save it as .xlsx or CSV",
    ),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a CSV file but a picture"),
    "bzip2": (
        b"BZh91AY&SY\xf6\x81",
        "ends in the middle of its bzip2 data: is it still being written, or was it fetched in "
        "part? Import it when it is whole",
    ),
    "parquet": (b"PAR1\x15\x04\x15", "is not a CSV file but a Parquet file; export it as CSV"),
    "tar": (tar(tarfile.GNU_FORMAT), "is not a CSV file but a tar archive; unpack it first"),
    "tar.gz": (
        tar(tarfile.USTAR_FORMAT, "w:gz"),
        "is not a CSV file but a tar archive; unpack it first",
    ),
    "noise": (random.Random(1).randbytes(20_000), "is a binary file, not CSV text"),
    "utf-16": (
        "\ufeffa,b\n".encode("utf-16-le"),
        "is written in UTF-16; set source.encoding: utf-16",
    ),
    "utf-32": (
        "\ufeffa,b\n".encode("utf-32-le"),
        "is written in UTF-32; set source.encoding: utf-32",
    ),
    "utf-16 without a mark": ("a,b\n".encode("utf-16-le") * 99, "is a binary file, not CSV text"),
    "cp1251": (
        "имя,город\n".encode("cp1251") * 99,
        "is not UTF-8 text; set source.encoding to the one it is written in",
    ),
    "empty": (b"", "is empty; nothing to import"),
}


@pytest.mark.parametrize("kind", NO_CSV)
def test_no_csv_file(tmp_path: Path, kind: str) -> None:
    """What cannot be a CSV file is refused before its first record, and says what it is."""
    data, words = NO_CSV[kind]
    path = tmp_path / kind
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        open_source(path, sections.Source())
    assert str(refused.value) == f"{path}: {words}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_utf_8_that_is_called_utf_16(tmp_path: Path, encoding: str) -> None:
    """Bytes that cannot be of the encoding are not read as one long cell of Chinese."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"id1,x\nid2,y\n" * 8)
    with pytest.raises(SourceError, match=r"is not utf-\d\d-.. text; check source\.encoding$"):
        open_source(path, sections.Source(encoding=encoding))


def test_a_delimiter_that_is_no_letter(tmp_path: Path) -> None:
    """A control character that is the delimiter makes no binary file of a table."""
    path = tmp_path / "hive.csv"
    path.write_bytes(b"u1\x01pro\x01x\n" * 50)
    assert open_source(path, sections.Source(delimiter="\x01")).name == str(path)
    with pytest.raises(SourceError, match="is a binary file"):
        open_source(path, sections.Source())


@pytest.mark.parametrize("start", ["BZh1", "PAR1", "PK", "GIF89a", "%!", "{", "\x1bfoo", "+-="])
def test_a_file_that_only_begins_like_another(tmp_path: Path, start: str) -> None:
    """An id may look like the first letters of another format."""
    path = tmp_path / "x.csv"
    path.write_text(f"{start},a\n")
    assert raws(path) == [f"{start},a\n"]


def test_not_there(tmp_path: Path) -> None:
    """A missing file and a directory are refused in words."""
    for path, words in (
        (tmp_path, "Is a directory"),
        (tmp_path / "x", "No such file or directory"),
    ):
        with pytest.raises(SourceError) as refused:
            open_source(path, sections.Source())
        assert str(refused.value) == f"{path}: {words}; name a CSV file, or - for stdin"


READABLE = (
    *("ascii", "cp1252", "latin-1", "cp1250", "koi8-r", "mac-roman", "iso8859-15", "cp437"),
    *("shift_jis", "cp932", "gbk", "gb18030", "big5", "euc_jp", "euc_kr", "johab"),
)


@pytest.mark.parametrize("encoding", READABLE)
def test_every_cell_of_an_encoding(tmp_path: Path, encoding: str) -> None:
    """Whatever character of the encoding a cell holds, its neighbours stay where they are."""
    characters = [
        text
        for number in range(0x20, 0x10000)
        if (text := chr(number)) not in ',"' and _writable(text, encoding)
    ]
    rows = [f"{text},{text}{text},end\n" for text in characters]
    path = tmp_path / "x.csv"
    path.write_bytes("".join(rows).encode(encoding))
    assert raws(path, encoding=encoding) == rows


def _writable(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


HIDING = [
    *((name, ",") for name in ("iso2022_jp", "iso2022_kr", "hz", "utf-7", "cp037", "cp500")),
    *((name, ",") for name in ("idna", "punycode", "raw_unicode_escape", "undefined", "rot13")),
    *((name, ",") for name in ("base64", "zip", "mac_arabic")),
    *((name, "|") for name in ("shift_jis", "gbk", "big5", "gb18030", "johab")),
]


@pytest.mark.parametrize(("encoding", "delimiter"), HIDING)
def test_an_encoding_that_hides_the_structure(encoding: str, delimiter: str) -> None:
    """An encoding in which a delimiter's byte can be part of a letter is refused, in the mapping
    and on the command line.
    """
    with pytest.raises(ConfigError, match=r"^--encoding: .*; convert the file to utf-8 first$"):
        source_settings(None, {"encoding": encoding, "delimiter": delimiter})


def test_options_that_contradict_each_other() -> None:
    """A delimiter that is the quote is refused in words, wherever it is given."""
    with pytest.raises(ConfigError, match=r"^delimiter and quote must differ$"):
        source_settings(None, {"delimiter": '"'})


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed")
def test_closed_where_a_run_is_refused(tmp_path: Path) -> None:
    """A mapping that does not fit leaves no file open, however long its error is kept."""
    path, mapping = tmp_path / "customers.csv", tmp_path / "c.yaml"
    path.write_bytes(b"u1,a\n" * 800_000)
    mapping.write_text("identifier: {column: 9}\ncolumns: {2: x}\n", "utf-8")
    with pytest.raises(MappingError) as kept:
        import_profiles(path, mapping, dry_run=True, report_dir=tmp_path / "runs")
    held = [each.readlink() for each in Path("/proc/self/fd").glob("*") if each.exists()]
    assert (path in held, kept.type) == (False, MappingError)
