"""Names of people and companies: known words, and what the column of emails says beside them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from importer.guess import name_words
from importer.guess.guesses import TEXT, Guess, Level, Values, percent, vote
from importer.guess.words import plain

SUFFIXES = re.compile(
    r"(?:^|[ ,.])(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|ohg|ug|se|sa|s\.a|"
    r"sas|sarl|s\.a\.r\.l|srl|s\.r\.l|spa|s\.p\.a|bv|b\.v|nv|n\.v|plc|pty|pte|oy|oyj|ab|as|a/s|aps|sl|"
    r"s\.l|lda|ltda|kk|sp\. z o\.o|d\.o\.o|s\.r\.o|a\.s|e\.v|group|holding|holdings|partners|"
    r"associates|technologies|solutions|industries|systems|bank|consulting|logistics|"
    r"software|foundation|university)\.?$",
    re.IGNORECASE,
)

_word = re.compile(r"[^\W\d_][\w'\u2019.-]*(?: [^\W\d_][\w'\u2019.-]*){0,5}").fullmatch
_FREE_MAIL = frozenset(
    {
        "gmail", "googlemail", "yahoo", "hotmail", "outlook", "live", "icloud", "aol", "gmx",
        "web", "proton", "protonmail", "mail", "example", "me", "msn", "qq", "yandex", "zoho",
        "fastmail", "orange", "free", "wanadoo", "libero", "t-online", "comcast"
    }
)  # fmt: skip
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i"}
)

_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el",
     "la", "le", "ten", "ter", "van", "von", "y", "zu"}
)  # fmt: skip

_ONE_FAMILY = 0.15
_LONGEST_TRADE = 6
_SOME_NAMES = 0.2
_MANY_NAMES = 0.4
_ENOUGH_ROWS = 5


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for a column of text: shares of its values, and of rows with an email."""

    first: float
    last: float
    full: float
    company: float
    two_words: float = 0.0
    begins: float = 0.0
    behind: float = 0.0
    within: float = 0.0
    domain: float = 0.0
    rows: int = 0


