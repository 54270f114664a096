"""Is it still the same source? Digests of what was read so far, checked when it is read again."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from importer.errors import SourceChanged
from importer.reading.records import Records

_ADVICE = "put the old one back, or begin a new run"


class Fingerprint:
    """Looks on while the records of a source pass by.

    `fresh` takes, after each portion, its last row and what returns the SHA-256 of everything up to
    it, called once each and in their order: whoever notes the digests has more time for that than
    the thread that reads. Where `known` has a digest for a row the two must agree. Rows that were
    never read may be other ones than they were: a file that broke off can be mended behind them.
    """

    def __init__(self, known: Mapping[int, str] | None = None) -> None:
        self.fresh: deque[tuple[int, Callable[[], str]]] = deque()
        self._known = deque(sorted((known or {}).items()))
        self._digest = hashlib.sha256()

    @property
    def awaits(self) -> bool:
        """Are there digests still that the source must prove to have?"""
        return bool(self._known)

    def over(self, records: Iterable[Records], name: str) -> Iterator[Records]:
        """Hand records on, those with a known digest behind them once they have proved to have it.

        Raises SourceChanged before the first portion that is not as it was.
        """
        unproved: list[Records] = []
        for portion in records:
            start = 0
            while self._known and self._known[0][0] <= portion.last_row:
                row, digest = self._known.popleft()
                stop = row - portion.first_row + 1
                if self._take(portion, start, stop) != digest:
                    raise SourceChanged(
                        f"{name}: is not the file that the run was begun with: something up to "
                        f"line {portion.last_line(stop - 1):,} has changed; {_ADVICE}"
                    )
                start = stop
            unproved.append(portion)
            if start < len(portion):
                take = partial(self._take, portion, start, len(portion))
                if self._known:
                    take()
                    continue
                self.fresh.append((portion.last_row, take))
            yield from unproved
            unproved.clear()
        if self.awaits:
            raise SourceChanged(f"{name}: is not as long as when the run was begun; {_ADVICE}")

    def _take(self, portion: Records, start: int, stop: int) -> str:
        if start < stop:
            first, last = int(portion.starts[start]), int(portion.stops[stop - 1])
            self._digest.update(memoryview(portion.data)[first:last])
        return self._digest.hexdigest()
