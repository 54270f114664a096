"""Attacks on the page: everything but the browser that was shown the secret is refused."""

import http.client
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from importer.ui.guard import HEADERS
from tests.conftest import ROOT

from .pages import OpenPage, opened

TOKEN = "b9c1d2e3f4a5968778695a4b3c2d1e0f"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenPage]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "people.csv").write_text("u1,Ann,ann@example.com\nu2,Ben,\n")
    with opened(folder, "people.csv", MIXPANEL_TOKEN=TOKEN) as page:
        yield page


def stranger(page: OpenPage, **headers: str) -> httpx.Client:
    """Return a client without the cookie."""
    root = f"http://127.0.0.1:{page.port}"
    return httpx.Client(base_url=root, headers=headers, trust_env=False)


def test_secret_becomes_a_cookie(page: OpenPage) -> None:
    """The secret is traded for a cookie that no script and no other site gets, and leaves the
    address line.
    """
    with stranger(page) as client:
        answer = client.get(page.url)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert page.url.partition("secret=")[2] not in cookie
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/desk", "/static/main.js", "/?secret=", "/?secret=é"])
def test_missing_secret(page: OpenPage, path: str) -> None:
    """Without the secret nothing is shown, not even that it is wrong in another way."""
    with stranger(page) as client:
        answer = client.get(path)
        assert answer.status_code == 403
        assert "people.csv" not in answer.text


def test_guessed_cookie(page: OpenPage) -> None:
    """A cookie of the right name and another value is none."""
    with stranger(page, Cookie=f"importer-{page.port}=guess") as client:
        assert client.get("/api/desk").status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", ""]
)
def test_foreign_host(page: OpenPage, host: str) -> None:
    """A name that was made to mean this machine is refused, cookie or not (DNS rebinding)."""
    answer = page.client.get("/api/desk", headers={"Host": host})
    assert answer.status_code == 421
    assert "people.csv" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_foreign_origin(page: OpenPage, headers: dict[str, str]) -> None:
    """Another site cannot make the browser post, with the cookie even."""
    for method, path in (("POST", "/api/token"), ("PUT", "/api/uploads"), ("POST", "/api/jobs")):
        answer = page.client.request(method, path, json={"token": "x"}, headers=headers)
        assert answer.status_code == 403
    assert page.client.get("/api/desk").json()["token_from"] == "environment"


def test_no_origin_at_all(page: OpenPage) -> None:
    """A post that says nothing of where it comes from is refused."""
    cookie = "; ".join(f"{name}={value}" for name, value in page.client.cookies.items())
    with stranger(page, Cookie=cookie) as client:
        assert client.get("/api/desk").status_code == 200
        assert client.post("/api/token", json={"token": "x"}).status_code == 403


