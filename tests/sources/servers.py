"""Real servers of each kind on this machine, behind a line that can be cut."""

import asyncio
import base64
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import trustme

from tests.conftest import free_port
from tests.resuming.line import Line, line_to

AZURITE = shutil.which("azurite-blob")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@dataclass
class Server:
    """A server of files in a folder; `before` is how addresses there begin."""

    folder: Path
    before: str
    line: Line

    def put(self, name: str, content: bytes) -> str:
        """Put a file there, whole at once, in the place of another one of that name."""
        draft = self.folder / "draft"
        draft.write_bytes(content)
        draft.replace(self.folder / name)
        return self.before + name


_WEB = """
daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit; {user}
events {{ }}
http {{
  access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
  uwsgi_temp_path t4; scgi_temp_path t5;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate server.pem; ssl_certificate_key server.pem;
    root files;
    location /whole/ {{ alias files/; max_ranges 0; etag off; }}
    location /dated/ {{ alias files/; etag off; }}
    location /down/ {{ return 302 http://192.0.2.1/x.csv; }}
    location /secret/ {{ alias files/; if ($arg_sig != "open-sesame") {{ return 403; }} }}
  }}
}}
"""


@contextmanager
def web(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Nginx with a certificate of its own authority, which the environment names."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    files = folder / "files"
    files.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "server.pem"
    )
    patch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_WEB.format(port=port, user=user))
    running = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"])
    try:
        _await_port(port, running)
        with line_to(port) as line:
            yield Server(files, f"https://127.0.0.1:{line.port}/", line)
    finally:
        running.terminate()
        running.wait(10)


def _await_port(port: int, running: "subprocess.Popen[bytes]") -> None:
    while running.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the server did not start")


@contextmanager
def sftp(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An SFTP server whose key is among the known hosts of this test's home folder."""
    asyncssh = pytest.importorskip("asyncssh")
    files, home = folder / "files", folder / "home"
    files.mkdir()
    (home / ".ssh").mkdir(parents=True)
    patch.setenv("HOME", str(home))
    patch.delenv("SSH_AUTH_SOCK", raising=False)
    key = asyncssh.generate_private_key("ssh-ed25519")

    class Door(asyncssh.SSHServer):  # type: ignore[name-defined,misc]  # loaded where it is
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("crm", "open-sesame")

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Door, server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(files)),
        )  # fmt: skip

    async def stop() -> None:
        server.close()
        await server.wait_closed()

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        with line_to(server.get_port()) as line:
            public = key.export_public_key().decode().strip()
            (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{line.port} {public}\n")
            yield Server(files, f"sftp://crm:open-sesame@127.0.0.1:{line.port}/", line)
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Bucket(Server):
    def put(self, name: str, content: bytes) -> str:
        import boto3

        boto3.client("s3").put_object(Bucket="crm-exports", Key=name, Body=content)
        return self.before + name


@contextmanager
def s3(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The S3 server of moto."""
    pytest.importorskip("s3fs")
    pytest.importorskip("moto")
    import boto3
    from moto.server import ThreadedMotoServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_MAX_ATTEMPTS", "1")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        with line_to(server.get_host_and_port()[1]) as line:
            patch.setenv("AWS_ENDPOINT_URL", line.url)
            urlopen(f"{line.url}/moto-api/reset", data=b"").close()
            boto3.client("s3").create_bucket(Bucket="crm-exports")
            yield Bucket(folder, "s3://crm-exports/", line)
    finally:
        server.stop()


class GoogleBucket(Server):
    def put(self, name: str, content: bytes) -> str:
        where = f"{self.line.url}/upload/storage/v1/b/crm-exports/o?uploadType=media&name={name}"
        urlopen(Request(where, content, {"Content-Type": "text/csv"})).close()
        return self.before + name


@contextmanager
def gcs(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An emulator of Google Cloud Storage."""
    pytest.importorskip("gcsfs")
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    server = emulator.create_server("127.0.0.1", 0, in_memory=True, default_bucket="crm-exports")
    server.start()
    try:
        with line_to(server._api._httpd.socket.getsockname()[1]) as line:
            patch.setenv("STORAGE_EMULATOR_HOST", line.url)
            yield GoogleBucket(folder, "gs://crm-exports/", line)
    finally:
        server.stop()


_ACCOUNT = "crmexports"
_KEY = base64.b64encode(b"open-sesame").decode()


class Container(Server):
    def put(self, name: str, content: bytes) -> str:
        from azure.storage.blob import BlobServiceClient

        said = os.environ["AZURE_STORAGE_CONNECTION_STRING"]
        with BlobServiceClient.from_connection_string(said) as client:
            client.get_blob_client("exports", name).upload_blob(content, overwrite=True)
        return self.before + name


@contextmanager
def azure(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Azurite, Microsoft's emulator of its blob storage (`npm install -g azurite`)."""
    pytest.importorskip("adlfs")
    if AZURITE is None:
        pytest.skip("azurite is not installed")
    from azure.storage.blob import BlobServiceClient

    port = free_port()
    patch.setenv("AZURITE_ACCOUNTS", f"{_ACCOUNT}:{_KEY}")
    given = ("--blobPort", str(port), "--location", str(folder))
    running = subprocess.Popen(
        [AZURITE, "--silent", "--skipApiVersionCheck", "--disableTelemetry", *given],
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_port(port, running)
        with line_to(port) as line:
            parts = {
                "DefaultEndpointsProtocol": "http",
                "AccountName": _ACCOUNT,
                "AccountKey": _KEY,
                "BlobEndpoint": f"{line.url}/{_ACCOUNT}",
            }
            said = ";".join(f"{name}={value}" for name, value in parts.items())
            patch.setenv("AZURE_STORAGE_CONNECTION_STRING", said)
            with BlobServiceClient.from_connection_string(said) as client:
                client.create_container("exports")
            yield Container(folder, "az://exports/", line)
    finally:
        running.terminate()
        running.wait(10)


KINDS = {"web": web, "sftp": sftp, "s3": s3, "gcs": gcs, "azure": azure}
