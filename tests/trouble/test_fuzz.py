"""Bytes of every kind, from the file and from the server: always an ending that is documented."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.begin import import_profiles
from importer.books.report import Report
from importer.emulator import Emulator, running
from importer.errors import ConfigError, SourceBroken, SourceError
from importer.settings.config import Config
from tests.delivery.raw_server import served
from tests.reading.strategies import CODECS, DELIMITERS, QUOTES

from .books import around, begin, ends_of, mapping, people_of, write_rows

pytestmark = pytest.mark.usefixtures("one_authority")

DOCUMENTED = {0, 2, 3, 4, 5, 6, 7}

now_and_then = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running() as started:
        yield started


SNIPPETS = (b"", b"\0", b"\xff", b"\r", b"\n\n", b'"', b'""', b",,", b"\xef\xbb\xbf", b"\xd8\x00")


@st.composite
def mutated(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """Draw a CSV that was valid once, with bytes changed, and how it is said to be written."""
    codec = draw(st.sampled_from(CODECS))
    delimiter, quote = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from(QUOTES))
    mark = quote or ""
    lines = [
        delimiter.join((f"u{row % 9}", f"{mark}n{row}{mark}", f"u{row}@example.com", f"{row}"))
        for row in range(draw(st.integers(1, 30)))
    ]
    content = bytearray(draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode(codec))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(content)))
        stop = min(len(content), start + draw(st.integers(0, 3)))
        content[start:stop] = draw(st.sampled_from(SNIPPETS) | st.binary(max_size=4))
    dialect: dict[str, Any] = {"delimiter": delimiter, "quote": quote, "encoding": codec}
    if draw(st.integers(0, 4)) == 0:  # a mapping that is mistaken about the file
        dialect |= {"encoding": draw(st.sampled_from(CODECS)), "header": draw(st.booleans())}
    return bytes(content), dialect


@now_and_then
@given(file=mutated(), operation=st.sampled_from(["set", "append"]))
def test_bytes_of_a_file(
    emulator: Emulator, file: tuple[bytes, dict[str, Any]], operation: str
) -> None:
    """Whatever a file holds, it is refused before anything is sent, or each of its rows ends
    once, and what is imported is what the server has taken.
    """
    content, dialect = file
    emulator.forget()
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "customers.csv"
        source.write_bytes(content)
        try:
            config = Config.model_validate(
                {
                    "source": dialect,
                    "identifier": {"column": 1},
                    "columns": {
                        2: {"property": "note", "operation": operation},
                        3: "$email",
                        4: {"property": "count", "type": "integer"},
                    },
                    "delivery": {"batch_size": 7},
                }
            )
            report = import_profiles(
                source, config, report_dir=source.parent, **around(emulator.url)
            )
        except (ConfigError, SourceError) as error:
            # One that breaks off is 4 by nature; the command knows that nothing was sent: 2.
            # (The error itself is let go: with its traceback it would keep the file open.)
            refused = error.exit_code == 2 or isinstance(error, SourceBroken)
        else:
            _ended_rightly(report, emulator)
            return
    assert refused
    assert emulator.stats()["requests"] == 0


def _ended_rightly(report: Report, emulator: Emulator) -> None:
    ends = ends_of(report)
    assert report.exit_code in DOCUMENTED
    whole = len(ends.imported) == report.totals.read and report.stop is None
    assert (report.exit_code == 0) == whole
    assert not ends.in_doubt
    stats = emulator.stats()
    assert stats["by_status"].keys() <= {"200"}
    assert stats["profiles"] <= len(ends.imported)
    assert bool(ends.imported) == bool(stats["profiles"])


NEARLY = (
    "1", "0", "[1]", '"1"', "true", "null", "1.0", "01", "-0", "1e400", "{}", "[[]]", "NaN",
    '{"status": 1}', '{"status": 0}', '{"status": "OK"}', '{"status": 1, "error": null}',
    '{"error": "no", "status": 0}', '{"status": 1', '{"status": 1}}', "{'status': 1}",
    '{"num_good_events": 2}', '{"num_good_events": "2"}', '{"num_good_events": 2.0}',
    '{"failed_records": [{"index": 0}], "num_good_events": 1}',
    '{"failed_records": [{"index": 1, "field": "$token", "message": "bad"}]}',
    '{"failed_records": [{"index": -1}]}', '{"failed_records": [{"index": 99}]}',
    '{"failed_records": [{"index": true}], "num_good_events": 1}',
    '{"failed_records": [{"index": 0}, {"index": 0}], "num_good_events": 1}',
    '{"failed_records": {"index": 0}}', '{"failed_records": []}', '{"failed_records": [7]}',
    '{"failed_records": [{"index": 0, "message": {"a": [1]}, "field": 7}], "num_good_events": 1}',
)  # fmt: skip
STATUSES = (200, 200, 200, 400, 201, 204, 206, 299, 301, 304, 308, 401, 403, 404, 408, 413, 418,
            425, 429, 500, 503, 504, 520, 599, 600, 700, 999)  # fmt: skip
HEADERS = (
    "", "Retry-After: 3", "Retry-After: -3", "Retry-After: soon", "Retry-After: 9" * 5,
    "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", "Retry-After: \u00b2", "Location: //[::1",
    "Content-Encoding: gzip", "Content-Encoding: br", "Content-Type: text/html; charset=x-none",
    "Set-Cookie: a=\x01", "Connection: close", "Transfer-Encoding: chunked", "No colon",
    "X-Long: " + "y" * 9_000,
)  # fmt: skip

REFUSED_FOR_CERTAIN = {408, 413, 425, 429}


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Draw an answer, nearly always HTTP, sometimes even one that the API gives."""
    body = draw(st.sampled_from(NEARLY).map(str.encode) | st.binary(max_size=40))
    if draw(st.integers(0, 5)) == 0 and body:
        body = body[: draw(st.integers(0, len(body)))] + draw(st.binary(max_size=2))
    header = draw(st.just("") | st.sampled_from(HEADERS))
    head = f"HTTP/1.1 {draw(st.sampled_from(STATUSES))} Well\r\nContent-Length: {len(body)}\r\n"
    whole = head.encode() + (f"{header}\r\n".encode() if header else b"") + b"\r\n" + body
    if draw(st.integers(0, 9)) == 0:
        whole = draw(st.binary(min_size=1, max_size=60)) + b"\r\n\r\n"
    return whole


