"""What of the benchmark can break unseen, run for real: its commands, its inputs, its floor."""

import csv
import json
import shutil
import ssl
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from itertools import chain
from pathlib import Path
from threading import Thread
from types import MappingProxyType

import pytest
import trustme
import typer.main

from importer.cli import app
from tests.benchmarks.contenders import CONTENDERS, FLOOR, flood
from tests.benchmarks.course import TOKEN, Contender, Course
from tests.benchmarks.customers import customers
from tests.benchmarks.floor import NoCompilerError, bodies, build_floor
from tests.benchmarks.generate import BENCHMARK_SEED, SAMPLE_FOLDER, write_benchmark, write_sample
from tests.benchmarks.inputs import prepare_inputs
from tests.benchmarks.mixpanel_import import WAYS
from tests.benchmarks.ours import OTHERS
from tests.benchmarks.paced_runs import LATENCY, to_the_server
from tests.benchmarks.runs import Results, RunError, arrival, run_alone
from tests.benchmarks.sink import Arrived, Sink
from tests.benchmarks.variants import bad_rows, with_faults

ROWS = 1_000
Request = tuple[str, dict[str, str], bytes]
MAKERS = MappingProxyType({**CONTENDERS, **OTHERS})
OURS = ("importer", "typed", "check", "check-few", "help", "large")


