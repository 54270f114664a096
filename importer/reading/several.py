"""Several files are one source: the records of one after those of the other, rows numbered on.

Each has the header that the first one has, which is left out, and records of its width.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain

from importer.errors import SourceBroken, SourceError
from importer.reading.chunks import SAMPLE, SAMPLE_BYTES, cells_of, count_widths
from importer.reading.records import Records, frame_records, let_go
from importer.reading.source import Source, open_source
from importer.settings import sections
from importer.streams import Place, is_local, is_missing


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the first records of a file say of it; `width` is 0 where it has no rows."""

    name: str
    codec: str
    header: tuple[str, ...]
    width: int

    def must_be_as(self, first: "_Shape") -> None:
        """Raise SourceBroken for another shape than that of the first file."""
        if self.codec != first.codec:
            raise SourceBroken(
                f"{self.name}: is {self.codec}, but {first.name} {first.codec}; import it by itself"
            )
        if self.header != first.header:
            odd = next(
                (pair for pair in zip(self.header, first.header, strict=False) if len({*pair}) > 1),
                (f"{len(self.header)} names", f"{len(first.header)}"),
            )
            raise SourceBroken(
                f"{self.name}: has another header than {first.name} ({odd[0]!r}, not {odd[1]!r}); "
                "import it by itself"
            )
        if self.width and first.width and self.width != first.width:
            raise SourceBroken(
                f"{self.name}: has {self.width} cells a record, but {first.name} {first.width}; "
                "import it by itself"
            )


def check_agreement(places: Sequence[Place], settings: sections.Source) -> None:
    """Look into the files on this machine before any is imported.

    Raises SourceError for one that cannot be read, or is not as the first.
    """
    first: _Shape | None = None
    for place in places:
        if is_local(place) or is_missing(place):
            with closing(open_source(place, settings)) as opened:
                head, _ = _beginning(_portions(opened, settings, 1), 1)
                shape = _shape(opened, head, settings, 1)
            first = first or shape
            shape.must_be_as(first)


def one_after_another(source: Source, settings: sections.Source) -> Iterator[Records]:
    """Yield the records of all files of a source, those before the rows of the first one only.

    Notes where each begins. Raises SourceBroken, naming the file.
    """
    begin, first = 1, None
    for number, opened in enumerate(chain([source], _opened(source.rest))):
        source.files.begin(begin, opened.name)
        dialect = replace(opened.dialect, delimiter=source.dialect.delimiter)
        part = replace(opened, dialect=dialect)
        row, shape = begin, None
        with _named(part.name):
            portions = _portions(part, settings, begin)
            head, broken = _beginning(portions, begin)
            if head:
                shape = _shape(part, head, settings, begin)
                shape.must_be_as(first or shape)
            for portion in chain(let_go(head), portions):
                row = max(row, portion.last_row + 1)
                if number:
                    portion = portion.cut(
                        min(max(begin - portion.first_row, 0), len(portion)), len(portion)
                    )
                if len(portion):
                    yield portion
            if broken is not None:
                raise broken
        first = first if first is not None and first.width else shape
        begin = row


def _portions(part: Source, settings: sections.Source, begin: int) -> Iterator[Records]:
    leading = settings.skip_records + settings.header
    return frame_records(part.blocks, part.dialect, begin - leading)


def _beginning(
    portions: Iterator[Records], begin: int
) -> tuple[deque[Records], SourceBroken | None]:
    """Take the first portions of a file, as many as its shape shows in, and what broke them off."""
    head: deque[Records] = deque()
    size = 0
    try:
        for portion in portions:
            head.append(portion)
            size += int(portion.stops[-1] - portion.starts[0])
            if portion.last_row >= begin + SAMPLE or size >= SAMPLE_BYTES:
                break
    except SourceBroken as broken:
        return head, broken.with_traceback(None)
    return head, None


def _shape(part: Source, head: Iterable[Records], settings: sections.Source, begin: int) -> _Shape:
    """Look at the first records of a file, of which row `begin` is the first one behind them."""
    header: list[str] = []
    widths: Counter[int] = Counter()
    for portion in head:
        data = min(max(begin - portion.first_row, 0), len(portion))
        if settings.header and data > 0 and portion.first_row + data == begin:
            header = cells_of(portion.cut(data - 1, data), part)
        most = max(SAMPLE - widths.total(), 0)
        widths += count_widths(portion.cut(data, min(data + most, len(portion))), part)
    width = widths.most_common(1)[0][0] if widths else 0
    return _Shape(part.name, part.encoding.codec, tuple(header), width)


def _opened(rest: Iterator[Source]) -> Iterator[Source]:
    """Open the files behind the first, which the run has begun with."""
    try:
        yield from rest
    except SourceError as error:
        raise error if isinstance(error, SourceBroken) else SourceBroken(str(error)) from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Put the file into what is said of one that breaks off."""
    try:
        yield
    except SourceBroken as error:
        if str(error).startswith(name):
            raise
        raise type(error)(f"{name}: {error}") from error
