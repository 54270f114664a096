"""A sheet of a workbook (.xlsx, .xls, .xlsb, .ods) becomes the lines of a CSV file, row by row.

A workbook cannot be read from one end to the other: it is held in memory while it lasts.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from importer.errors import ConfigError, ImporterError, SourceBroken, SourceError
from importer.settings import sections
from importer.streams.extras import needing
from importer.streams.stream import Stream

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PART = re.compile(
    r"(\./)?(\[Content_Types\]\.xml|_rels/\.rels|mimetype|META-INF/manifest\.xml"
    r"|xl/(workbook|styles|sharedStrings)\.(xml|bin)|xl/(worksheets|theme|_rels)/.+\.(xml|bin|rels))",
    re.IGNORECASE,
)
"""What the members of a ZIP archive are called that make it a workbook, or a document like one."""

_MOST_BYTES = 4 * 1024**3
"""Of all its parts, unpacked: a sheet of a million rows has about one GB."""

_ROWS = 2_000
"""Rows rendered at once."""

_EXACT = 1e21
"""From here on Python writes whole numbers with an exponent too."""

_DURATION = re.compile(r"(-?)PT(\d{1,9})H(\d{1,9})M(\d{1,9}(?:\.\d+)?)S", re.ASCII)

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Row = Sequence[Cell]


def is_part(name: str) -> bool:
    """Does a member of this name make an archive a workbook?"""
    return _PART.fullmatch(name) is not None


def sheet_of(workbook: Stream, settings: sections.Source) -> Stream:
    """Return a workbook's first visible sheet, or the one that the settings name, as a CSV file.

    It has the delimiter and quotes of the settings, and is UTF-8. Raises SourceError.
    """
    quote = _check(workbook.name, settings)
    with needing("excel", f"{workbook.name}: a workbook"):
        import python_calamine as calamine
    content = io.BytesIO(b"".join(workbook.pieces))
    workbook.close()
    with _readable(workbook.name):
        is_ods = "content.xml" in _parts(workbook.name, content)
        opened = calamine.CalamineWorkbook.from_filelike(content)
        sheet = _choose(workbook.name, opened, settings.sheet)
    others = [name for name in opened.sheet_names if name != sheet.name]
    if sheet.start is None and others:
        raise SourceError(
            f"{workbook.name}: its sheet {sheet.name!r} is empty; "
            f"set source.sheet to one of {', '.join(map(repr, others))}"
        )
    taken = 0

    def rows() -> Iterator[Row]:
        nonlocal taken
        try:
            for row in sheet.iter_rows():
                taken += 1
                yield [*map(_as_duration, row)] if is_ods else row
        except BaseException as error:
            if not _is_fault(error):
                raise
            raise (SourceBroken if taken else SourceError)(
                f"{workbook.name}: row {taken + 1} of the sheet has a cell that cannot be read "
                f"({error}): is it a number shown as a date or duration? Mend it, or save as CSV"
            ) from error

    margin = sheet.start[1] if sheet.start else 0  # columns left of the first cell
    return Stream(
        workbook.name,
        _lines(rows(), margin, settings.delimiter, quote),
        workbook.size,
        share=lambda: taken / max(sheet.total_height, 1),
        packed=True,
        sheet=True,
    )


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Make one kind of all that is raised on a workbook that cannot be opened."""
    try:
        yield
    except ImporterError:
        raise
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(
            f"{name}: its ZIP data is damaged ({error}); fetch or export it again"
        ) from error
    except BaseException as error:
        if not _is_fault(error):
            raise
        raise SourceError(
            f"{name}: cannot be read as a workbook ({error}): is it protected by a "
            "password, or another kind of document? Save it as .xlsx or CSV"
        ) from error


def _is_fault(error: BaseException) -> bool:
    """Is it one of the workbook? Where calamine panics it raises what is no Exception."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _check(name: str, settings: sections.Source) -> str:
    if settings.quote is None:
        raise ConfigError(f"{name}: a workbook needs source.quote; leave out quote: null")
    if settings.encoding not in ("utf-8", "utf-8-sig"):
        raise ConfigError(
            f"{name}: a workbook has no encoding; leave out source.encoding: {settings.encoding}"
        )
    return settings.quote


def _parts(name: str, content: io.BytesIO) -> list[str]:
    """Return the names of a workbook's parts, having looked at what they grow to before they do,
    all at once and in memory.
    """
    if not zipfile.is_zipfile(content):
        content.seek(0)
        return []  # an old one, which is not compressed
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    content.seek(0)
    size = sum(part.file_size for part in parts)
    if size > _MOST_BYTES:
        raise SourceError(f"{name}: unpacks to {size / 2**30:.0f} GiB; save the sheet as CSV")
    return [part.filename for part in parts]


def _choose(name: str, workbook: "CalamineWorkbook", wanted: str | int | None) -> "CalamineSheet":
    """Return the sheet of this name or number, or else the first that is not hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = workbook.sheet_names
    if wanted is None:
        tables = (
            number
            for number, sheet in enumerate(workbook.sheets_metadata, start=1)
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        )
        wanted = next(tables, len(names) + 1)
    if isinstance(wanted, str) and wanted in names:
        return workbook.get_sheet_by_name(wanted)
    if isinstance(wanted, int) and wanted <= len(names):
        return workbook.get_sheet_by_index(wanted - 1)
    shown = ", ".join(map(repr, names))
    raise SourceError(f"{name}: has no such sheet; set source.sheet to one of {shown}")


def _lines(rows: Iterable[Row], margin: int, delimiter: str, quote: str) -> Iterator[bytes]:
    """Render rows, empty ones as blank lines, so that lines count as rows do."""
    empty = [""] * margin
    text = io.StringIO()
    # Before 3.13, Python quotes a cell only for those line ends that it is told to write.
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, lineterminator="\r\n")
    waiting = 0
    try:
        for row in rows:
            cells = [cell if type(cell) is str else shown(cell) for cell in row]
            if any(cells):
                writer.writerow(empty + cells)
            else:
                text.write("\r\n")
            waiting += 1
            if waiting == _ROWS:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
                waiting = 0
    except SourceBroken:  # what came before it is handed on
        if waiting:
            yield text.getvalue().encode()
        raise
    if waiting:
        yield text.getvalue().encode()


def _as_duration(cell: Cell) -> Cell:
    """Return a duration where an .ods has one: calamine gives those that are no time of a day as
    they are written there.
    """
    found = _DURATION.fullmatch(cell) if type(cell) is str else None
    if found is None:
        return cell
    sign, hours, minutes, seconds = found.groups()
    length = dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    return -length if sign else length


def shown(cell: Cell) -> str:
    """Return the text of a cell: as Excel shows it, as far as that is known without its format."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{cell:.0f}" if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
        case dt.datetime():
            return cell.isoformat(timespec="seconds")
        case dt.date():
            return cell.isoformat()
        case dt.time():
            return cell.isoformat(timespec="seconds")
        case dt.timedelta():
            minutes, seconds = divmod(round(abs(cell.total_seconds())), 60)
            sign = "-" if cell.total_seconds() <= -0.5 else ""
            return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)