@now_and_then
@given(
    said=st.lists(answers(), min_size=1, max_size=5),
    operation=st.sampled_from(["set", "append"]),
    in_flight=st.sampled_from([1, 3]),
)
def test_bytes_of_a_server(said: list[bytes], operation: str, in_flight: int) -> None:
    """Whatever a server answers, each row ends once and the exit code is one of those there are.
    What counts twice is sent once, unless the answer says that it was refused for certain; what is
    imported was answered with a 2xx, or with a 400 that names others.
    """
    sent: list[tuple[frozenset[str], int]] = []
    lock = threading.Lock()

    def act(connection: Any, request: bytes) -> None:
        with lock:
            answer = said[len(sent) % len(said)]
            ids = frozenset(
                one["$distinct_id"] for one in orjson.loads(request.split(b"\r\n\r\n")[1])
            )
            status = answer[9:12] if answer.startswith(b"HTTP/1.1 ") else b""
            sent.append((ids, int(status) if status.isdigit() else 0))
        connection.sendall(answer)
        if status == b"":
            connection.close()

    rows = people_of(9)
    delivery = {"batch_size": 2, "concurrency": in_flight, "give_up_after": 5, "timeout": 0.5}
    with tempfile.TemporaryDirectory() as made, served(act) as (port, _):
        source = write_rows(Path(made), rows)
        report = begin(source, mapping(operation, delivery), f"http://127.0.0.1:{port}")
        ends = ends_of(report)
    assert report.exit_code in DOCUMENTED
    assert (report.exit_code == 0) == (len(ends.imported) == len(rows))
    for row, (name, _) in enumerate(rows, 1):
        statuses = [status for ids, status in sent if name in ids]
        if operation == "append":
            assert set(statuses[:-1]) <= REFUSED_FOR_CERTAIN, "sent again"
        if row in ends.imported:
            assert 200 <= statuses[-1] < 300 or statuses[-1] == 400
        if row in ends.not_attempted:
            certain = REFUSED_FOR_CERTAIN | {401, 403}
            assert all(
                status in certain or 300 <= status < 500 or status >= 600 for status in statuses
            )