def fold(text: str) -> str:
    """Reduce a name to the letters and digits it has in an address."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in plain if c.isalnum() and c.isascii())


def people(
    texts: Mapping[int, Values], rows: Sequence[tuple[str, ...]], email: int | None
) -> dict[int, Guess]:
    """Guess which of the columns of text, by position, hold names.

    `rows` are whole rows; `email` is the position of the column of addresses, where there is one.
    """
    named = {position: _evidence(values) for position, values in texts.items()}
    if email is not None:
        pairs = [(row, *_split(row[email - 1])) for row in rows if "@" in row[email - 1]]
        for position, evidence in named.items():
            cells = [
                (row[position - 1].strip(), local, domain)
                for row, local, domain in pairs
                if row[position - 1].strip()
            ]
            named[position] = _beside_emails(evidence, cells)
        _add_initials(named, rows, email)
    guesses = _assign({position: e for position, e in named.items() if e is not None})
    return _beside_first_and_last(guesses, rows)


def _split(email: str) -> tuple[str, str]:
    local, _, domain = email.strip().rpartition("@")
    labels = domain.casefold().split(".")
    main = labels[-2] if len(labels) > 1 else ""
    if main in ("co", "com", "org", "net", "ac") and len(labels) > 2:
        main = labels[-3]
    return re.sub("[0-9]+$", "", local.casefold()), "" if main in _FREE_MAIL else fold(main)


def _evidence(values: Values) -> _Evidence | None:
    company = vote(
        values, lambda text: bool(SUFFIXES.search(text)) and 0 < text.count(" ") < _LONGEST_TRADE
    )
    if vote(values, lambda text: bool(_word(text)) and len(text) <= 40).share < 0.7:
        if company.share < 0.1:
            return None
        return _Evidence(0.0, 0.0, 0.0, company.share)
    often = _too_often(values)
    return _Evidence(
        first=vote(values, lambda text: _is_first(_parts(text)[0])).share,
        last=vote(values, lambda text: _is_last(_parts(text)[-1], often)).share,
        full=vote(values, lambda text: _is_full_name(text, often)).share,
        company=company.share,
        two_words=_two_words(values),
    )


def _two_words(values: Values) -> float:
    """Return the share of values of two capitalised words, zero where the words come again."""
    pairs = [parts for value in values if len(parts := value.split()) == 2 and value.istitle()]
    spelled = [word for pair in pairs for word in pair]
    if len(values) < _ENOUGH_ROWS or len(set(spelled)) < 0.8 * len(spelled):
        return 0.0
    return len(pairs) / len(values)


def _parts(text: str) -> list[str]:
    found = plain(text).replace(",", " ").split()
    return [part for part in found if part not in _PARTICLES] or found or [""]


def _is_first(word: str) -> bool:
    return word in name_words.FIRST_NAMES or word.partition("-")[0] in name_words.FIRST_NAMES


def _is_last(word: str, often: Collection[str]) -> bool:
    known = word in name_words.LAST_NAMES or word.partition("-")[2] in name_words.LAST_NAMES
    return known and word not in often


def _too_often(values: Values) -> set[str]:
    """Return the words that end too many values to be names, such as Ward in Audley Ward."""
    ends = Counter(_parts(value)[-1] for value in values)
    return {word for word, n in ends.items() if n > max(3, _ONE_FAMILY * len(values))}


def _is_full_name(text: str, often: Collection[str]) -> bool:
    parts = _parts(text)
    if not 2 <= len(parts) <= 4 or SUFFIXES.search(text):
        return False
    first, last = (parts[0], parts[-1]) if "," not in text else (parts[-1], parts[0])
    return _is_first(first) or _is_last(last, often)


def _beside_emails(
    evidence: _Evidence | None, cells: Sequence[tuple[str, str, str]]
) -> _Evidence | None:
    if evidence is None or len(cells) < _ENOUGH_ROWS:
        return evidence
    begins = behind = within = domain = 0
    for cell, local, label in cells:
        name, plain = fold(cell), fold(local)
        whole = [fold(part) for part in cell.split()]
        if len(name) > 1 and name != plain:
            begins += plain.startswith(name)
            behind += plain.find(name) > 0
        if len(whole) > 1:
            within += sum(len(part) > 1 and part in plain for part in whole) > 1
        trade = fold(SUFFIXES.sub("", cell))
        # A name that is in the address too is the owner's: joan@smith.com works for nobody.
        domain += len(trade) > 2 and trade not in plain and label.startswith(trade)
    count = len(cells)
    return replace(
        evidence,
        begins=begins / count,
        behind=behind / count,
        within=within / count,
        domain=domain / count,
        rows=count,
    )


def _add_initials(
    named: dict[int, _Evidence | None], rows: Sequence[tuple[str, ...]], email: int
) -> None:
    """Find the column whose initials stand before the last names: Tamarah, Welfair, twelfair@."""
    last = max(named, key=lambda p: e.behind if (e := named[p]) else 0.0, default=None)
    if last is None or (found := named[last]) is None or found.behind < _SOME_NAMES:
        return
    initials = [
        (row, local[0])
        for row in rows
        if (name := fold(row[last - 1])) and (local := fold(_split(row[email - 1])[0]))
        if local.find(name) == 1
    ]
    if len(initials) < max(_ENOUGH_ROWS, _SOME_NAMES * len(rows)):
        return
    for position, evidence in named.items():
        if position == last or evidence is None:
            continue
        fits = sum(fold(row[position - 1])[:1] == letter for row, letter in initials)
        if fits >= 0.8 * len(initials):
            share = fits / len(rows)
            named[position] = replace(evidence, begins=max(evidence.begins, share))


def _assign(named: Mapping[int, _Evidence]) -> dict[int, Guess]:
    """Give each kind to the column that most speaks for; two that are as good get `perhaps`."""
    guesses: dict[int, Guess] = {}
    companies = {p: max(e.company, e.domain) for p, e in named.items()}
    best = max(companies.values(), default=0.0)
    for position, strength in companies.items():
        if strength >= max(0.15, 0.6 * best) and named[position].full < strength:
            level = Level.LIKELY if strength >= 0.3 else Level.PERHAPS
            note = "names end as companies' do, or as the email's domain"
            guesses[position] = Guess("company", level, note=note)
    rest = {p: e for p, e in named.items() if p not in guesses}
    for position, evidence in rest.items():
        if evidence.full >= _MANY_NAMES or evidence.within >= _SOME_NAMES:
            guesses[position] = Guess("full name", Level.LIKELY, note=_why(evidence))
        elif evidence.two_words >= 0.9:
            note = "two words each, few of them twice"
            guesses[position] = Guess("full name", Level.PERHAPS, note=note)
    rest = {p: e for p, e in rest.items() if p not in guesses}
    first = _strongest({p: _first_strength(e) for p, e in rest.items()})
    last = _strongest({p: _last_strength(e) for p, e in rest.items() if p != first[0]})
    both = _beside(first[0], last[0])
    for kind, (found, strength, next_best) in (("first name", first), ("last name", last)):
        if found is None:
            continue
        enough = _SOME_NAMES if both else _MANY_NAMES
        clear = strength >= enough and next_best < 0.6 * strength
        level = Level.LIKELY if clear else Level.PERHAPS
        guesses[found] = Guess(kind, level, note=_why(rest[found]))
    return guesses


def _beside_first_and_last(
    guesses: dict[int, Guess], rows: Sequence[tuple[str, ...]]
) -> dict[int, Guess]:
    """Leave full names alone that are not made of the row's first and last: a colleague's."""
    firm = {guess.kind: p for p, guess in guesses.items() if guess.level is Level.LIKELY}
    if not {"first name", "last name"} <= firm.keys():
        return guesses
    first, last = firm["first name"], firm["last name"]
    for position, guess in guesses.items():
        if guess.kind != "full name":
            continue
        cells = [
            (fold(row[position - 1]), fold(row[first - 1]), fold(row[last - 1])) for row in rows
        ]
        filled = [found for found in cells if all(found)]
        own = sum(one in name and other in name for name, one, other in filled)
        if own < 0.5 * len(filled):
            note = "names, but not the first and last name of the same row"
            guesses[position] = replace(TEXT, note=note)
    return guesses


def _beside(first: int | None, last: int | None) -> bool:
    """Do the two stand next to each other, as first and last names do?"""
    return first is not None and last is not None and abs(first - last) == 1


def _first_strength(evidence: _Evidence) -> float:
    """Weigh list and address; a column that fits a last name as well is none of the two."""
    strength = evidence.first + evidence.begins
    return strength if strength > 1.2 * (evidence.last + evidence.behind) else 0.0


def _last_strength(evidence: _Evidence) -> float:
    strength = evidence.last + evidence.behind
    return strength if strength > 1.2 * (evidence.first + evidence.begins) else 0.0


def _strongest(strengths: Mapping[int, float]) -> tuple[int | None, float, float]:
    ordered = sorted(strengths.items(), key=lambda item: -item[1])
    if not ordered or ordered[0][1] < _SOME_NAMES:
        return None, 0.0, 0.0
    return ordered[0][0], ordered[0][1], ordered[1][1] if len(ordered) > 1 else 0.0


def _why(evidence: _Evidence) -> str:
    reasons = []
    known = max(evidence.first, evidence.last, evidence.full)
    if known >= _SOME_NAMES:
        reasons.append(f"{percent(known)} are common names")
    beside = max(evidence.begins, evidence.behind, evidence.within)
    if beside >= _SOME_NAMES:
        reasons.append(f"{percent(beside)} are part of the email beside them")
    return ", ".join(reasons)
