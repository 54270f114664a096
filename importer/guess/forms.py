"""Kinds that a cell shows by its form alone: addresses, links, identifiers, phones, JSON, lists.

The patterns are written so that Python and RE2 read them alike: a sample of cells votes with them,
then every cell of the file is held against the one that won.
"""

import json
import re
from collections import Counter
from collections.abc import Callable

from importer.guess.guesses import MOST, Guess, Level, Values, level_of, percent, vote

EMAIL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x{80}-\x{10FFFF}-]+"
    r"@(?:[A-Za-z0-9\x{80}-\x{10FFFF}](?:[A-Za-z0-9\x{80}-\x{10FFFF}-]*"
    r"[A-Za-z0-9\x{80}-\x{10FFFF}])?\.)+[A-Za-z\x{80}-\x{10FFFF}][A-Za-z0-9\x{80}-\x{10FFFF}-]+"
)
URL = r"(?:https?|ftp)://[^ \t\r\n/?#]+[^ \t\r\n]*"
BARE_URL = r"(?:www\.)?(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,24}(?:/[^ \t\r\n]*)?"
IMAGE = r"(?i:[^?#]+\.(?:jpe?g|png|gif|webp|svg))(?:[?#].*)?"
UUID = r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?"
IP = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
TIMEZONE = (
    r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)"
    r"(?:/[A-Z][A-Za-z_+-]+)+"
)
PREFIXED = r"[A-Za-z]{1,12}[-_/#.:]?[0-9]+"
TOKEN = r"[A-Za-z0-9_-]{8,64}"
PLUS_PHONE = r"\+[0-9](?:[ ()./-]{0,2}[0-9]){6,14}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
PHONE = (
    r"\(?(?:00|0|1[ .-])?[ (]{0,2}[0-9]{2,5}[)]?"
    r"(?:[ ()./-]{0,2}[0-9]){4,11}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
)


def compiled(pattern: str) -> Callable[[str], bool]:
    """Return a test for whole cells; Python writes code points otherwise than RE2."""
    python = re.sub(r"\\x\{([0-9A-F]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", pattern)
    match = re.compile(python).fullmatch
    return lambda text: match(text) is not None


is_email, is_url, is_bare_url, is_image, is_uuid, is_ip, is_timezone = map(
    compiled, (EMAIL, URL, BARE_URL, IMAGE, UUID, IP, TIMEZONE)
)
is_prefixed, is_token, is_plus_phone, _phone_like = map(
    compiled, (PREFIXED, TOKEN, PLUS_PHONE, PHONE)
)
is_signed_digits = compiled(r"[0-9]{2,6}(?:[-_][0-9]{2,8}){1,4}")
_not_a_phone = compiled(
    r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{5}-[0-9]{3,4}|[0-9]{2}-[0-9]{3}|[0-9]{3,4} [0-9]{2,3}"
    r"|[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}|[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}"
    r"|[0-9]{1,3}(?:[ .][0-9]{3})+|[0-9]+[./-][0-9]+|[0-9.]+|" + IP
)


_north_american = compiled(
    r"(?:(?:00)?1[-. ])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}"
    r"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
)


_behind_area_code = compiled(r"\(?0[1-9][0-9]{1,4}\)? ?[/-] ?[0-9]{4,8}(?:-[0-9]{1,4})?")


def is_phone(text: str) -> bool:
    """Is it written as only phone numbers are: a plus, an area code, a zero in front?"""
    if is_plus_phone(text) or _north_american(text) or _behind_area_code(text):
        return True
    return is_grouped(text) and text.startswith(("0", "(0"))


def is_grouped(text: str) -> bool:
    """Is it digits in groups, as phone numbers are written, but not they alone?"""
    return _phone_like(text) and not _not_a_phone(text) and not text.isdigit()


def address(values: Values) -> Guess | None:
    ballot = vote(values, is_email)
    if ballot.share < MOST:
        return None
    return Guess("email", level_of(ballot), ballot.cells, ballot.counter, type="email")


def link(values: Values) -> Guess | None:
    ballot = vote(values, is_url)
    if ballot.share >= MOST:
        images = vote(values, is_image)
        kind = "image url" if images.share >= MOST else "url"
        return Guess(kind, level_of(ballot), ballot.cells, ballot.counter, type="url")
    ballot = vote(values, lambda text: is_url(text) or is_bare_url(text.lower()))
    if ballot.share < MOST:
        return None
    note = "without https:// in front they are sent as text"
    return Guess("domain", Level.LIKELY, ballot.cells, ballot.counter, note=note)


def uuid(values: Values) -> Guess | None:
    ballot = vote(values, is_uuid)
    if ballot.share < MOST:
        return None
    return Guess("id", level_of(ballot), ballot.cells, ballot.counter)


def ip(values: Values) -> Guess | None:
    ballot = vote(values, is_ip)
    if ballot.share < MOST:
        return None
    return Guess("ip address", level_of(ballot), ballot.cells, ballot.counter)


def timezone(values: Values) -> Guess | None:
    ballot = vote(values, is_timezone)
    if ballot.share < MOST:
        return None
    return Guess("timezone", level_of(ballot), ballot.cells, ballot.counter)


