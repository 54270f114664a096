"""How each kind of address is opened with fsspec; imported only where there is one."""

import ssl
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fsspec.core import url_to_fs

from importer.address import is_loopback
from importer.streams.address import login_host_path
from importer.streams.stream import BLOCK_BYTES

if TYPE_CHECKING:
    from importer.streams.sftp import KnownHosts

_PATIENCE = 60.0
"""Seconds without a byte after which a web server is taken for gone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to read, its size if that is known, and whether a read that failed can be repeated."""

    file: Any
    size: int | None
    repeatable: bool = True


def open_file(address: str) -> Opened:
    match urlsplit(address).scheme:
        case "http" | "https":
            return _open_web(address)
        case "sftp":
            return _open_sftp(address)
        case "s3":  # asked for under the condition that it is the same still
            opened = _open_cloud(*_filesystem(address))
        case _:
            opened = _Watched(*_filesystem(address))
    return Opened(opened, opened.size)


def find_files(pattern: str) -> list[str]:
    """Return the addresses of the files that fit a pattern."""
    filesystem, path = _filesystem(pattern)
    found = filesystem.glob(path, detail=True)
    files = [name for name, what in found.items() if what["type"] == "file"]
    parts = urlsplit(pattern)
    if parts.scheme == "sftp":
        return [f"sftp://{parts.netloc}{name}" for name in files]
    return [f"{parts.scheme}://{name.lstrip('/')}" for name in files]


def _filesystem(address: str, **options: Any) -> tuple[Any, str]:
    scheme, _, rest = address.partition("://")
    if scheme.lower() == "sftp":
        return _sftp(address)
    # RFC 3986, 3.1: capitals mean the same; fsspec knows small letters only. Its cache is one for
    # the whole program, and holds what credentials were once.
    filesystem, path = url_to_fs(f"{scheme.lower()}://{rest}", skip_instance_cache=True, **options)
    return filesystem, path


def _sftp(address: str) -> "tuple[KnownHosts, str]":
    """Connect to a host. All that stands behind it is the path: ? and # are letters there."""
    from importer.streams.sftp import KnownHosts

    login, host, path = login_host_path(address)
    user, _, password = login.partition(":")
    given = {"username": unquote(user), "password": unquote(password), "port": host.port}
    named = {name: value for name, value in given.items() if value}
    return KnownHosts(host.hostname, **named, skip_instance_cache=True), path


def _open_sftp(address: str) -> Opened:
    from importer.streams.sftp import Download

    opened = Download(lambda: _sftp(address))
    return Opened(opened, opened.size)


def _open_web(address: str) -> Opened:
    """Open a file on a web server, block by block if it can give parts of the file.

    While the import waits, no connection does; and a part that did not come is asked for again.
    """
    import aiohttp

    told: dict[str, str] = {}
    filesystem, path = _filesystem(
        address,
        ssl=ssl.create_default_context(),  # aiohttp's own heeds no SSL_CERT_FILE set later
        client_kwargs={
            "timeout": aiohttp.ClientTimeout(None, sock_connect=_PATIENCE, sock_read=_PATIENCE),
            "trust_env": True,  # proxies
            "headers": {"Accept-Encoding": "identity"},  # the bytes that are there
            "trace_configs": [_refusing_the_clear(), _refusing_another_file(told)],
        },
    )
    info = filesystem.info(path)
    tag = info.get("ETag", "")
    # RFC 9110, 13.1.1: whoever replaces the file meanwhile makes it 412.
    how = {"headers": {"If-Match": tag}} if tag.startswith('"') else {}
    if info["size"] and info.get("partial", True):
        parts = {"block_size": BLOCK_BYTES, "cache_type": "none", **how}
        _ask_for_a_part(filesystem.open(path, "rb", size=info["size"], **parts))
        # What is told with the part: some servers say another length where only that is asked.
        if (total := told.get("size", "")).isdecimal():
            return Opened(filesystem.open(path, "rb", size=int(total), **parts), int(total))
    opened = filesystem.open(path, "rb", block_size=0, **how)
    length = _length(opened.r)
    size = length if length is not None else info["size"] or None
    return Opened(opened, size, repeatable=False)