class Recorder(BaseHTTPRequestHandler):
    """Keeps each request and says that all is well."""

    protocol_version = "HTTP/1.1"
    seen: list[Request]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.path, headers, body))
        answer = b'{"code":200,"status":"OK","error":null}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, list[Request]]]:
    """A course of 1,000 rows, and what its sink has received."""
    folder = tmp_path_factory.mktemp("benchmark")
    sink = folder / "sink.pem"
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    sink.write_bytes(leaf.cert_chain_pems[0].bytes() + authority.cert_pem.bytes())
    leaf.private_key_pem.write_to_path(sink.with_suffix(".key"))
    seen: list[Request] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (Recorder,), {"seen": seen}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sink, sink.with_suffix(".key"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    (folder / "run").mkdir()
    (folder / "npm" / "node_modules" / "mixpanel-import").mkdir(parents=True)  # nothing is fetched
    inputs = prepare_inputs(folder, ROWS)
    yield Course(inputs, Sink(server.server_address[1], sink, folder / "log"), folder / "run"), seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def course(recorded: tuple[Course, list[Request]]) -> Course:
    return recorded[0]


def requests_of(
    contender: Contender, recorded: tuple[Course, list[Request]], folder: Path
) -> list[Request]:
    """Run the contender, and return what it sent, in order of the bodies."""
    course, seen = recorded
    seen.clear()
    run_alone(contender, course, folder / f"{contender.name}.out")
    return sorted(seen, key=lambda request: request[2])


def identifiers(requests: list[Request]) -> Counter[str]:
    updates = chain.from_iterable(json.loads(body) for _, _, body in requests)
    return Counter(update["$distinct_id"] for update in updates)


@pytest.fixture(scope="module")
def program(course: Course) -> Path:
    try:
        return build_floor(course.folder)
    except NoCompilerError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("program")
def test_floor_sends_what_the_importer_sends(
    recorded: tuple[Course, list[Request]], tmp_path: Path
) -> None:
    """The floor in C is a real import: its requests are the importer's to the last byte."""
    ours = requests_of(CONTENDERS["importer"](recorded[0]), recorded, tmp_path)
    assert len(ours) == ROWS // 200
    assert requests_of(CONTENDERS[FLOOR](recorded[0]), recorded, tmp_path) == ours


def test_floor_reads_any_cell(program: Path, tmp_path: Path) -> None:
    """Quotes, line ends, control bytes, backslashes: the floor parses and escapes all there is."""
    cells = ["", "plain", 'a "b"', "x,y", "a\nb", "a\r\nb", "\\", "\t\b\f\x01\x7f", "é🌕", '"', ","]
    rows = [[f"u{n}", cell, cells[-1 - n]] for n, cell in enumerate(cells)]
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    (tmp_path / "cells.csv").write_bytes(text.getvalue().encode())
    [body] = bodies(program, tmp_path / "cells.csv", TOKEN, ["$one", "two"])
    assert json.loads(body) == [
        {
            "$token": TOKEN,
            "$distinct_id": name,
            "$ip": "0",
            "$ignore_time": True,
            "$set": {key: cell for key, cell in (("$one", one), ("two", two)) if cell},
        }
        for name, one, two in rows
    ]


def test_peers_in_python(recorded: tuple[Course, list[Request]], tmp_path: Path) -> None:
    """The loop sends every row, and the flood as many requests."""
    course = recorded[0]
    loop = requests_of(CONTENDERS["httpx-loop"](course), recorded, tmp_path)
    assert identifiers(loop) == Counter(row.customer_id for row in customers(ROWS, BENCHMARK_SEED))
    turns = requests_of(flood(course, "no cc"), recorded, tmp_path)
    assert len(turns) == ROWS // 200
    assert sum(identifiers(turns).values()) == ROWS


def test_typed_run_fails_the_bad_rows_alone(
    recorded: tuple[Course, list[Request]], tmp_path: Path
) -> None:
    """Of the file with faults exactly those rows fail that were spoilt, and no other."""
    sent = requests_of(OTHERS["typed"](recorded[0]), recorded, tmp_path)
    assert sum(identifiers(sent).values()) == ROWS - bad_rows(ROWS)


def test_paced_run(course: Course, tmp_path: Path) -> None:
    """The pacing server lets the importer's rows through, late, and records each request."""
    results = Results(ROWS)
    to_the_server(LATENCY, course).once(tmp_path / "out", results)
    [exchanges] = results.seen[LATENCY]
    assert [each.updates for each in exchanges] == [200] * (ROWS // 200)
    assert all(each.answer - each.arrival >= 0.1 for each in exchanges)


@pytest.mark.parametrize("name", [name for name in OURS if name != "large"])
def test_command_lines_of_the_importer(name: str, course: Course) -> None:
    """The importer understands what the benchmark asks of it, and the files are there."""
    python, _, module, word, *rest = MAKERS[name](course).command
    assert (Path(python).exists(), module) == (True, "importer")
    if word == "--help":
        return
    group = typer.main.get_group(app)
    with group.make_context("importer", [word, *rest]) as context:
        command = group.get_command(context, word)
        assert command is not None
        with command.make_context(word, rest, parent=context) as parsed:
            assert [Path(source).exists() for source in parsed.params["source"]] == [True]
            assert Path(parsed.params["config"]).exists()


@pytest.mark.parametrize("name", WAYS)
def test_command_lines_of_mixpanel_import(name: str, course: Course) -> None:
    """Every configuration reads the same file, as 200 x 10, and shapes its rows."""
    if shutil.which("node") is None:
        pytest.skip("no Node.js")
    contender = MAKERS[name](course)
    pairs = list(zip(contender.command, contender.command[1:], strict=False))
    assert contender.name == name
    assert {("--batch", "200"), ("--workers", "10"), ("--type", "user")} <= set(pairs)
    assert "--fix" in contender.command
    assert course.inputs.headed.exists()
    assert str(course.inputs.headed) in contender.command
    assert contender.environment["SINK_PORT"] == str(course.sink.port)


def test_files_are_the_same_on_every_machine(tmp_path: Path) -> None:
    """The rows and the sample data come out byte for byte, whoever makes them."""
    write_benchmark(tmp_path / "rows.csv", ROWS)
    digest = sha256((tmp_path / "rows.csv").read_bytes()).hexdigest()
    assert digest == "63e6a6b41a0c965b79f56ce0bf522a4b673429852b01b11f2a2fcb148647925a"
    write_sample(tmp_path)
    for made in (tmp_path / "customers.csv", tmp_path / "traps.csv"):
        assert made.read_bytes() == (SAMPLE_FOLDER / made.name).read_bytes()


def test_header_is_all_that_differs(course: Course) -> None:
    """Who wants a header gets the same rows."""
    first, rest = course.inputs.headed.read_bytes().split(b"\n", 1)
    assert first.decode().split(",") == ["$distinct_id", *course.inputs.properties]
    assert rest == course.inputs.plain.read_bytes()


def test_faults() -> None:
    """Half a per cent of the rows is bad, and half a per cent repeats an earlier id."""
    rows = 12_000
    plain = list(customers(rows, BENCHMARK_SEED))
    faulty = list(with_faults(plain))
    spoilt = [
        (one.email, one.phone, one.signed_up, one.credits)
        != (two.email, two.phone, two.signed_up, two.credits)
        for one, two in zip(plain, faulty, strict=True)
    ]
    assert sum(spoilt) == bad_rows(rows) == rows // 200
    assert len({row.customer_id for row in faulty}) == pytest.approx(0.995 * rows, abs=30)


def test_run_that_is_not_right_does_not_count(course: Course, tmp_path: Path) -> None:
    """Another exit code, or another number of requests, and there is no figure."""
    failing = Contender("failing", "", ("sh", "-c", "echo why; exit 3"), rows=400)
    with pytest.raises(RunError, match=r"ended with 3(.|\n)*why"):
        run_alone(failing, course, tmp_path / "out")
    size = course.inputs.plain.stat().st_size
    line = f"POST /engage 200 {size} {size + 200}\n"
    course.sink.log.write_text(line * 3)
    with pytest.raises(RunError, match="3 requests arrived instead of 2"):
        arrival(failing, course)
    course.sink.log.write_text(line * 2)
    assert arrival(failing, course) == Arrived(2, 2 * size)
    course.sink.log.write_text("POST /engage 200 9 200\n" * 2)
    with pytest.raises(RunError, match="only 18 bytes"):
        arrival(failing, course)
