"""From guesses to a mapping: the property a column could feed, the one that names the profile."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from importer.guess.dates import years
from importer.guess.gather import Facts
from importer.guess.guesses import Guess, Level
from importer.settings.house_rules import REFUSED
from importer.updates.identify import JUNK

# What a kind feeds where no header says more; the names are the API's reserved ones.
BY_KIND: Mapping[str, str] = MappingProxyType(
    {
        "email": "$email",
        "phone": "$phone",
        "first name": "$first_name",
        "last name": "$last_name",
        "full name": "$name",
        "city": "$city",
        "region": "$region",
        "country": "$country_code",
        "country name": "country",
        "timezone": "$timezone",
        "image url": "$avatar",
        "company": "company",
    }
)

# How headers call it, in letters and digits alone; the first column of the first name wins.
BY_NAME: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "$email": ("email", "emailaddress", "mail", "primaryemail", "workemail", "useremail",
                   "emailadresse", "correo", "courriel", "contactemail", "customeremail"),
        "$phone": ("phone", "phonenumber", "telephone", "tel", "telefon", "telefono", "mobile",
                   "mobilephone", "mobilephonenumber", "cell", "cellphone", "handy", "mobil",
                   "businessphone", "workphone", "telefonnummer"),
        "$first_name": ("firstname", "first", "givenname", "fname", "forename", "vorname",
                        "prenom", "prénom", "nombre", "voornaam"),
        "$last_name": ("lastname", "last", "surname", "familyname", "lname", "nachname", "nom",
                       "apellido", "apellidos", "achternaam", "cognome"),
        "$name": ("name", "fullname", "contactname", "customername", "displayname"),
        "$city": ("city", "town", "mailingcity", "billingcity", "stadt", "ort", "ville", "ciudad"),
        "$region": ("region", "state", "province", "stateregion", "mailingstate",
                    "mailingstateprovince", "billingstate", "bundesland"),
        "$country_code": ("countrycode", "country", "mailingcountrycode", "mailingcountry",
                          "countryregion", "land", "pays"),
        "$created": ("created", "createdat", "createddate", "createdate", "createdon", "signup",
                     "signupdate", "signedup", "signedupat", "registered", "registeredat",
                     "dateadded", "joined", "joinedat"),
        "$avatar": ("avatar", "avatarurl", "picture", "photo", "photourl", "profilepicture"),
        "$timezone": ("timezone", "tz"),
    }
)  # fmt: skip

_BY_SYNONYM = {name: prop for prop, names in BY_NAME.items() for name in names}
_IDS = ("id", "userid", "customerid", "contactid", "recordid", "distinctid", "uuid", "accountid",
        "leadid", "externalid", "uid", "guid", "personid", "memberid", "kundennummer",
        "customernumber")  # fmt: skip

_FITS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "$email": frozenset({"email"}),
        "$phone": frozenset({"phone", "code", "integer"}),
        "$country_code": frozenset({"country"}),
        "$created": frozenset({"date", "datetime"}),
        "$avatar": frozenset({"url", "image url"}),
    }
)
_NAMED = frozenset(
    {"text", "category", "first name", "last name", "full name", "city", "region", "country",
     "country name", "company", "timezone"}
)  # fmt: skip

_ID_KINDS = frozenset({"id", "code", "integer"})
_NUMBERED = ({"code", "integer"}, {"code", "timestamp"})
_TEXTS = frozenset({"text", "category"})
_NEARLY = 0.9
"""The share of different ids from which the first column is one although some are missing."""

_NOT_IMPORTED = frozenset({"empty"})
_RESERVED = frozenset({*REFUSED, "$ip", "$time"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A property for a column, how firmly, and why not more firmly."""

    property: str
    level: Level
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """The column that names the profiles; without one, what the user can choose from, and why."""

    column: int | None
    candidates: tuple[int, ...]
    reason: str


def plain(name: str) -> str:
    """Reduce a header's name to lower-case letters and digits."""
    return re.sub(r"[\W_]+", "", name.casefold())


def is_known_name(name: str) -> bool:
    return plain(name) in _BY_SYNONYM or plain(name) in _IDS


def choose_identifier(columns: Sequence[Facts], guesses: Mapping[int, Guess]) -> Identifier:
    """Choose the unique, non-empty column that is clearly an id; where several are, choose none."""
    unique = [
        column
        for column in columns
        if column.rows > 1 and column.filled == column.rows and column.distinct.unique()
    ]
    able = [c for c in unique if _can_name(c, guesses[c.position])]
    named = [c for c in able if plain(c.name) in _IDS]
    shaped = [c for c in able if guesses[c.position].kind == "id"]
    first = [c for c in able if c.position == 1 and _numbered(guesses[1])]
    if first and shaped and guesses[1].kind == "integer":
        first = []  # 1, 2, 3 may count the rows where another column has the form of an id
        shaped = [columns[0], *shaped]
    everything = tuple(column.position for column in able)
    for found, reason in (
        (named, "unique, never empty, and its name says so"),
        (first, "unique, never empty, and the first column"),
        (shaped, "unique, never empty, and the only one with an id's form"),
    ):
        if len(found) == 1 or (found is named and found):
            return Identifier(found[0].position, everything, reason)
    if not everything and (reason := _nearly(columns[0], guesses[1])):
        return Identifier(1, (), reason)
    emails = [c.position for c in unique if guesses[c.position].kind == "email"]
    if len(shaped) > 1:
        reason = "several columns are unique and never empty; say which one your product uses"
        return Identifier(None, everything, reason)
    if everything:
        return Identifier(None, everything, "unique and never empty, but no clear id")
    if emails:
        return Identifier(None, (), "no id; without one, $email names the profile")
    if unique:
        which = ", ".join(str(column.position) for column in unique[:10])
        what = f"column {which} is" if len(unique) == 1 else f"columns {which} are"
        return Identifier(None, (), f"{what} unique and never empty, but no id by form or name")
    return Identifier(None, (), "no column is unique and never empty")


