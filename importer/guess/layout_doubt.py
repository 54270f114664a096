"""Is a file as the mapping says: its encoding, delimiter, header? Only the first rows tell."""

from collections.abc import Iterator
from itertools import chain

from importer.guess.wordy import may_be_names
from importer.reading.chunks import cells_of, read_chunks
from importer.reading.dialect import DELIMITERS
from importer.reading.layout import Layout
from importer.reading.records import Records
from importer.reading.source import Source
from importer.settings import sections
from importer.wording import plural

LOOKED_AT = 200
"""Rows. It costs milliseconds, whatever the length of the file."""


def doubt_layout(
    records: Iterator[Records], source: Source, layout: Layout, settings: sections.Source
) -> tuple[str, Iterator[Records]]:
    """Return what speaks against the encoding, the delimiter, or the header or the lack of one, and
    all the records again.
    """
    first = next(records, None)
    if first is None:
        return "", records
    looked_at = first.cut(0, LOOKED_AT)
    words = (
        _doubt_text(looked_at, source, "source.encoding")
        or _doubt_delimiter(looked_at, source, "source.delimiter")
        or _doubt_header(looked_at, source, layout, settings)
    )
    return words, chain(iter([first]), records)


def _doubt_first_line(first: Records) -> str:
    """Excel writes and reads a line before the first one that names the delimiter."""
    record = first.raw(0).strip(b'\r\n"')
    if len(record) != len(b"sep=;") or record[:4].lower() != b"sep=":
        return ""
    return (
        f"the first line ({record.decode('utf-8', 'replace')}) is no row but tells programs the "
        "delimiter: set source.skip_records: 1"
    )


def doubt_text(
    records: Iterator[Records], source: Source, *, found: bool
) -> tuple[str, Iterator[Records]]:
    """Return what speaks against the first line, the encoding, or a delimiter that was not `found`
    but given, and all the records again.
    """
    first = next(records, None)
    if first is None:
        return "", records
    looked_at = first.cut(0, LOOKED_AT)
    words = _doubt_text(looked_at, source, "source.encoding (--encoding)")
    if not found:
        words = words or _doubt_delimiter(looked_at, source, "source.delimiter (--delimiter)")
    return words, chain(iter([first]), records)


def _doubt_text(first: Records, source: Source, setting: str) -> str:
    return _doubt_first_line(first) or _doubt_encoding(first, source, setting)


def _doubt_encoding(first: Records, source: Source, setting: str) -> str:
    if source.encoding.codec != "utf-8":
        return ""
    wrong = sum(not _is_utf8(first.raw(index)) for index in range(len(first)))
    if wrong * 100 < len(first) or not wrong:
        return ""
    return (
        f"{wrong} of the first {plural(len(first), 'record')} cannot be read as UTF-8: older "
        f"systems, Excel among them, write cp1252; if it is that, set {setting}"
    )


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _doubt_delimiter(first: Records, source: Source, setting: str) -> str:
    record, delimiter = first.raw(0), source.dialect.delimiter
    most = max(record.count(mark.encode()) for mark in DELIMITERS)
    if source.dialect.rows or most <= record.count(delimiter.encode()):
        return ""
    # Slow to import, and in most files no other mark is as frequent.
    from importer.guess.first_look import find_rival

    data = first.data[int(first.starts[0]) : int(first.stops[-1])]
    if (rival := find_rival(source, data)) is None or not rival.better:
        return ""
    return (
        f"cells seem to be separated by {rival.shown}, not {delimiter!r}: "
        f"if they are, set {setting}"
    )


def _doubt_header(first: Records, source: Source, layout: Layout, settings: sections.Source) -> str:
    if not settings.header and not may_be_names(cells_of(first.cut(0, 1), source)):
        return ""
    # Slow to import, and most files are told by their first record.
    from importer.guess.first_look import looks_like_header, looks_like_row
    from importer.guess.gather import Facts, Rows, gather

    facts = [Facts(position) for position in range(1, layout.width + 1)]
    rows = Rows()
    chunks = read_chunks([first], source, layout.width, range(1, layout.width + 1))
    for _ in gather(chunks, facts, rows):
        pass
    if settings.header and looks_like_row(layout.names, facts):
        shown = _some(layout.names)
        return f"the header looks like a row ({shown}): if it is one, remove source.header"
    if not settings.header and rows.first and looks_like_header(rows.first, facts):
        shown = _some(rows.first)
        return f"the first record looks like a header ({shown}): if it is, set source.header: true"
    return ""


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:3])
