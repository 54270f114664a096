"""A local HTTPS server, nginx, which reads every request whole and says that all is well."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
BATCH = 200
# No num_good_events: nginx cannot count, and of a last batch that is not full it must be right.
ANSWER = '{"code":200,"status":"OK","error":null}'
MOST_HEADERS = 4_096  # bytes of one request that are not its body


class SinkError(Exception):
    """The sink cannot be set up, or did not receive what it should have."""


@dataclass(frozen=True)
class Arrived:
    """What the sink has read since it was last cleared."""

    requests: int
    body_bytes: int


@dataclass(frozen=True)
class Sink:
    """A running sink: where it is, and the certificate by which clients know it."""

    port: int
    certificate: Path
    log: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def clear(self) -> None:
        os.truncate(self.log, 0)

    def arrived(self, expected: int, patience: float = 5.0) -> Arrived:
        """What has arrived. nginx writes a line after its answer, hence the patience (seconds)."""
        deadline = time.monotonic() + patience
        while (lines := self._lines()) < expected and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)  # one request too many would be seen
        return _tally(self.log.read_text().splitlines()) if lines else Arrived(0, 0)

    def _lines(self) -> int:
        return self.log.read_bytes().count(b"\n")


def _tally(lines: list[str]) -> Arrived:
    body_bytes = 0
    for line in lines:
        method, path, status, body, read = line.split()
        if (method, path.rstrip("/"), status) != ("POST", "/engage", "200"):
            raise SinkError(f"unexpected request: {line}")
        if not body.isdecimal():
            raise SinkError(f"a body without Content-Length, so its size is unknown: {line}")
        if not 0 <= int(read) - int(body) <= MOST_HEADERS:
            raise SinkError(f"a body of {body} bytes was not read whole: {line}")
        body_bytes += int(body)
    return Arrived(len(lines), body_bytes)


def nginx_version(nginx: str) -> str:
    said = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True)
    return said.stderr.strip().removeprefix("nginx version: ")


def find_nginx() -> str:
    # Debian keeps it in a folder that only root's PATH names.
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    nginx = shutil.which("nginx", path=path)
    if nginx is None:
        raise SinkError("nginx is missing; on Debian and Ubuntu: apt-get install nginx-light")
    return nginx


@contextmanager
def running_sink(folder: Path, answer: str = ANSWER, limit: int | None = None) -> Iterator[Sink]:
    """Run nginx in the foreground on a free port of the loopback; its files are in the folder.

    It answers 429 to more than `limit` requests a second.
    """
    nginx = find_nginx()
    folder.mkdir(parents=True, exist_ok=True)
    certificate = _certificate(folder)
    port, inner = _free_ports()
    sink = Sink(port, certificate, folder / "requests.log")
    sink.log.write_bytes(b"")
    settings = folder / "nginx.conf"
    settings.write_text(_settings(folder, port, inner, answer, limit))
    errors = folder / "nginx.out"
    with errors.open("wb") as out:
        process = subprocess.Popen(
            [nginx, "-p", str(folder), "-e", str(errors), "-c", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        _await(process, port, errors)
        _prove_that_bodies_are_read(sink)
        yield sink
    finally:
        process.terminate()
        process.wait(timeout=10)


def _settings(folder: Path, port: int, inner: int, answer: str, limit: int | None) -> str:
    """The configuration.

    A `return` alone would answer before the body is there. So the outer server proxies: nginx
    buffers a request whole before it turns to the upstream, which gets it without the body.
    """
    zone = f"limit_req_zone $server_port zone=all:1m rate={limit}r/s;" if limit else ""
    slow = f"limit_req zone=all burst={limit} nodelay; limit_req_status 429;" if limit else ""
    return f"""\
daemon off;
master_process off;
pid "{folder}/nginx.pid";
events {{ worker_connections 1024; }}
http {{
  log_format arrived '$request_method $uri $status $content_length $request_length';
  access_log off;
  {zone}
  client_body_temp_path "{folder}/bodies";
  proxy_temp_path "{folder}/proxy";
  fastcgi_temp_path "{folder}/fastcgi";
  uwsgi_temp_path "{folder}/uwsgi";
  scgi_temp_path "{folder}/scgi";
  client_max_body_size 64m;
  client_body_buffer_size 4m;
  keepalive_requests 10000000;
  keepalive_timeout 300s;
  tcp_nodelay on;
  upstream answer {{
    server {HOST}:{inner};
    keepalive 64;
    keepalive_requests 10000000;
  }}
  server {{
    listen {HOST}:{port} ssl backlog=1024;
    ssl_certificate "{folder}/sink.pem";
    ssl_certificate_key "{folder}/sink.key";
    location /engage {{
      {slow}
      access_log "{folder}/requests.log" arrived;
      proxy_pass http://answer;
      proxy_http_version 1.1;
      proxy_request_buffering on;
      proxy_pass_request_body off;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
    }}
    location / {{ return 404; }}
  }}
  server {{
    listen {HOST}:{inner};
    default_type application/json;
    location / {{ return 200 '{answer}'; }}
  }}
}}
"""


def _certificate(folder: Path) -> Path:
    """A certificate for the loopback and for the API's name, trusted by nobody else."""
    certificate = folder / "sink.pem"
    if not certificate.exists():
        names = f"subjectAltName=IP:{HOST},DNS:localhost,DNS:api.mixpanel.com"
        command = ["openssl", "req", "-x509", "-nodes", "-days", "3650"]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-subj", "/CN=benchmark sink", "-addext", names]
        command += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
        command += ["-addext", "extendedKeyUsage=serverAuth"]
        command += ["-keyout", str(folder / "sink.key"), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)
        (folder / "sink.key").chmod(0o600)
    return certificate


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _await(process: subprocess.Popen[bytes], port: int, errors: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise SinkError(f"nginx did not start: {errors.read_text().strip()}")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SinkError("nginx does not answer")


def _prove_that_bodies_are_read(sink: Sink) -> None:
    """Half a body must get no answer; the other half must."""
    body = b"x" * 1_000_000
    head = f"POST /engage HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    trust = ssl.create_default_context(cafile=str(sink.certificate))
    with (
        socket.create_connection((HOST, sink.port), timeout=5) as plain,
        trust.wrap_socket(plain, server_hostname=HOST) as connection,
    ):
        connection.sendall(head + body[: len(body) // 2])
        connection.settimeout(0.3)
        try:
            connection.recv(1)
        except TimeoutError:
            pass
        else:
            raise SinkError("the sink answers before it has read the body")
        connection.settimeout(5)
        connection.sendall(body[len(body) // 2 :])
        if not connection.recv(1024).startswith(b"HTTP/1.1 200"):
            raise SinkError("the sink does not accept a request")
    if sink.arrived(1) != Arrived(1, len(body)):
        raise SinkError("the sink's log does not show what it has read")
    sink.clear()
