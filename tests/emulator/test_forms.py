"""Requests reach the profiles in every form that official clients and pages use."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.emulator import Emulator, forms

from .records import QUIET, group, user

# "~~~" and "???" give + and / in base64, and - and _ in its URL-safe alphabet.
VALUES = {"plan": "pro & co = 100% +1", "city": "Łódź", "odd": "~~~???>>>"}
UPDATE = user("u1", values=VALUES)
JSON = json.dumps(UPDATE)
BASE64 = base64.b64encode(JSON.encode()).decode()
FORM = {"content-type": "application/x-www-form-urlencoded"}

BODIES: dict[str, tuple[str, dict[str, str]]] = {
    "array": (f"[{JSON}]", {"content-type": "application/json"}),
    "object": (JSON, {"content-type": "application/json"}),
    "no content type": (f"\n [{JSON}]", {}),
    "form, array": (urlencode({"data": f"[{JSON}]", "verbose": 0}), FORM),
    "form, object": (urlencode({"data": JSON}), FORM),
    "form, base64": (urlencode({"ip": 0, "data": BASE64}), FORM),
    "form, base64 not escaped": (f"data={BASE64}", FORM),
    "form, base64 without padding": (f"data={BASE64.rstrip('=')}&verbose=0", FORM),
    "form, URL-safe base64": (f"data={BASE64.translate(str.maketrans('+/', '-_'))}", FORM),
    "form, raw": (f"data={JSON}", FORM),
    "form, raw, other fields": (f"verbose=0&data=[{JSON}]&ip=0", FORM),
    "form, brackets raw": (f"data={quote(f'[{JSON}]', safe='[]{}')}", FORM),
}


@pytest.mark.parametrize("path", ["/engage", "/engage/"])
@pytest.mark.parametrize("form", BODIES)
def test_body(form: str, path: str, http: httpx.Client, emulator: Emulator) -> None:
    """Every form of body has the same effect and the same answer."""
    body, headers = BODIES[form]
    answer = http.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "1")
    assert emulator.profiles() == {"u1": VALUES}


@pytest.mark.parametrize("data", [JSON, f"[{JSON}]", BASE64])
def test_query(data: str, http: httpx.Client, emulator: Emulator) -> None:
    """The data may come in the query string of a GET."""
    assert http.get("/engage/", params={"data": data, "verbose": "1"}).json()["status"] == 1
    assert emulator.profiles() == {"u1": VALUES}


@pytest.mark.parametrize("form", ["array", "form, base64"])
def test_gzip(form: str, http: httpx.Client, emulator: Emulator) -> None:
    """A gzipped body is read."""
    body, headers = BODIES[form]
    packed = gzip.compress(body.encode())
    answer = http.post("/engage", content=packed, headers={**headers, "content-encoding": "gzip"})
    assert answer.text == "1"
    assert emulator.profiles() == {"u1": VALUES}


@pytest.mark.parametrize("packed", [b"no gzip", gzip.compress(JSON.encode())[:-9], b""])
def test_broken_gzip(packed: bytes, http: httpx.Client, emulator: Emulator) -> None:
    """A gzip that is broken or cut short is refused whole."""
    answer = http.post("/engage", content=packed, headers={"content-encoding": "gzip"})
    assert answer.text == "0"
    assert emulator.profiles() == {}


def test_parameters_in_the_form(http: httpx.Client) -> None:
    """Python and Ruby put verbose and ip into the form, and they count there."""
    answer = http.post("/engage", data={"data": JSON, "verbose": 1, "ip": 0})
    assert answer.json() == {"error": None, "status": 1}
    strict = http.post("/engage", data={"data": JSON, "strict": 1})
    assert strict.json()["num_good_events"] == 1


def test_groups(http: httpx.Client, emulator: Emulator) -> None:
    """Group updates are taken in the same forms."""
    assert http.post("/groups", json=[group("Acme/é 1%")]).text == "1"
    assert http.post("/groups/", data={"data": json.dumps(group("B"))}).text == "1"
    assert emulator.group("company", "Acme/é 1%") == {"plan": "pro"}
    assert emulator.group("company", "B") == {"plan": "pro"}
    assert emulator.profiles() == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/engage", 405),
        ("DELETE", "/groups", 405),
        ("OPTIONS", "/engage", 200),
        ("POST", "/track", 404),
        ("POST", "/engage/x", 404),
    ],
)
def test_other_requests(
    method: str, path: str, status: int, http: httpx.Client, emulator: Emulator
) -> None:
    """What is no update is answered as such, and not counted."""
    assert http.request(method, path, json=[UPDATE]).status_code == status
    assert emulator.stats()["requests"] == 0


ODDITIES: list[dict[str, Any]] = [
    {"$token": "t", "$distinct_id": "u1", "$delete": "null", "$ignore_alias": "false"},
    {**QUIET, "$distinct_id": "u1", "$ignore_time": 1, "$set": {"a": 1}, "$device_id": "d"},
    {**QUIET, "$distinct_id": "u1", "$mp_metadata": {"$mp_event_id": "e"}, "$unset": "a"},
]


@pytest.mark.parametrize("record", ODDITIES)
def test_oddities(record: dict[str, Any], http: httpx.Client) -> None:
    """What official clients send beyond the documentation is accepted."""
    answer = http.post("/engage?strict=1", json=[record])
    assert answer.json() == {"code": 200, "status": "OK", "error": None, "num_good_events": 1}


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes(query: bytes, body: bytes) -> None:
    """Whatever bytes arrive, reading them ends with records or without, never with an error."""
    for start in (b"", b"data=", b"data={", b"["):
        submission = forms.read(query, start + body)
        assert submission.records is None or submission.records


@given(st.lists(st.dictionaries(st.text(), st.text()), min_size=1), st.booleans())
def test_base64_of_anything(records: list[dict[str, str]], safe: bool) -> None:
    """Base64 gives back exactly what went in, escaped or not, in either alphabet."""
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    data = encode(json.dumps(records).encode())
    assert forms.read(b"", b"data=" + data).records == records
    assert forms.read(b"data=" + quote(data).encode(), b"").records == records
