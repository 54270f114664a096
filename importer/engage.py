"""The profile API as a destination: how a request looks and what an answer means.

Nothing here sends. Sources of the rules: the API's ingestion specification (`/engage`: a 200 whose
body is `1` or `0`), its error pages (401, 403, 413, 429), and official clients where both are
silent; an answer that fits none of them is never taken for a success.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from importer.delivery.verdict import (
    Accepted,
    Busy,
    Denied,
    Hopeless,
    Lost,
    PartlyRefused,
    Refusal,
    Refused,
    Reply,
    TooLarge,
    Verdict,
)

REQUEST_BYTES = 2_000_000
"""A request stays below this: the published 413 message says 2,097,152."""

UPDATE_BYTES = 1_048_576
"""The API's user-profile-limits page: 1 MB for an update (read as 2**20; the server has the last
word on what lies between)."""

HEADERS: Mapping[str, str] = {"Content-Type": "application/json", "Accept": "application/json"}

_WORDS = 200

_GLARING = 8
"""Characters from which on a token cannot be part of an ordinary word."""


class Token:
    """The project token: it is in the requests and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Token(…)"

    def keyed(self, message: bytes, size: int) -> bytes:
        """Return a digest of `size` bytes that nobody can make, or try out, without the token."""
        secret = hashlib.blake2b(self._text.encode()).digest()  # a key has 64 bytes at most
        return hashlib.blake2b(message, key=secret, digest_size=size).digest()

    def mark(self, salt: str) -> str:
        """Return what tells whether another token is the same one; `salt` is kept beside it."""
        return self.keyed(b"token\0" + salt.encode(), 8).hex()

    def hidden_in(self, answer: Any) -> Any:
        """Return a JSON value with the token blotted out of its texts: a server may echo it."""
        match answer:
            case str():
                edge = r"\b" if len(self._text) < _GLARING else ""
                return re.sub(f"{edge}{re.escape(self._text)}{edge}", "…", answer)
            case list():
                return [self.hidden_in(item) for item in answer]
            case dict():
                return {self.hidden_in(key): self.hidden_in(item) for key, item in answer.items()}
            case _:
                return answer


@dataclass(frozen=True, slots=True)
class Engage:
    """`/engage` of one project, or `/groups` for the profiles of a group key."""

    base_url: str
    token: Token
    touch_updated_at: bool = False
    group_key: str | None = None
    ignore_alias: bool = False

    @property
    def url(self) -> str:
        """The address of the requests: no geolocation of the sender, answers that name records."""
        path = "engage" if self.group_key is None else "groups"
        return f"{self.base_url}/{path}?ip=0&strict=1&verbose=1"

    def around_identifier(self, operation: str) -> tuple[str, str]:
        """Return the JSON before and after an update's identifier, up to the operation's value.

        The identifier goes between them as a JSON string; `}` behind the value ends the update.
        """
        token = f'{{"$token":{orjson.dumps(self.token.reveal()).decode()}'
        whose = '"$distinct_id"'
        if self.group_key is not None:
            whose = f'"$group_key":{orjson.dumps(self.group_key).decode()},"$group_id"'
        quiet = "" if self.touch_updated_at else '"$ignore_time":true,'
        exact = '"$ignore_alias":true,' if self.ignore_alias else ""
        return f"{token},{whose}:", f',"$ip":"0",{quiet}{exact}"{operation}":'

    def judge(self, reply: Reply, updates: int) -> Verdict:
        """Say what an answer to a request of so many updates means."""
        answer = _parse(reply.body)
        if 200 <= reply.status < 300 and _is_accepted(answer, updates):
            return Accepted()
        answer = self.token.hidden_in(answer)
        words = _describe(reply.status, answer)
        if 200 <= reply.status < 300:
            return _judge_body(answer, words, updates)
        if reply.status == 400:
            verdict = _judge_body(answer, words, updates)
            return Refused(words) if isinstance(verdict, Accepted | Lost) else verdict
        if reply.status in (401, 403):
            return Denied(words)
        if reply.status == 413:
            return TooLarge(words)
        if reply.status in (408, 425, 429):
            return Busy(words, _retry_after(reply.headers), too_fast=reply.status == 429)
        if 500 <= reply.status < 600:
            return Lost(words, _retry_after(reply.headers))
        return Hopeless(words)


class _NotJson:
    """What a body is that is no JSON; the JSON null is an answer of its own."""


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _NotJson()


def _is_accepted(answer: Any, updates: int) -> bool:
    """Tell the answer of nearly every request, whose words nobody will see."""
    return isinstance(_judge_body(answer, "", updates), Accepted)


def _judge_body(answer: Any, words: str, updates: int) -> Verdict:
    match answer:
        case _NotJson():
            return Lost(f"an answer that is not JSON: {words}")
        case bool():  # before 1 and 0, which True and False equal in Python
            pass
        case 1:
            return Accepted()
        case 0:
            return Refused("the server answered 0: no update was valid")
        case {"failed_records": [_, *_] as records}:
            return _judge_records(records, answer, updates)
        case {"failed_records": records} if records:
            return Refused(_shorten(str(answer.get("error") or records)))
        case {"error": fault} if fault:
            return Refused(_shorten(str(fault)))
        case {"status": 0 | False | "error"}:
            return Refused("the server answered status 0")
        case {"num_good_events": int(good)} | {"num_records_imported": int(good)} if (
            good != updates
        ):
            return Refused(f"the server took {good} of {updates} updates and named none")
        case {"status": 1 | True | "OK" | "ok"}:
            return Accepted()
        case {"num_good_events": int()} | {"num_records_imported": int()}:
            return Accepted()
        case _:
            pass
    return Lost(f"an answer of no known form: {words}")


def _judge_records(records: list[Any], answer: dict[str, Any], updates: int) -> Verdict:
    refusals: dict[int, Refusal] = {}
    for record in records:
        match record:
            case {"index": int(index)} if 0 <= index < updates:
                message = _shorten(str(record.get("message") or "refused"))
                refusals[index] = Refusal(message, str(record.get("field") or ""))
            case _:
                # An index outside the request: none of the names can be trusted.
                return Refused(_shorten(str(answer.get("error") or records[0])))
    good = answer.get("num_good_events", answer.get("num_records_imported"))
    return PartlyRefused(refusals, others_applied=good == updates - len(refusals))


def _describe(status: int, answer: Any) -> str:
    """Return status and the server's own words, one line, without values it may echo at length."""
    match answer:
        case _NotJson() | None:
            words = ""
        case dict():
            words = str(answer.get("error") or "")
        case _:
            words = str(answer)
    return f"HTTP {status}{': ' + _shorten(words) if words else ''}"


def _shorten(words: str) -> str:
    line = " ".join(words.split()).rstrip(".")
    return line if len(line) <= _WORDS else f"{line[: _WORDS - 1]}…"


def _retry_after(headers: Mapping[str, str]) -> float:
    """Read `Retry-After` (RFC 9110, 10.2.3: seconds or a date) as seconds; 0 where absent."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    now = datetime.now(UTC)
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())
