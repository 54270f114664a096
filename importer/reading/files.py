"""Which rows came from which file, where a source is several files one after the other."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from importer.streams.archive import TABLES


class Files:
    """Told where each file of a source begins; of a source that is one file it says nothing."""

    def __init__(self) -> None:
        self._first_rows: list[int] = []
        self._names: list[str] = []
        self._passed_over: dict[str, Sequence[str]] = {}

    def begin(self, row: int, name: str) -> None:
        self._first_rows.append(row)
        self._names.append(name)

    def pass_over(self, archive: str, members: Sequence[str]) -> None:
        """Note members of an archive that are not imported; there may come more."""
        self._passed_over[archive] = members

    def warnings(self) -> Iterator[str]:
        """Say what was not imported so far."""
        for archive, (first, *others) in filter(itemgetter(1), self._passed_over.items()):
            more = f" and {len(others)} more" if others else ""
            yield (
                f"{archive}: {first}{more} in it not imported: beside the first file only those "
                f"named {', '.join(TABLES)} are taken for tables; unpack it to import others"
            )

    def of(self, row: int) -> str:
        """Return the file that a row came from, "" where there is but one."""
        place = bisect_right(self._first_rows, row) - 1
        return self._names[place] if place >= 0 else ""

    def account(self, rows: int) -> Mapping[str, Any]:
        """Return what a report says of the files begun, of which so many rows were read."""
        if not self._names:
            return {}
        more = f" and {len(self._names) - 1} more" if len(self._names) > 1 else ""
        ends = [min(first, rows + 1) for first in (*self._first_rows[1:], rows + 1)]
        return {
            "name": self._names[0] + more,
            "files": [
                {"name": name, "first_row": first, "rows": max(end - first, 0)}
                for name, first, end in zip(self._names, self._first_rows, ends, strict=True)
            ],
        }
