"""From facts to guesses: which test is asked first, and what is left to the user."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from importer.guess import dates, forms, numbers, places
from importer.guess.gather import Facts
from importer.guess.guesses import MOST, TEXT, Guess, Level, Values, percent, vote
from importer.guess.people import people

# From the form that nothing else has to the one that much else has; the first answer counts.
TESTS: tuple[Callable[[Values], Guess | None], ...] = (
    forms.address,
    forms.link,
    forms.uuid,
    forms.ip,
    forms.json_text,
    forms.timezone,
    dates.dates,
    numbers.booleans,
    forms.international_phone,
    numbers.percent,
    numbers.money,
    numbers.numbers,
    forms.postcode,
    forms.phone,
    places.codes,
    places.names,
    forms.items,
    forms.token,
)

# What every cell of the file is held against, once a sample has settled the kind.
SCREENS: Mapping[str, str] = MappingProxyType(
    {
        "email": forms.EMAIL,
        "url": forms.URL,
        "image url": forms.URL,
        "integer": numbers.INTEGER,
        "number": numbers.NUMBER,
        "date": dates.ISO_DATE,
        "datetime": dates.ISO_DATETIME,
        "phone": forms.PLUS_PHONE,
    }
)

_FEW_CELLS = 5
_CATEGORIES = 25
_HINT = 0.2

# Kinds that three cells do not show, however well they fit.
_NEED_CELLS = frozenset(
    {"country", "region", "language", "currency", "city", "integer", "number", "phone", "boolean",
     "country name", "id", "code", "list"}
)  # fmt: skip

_PLACES = frozenset({"city", "region", "country", "country name"})

_TEXTS = frozenset({"text", "category"})
_PLACEHOLDERS = frozenset(
    {
        "-",
        "--",
        "?",
        "n/a",
        "#n/a",
        "na",
        "nan",
        "none",
        "nil",
        "null",
        "\\n",
        "undefined",
        "unknown",
    }
)
_FILLED = 0.5
"""The share of cells below which the others are too few to say what a column is."""

# Kinds that a name of a person or a company may still overrule.
_WORDS = frozenset({"text", "category", "city", "region", "country name"})


def guess_columns(
    columns: Sequence[Facts], rows: Sequence[tuple[str, ...]] = ()
) -> dict[int, Guess]:
    """Guess the kind of each column, by position; first each alone, then all beside each other."""
    values = {column.position: column.values for column in columns}
    guesses = {position: guess_values(cells) for position, cells in values.items()}
    email = _email(guesses)
    texts = {p: values[p] for p, guess in guesses.items() if guess.kind in _WORDS and values[p]}
    for position, found in people(texts, rows, email).items():
        guesses[position] = _stronger(guesses[position], found)
    for column in columns:
        position = column.position
        guesses[position] = _without_placeholders(guesses[position], values[position])
        guesses[position] = _repeated(guesses[position], column)
        guesses[position] = _beside_places(position, guesses, values[position])
    return {
        column.position: _with_screen(column, _weighed(guesses[column.position], column))
        for column in columns
    }


def guess_values(values: Values) -> Guess:
    """Guess the kind of one column from its values alone."""
    if not values:
        return Guess("empty", Level.SURE, share=0.0)
    for test in TESTS:
        if (guess := test(values)) is not None:
            return guess
    return _text(values)


def screen_for(guess: Guess) -> str:
    """Return the regular expression for all cells of a column; empty where there is none."""
    if guess.rivals or guess.options or guess.type is None:
        return ""
    return SCREENS.get(guess.kind, "")


def _text(values: Values) -> Guess:
    """Describe what is no kind of its own, naming what some of it looks like."""
    for kind, accepts in (
        ("an email address", forms.is_email),
        ("a link", forms.is_url),
        ("a date", lambda text: dates.form_of(text) is not None),
        ("a number", lambda text: bool(numbers.is_number(text))),
    ):
        ballot = vote(values, accepts)
        if ballot.share >= _HINT and ballot.counter is not None:
            note = f"{percent(ballot.cells)} of the cells look like {kind}"
            return replace(TEXT, note=note, counter=None)
    if len(values) <= _CATEGORIES and sum(values.values()) >= 2 * len(values):
        if len(values) == 1:
            return replace(TEXT, note="the same in every filled cell")
        return Guess("category", Level.LIKELY)
    return TEXT


def _email(guesses: Mapping[int, Guess]) -> int | None:
    return next((p for p, guess in guesses.items() if guess.kind == "email"), None)


def _without_placeholders(guess: Guess, values: Values) -> Guess:
    """Look again at a column of text without the words that stand for an empty cell."""
    blanks = {value: n for value, n in values.items() if value.casefold() in _PLACEHOLDERS}
    if guess.kind not in _TEXTS or guess.rivals or not blanks:
        return guess
    rest = {value: n for value, n in values.items() if value not in blanks}
    share = sum(rest.values()) / sum(values.values())
    found = guess_values(rest)
    if share < _FILLED or found.kind in _TEXTS:
        return guess
    level = Level.LIKELY if found.level is Level.SURE else found.level
    counter = max(blanks, key=blanks.__getitem__)
    return replace(found, level=level, share=share * found.share, counter=counter)


def _repeated(guess: Guess, column: Facts) -> Guess:
    """Call an id that comes again and again what it is: a code of something else."""
    if guess.kind == "id" and column.distinct.count()[0] < 0.9 * column.filled:
        return replace(guess, kind="code")
    return guess


def _beside_places(position: int, guesses: Mapping[int, Guess], values: Values) -> Guess:
    """Look again at what stands beside cities, regions and countries."""
    guess = guesses[position]
    near = {guesses[p].kind for p in range(position - 2, position + 3) if p in guesses}
    if not near & _PLACES or not values:
        return guess
    if guess.rivals == ("code", "integer") and all(len(value) in (4, 5, 6) for value in values):
        return replace(guess, kind="code", rivals=(), note="beside a place: postcodes, it seems")
    lengths = set(map(len, values))
    if guess.kind == "integer" and lengths <= {4, 5, 6} and len(lengths) <= 2:
        lost = " that lost their zeros" if 4 in lengths else ""
        note = f"beside a place: postcodes{lost}, or a number of something?"
        rivals = ("code", "integer")
        return Guess("text", Level.PERHAPS, guess.share, guess.counter, rivals, note=note)
    if guess.kind in ("text", "category") and not guess.rivals and places.mostly_regions(values):
        return Guess("region", Level.PERHAPS, note="most are codes of states")
    right = guesses.get(position + 1, TEXT)
    words = vote(values, lambda text: text.replace(" ", "").isalpha() and text[0].isupper())
    free = guess.kind == "text" and not guess.rivals and "city" not in near
    if free and right.kind in _PLACES and words.share >= MOST:
        return Guess("city", Level.PERHAPS, note=f"stands before a {right.kind}")
    return guess


def _stronger(place: Guess, name: Guess) -> Guess:
    """Choose between what a column is alone, and what it is beside the others."""
    if place.kind in ("text", "category") and not place.rivals:
        return name
    if place.level is Level.LIKELY and not place.rivals:
        return place
    if name.level is Level.LIKELY:
        return name
    rivals = tuple(dict.fromkeys((*(place.rivals or (place.kind,)), name.kind)))
    return Guess("text", Level.PERHAPS, rivals=rivals)


def _weighed(guess: Guess, column: Facts) -> Guess:
    """Lower the confidence of what only a handful of cells shows."""
    few = sum(column.values.values()) < _FEW_CELLS
    if few and guess.kind in _NEED_CELLS and guess.level is not Level.PERHAPS:
        return replace(guess, level=Level.PERHAPS, note=guess.note or "too few cells to be sure")
    return guess


def _with_screen(column: Facts, guess: Guess) -> Guess:
    """Let all cells of the file have their say, not only the sampled ones."""
    if not column.screen or column.screen != screen_for(guess):
        return guess
    share = column.matches / column.filled
    if column.misfit is None:
        return replace(guess, share=1.0, counter=None)
    level = Level.LIKELY if guess.level is Level.SURE else guess.level
    return replace(guess, share=share, counter=column.misfit.strip() or column.misfit, level=level)