def test_headers_of_every_answer(page: OpenPage) -> None:
    """Every answer, refusals too, forbids the browser what the page does not need."""
    with stranger(page) as client:
        answers = [
            client.get(page.url),
            client.get("/"),
            page.client.get("/"),
            page.client.get("/static/main.js"),
            page.client.get("/api/desk"),
            page.client.get("/nothing"),
            page.client.post("/api/sources", json={"path": "/nothing"}),
        ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/runs/../../etc/passwd",
        "/runs/..%2f..%2fetc/passwd",
        "/runs/x/report.json",
        "/runs/x/failures",
    ],
)
def test_path_traversal(page: OpenPage, path: str) -> None:
    """No address leads out of the page's own files."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port)  # httpx would tidy the path
    cookie = "; ".join(f"{name}={value}" for name, value in page.client.cookies.items())
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 404
    assert b"root:" not in answer.read()
    connection.close()


@pytest.mark.parametrize("path", ["/dev/zero", "/nothing", "", "\0", "/", "{fifo}"])
def test_what_is_no_file(page: OpenPage, path: str) -> None:
    """A path that somebody typed is a regular file, or an answer says what to do."""
    fifo = page.folder / "fifo"
    if not fifo.exists():
        os.mkfifo(fifo)
    answer = page.client.post("/api/sources", json={"path": path.format(fifo=fifo)})
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_upload_of_two_gigabytes(page: OpenPage) -> None:
    """A file that is too large is refused before any of it is read, and the connection closed."""
    cookie = "; ".join(f"{name}={value}" for name, value in page.client.cookies.items())
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as connection:
        connection.sendall(
            f"PUT /api/uploads?name=a.csv HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
            f"Origin: http://127.0.0.1:{page.port}\r\nCookie: {cookie}\r\n"
            f"Content-Length: {2**31}\r\n\r\n".encode()
        )
        with connection.makefile("rb") as stream:
            answer = stream.read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Type the path of the file instead." in answer


def test_json_of_no_end(page: OpenPage) -> None:
    """What the page sends as JSON is bounded in size and depth."""
    large = page.client.post("/api/token", content=b'{"token": "' + b"x" * 5_000_000 + b'"}',
                             headers={"Content-Type": "application/json"})  # fmt: skip
    assert large.status_code == 413
    for content in (b"[" * 200_000, b"{", b"[]", b"7"):
        answer = page.client.post(
            "/api/token", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400
    form = page.client.post("/api/token", data={"token": "x"})
    assert form.status_code == 415


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "references (*name) are not supported"),
        ("columns: " + "[" * 100_000, "nested more than 50 deep"),
        ("columns: {1: !!python/object/apply:os.system [id]}", "could not determine a constructor"),
        ("columns: {1: a}\n# " + "x" * 2_000_000, "more than 1,048,576 bytes"),
    ],
)
def test_yaml_bomb(page: OpenPage, text: str, words: str) -> None:
    """A mapping that would fill the memory, the stack or the machine with life is refused."""
    source = page.open(page.folder / "people.csv")
    path = page.folder / "bomb.yaml"
    path.write_text(text)
    answers = [page.client.post("/api/mappings/load", json={"source": source["id"], **given})
               for given in ({"path": str(path)}, {"text": text, "name": "bomb.yaml"})]  # fmt: skip
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(words in answer.json()["message"] for answer in answers)


def test_what_is_no_order(page: OpenPage) -> None:
    """Nonsense is answered in words, and harms nothing."""
    source = page.open(page.folder / "people.csv")["id"]
    draft = page.post("/api/mappings/draft", {"source": source})
    given = {"source": source, "document": draft["document"]}
    orders: list[tuple[str, object, int]] = [
        ("/api/sources", {"path": 7}, 400),
        ("/api/sources", {"path": str(page.folder / "people.csv"), "settings": []}, 400),
        ("/api/sources", {"path": str(page.folder / "people.csv"), "settings": {"x": 1}}, 422),
        (f"/api/sources/{source}/convert", {"position": "1"}, 400),
        (f"/api/sources/{source}/identifiers", {"column": "x", "fallback": ["y"]}, 400),
        ("/api/sources/none/convert", {}, 422),
        ("/api/mappings/review", given, 400),
        ("/api/mappings/review", {**given, "sheet": {}, "path": ""}, 200),
        ("/api/mappings/save", {**given, "sheet": {}, "path": str(page.folder / "c.yaml")}, 422),
        ("/api/mappings/save", {**given, "sheet": draft["sheet"], "path": "/etc/passwd"}, 422),
        ("/api/jobs", {"kind": "rehearsal", **given}, 422),
        ("/api/jobs", {"kind": "resume", "run": "../x"}, 422),
        ("/api/jobs", {"kind": "--help"}, 400),
        ("/api/jobs/none/stop", {}, 404),
        ("/api/token", {"token": "a\0b"}, 422),
    ]
    for path, content, status in orders:
        answer = page.client.post(path, json=content)
        assert (path, content, answer.status_code) == (path, content, status), answer.text
        assert answer.json()


def test_token_is_never_shown(page: OpenPage) -> None:
    """No answer holds the token, wherever it comes from."""
    typed = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    page.post("/api/token", {"token": typed})
    shown = page.client.get("/").text + page.client.get("/api/desk").text
    assert json.loads(page.client.get("/api/desk").text)["token_from"] == "typed"
    assert page.post("/api/token", {"token": ""}) == {"token_from": "environment"}
    shown += page.client.get("/api/desk").text
    assert TOKEN not in shown
    assert typed not in shown


def test_only_this_machine(page: OpenPage) -> None:
    """The page listens on the loopback address and on no other."""
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("only Linux says what is listened on")
    lines = [line.split() for line in listening.read_text().splitlines()[1:]]
    mine = {line[1] for line in lines if line[1].endswith(f":{page.port:04X}") and line[3] == "0A"}
    assert mine == {f"0100007F:{page.port:04X}"}


def test_package_of_the_page(tmp_path: Path) -> None:
    """Nothing of the page loads anything from elsewhere."""
    files = [*(ROOT / "importer/ui").rglob("*.js"), *(ROOT / "importer/ui").rglob("*.css"),
             *(ROOT / "importer/ui").rglob("*.html")]  # fmt: skip
    assert len(files) > 10
    for path in files:
        text = path.read_text("utf-8")
        assert "//cdn" not in text
        assert "https://" not in text
        assert "innerHTML" not in text
