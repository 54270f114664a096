"""Web servers on this machine that answer as they are told, however odd."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Serve the files of a folder, whole ones only; yield how their addresses begin."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with _listening(partial(Quiet, directory=str(folder))) as address:
        yield address


Answer = Callable[[BaseHTTPRequestHandler], None]


def say(
    asked: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: object
) -> None:
    """Answer with headers, those that are None left out; with the content, if it is wanted."""
    told: dict[str, object] = {"Content_Length": len(content), **headers}
    asked.send_response(status)
    for name, value in told.items():
        if value is not None:
            asked.send_header(name.replace("_", "-"), str(value))
    asked.end_headers()
    if asked.command != "HEAD":
        with suppress(OSError):
            asked.wfile.write(content)


def range_of(asked: BaseHTTPRequestHandler) -> tuple[int, int] | None:
    """Return the first byte that is asked for and the one behind the last, if it is a part."""
    begin, _, end = asked.headers.get("Range", "").removeprefix("bytes=").partition("-")
    return (int(begin), int(end) + 1) if begin else None


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Serve all that is asked for by one function; yield an address."""

    class Odd(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # as the library has it
            answer(self)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with _listening(Odd) as address:
        yield f"{address}customers.csv"


@contextmanager
def _listening(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
