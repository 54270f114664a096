"""Numbers, and what only looks like them: codes with leading zeros, postcodes, bare phones."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from importer.guess.dates import is_compact
from importer.guess.guesses import MOST, Guess, Level, Values, Vote, level_of, vote
from importer.guess.words import CURRENCIES

INTEGER = r"-?(?:0|[1-9][0-9]*)"
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"

# What marks the decimals, what groups the thousands.
_STYLES = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"))
_SPACES = str.maketrans("\u00a0\u202f\u2009", "   ")
_SYMBOLS = "$€£¥₹₽₩₺₪₫฿₴₦zł"

_amount = re.compile(
    rf"(?P<before>[A-Z]{{3}}|[A-Z]{{0,3}}[{_SYMBOLS}]|kr\.?)? ?(?P<sign>[+-])? ?"
    rf"(?P<number>[0-9][0-9., '\u00a0\u202f]*?)"
    rf"(?: ?(?P<behind>[A-Z]{{3}}|[{_SYMBOLS}]|zł|kr\.?|Kč))?"
).fullmatch
_percent = re.compile(r"([+-]?[0-9][0-9.,]*) ?%").fullmatch
_integer = re.compile(INTEGER).fullmatch
_scientific = re.compile(NUMBER).fullmatch
_code_with_e = re.compile("[0-9]+[eE][0-9]+").fullmatch

_MOST_EXACT = 15
"""Digits that a JSON number keeps wherever it is read."""

_FEW = 20


def _style(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"[1-9][0-9]{{0,2}}(?:{re.escape(thousands)}[0-9]{{3}})+" if thousands else "0"
    return re.compile(rf"-?(?:{grouped}|0|[1-9][0-9]*)(?:{re.escape(decimal)}[0-9]+)?")


_PATTERNS = {style: _style(*style) for style in _STYLES}


def numbers(values: Values) -> Guess | None:
    """Recognise numbers in one of the ways they are written, settled over the column."""
    digits = vote(values, lambda text: text.isascii() and text.isdigit())
    if digits.share >= MOST and (code := _code(values, digits)):
        return code
    whole = vote(values, lambda text: bool(_integer(text)))
    if whole.share >= MOST and _short(values):
        rivals = _few_whole(values)
        if rivals:
            return rivals
        if whole.counter is None or not _scientific(whole.counter):
            return Guess("integer", level_of(whole), whole.cells, whole.counter, type="integer")
    return _decimals(values)


def _short(values: Values) -> bool:
    digits = (value.lstrip("+-") for value in values)
    return all(len(value) <= _MOST_EXACT for value in digits if value.isdigit())


def _few_whole(values: Values) -> Guess | None:
    if set(values) == {"0", "1"}:
        note = "0 and 1 may be counted or mean no and yes"
        return Guess("text", Level.PERHAPS, rivals=("boolean", "integer"), note=note)
    return None


def _code(values: Values, digits: Vote) -> Guess | None:
    """Judge a column of nothing but digits: is it a quantity, or a code that must stay text?"""
    numbers = [value for value in values if value.isascii() and value.isdigit()]
    zeros = next((value for value in numbers if len(value) > 1 and value.startswith("0")), None)
    lengths = Counter(map(len, numbers))
    longest = max(lengths)
    if zeros is not None:
        phones = sum(map(_may_be_phone, numbers)) >= len(numbers) * MOST
        note = f"leading zeros, as in {zeros!r}, would be lost in a number"
        if phones and len(numbers) > 1:
            return Guess("phone", Level.PERHAPS, digits.cells, digits.counter, note=note)
        return Guess("code", Level.LIKELY, digits.cells, digits.counter, note=note)
    if longest > _MOST_EXACT:
        return Guess(
            "code",
            Level.LIKELY,
            digits.cells,
            digits.counter,
            note=f"{longest} digits are more than a number keeps exactly",
        )
    if len(lengths) > 1 or len(numbers) < 2:
        return None
    return _fixed(numbers, longest, digits)


def _may_be_phone(digits: str) -> bool:
    """Has it a long-distance zero, or 00 and a country's code? Ids are padded with more zeros."""
    if digits.startswith("00"):
        return 10 <= len(digits) <= _MOST_EXACT and digits[2] != "0"
    return 9 <= len(digits) <= 12 and digits.startswith("0")


def _fixed(numbers: list[str], length: int, digits: Vote) -> Guess | None:
    """Judge digits that are all of one length."""
    share, counter = digits.cells, digits.counter
    if length == 8 and sum(map(is_compact, numbers)) >= len(numbers) * 0.99:
        note = "days written YYYYMMDD; sent as text until a format is given"
        return Guess("date", Level.LIKELY, share, counter, note=note)
    if length == 4 and all("1900" <= number <= "2100" for number in numbers):
        return Guess("integer", Level.LIKELY, share, counter, type="integer", note="years")
    if length in (10, 13) and all(number.startswith("1") for number in numbers):
        rivals = ("timestamp", "code")
        note = "seconds since 1970, or a number that means nothing"
        note = note.replace("seconds", "milliseconds") if length == 13 else note
        return Guess("text", Level.PERHAPS, share, counter, rivals, note=note)
    if length in (10, 11, 12):
        note = "digits of one length, no country's code in front"
        return Guess("text", Level.PERHAPS, share, counter, ("phone", "code"), note=note)
    if length >= 4:
        if sum(number.endswith("00") for number in numbers) >= len(numbers) * 0.5:
            return None
        rivals = ("code", "integer")
        what = "a postcode" if length <= 6 else "an id"
        note = f"all of {length} digits: {what} or a number of something?"
        return Guess("text", Level.PERHAPS, share, counter, rivals, note=note)
    return None


