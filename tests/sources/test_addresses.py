"""Addresses: which ones there are, what is never shown of them, and what they need installed."""

import gzip
import os
import subprocess
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st

from importer.begin import resume_import
from importer.errors import ConfigError, SourceBroken, SourceError
from importer.streams import find_places, open_place
from importer.streams.address import scrubbed, shown_address
from tests.delivery.raw_server import refusing
from tests.resuming.runs import Desk, adding, once, stopping

from .odd_web import answering, range_of, say
from .servers import sftp, web
from .test_servers import around, meanwhile, run, wide, written


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://h/a.csv", "https://h/a.csv"),
        ("https://h/a.csv?X-Amz-Signature=s", "https://h/a.csv?***"),
        ("https://token@h:8443/a.csv#x", "https://***@h:8443/a.csv#***"),
        ("HTTPS://u:p@h/a@b.csv", "https://***@h/a@b.csv"),
        ("sftp://crm@h/a.csv", "sftp://crm@h/a.csv"),
        ("sftp://crm:pa?ss@h/a.csv", "sftp://***@h/a.csv"),
        ("https://u:p/a@h:8443/a.csv", "https://***@h:8443/a.csv"),
        ("s3://bucket/a?.csv", "s3://bucket/a?.csv"),
        (
            "abfs://box@account.dfs.core.windows.net/a.csv",
            "abfs://box@account.dfs.core.windows.net/a.csv",
        ),
    ],
)
def test_shown(address: str, shown: str) -> None:
    """Users with passwords, and queries and fragments of the web, are hidden; nothing else is."""
    assert shown_address(address) == shown


SECRETS = st.text("abcXYZ019%-_.~", min_size=8)


@given(SECRETS, SECRETS, SECRETS)
def test_secrets_of_the_web(user: str, password: str, query: str) -> None:
    """No part of what is secret is in an address that is shown, nor in what is said of it."""
    address = f"https://{user}:{password}@h/a.csv?sig={query}"
    said = f"403, url='{address}', user {user}:{password}, sig={query}"
    for text in (shown_address(address), scrubbed(said, address)):
        assert password not in text
        assert f"sig={query}" not in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://u:p@h/a.csv", "ftp://***@h/a.csv: ftp:// is no address of a source"),
        ("http://example.com/a.csv", "http:// would fetch the file in the clear; use https://"),
        ("s4://b/a.csv", "s4:// is no address of a source"),
    ],
)
def test_no_address(address: str, words: str) -> None:
    """What cannot be read is refused with what can."""
    with pytest.raises(SourceError) as refused:
        open_place(address)
    assert words in str(refused.value)


EXTRAS = (
    ("https://h/a.csv", "fsspec.core", "http"),
    ("https://h/a.csv", "aiohttp", "http"),
    ("s3://b/a.csv", "s3fs", "s3"),
    ("gs://b/a.csv", "gcsfs", "gcs"),
    ("az://b/a.csv", "adlfs", "azure"),
    ("abfs://b/*.csv", "adlfs", "azure"),
    ("sftp://h/a.csv", "paramiko", "sftp"),
)

WITHOUT = """
import sys
from importer.errors import SourceError
from importer.streams import find_places, open_place

for address, package in zip(sys.argv[1::2], sys.argv[2::2]):
    sys.modules[package] = None
    try:
        open_place(*find_places([address]))
    except SourceError as error:
        print(error)
    del sys.modules[package]
"""


def test_extra_is_missing() -> None:
    """Without the packages for a kind of address, the command that installs them is said."""
    arguments = [text for address, package, _ in EXTRAS for text in (address, package)]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        f"{address}: reading it needs the package {package}; "
        f"pip install 'mixpanel-profile-importer[{extra}]'"
        for address, package, extra in EXTRAS
    ]


