"""The control endpoints, the stores, and starting and stopping."""

import errno
import socket
import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from importer.emulator import Emulator, StoreError, running, serve

from .records import group, user

IDS = ["u", "a/b", "a b", "100%", "%2F", "ünï/…", "a//", "/", "?x=1#y", "new\nline", "."]


@pytest.mark.parametrize("identifier", IDS)
def test_profile(identifier: str, http: httpx.Client) -> None:
    """A profile is found under its percent-encoded id, whatever characters that has."""
    http.post("/engage", json=[user(identifier)])
    found = http.get(f"/_emulator/profiles/{encoded(identifier)}")
    assert (found.status_code, found.json()) == (
        200,
        {"$distinct_id": identifier, "$properties": {"plan": "pro"}},
    )


@pytest.mark.parametrize("identifier", IDS)
def test_group(identifier: str, http: httpx.Client) -> None:
    """A group profile is found under its percent-encoded key and id."""
    http.post("/groups", json=[group(identifier) | {"$group_key": "a/b"}])
    found = http.get(f"/_emulator/groups/a%2Fb/{encoded(identifier)}")
    assert found.json() == {
        "$group_key": "a/b",
        "$group_id": identifier,
        "$properties": {"plan": "pro"},
    }


def encoded(identifier: str) -> str:
    # A lone dot would be taken out of the path by the client.
    return quote(identifier, safe="").replace(".", "%2E")


def test_missing(http: httpx.Client) -> None:
    """What is not there is answered 404."""
    for path in ("profiles/u", "groups/company/g", "groups", "nothing", ""):
        assert http.get(f"/_emulator/{path}").status_code == 404


def test_pages(http: httpx.Client) -> None:
    """Profiles are listed oldest first, a page at a time."""
    http.post("/engage", json=[user(f"u{n}") for n in range(150)])
    first = http.get("/_emulator/profiles").json()
    assert (len(first["profiles"]), first["total"]) == (100, 150)
    page = http.get("/_emulator/profiles?limit=2&offset=149").json()
    assert page == {
        "profiles": [{"$distinct_id": "u149", "$properties": {"plan": "pro"}}],
        "total": 150,
    }
    assert http.get("/_emulator/profiles?limit=x").status_code == 400
    assert http.get("/_emulator/profiles?offset=-1").status_code == 400


def test_pages_of_groups(http: httpx.Client) -> None:
    """The groups of a key are listed likewise."""
    http.post("/groups", json=[group("g")])
    assert http.get("/_emulator/groups/company").json() == {
        "profiles": [{"$group_id": "g", "$properties": {"plan": "pro"}}],
        "total": 1,
    }


def test_stats(http: httpx.Client) -> None:
    """Stats count the requests to the API and nothing else."""
    bodies = [b"[" + b"{}," * 76 + b"{}]", b"[{}]", b"nonsense"]
    for body in bodies:
        http.post("/engage", content=body)
    http.post("/groups", json=[group("g")])
    http.get("/_emulator/profiles")
    expected = {
        "requests": 4,
        "updates": 79,
        "profiles": 1,
        "bytes": sum(map(len, bodies)) + len(httpx.Request("POST", "/", json=[group("g")]).content),
        "by_status": {"200": 4},
        "max_in_flight": 1,
        "batch_sizes": {"1": 2, "77": 1},
    }
    assert http.get("/_emulator/stats").json() == expected


def test_forget(http: httpx.Client, emulator: Emulator) -> None:
    """DELETE forgets the profiles, the groups, the counts and the script."""
    fresh = emulator.stats()
    http.post("/engage", json=[user("u")])
    http.post("/groups", json=[group("g")])
    emulator.faults({"kind": "drop"})
    assert http.delete("/_emulator").status_code == 200
    assert emulator.profiles() == {}
    assert emulator.group("company", "g") is None
    assert http.get("/_emulator/faults").json() == {"rules": []}
    assert emulator.stats() == fresh


def test_store_outlives_the_server(tmp_path: Path) -> None:
    """With a store, profiles are there again after a restart, in the order they came."""
    store = tmp_path / "profiles.db"
    with running(store=store) as first:
        records = [
            user("b"),
            user("a"),
            user("c"),
            user("b", "$add", {"n": 1}),
            user("c", "$delete"),
        ]
        assert httpx.post(f"{first.url}/engage?strict=1", json=records).status_code == 200
        httpx.post(f"{first.url}/groups", json=[group("g")])
        first.faults({"kind": "drop", "apply": "before"})
        with pytest.raises(httpx.ReadError):
            httpx.post(f"{first.url}/engage", json=[user("a", values={"late": True})])
    with running(store=str(store)) as second:
        expected = {"b": {"plan": "pro", "n": 1}, "a": {"plan": "pro", "late": True}}
        assert second.profiles() == expected
        assert list(second.profiles()) == list(expected)
        assert second.group("company", "g") == {"plan": "pro"}
        page = httpx.get(f"{second.url}/_emulator/profiles?limit=1&offset=1").json()
        assert (page["profiles"][0]["$distinct_id"], page["total"]) == ("a", 2)
        second.forget()
        assert second.profiles() == {}
        assert second.stats()["profiles"] == 0


def test_store_that_is_none(tmp_path: Path) -> None:
    """A file that cannot hold profiles is refused at the start."""
    text = tmp_path / "notes.txt"
    text.write_text("not a database, and long enough to be seen as such" * 20)
    for path in (text, tmp_path / "missing" / "store.db"):
        with pytest.raises(StoreError, match="cannot hold profiles"), running(store=path):
            pass


def test_store_of_another_program(tmp_path: Path) -> None:
    """A database that has another table of that name is left alone."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE profiles (name TEXT)")
    other.close()
    with pytest.raises(StoreError, match="cannot hold profiles"), running(store=path):
        pass


def test_port_in_use(emulator: Emulator) -> None:
    """A taken port is an OSError that says so."""
    with pytest.raises(OSError, match="in use") as caught, running(port=emulator.port):
        pass
    assert caught.value.errno == errno.EADDRINUSE


def test_stops_while_requests_wait() -> None:
    """Stopping does not wait for a scripted sleep, and frees the port."""
    with running() as emulator, httpx.Client(base_url=emulator.url, trust_env=False) as http:
        emulator.faults({"kind": "sleep", "seconds": 3600})
        failures: list[Exception] = []
        thread = threading.Thread(target=lambda: failures.append(failure(http)))
        thread.start()
        while emulator.stats()["updates"] == 0:
            pass
    thread.join(10)
    assert len(failures) == 1
    with running(port=emulator.port) as again:
        assert again.url == emulator.url


def failure(http: httpx.Client) -> Exception:
    with pytest.raises(httpx.TransportError) as caught:
        http.post("/engage", json=[user("u")])
    return caught.value


def test_serve_until_interrupted(capfd: pytest.CaptureFixture[str]) -> None:
    """serve() tells when it has started, passes on what ends it, stops, and prints nothing."""
    started: list[Emulator] = []

    def interrupt(emulator: Emulator) -> None:
        started.append(emulator)
        assert httpx.post(f"{emulator.url}/engage", json=[user("u")]).text == "1"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(port=0, on_start=interrupt)
    with socket.socket() as probe:
        assert probe.connect_ex((started[0].host, started[0].port)) != 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1"), ("0.0.0.0", "http://127.0.0.1")]
)
def test_url(host: str, url: str) -> None:
    """The address is one that a client on this machine can use."""
    with running(host=host) as emulator:
        assert emulator.url == f"{url}:{emulator.port}"
        assert httpx.post(f"{emulator.url}/engage", json=[user("u")]).text == "1"