def international_phone(values: Values) -> Guess | None:
    plus = vote(values, is_plus_phone)
    if plus.share < MOST:
        return None
    return Guess("phone", level_of(plus), plus.cells, plus.counter, type="phone")


def phone(values: Values) -> Guess | None:
    """Recognise phones by grouped digits; bare digits are for `numbers` to judge."""
    digits = sum(len(re.sub("[^0-9]", "", value)) >= 9 for value in values)
    ballot = vote(values, lambda text: is_phone(text) or is_grouped(text) or _national(text))
    written = vote(values, is_phone)
    grouped = vote(values, lambda text: is_phone(text) or is_grouped(text))
    if ballot.share < MOST or grouped.values < 0.3 or digits < len(values) * MOST:
        return None
    if written.values < 0.6:
        note = "groups of digits: phones, or numbers of something?"
        rivals = ("phone", "code")
        return Guess("text", Level.PERHAPS, ballot.cells, ballot.counter, rivals, note=note)
    return Guess(
        "phone",
        Level.LIKELY,
        ballot.cells,
        ballot.counter,
        note="not all begin with + and a country's code, as $phone should",
    )


def _national(text: str) -> bool:
    return text.isdigit() and 9 <= len(text) <= 13


def json_text(values: Values) -> Guess | None:
    ballot = vote(values, _is_json)
    if ballot.share < MOST:
        return None
    return Guess("json", level_of(ballot), ballot.cells, ballot.counter, type="json")


def _is_json(text: str) -> bool:
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


POSTCODE = (
    r"[0-9]{5}-[0-9]{3,4}|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2}|[0-9]{4} ?[A-Z]{2}"
    r"|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"
)
_is_postcode = compiled(POSTCODE)


def postcode(values: Values) -> Guess | None:
    """Recognise postcodes that are more than digits; five digits may stand among them."""
    ballot = vote(values, lambda text: _is_postcode(text) or (text.isdigit() and len(text) == 5))
    if ballot.share < MOST or vote(values, _is_postcode).values < 0.1:
        return None
    note = "postcodes, by their form"
    return Guess("code", Level.LIKELY, ballot.cells, ballot.counter, note=note)


def token(values: Values) -> Guess | None:
    """Recognise identifiers: one prefix and a number, or letters and digits of one length."""
    prefixes = Counter(re.sub(r"[0-9]+$", "", value) for value in values)
    prefix, often = prefixes.most_common(1)[0]
    prefixed = vote(values, lambda text: is_prefixed(text) and text.startswith(prefix))
    if prefix and often >= len(values) * MOST and prefixed.share >= MOST and len(values) > 1:
        return Guess("id", level_of(prefixed), prefixed.cells, prefixed.counter)
    signed = vote(values, is_signed_digits)
    if signed.share >= MOST and len(values) > 1:
        rivals = ("phone", "code")
        note = "groups of digits: phones, or numbers of something?"
        return Guess("text", Level.PERHAPS, signed.cells, signed.counter, rivals, note=note)
    mixed = vote(values, _is_mixed)
    lengths = Counter(map(len, values)).most_common(2)
    alike = sum(often for _, often in lengths) >= len(values) * MOST
    if mixed.share >= MOST and alike and len(values) > 1:
        return Guess("id", Level.LIKELY, mixed.cells, mixed.counter)
    return None


def _is_mixed(text: str) -> bool:
    """Does it hold letters too? Digits and hyphens alone are as often a phone, 555-0100."""
    return is_token(text) and sum(map(str.isdigit, text)) >= 2 and any(map(str.isalpha, text))


def items(values: Values) -> Guess | None:
    """Recognise lists: one separator, short items, and the same items again and again."""
    found = []
    for separator in ";|,":
        cells = {value: count for value, count in values.items() if separator in value}
        several = sum(cells.values()) / sum(values.values())
        parts = [part for cell in values for part in cell.split(separator)]
        known = Counter(part.strip() for part in parts)
        tidy = sum(0 < len(part.strip()) <= 40 and part.count(" ") <= 3 for part in parts)
        repeated = sum(n for n in known.values() if n > 1)
        if (
            several >= 0.2
            and len(cells) >= 3
            and tidy >= len(parts) * 0.95
            and repeated >= len(parts) * 0.7
            and _moves(cells, separator)
        ):
            found.append((separator, several))
    if len(found) != 1:
        return None
    separator, several = found[0]
    options = (("separator", separator),)
    note = f"{percent(several)} of the cells hold several, separated by {separator!r}"
    return Guess("list", Level.LIKELY, type="list", options=options, note=note)


def _moves(cells: Values, separator: str) -> bool:
    """Does an item stand in different places? "Smith, John" never does, nor "Bonn, Germany"."""
    places: dict[str, set[int]] = {}
    lengths = set()
    for cell in cells:
        parts = cell.split(separator)
        lengths.add(len(parts))
        for place, part in enumerate(parts):
            places.setdefault(part.strip(), set()).add(place)
    moving = sum(len(seen) > 1 for seen in places.values())
    return moving >= max(1, len(places) * 0.2) or (len(lengths) > 2 and moving > 0)