@pytest.mark.parametrize("scheme", ["gs", "az"])
def test_clouds(desk: Desk, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """Files of a bucket are found by pattern, read, and gone on with: here one held in memory."""

    class Cloud(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
        protocol = scheme
        store: dict[str, Any] = {}  # noqa: RUF012 # as fsspec's own has it
        pseudo_dirs = [""]  # noqa: RUF012

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return "/" + path.removeprefix(f"{scheme}://").strip("/")

    monkeypatch.setitem(sys.modules["fsspec.registry"].__dict__["_registry"], scheme, Cloud)
    lines = adding(900).encode().splitlines(keepends=True)
    Cloud().pipe("/bucket/in/part-10.csv", gzip.compress(b"".join(lines[700:])))
    Cloud().pipe("/bucket/in/part-2.csv", b"".join(lines[:700]))
    pattern = f"{scheme}://bucket/in/part-*.csv"
    stopped = run(desk, pattern, **stopping(lambda now: now.totals.read >= 600))
    names = [file["name"] for file in stopped.source["files"]]
    assert names[0] == f"{scheme}://bucket/in/part-2.csv"
    ended = resume_import(stopped.folder, **around(desk))
    assert (ended.exit_code, desk.orders, desk.updates) == (0, once(900), 900)
    with pytest.raises(SourceError, match="no file fits this pattern"):
        find_places([f"{scheme}://bucket/out/*.csv"])
    with pytest.raises(SourceError, match="cannot be opened: there is no such file"):
        run(desk, f"{scheme}://bucket/out.csv")


def test_signed_address(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature of an address is kept nowhere; to go on it must be given again."""
    (tmp_path / "server").mkdir()
    with web(tmp_path / "server", monkeypatch) as server:
        server.put("customers.csv", adding(900).encode())
        address = f"{server.before}secret/customers.csv?sig=open-sesame"
        stopped = run(desk, address, **stopping(lambda now: now.totals.read >= 100))
        hidden = f"{server.before}secret/customers.csv?***"
        assert stopped.resume_command == (f"importer run '{hidden}' --resume {stopped.folder}")
        assert "open-sesame" not in written(desk.runs) + str(stopped)
        with pytest.raises(ConfigError, match="of which the credentials are not kept"):
            resume_import(stopped.folder, **around(desk))
        with pytest.raises(SourceError) as refused:
            resume_import(stopped.folder, address.replace("open", "close"), **around(desk))
        assert "the server refuses access" in str(refused.value)
        assert "sesame" not in str(refused.value)
        ended = resume_import(stopped.folder, address, **around(desk))
        assert (ended.exit_code, desk.orders, desk.updates) == (0, once(900), 900)


def test_web_without_parts(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web server that gives whole files only is read in one go."""
    (tmp_path / "server").mkdir()
    with web(tmp_path / "server", monkeypatch) as server:
        server.put("customers.csv", wide(3_000))
        report = run(desk, f"{server.before}whole/customers.csv".replace("https", "HTTPS"))
        assert (report.exit_code, desk.orders) == (0, once(3_000))


def test_replaced_on_the_web(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run does not mix two files, though the server gives no tag to tell them by."""
    (tmp_path / "server").mkdir()
    with web(tmp_path / "server", monkeypatch) as server:
        server.put("customers.csv", wide(3_000))
        server.put("next.csv", wide(3_000).replace(b",1,", b",2,"))
        os.utime(server.folder / "next.csv", (0, 0))
        replace = partial((server.folder / "next.csv").replace, server.folder / "customers.csv")
        report = run(desk, f"{server.before}dated/customers.csv", observer=meanwhile(replace))
        assert report.exit_code == 4
        assert "the file was replaced while it was read" in str(report.stop)
        assert set(desk.orders.values()) == {1}


def test_letters_of_a_path(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On an SFTP server ? and # are letters of a name; what a login may not have is encoded."""
    (tmp_path / "server").mkdir()
    with sftp(tmp_path / "server", monkeypatch) as server:
        address = server.put("who? all #1.csv", adding(30).encode())
        report = run(desk, address.replace("open-", "open%2D"))
        assert (report.exit_code, desk.orders) == (0, once(30))
        assert report.source["name"].endswith("/who? all #1.csv")


def test_no_web_server(desk: Desk) -> None:
    """Where nobody listens the system's words are told, and none of the library's objects."""
    pytest.importorskip("aiohttp")
    with refusing() as port, pytest.raises(SourceError, match="Cannot connect to host") as refused:
        run(desk, f"https://127.0.0.1:{port}/a.csv")
    assert "<" not in str(refused.value)


FILE = b"".join(b"u%d,%d\n" % (row, row * row) for row in range(150_000))


@pytest.mark.parametrize("parts", [True, False])
@pytest.mark.parametrize("length", [0, 1_000, len(FILE) + 5])
def test_wrong_length_of_a_head(length: int, parts: bool) -> None:
    """What a web server says where only the length is asked for is not believed: a file is whole
    by what comes with its bytes.
    """

    def answer(asked: BaseHTTPRequestHandler) -> None:
        if asked.command == "HEAD":
            say(asked, b"", Content_Length=length)
        elif parts and (part := range_of(asked)):
            where = f"bytes {part[0]}-{part[1] - 1}/{len(FILE)}"
            say(asked, FILE[slice(*part)], 206, Content_Range=where)
        else:
            say(asked, FILE)

    with answering(answer) as address:
        opened = open_place(address)
        assert (opened.size, b"".join(opened.pieces)) == (len(FILE), FILE)


def test_no_length_but_of_a_head() -> None:
    """Where nothing else tells how long a file is, one that ends before that is broken."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        length = len(FILE) if asked.command == "HEAD" else None
        say(asked, FILE[:100_000], Content_Length=length)

    with answering(answer) as address, pytest.raises(SourceBroken, match="after 100,000 of 2,"):
        b"".join(open_place(address).pieces)


def test_other_parts_of_the_web() -> None:
    """A server that gives the first bytes whichever are asked for is read in one go; one that
    begins with that on the way is not read on.
    """
    good = 0

    def answer(asked: BaseHTTPRequestHandler) -> None:
        nonlocal good
        good -= 1
        if part := range_of(asked):
            begin, end = part if good > 0 else (0, part[1] - part[0])
            where = f"bytes {begin}-{end - 1}/{len(FILE)}"
            say(asked, FILE[begin:end], 206, Content_Range=where)
        else:
            say(asked, FILE)

    with answering(answer) as address:
        assert b"".join(open_place(address).pieces) == FILE
        good = 4
        with pytest.raises(SourceBroken, match="gave another part of the file"):
            b"".join(open_place(address).pieces)


def test_redirected_in_a_circle() -> None:
    """A server that sends on for ever is said to, and gave no answer."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        say(asked, b"", 302, Location=asked.path)

    with (
        answering(answer) as address,
        pytest.raises(SourceError, match="the server sends on again and again"),
    ):
        open_place(address)