def _like_codes(values: Values) -> bool:
    """Are `1e5`, `4E79` and the like codes? Where numbers have exponents some have a point or a
    sign too.
    """
    found = [value for value in values if _scientific(value)]
    return any(map(_code_with_e, found)) and not any(
        "." in value or "+" in value or "-" in value for value in found
    )


def _decimals(values: Values) -> Guess | None:
    if _like_codes(values):
        note = "such as 1e5: codes, or numbers with an exponent?"
        return Guess("text", Level.PERHAPS, rivals=("code", "number"), note=note)
    texts = {value.translate(_SPACES): count for value, count in values.items()}
    ballot = vote(texts, lambda text: bool(_scientific(text)))
    if ballot.share >= MOST and _short(values):
        if _leading_zeros(texts):
            return None
        return _settled(texts, ballot, ("number", "."))
    ballots = {style: vote(texts, _accepts(style)) for style in _STYLES}
    best = max(ballots.values(), key=lambda ballot: ballot.share)
    if best.share < MOST or _leading_zeros(texts) or not _short(values):
        return None
    style = next(style for style, ballot in ballots.items() if ballot.share == best.share)
    return _settled(texts, best, ("number", *style))


def _leading_zeros(values: Values) -> bool:
    return any(re.fullmatch("[+-]?0[0-9]+", value) for value in values)


def _accepts(style: tuple[str, str]) -> Callable[[str], bool]:
    match = _PATTERNS[style].fullmatch
    return lambda text: match(text) is not None


def _settled(values: Values, ballot: Vote, found: tuple[str, ...]) -> Guess:
    """Return a number, unless its only marks could group thousands just as well."""
    marked = [value for value in values if re.search("[.,]", value)]
    level = level_of(ballot)
    if marked and all(re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", text) for text in marked):
        marks = {mark for text in marked for mark in ".," if mark in text}
        if len(marks) == 1:
            mark = marks.pop()
            return Guess(
                "number",
                Level.PERHAPS,
                ballot.cells,
                ballot.counter,
                rivals=("decimal number", "integer with thousands"),
                note=f"no value says whether {mark!r} marks decimals or groups thousands",
            )
    if found[1] == "." and _like_versions(marked):
        rivals, note = ("number", "version"), "1.10 would become 1.1 in a number"
        return Guess("text", Level.PERHAPS, ballot.cells, ballot.counter, rivals, note=note)
    decimal = found[1]
    thousands = found[2] if len(found) > 2 else ""
    options: tuple[tuple[str, object], ...] = ()
    if decimal != ".":
        options += (("decimal", decimal),)
    if thousands:
        options += (("thousands", thousands),)
    note = f"decimals behind {decimal!r}" if decimal != "." else ""
    note += f"{', ' if note else ''}thousands grouped by {thousands!r}" if thousands else ""
    kind = "number"
    return Guess(kind, level, ballot.cells, ballot.counter, (), "number", options, note)


def _like_versions(marked: Sequence[str]) -> bool:
    """Do some end with a zero that others leave out: 2.9 and 2.10?"""
    decimals = {len(text.partition(".")[2]) for text in marked}
    padded = any(text.endswith("0") and len(text.partition(".")[2]) > 1 for text in marked)
    short = all(len(text) <= 5 for text in marked)
    return decimals == {1, 2} and padded and short


def is_number(text: str) -> bool:
    return _scientific(text) is not None


def percent(values: Values) -> Guess | None:
    ballot = vote(values, lambda text: bool(_percent(text)))
    if ballot.share < MOST:
        return None
    note = "sent as text, with the % sign"
    return Guess("percentage", level_of(ballot), ballot.cells, ballot.counter, note=note)


def money(values: Values) -> Guess | None:
    """Recognise amounts with a currency's sign or code on either side."""
    found: Counter[str] = Counter()

    def accepts(text: str) -> bool:
        parts = _amount(text)
        if not parts:
            return False
        currency = parts["before"] or parts["behind"] or ""
        known = len(currency) != 3 or not currency.isalpha() or currency in CURRENCIES
        if known and currency:
            found[currency] += 1
        return known

    ballot = vote(values, accepts)
    if ballot.share < MOST or sum(found.values()) < len(values) * 0.5:
        return None
    currencies = ", ".join(currency for currency, _ in found.most_common(3))
    note = f"{currencies}; sent as text, the currency with it"
    return Guess("money", level_of(ballot), ballot.cells, ballot.counter, note=note)


def booleans(values: Values) -> Guess | None:
    """Recognise the two words of a pair; 0 and 1 are left to `numbers`."""
    words = {value.casefold() for value in values}
    for yes, no in _PAIRS:
        if words == {yes, no} or (words == {yes} and yes in _CERTAIN):
            level = Level.SURE if words == {yes, no} else Level.PERHAPS
            written = sorted(values)
            options: tuple[tuple[str, object], ...] = ()
            if yes != "true":
                options = (
                    ("true_values", [value for value in written if value.casefold() == yes]),
                    ("false_values", [value for value in written if value.casefold() == no]),
                )
            return Guess("boolean", level, type="boolean", options=options)
    return None


_PAIRS = (
    ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"), ("ja", "nein"),
    ("j", "n"), ("ja", "nej"), ("ja", "nee"), ("oui", "non"), ("o", "n"), ("sí", "no"),
    ("si", "no"), ("sì", "no"), ("s", "n"), ("sim", "não"), ("tak", "nie"), ("wahr", "falsch"),
    ("vrai", "faux"),
)  # fmt: skip

_CERTAIN = ("true", "yes")