def _ask_for_a_part(opened: Any) -> None:
    """See whether the server gives one when asked: it need not have said so, and may give others.

    What it tells of the part is known afterwards, if it gave it.
    """
    opened.seek(1)
    with suppress(ValueError):
        opened.read(1)


def _length(response: Any) -> int | None:
    """Return the bytes that a file has by its own answer, unless they are packed for the way."""
    length: int | None = response.content_length
    return None if "Content-Encoding" in response.headers else length


def _open_cloud(filesystem: Any, path: str) -> Any:
    return filesystem.open(path, "rb", block_size=BLOCK_BYTES, cache_type="none")


class _Watched:
    """A file of a cloud, looked at again after each part: it must not have been replaced."""

    def __init__(self, filesystem: Any, path: str) -> None:
        self._filesystem = filesystem
        self._path = path
        self._about = self._look()
        self._file = _open_cloud(filesystem, path)
        self.size: int | None = self._file.size

    def read(self, count: int) -> bytes:
        """Return the next bytes, up to `count`. Raises Replaced, and whatever the client raises."""
        at = self._file.tell()
        try:
            piece = bytes(self._file.read(count))
            if piece and self._look() != self._about:
                raise Replaced
        except BaseException:
            self._file.seek(at)  # whoever asks again gets the same part
            raise
        return piece

    def close(self) -> None:
        self._file.close()

    def _look(self) -> object:
        self._filesystem.invalidate_cache()
        return self._filesystem.info(self._path)


class InTheClear(Exception):
    """A server sends on to an address that anybody on the way could read along."""


def _refusing_the_clear() -> Any:
    """Let no redirect lead to http:// but on this machine, where what is given may be such too."""
    import aiohttp
    from yarl import URL  # aiohttp's own

    async def look(_session: object, _context: object, redirect: Any) -> None:
        where = redirect.url.join(URL(redirect.response.headers.get("Location", "")))
        if where.scheme == "http" and not is_loopback(where.host or ""):
            raise InTheClear(f"the server sends on to http://{where.host}, in the clear")

    traced = aiohttp.TraceConfig()
    traced.on_request_redirect.append(look)
    return traced


class Replaced(Exception):
    """A part that came is not of the file that the parts before it were of."""

    status = HTTPStatus.PRECONDITION_FAILED  # what a server says that heeds the condition


class OtherPart(ValueError):
    """A part that came is not the one that was asked for."""

    status = HTTPStatus.PARTIAL_CONTENT


def _refusing_another_file(told: dict[str, str]) -> Any:
    """Let no part be of another file than the first, nor another one than was asked for: not all
    servers heed a condition, nor give a tag for one, but what is `told` of each tells files apart.
    """
    import aiohttp

    async def look(_session: object, _context: object, ended: Any) -> None:
        if ended.response.status != HTTPStatus.PARTIAL_CONTENT:
            return
        headers, asked = ended.response.headers, ended.headers.get("Range", "")
        part, _, size = headers.get("Content-Range", "").partition("/")
        if _begin(part) != _begin(asked):
            raise OtherPart
        marks = {name: headers[name] for name in ("ETag", "Last-Modified") if name in headers}
        marks["size"] = size
        if any(told.setdefault(name, mark) != mark for name, mark in marks.items()):
            raise Replaced

    traced = aiohttp.TraceConfig()
    traced.on_request_end.append(look)
    return traced


def _begin(part: str) -> str:
    """Return where a range of bytes begins: what is asked has a =, what is told a blank."""
    return part.replace("=", " ").partition(" ")[2].partition("-")[0].strip()