def _nearly(column: Facts, guess: Guess) -> str:
    """Say why the first column is the id although some cells are empty or come again."""
    distinct, exact = column.distinct.count()
    if guess.kind != "id" or min(distinct, column.filled) < _NEARLY * column.rows:
        return ""
    missing = column.rows - column.filled
    again = max(column.filled - distinct, 0) if exact else column.distinct.repeated
    doubts = [f"{missing:,} empty"] if missing else []
    doubts += [f"{again:,} that come again" if exact else "some that come again"] if again else []
    return f"the first column, with an id's form; but {' and '.join(doubts)}"


def _can_name(column: Facts, guess: Guess) -> bool:
    junk = any(value.casefold() in JUNK for value in column.values)
    spaced = any(" " in value for value in column.values)
    rivals = set(guess.rivals) <= {"code", "integer", "timestamp", "phone"}
    able = guess.kind in _ID_KINDS or set(guess.rivals) in _NUMBERED
    able = able or (guess.kind in _TEXTS and plain(column.name) in _IDS)
    return able and rivals and not junk and not spaced


def _numbered(guess: Guess) -> bool:
    return guess.kind in _ID_KINDS or set(guess.rivals) in _NUMBERED


def suggest(
    columns: Sequence[Facts], guesses: Mapping[int, Guess], identifier: Identifier
) -> dict[int, Suggestion]:
    """Suggest a property for each column that could have one, no property twice."""
    found: dict[int, Suggestion] = {}
    rest = [c for c in columns if c.position != identifier.column]
    _by_name(rest, guesses, found)
    _by_kind(rest, guesses, found)
    _created(rest, guesses, found)
    for column in rest:
        if column.name and column.position not in found:
            _own_name(column, guesses[column.position], found)
    return found


def _by_name(
    columns: Sequence[Facts], guesses: Mapping[int, Guess], found: dict[int, Suggestion]
) -> None:
    for prop, names in BY_NAME.items():
        hits = sorted(
            (names.index(plain(c.name)), c.position, c) for c in columns if plain(c.name) in names
        )
        for _, position, _ in hits[:1]:
            guess = guesses[position]
            fits = guess.kind in _FITS.get(prop, _NAMED) or bool(guess.rivals)
            if guess.kind == "country name" and prop == "$country_code":
                note = "$country_code takes codes of two letters"
                found[position] = Suggestion("country", Level.LIKELY, note)
            elif fits:
                found[position] = Suggestion(prop, Level.LIKELY)
            elif guess.kind not in _NOT_IMPORTED:
                note = f"by its name; but its cells look like {guess}"
                found[position] = Suggestion(prop, Level.PERHAPS, note)


def _by_kind(
    columns: Sequence[Facts], guesses: Mapping[int, Guess], found: dict[int, Suggestion]
) -> None:
    taken = {suggestion.property for suggestion in found.values()}
    for kind, prop in BY_KIND.items():
        hits = [
            c
            for c in columns
            if guesses[c.position].kind == kind and c.position not in found and not c.name
        ]
        if not hits or prop in taken:
            continue
        best = max(hits, key=_worth)
        clear = all(_worth(best) >= 2 * _worth(other) for other in hits if other is not best)
        for column in hits if not clear else [best]:
            level = guesses[column.position].level
            others = [c.position for c in hits if c is not column]
            if clear:
                level = Level.LIKELY if level is Level.SURE else level
                found[column.position] = Suggestion(prop, level)
            elif others:
                note = f"or column {', '.join(map(str, others))}?"
                found[column.position] = Suggestion(prop, Level.PERHAPS, note)


def _worth(column: Facts) -> int:
    """Count different values: the customers' own addresses differ, those of sales reps repeat."""
    return column.distinct.count()[0]


def _created(
    columns: Sequence[Facts], guesses: Mapping[int, Guess], found: dict[int, Suggestion]
) -> None:
    """Suggest the earliest-standing column of recent dates as the day of signing up, at most."""
    taken = {suggestion.property for suggestion in found.values()}
    for column in columns:
        if "$created" in taken or column.name:
            return
        if not guesses[column.position].kind.startswith("date"):
            continue
        seen = years(column.values)
        if seen and min(seen) >= 1995 and column.filled > 0.9 * column.rows:
            note = "if it is the day they signed up"
            found[column.position] = Suggestion("$created", Level.PERHAPS, note)
            return


def _own_name(column: Facts, guess: Guess, found: dict[int, Suggestion]) -> None:
    taken = {suggestion.property for suggestion in found.values()}
    name = column.name.strip()
    if not name or name in taken or guess.kind in _NOT_IMPORTED:
        return
    if name in _RESERVED or name.startswith("$"):
        note = "names with a dollar sign, and bucket, are Mixpanel's own"
        found[column.position] = Suggestion(name, Level.PERHAPS, note)
        return
    found[column.position] = Suggestion(name, Level.LIKELY)
