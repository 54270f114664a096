"""What was read before is handed on only once it has proved to be what it was."""

import hashlib

import pytest

from importer.errors import SourceChanged
from importer.reading.dialect import Dialect
from importer.reading.records import Records, frame_records
from importer.resuming.fingerprint import Fingerprint

TEXT = b"".join(b"u%d,1\n" % row for row in range(1, 10))


def portions(text: bytes) -> list[Records]:
    return list(frame_records([text], Dialect(), most=2))


def known(rows: int) -> dict[int, str]:
    return {rows: hashlib.sha256(b"".join(TEXT.splitlines(True)[:rows])).hexdigest()}


@pytest.mark.parametrize("rows", [1, 2, 5, 9])
def test_same(rows: int) -> None:
    """The same bytes pass, whole and in order; what is new among them is remembered."""
    fingerprint = Fingerprint(known(rows))
    passed = list(fingerprint.over(portions(TEXT), "source"))
    assert [portion.last_row for portion in passed] == [2, 4, 6, 8, 9]
    assert not fingerprint.awaits
    assert all(row > rows for row, _ in fingerprint.fresh)
    assert [digest() for _, digest in fingerprint.fresh] == [
        known(row)[row] for row, _ in fingerprint.fresh
    ]


@pytest.mark.parametrize("text", [TEXT.replace(b"u1,", b"v1,"), TEXT[:20], TEXT[:-8]])
def test_other(text: bytes) -> None:
    """Of other bytes, or fewer, nothing passes that has still to be proved, or is remembered."""
    fingerprint = Fingerprint(known(8))
    with pytest.raises(SourceChanged):
        next(fingerprint.over(portions(text), "source"))
    assert list(fingerprint.fresh) == []
