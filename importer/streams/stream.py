"""Bytes that can be read once, in pieces, wherever they come from and however they are packed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from importer.errors import SourceBroken

BLOCK_BYTES = 1536 * 1024
"""Bytes read at once: some 9,000 records of a CRM export. Each half of a MiB more costs 20 MiB in a
run; smaller ones pay for each kernel call more often, a third less a twentieth of the time."""


@dataclass(slots=True, eq=False)
class Stream:
    """A named sequence of pieces, none of them empty.

    `size` is the bytes of the file that it comes from, `share` how much of that was taken so far,
    from 0 to 1. A `member` is one of several that share a file, which outlives it, and in which
    others are `passed_over`; a `sheet` has a line for each row of a workbook's sheet.
    """

    name: str
    pieces: Iterator[bytes]
    size: int | None = None
    close: Callable[[], object] = lambda: None
    share: Callable[[], float] | None = None
    packed: bool = False
    member: bool = False
    sheet: bool = False
    passed_over: Sequence[str] = ()

    def peek(self, count: int) -> bytes:
        """Return the first bytes without taking them; fewer only where there are no more."""
        pieces: list[bytes] = []
        length = 0
        for piece in self.pieces:
            pieces.append(piece)
            length += len(piece)
            if length >= count:
                break
        self.pieces = chain(pieces, self.pieces)
        return b"".join(piece[:count] for piece in pieces)[:count]


def counted(
    pieces: Iterable[bytes], size: int | None
) -> tuple[Iterator[bytes], Callable[[], float] | None]:
    """Return the pieces, and what says which share of `size` bytes was taken."""
    taken = 0

    def count() -> Iterator[bytes]:
        nonlocal taken
        for piece in pieces:
            taken += len(piece)
            yield piece

    return count(), (lambda: min(taken / size, 1.0)) if size else None


def in_blocks(pieces: Iterable[bytes], size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Join pieces to blocks of at least `size` bytes; the last one may have fewer.

    What came before a fault is handed on before it.
    """
    held: list[bytes] = []
    length = 0
    try:
        for piece in pieces:
            held.append(piece)
            length += len(piece)
            if length >= size:
                block = b"".join(held)
                held.clear()
                length = 0
                yield block
    except SourceBroken:
        if held:
            yield b"".join(held)
        raise
    if held:
        yield b"".join(held)
