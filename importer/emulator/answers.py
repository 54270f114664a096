"""How the API answers: 1 or 0, verbose, strict, and the published error bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson

from importer.emulator.forms import Submission
from importer.emulator.limits import BYTES_A_REQUEST
from importer.emulator.updates import Failure, Outcome

JSON: Final = b"application/json"
HEADERS: Final = (
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-allow-headers", b"X-Requested-With"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"1728000"),
    (b"access-control-expose-headers", b"X-MP-CE-Backoff"),
    (b"cache-control", b"no-cache, no-store"),
)
"""As recorded from the real API, with those left out that speak of its network."""

NO_DATA: Final = "data, missing or empty"
VALIDATION: Final = "some data points in the request failed validation"
PUBLISHED: Final = {
    401: "Invalid credentials",
    413: f"request exceeds max limit of {BYTES_A_REQUEST} bytes",
    429: "Project exceeded rate limits. Please retry the request with exponential backoff.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an API request."""

    status: int
    body: bytes
    content_type: bytes = JSON
    retry_after: float | None = None


def to_outcome(submission: Submission, outcome: Outcome) -> Answer:
    """The answer to a batch that was read and applied."""
    if submission.strict:
        return _strict(outcome.good, outcome.failures)
    if outcome.good:
        return _said(submission, True, None)
    return _said(submission, False, outcome.failures[0].message)


def to_refusal(submission: Submission, message: str = NO_DATA) -> Answer:
    """The answer to a batch refused whole, no record named."""
    if submission.strict:
        return error(400, message, num_good_events=0)
    return _said(submission, False, message)


def too_large(limit: int, unit: str) -> Answer:
    """413 in the words of the published message, which itself speaks of bytes only."""
    return error(413, f"request exceeds max limit of {limit} {unit}")


def error(status: int, message: str | None = None, **more: Any) -> Answer:
    """An error with the body of the API's error page for that status, or one in its likeness."""
    phrase = _phrase(status)
    if status in (401, 403):
        # The SPEC's own shape of an error for /engage and /groups.
        said = message or PUBLISHED.get(status, phrase)
        return Answer(status, orjson.dumps({"error": said, "status": "error"}))
    if status >= 500:
        page = f"<html><head><title>{status} {phrase}</title></head><body>{phrase}</body></html>"
        return Answer(status, page.encode(), b"text/html")
    said = message or PUBLISHED.get(status, phrase)
    return Answer(status, orjson.dumps({"code": status, "status": phrase, "error": said} | more))


def _strict(good: int, failures: Sequence[Failure]) -> Answer:
    """The shape that /import documents for its own strict=1; /engage has no example anywhere."""
    if failures:
        named = [{"index": f.index, "field": f.field, "message": f.message} for f in failures]
        return error(400, VALIDATION, failed_records=named, num_good_events=good)
    fine = {"code": 200, "status": "OK", "error": None, "num_good_events": good}
    return Answer(200, orjson.dumps(fine))


def _said(submission: Submission, good: bool, message: str | None) -> Answer:
    body = b"1" if good else b"0"
    if submission.verbose:
        body = orjson.dumps({"error": message, "status": int(good)})
    if submission.callback is None:
        return Answer(200, body)
    return Answer(200, b"%b(%b);" % (submission.callback.encode(), body), b"text/javascript")


def _phrase(status: int) -> str:
    # Python 3.13 renamed 413 after RFC 9110; the API's error page keeps the older words.
    if status == 413:
        return "Request Entity Too Large"
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
