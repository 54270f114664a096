"""What the emulator does, and on what ground it believes that the API does the same."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

Basis = Literal["documented", "older page", "clients", "recorded", "assumed"]

MEANINGS: Final[dict[Basis, str]] = {
    "documented": "said by a current page of the API's documentation",
    "older page": "said by a page that has since been replaced",
    "clients": "done or relied upon by Mixpanel's official clients, or said by their makers",
    "recorded": "seen in answers of the real API that a public repository has recorded",
    "assumed": "not said anywhere; the emulator's decision",
}
_WIDTH: Final = 96
_COLUMN: Final = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """One behaviour, why it is believed, and the page or the program that says so."""

    topic: str
    behaviour: str
    basis: Basis
    source: str = ""


def describe() -> str:
    """The table of RULES, to be printed."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for basis, meaning in MEANINGS.items():
        yield f"{basis:<{_COLUMN}}{meaning}"
    for topic, rules in groupby(RULES, lambda rule: rule.topic):
        yield f"\n{topic}"
        for rule in rules:
            source = f" ({rule.source})" if rule.source else ""
            yield textwrap.fill(
                rule.behaviour + source,
                _WIDTH,
                initial_indent=f"{rule.basis:<{_COLUMN}}",
                subsequent_indent=" " * _COLUMN,
                break_on_hyphens=False,
            )


_REQUESTS = "Requests"
_ANSWERS = "Answers"
_RECORDS = "Records"
_OPERATIONS = "Operations"
_LIMITS = "Limits"
_PROFILES = "Profiles"
_PAGE = "The page"

