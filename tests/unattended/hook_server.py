"""A server that takes reports, and answers as it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """What was posted, and the statuses that are left to answer with; then 200."""

    port: int
    statuses: list[int] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    drips: bool = False
    """Does the body of an answer not come to its end until the server stops?"""
    stutters: bool = False
    """Does not even the head of an answer, a byte of which is sent now and then?"""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/s3cret?a=b"


@contextmanager
def receiving(*statuses: int) -> Iterator[Received]:
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.headers.append(dict(self.headers))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.reports.append(json.loads(body))
            status = received.statuses.pop(0) if received.statuses else 200
            if received.stutters:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(100):
                    self.wfile.write(b"x")
                    if received.over.wait(0.05):
                        return
            self.send_response(status)
            self.send_header("Content-Length", "9" if received.drips else "0")
            self.end_headers()
            if received.drips:
                received.over.wait(30)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        received = Received(server.server_port, list(statuses))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield received
        finally:
            received.over.set()
            server.shutdown()
            thread.join()
