"""Where bytes come from: files by name or pattern, standard input, addresses."""

import glob
import os
import re
import sys
from collections.abc import Iterable, Iterator
from io import BufferedIOBase, RawIOBase
from pathlib import Path

from importer.errors import SourceBroken, SourceError
from importer.streams.address import HIDDEN, is_address, scheme_of, shown_address
from importer.streams.remote import find_remote, open_remote
from importer.streams.stream import BLOCK_BYTES, Stream
from importer.wording import visible

STDIN, FRAME = "-", "(data frame)"

GONE = frozenset({STDIN, FRAME})
"""Sources that have no name by which they could be opened again."""

Place = str | Path


def find_places(sources: Place | Iterable[Place]) -> tuple[Place, ...]:
    """Return the files that paths, addresses and patterns name: as given, matches in their order.

    Numbers in names count as numbers: part-2 comes before part-10. Raises SourceError where none
    is named, for a pattern that nothing fits, for a file that is named twice, and for a name that
    is no text.
    """
    given = (sources,) if isinstance(sources, str | Path) else sources
    places = tuple(place for source in given for place in _matches(source))
    if not places:
        raise SourceError("no source is named; name a CSV file, or - for stdin")
    seen: set[str] = set()
    for place in places:
        name = name_of(place)
        if not name.isascii() and name.encode("utf-8", "replace").decode() != name:
            raise SourceError(f"{visible(shown(place))}: its name is not UTF-8; rename the file")
        if name in seen:
            raise SourceError(f"{shown(place)}: is named twice; name each source once")
        seen.add(name)
    if len(places) > 1 and STDIN in places:
        raise SourceError("standard input cannot be one of several sources; name files only")
    return places


def name_of(place: Place) -> str:
    """Return what a ledger calls a place, without what is secret of it."""
    if place in GONE:
        return str(place)
    return shown_address(str(place)) if is_address(place) else str(Path(place).resolve())


def shown(place: Place) -> str:
    return shown_address(str(place)) if is_address(place) else str(place)


def leads_nowhere(name: str) -> bool:
    """Is this the name of an address without what is secret in it?"""
    return is_address(name) and HIDDEN in name


def is_gone(name: str) -> bool:
    """Has what a run read passed by: standard input, a data frame, a named pipe?"""
    if is_address(name):
        return False
    return name in GONE or (_is_there(name) and not _is_file(name))


def to_give_again(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of sources, where a run cannot go on with what it keeps of them."""
    return names if any(name == STDIN or leads_nowhere(name) for name in names) else ()


def is_rereadable(place: Place) -> bool:
    """Can it be opened a second time? What comes through a pipe cannot."""
    return is_address(place) or (place not in GONE and _is_file(place))


def is_local(place: Place) -> bool:
    return not is_address(place) and is_rereadable(place)


def is_missing(place: Place) -> bool:
    """Is it neither a file nor something else that can be read, such as a pipe?"""
    named = not is_address(place) and place not in GONE
    return named and (os.path.isdir(place) or not _is_there(place))  # noqa: PTH112 # as below


# Path's own raise for a name that is too long and in a folder that may not be looked into: there
# is nothing that could be read, and opening it says why.


def _is_there(place: Place) -> bool:
    return os.path.exists(place)  # noqa: PTH110


def _is_file(place: Place) -> bool:
    return os.path.isfile(place)  # noqa: PTH113


def open_place(place: Place) -> Stream:
    """Open a file, an address or standard input. Raises SourceError."""
    if is_address(place):
        return open_remote(str(place))
    if place == STDIN:
        return _open_stdin()
    path = Path(place)
    try:
        opened = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; name a CSV file, or - for stdin") from error
    size = path.stat().st_size if path.is_file() else None
    return Stream(str(path), _pieces(opened, str(path), size), size, opened.close)


def _open_stdin() -> Stream:
    if sys.stdin is None:  # a scheduler may start programs without one
        raise SourceError("standard input: is closed; name a CSV file")
    # Not sys.stdin: a thread that waits in its buffer would hold up the end of the program.
    opened = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 # the stream closes it
    name = "standard input"
    return Stream(name, _pieces(opened, name, None), None, opened.close)


def _pieces(opened: RawIOBase | BufferedIOBase, name: str, missing: int | None) -> Iterator[bytes]:
    """Yield pieces to the end, which must come once `missing` bytes were read.

    A file that another program is still writing has an end in the middle of something.
    """
    try:
        while piece := opened.read(BLOCK_BYTES):
            missing = None if missing is None else missing - len(piece)
            yield piece
        if missing:
            how = "was cut short" if missing > 0 else "has grown"
            raise SourceBroken(
                f"{name}: {how} while it was read ({abs(missing):,} bytes): is it still being "
                "written? Import it when it is whole"
            )
    except OSError as error:
        raise SourceBroken(f"{name}: reading it broke off: {error.strerror}") from error
    finally:
        opened.close()


def _matches(source: Place) -> Iterable[Place]:
    if source in GONE:
        return (source,)
    if is_address(source):
        address = str(source)
        if not scheme_of(address).patterns or not glob.has_magic(address):
            return (address,)
        found = find_remote(address)
    else:
        if not glob.has_magic(str(source)) or _is_there(source):
            return (source,)
        matches = glob.glob(str(source), recursive=True)  # noqa: PTH207 # any folder, not one
        found = [path for path in matches if _is_file(path)]
    if not found:
        raise SourceError(f"{shown(source)}: no file fits this pattern")
    return sorted(found, key=in_order)


def in_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Order by the numbers in a name as numbers, by its letters otherwise."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], name