RULES: Final = (
    Rule(_REQUESTS, "POST /engage, /groups with a JSON array", "documented", "SPEC"),
    Rule(_REQUESTS, "a JSON object counts as an array of one", "assumed", "some senders do so"),
    Rule(
        _REQUESTS,
        "a form body's data= is plain JSON, base64 (a space is a +, the URL-safe alphabet is"
        " read too) or JSON that is not percent-encoded",
        "clients",
        "Python, Ruby, Java, PHP, JavaScript; the last form: recorded",
    ),
    Rule(
        _REQUESTS,
        "GET ?data= and a trailing slash are accepted",
        "older page",
        "HTTP specification; the Node client still does so",
    ),
    Rule(
        _REQUESTS,
        "ip, strict, verbose and callback are read from the query string and from a form body;"
        " the query wins",
        "clients",
        "SPEC documents the query, the Python and Ruby clients use the form",
    ),
    Rule(
        _REQUESTS,
        "gzip is accepted; the SPEC says it is not supported, the Java client can send it",
        "assumed",
    ),
    Rule(
        _REQUESTS,
        "any token is accepted and all belong to one project; an Authorization header, img,"
        " redirect, test, _, api_key and project_id are ignored",
        "assumed",
        "SPEC: a 1 does not vouch for the token",
    ),
    Rule(_ANSWERS, "200 with 1 where a record was good, else 200 with 0", "documented", "SPEC"),
    Rule(_ANSWERS, "the content type of 1 is application/json", "recorded"),
    Rule(
        _ANSWERS,
        'verbose=1 answers {"error", "status"} with status 1 or 0',
        "documented",
        "SPEC",
    ),
    Rule(_ANSWERS, "verbose=2 answers as verbose=1; error is null when all went well", "assumed"),
    Rule(
        _ANSWERS,
        "strict=1 answers JSON with a message for each refused record",
        "documented",
        "SPEC",
    ),
    Rule(
        _ANSWERS,
        "that JSON looks as for /import: 400 with failed_records (index from 0, field, message)"
        " and num_good_events, or 200; it takes precedence over verbose and callback",
        "assumed",
        "the SPEC gives no example for /engage",
    ),
    Rule(
        _ANSWERS,
        "a batch refused whole (unreadable, or by script) has status 400 without failed_records"
        " under strict=1, else 0 or status 0",
        "assumed",
    ),
    Rule(_ANSWERS, "callback=f answers text/javascript that calls f", "documented", "SPEC"),
    Rule(_ANSWERS, "callback is ignored on /groups", "documented", "SPEC does not list it"),
    Rule(
        _ANSWERS,
        "413 and 429 have the bodies of their error pages, which were written for /import; 401 and"
        " 403 have the SPEC's error shape; 5xx are HTML pages",
        "documented",
        "error pages, SPEC; of 403 and 5xx the wording is assumed",
    ),
    Rule(_ANSWERS, "Retry-After is sent only where the fault script says so", "assumed"),
    Rule(
        _RECORDS,
        "a good record is applied whatever its neighbours are",
        "assumed",
        "SPEC: 1 where one or more were valid; an old client's page says that one bad record voids"
        " the batch",
    ),
    Rule(
        _RECORDS,
        "missing or empty $token, $distinct_id, $group_key, $group_id are refused",
        "documented",
        "SPEC: required fields",
    ),
    Rule(_RECORDS, "numbers are accepted as ids and become text", "assumed"),
    Rule(
        _RECORDS,
        "ids such as null, undefined, n/a, 0 are refused under strict=1, in any case of letters;"
        " group ids are not looked at",
        "assumed",
        "the list is that of /import",
    ),
    Rule(
        _RECORDS,
        "a group update with a $distinct_id is refused",
        "clients",
        "makers of the Swift client",
    ),
    Rule(_RECORDS, "a record has exactly one operation, else it is refused", "older page"),
    Rule(_RECORDS, "a record whose operation is unknown is refused", "clients", "a bug report"),
    Rule(_RECORDS, "unknown names beside the operation are ignored", "assumed"),
    Rule(
        _OPERATIONS,
        "$set, $set_once, $add, $union, $append, $remove, $unset, $delete",
        "documented",
        "SPEC",
    ),
    Rule(_OPERATIONS, "$merge, one level deep, creating what is absent", "clients", "Swift"),
    Rule(
        _OPERATIONS,
        "groups have no $append and no $merge",
        "assumed",
        "SPEC has no pages for them; $add, of which pages disagree, is accepted",
    ),
    Rule(_OPERATIONS, "$set of null stores null, which then counts as present", "recorded"),
    Rule(
        _OPERATIONS,
        "$append, $union, $remove on something that is no list change nothing",
        "clients",
        "Android",
    ),
    Rule(
        _OPERATIONS,
        "$add on something that is no number and $merge on something that is no object change"
        " nothing; a sum beyond 64 bits becomes a double",
        "assumed",
    ),
    Rule(
        _OPERATIONS,
        "$add of something that is no number is refused",
        "documented",
        "SPEC: the schema asks for numbers",
    ),
    Rule(_OPERATIONS, "$union takes a value for a list of one", "documented", "user-profiles page"),
    Rule(_OPERATIONS, "$union of an empty list changes nothing", "assumed"),
    Rule(_OPERATIONS, "$remove takes out every equal value; true is not 1, 1 is 1.0", "assumed"),
    Rule(_OPERATIONS, "$unset takes one name for a list of one", "clients", "Ruby"),
    Rule(
        _OPERATIONS,
        "all but $remove and $delete create a missing profile",
        "documented",
        "SPEC; of $unset: the PHP client; of $merge: assumed",
    ),
    Rule(_OPERATIONS, "an operation without properties has no effect", "clients", "a bug report"),
    Rule(
        _OPERATIONS,
        "$distinct_id, $token, $device_id, $user_id and $had_persisted_distinct_id are taken out"
        " of an operation",
        "clients",
        "JavaScript",
    ),
    Rule(
        _OPERATIONS,
        "a batch is applied in the order of its array, batches as they arrive; $time reorders"
        " nothing",
        "assumed",
        "an older page says updates take effect in the order of $time",
    ),
    Rule(_LIMITS, "2,000 updates a request", "documented", "user-profile-limits page"),
    Rule(
        _LIMITS,
        "2,097,152 bytes a request, as sent and as unpacked; beyond either limit 413",
        "assumed",
        "the figure is in the published 413 message",
    ),
    Rule(
        _LIMITS,
        "an update of more than 1 MB, counted as 1,048,576 bytes before anything is cut, is"
        " refused",
        "documented",
        "user-profile-limits page; that MB is binary is assumed",
    ),
    Rule(
        _LIMITS,
        "an update that takes a profile beyond 2,000 properties is refused; those that the server"
        " itself sets do not count",
        "documented",
        "user-profiles page; that the server's own do not count is assumed",
    ),
    Rule(
        _LIMITS,
        "names and texts, those in lists and objects too, are cut at 255 characters and not"
        " refused",
        "documented",
        "user-profiles and data-type pages, which disagree on bytes or characters",
    ),
    Rule(
        _LIMITS,
        "a list or object of more than 256 KB, an object of more than 255 keys or more than 3"
        " levels is refused, and so is what makes a stored one larger",
        "assumed",
        "the data-type page has the limits, not what happens beyond",
    ),
    Rule(
        _PROFILES,
        "$last_seen is the time of the last update, in UTC; $ignore_time: true leaves it as it is",
        "documented",
        "user-profiles page; that every operation sets it and the zone are assumed",
    ),
    Rule(
        _PROFILES,
        "or it is the update's $time, in seconds, or in milliseconds from 1e11 on",
        "older page",
        "clients disagree about the unit",
    ),
    Rule(
        _PROFILES,
        "without ip=0 or $ip: 0 an update locates the profile: $city, $region, $country_code and"
        " $timezone are overwritten unless the update itself sets them",
        "documented",
        "geolocation page; not for $unset and $remove: assumed",
    ),
    Rule(_PROFILES, "every address lies in San Francisco; the emulator has no map", "assumed"),
    Rule(
        _PROFILES,
        "$latitude and $longitude locate the profile whatever ip says, and set $geo_source",
        "documented",
        "geolocation page",
    ),
    Rule(
        _PROFILES,
        "$bucket is stored and shown as any property; the API would hide the profile",
        "assumed",
        "reserved-properties page: never to be set",
    ),
    Rule(
        _PROFILES,
        "what has been answered can be read at once; of the API it took 2 to 31 s",
        "assumed",
    ),
    Rule(_PROFILES, "$ignore_alias has no effect, there are no aliases", "assumed"),
    Rule(
        _PAGE,
        "names Mixpanel's own properties as Mixpanel does: $last_seen is Updated at",
        "documented",
        "reserved-properties and default-properties pages",
    ),
    Rule(
        _PAGE,
        "takes JSON numbers and booleans, lists and objects for what they are, and texts such as"
        " 2025-04-03 and 2025-04-03T10:20:30 for dates; every other text is a string",
        "documented",
        "data-type page; that a date must exist in the calendar is assumed",
    ),
    Rule(
        _PAGE,
        "calls a profile by its name, else first and last name, else its address, else its id",
        "assumed",
        "the reserved-properties page says that names are shown",
    ),
)
