"""Countries, regions, languages and cities: known words, weighed over a whole column."""

from importer.guess import words
from importer.guess.guesses import MOST, Guess, Level, Values, Vote, level_of, vote

_ENOUGH_CITIES = 0.5
_SOME_REGIONS = 0.7


def codes(values: Values) -> Guess | None:
    """Recognise codes of countries, states, languages and currencies; some fit several."""
    if any(len(value) not in (2, 3) or not value.isalpha() for value in values):
        return _mostly_countries(values)
    upper, lower = all(map(str.isupper, values)), all(map(str.islower, values))
    if not (upper or lower):
        return None  # "Mr" and "Ms" are no countries
    found = [
        (kind, ballot)
        for kind, known in (
            ("country", words.COUNTRIES_2),
            ("country", words.COUNTRIES_3),
            ("region", words.REGIONS_2 if upper else frozenset[str]()),
            ("region", words.REGIONS_BRAZIL if upper else frozenset[str]()),
            ("region", words.REGIONS_AUSTRALIA if upper else frozenset[str]()),
            ("language", words.LANGUAGES),
            ("currency", words.CURRENCIES if upper else frozenset[str]()),
        )
        if (ballot := _known(values, known, kind)).share >= MOST
    ]
    whole = [(kind, ballot) for kind, ballot in found if ballot.counter is None] or found
    if not whole:
        return None
    kinds = list(dict.fromkeys(kind for kind, _ in whole))
    if upper and "language" in kinds and len(kinds) > 1:
        kinds.remove("language")  # its codes are written small
    if len(kinds) > 1:
        shown = ", ".join(list(values)[:4])
        note = f"codes such as {shown} could be either"
        return Guess("text", Level.PERHAPS, rivals=tuple(kinds), note=note)
    kind = kinds[0]
    ballot = next(ballot for name, ballot in whole if name == kind)
    return _named(kind, ballot, few=len(values) < 3)


def _named(kind: str, ballot: Vote, *, few: bool) -> Guess:
    level = level_of(ballot) if kind == "country" else Level.LIKELY
    level = Level.PERHAPS if few else level
    type_ = "country" if kind == "country" else None
    return Guess(kind, level, ballot.cells, ballot.counter, type=type_)


def _known(values: Values, known: frozenset[str], kind: str) -> Vote:
    if kind == "language":
        return vote(values, lambda text: text.lower() in known)
    return vote(values, lambda text: text.upper() in known)


def _mostly_countries(values: Values) -> Guess | None:
    ballot = vote(values, lambda text: text in words.COUNTRIES_2)
    if ballot.share >= MOST and len(values) > 3:
        return _named("country", ballot, few=False)
    return None


def names(values: Values) -> Guess | None:
    """Recognise countries, regions and cities by name."""
    folded = {value: words.plain(value) for value in values}
    countries = vote(values, lambda text: folded[text] in words.COUNTRY_NAMES)
    regions = vote(values, lambda text: folded[text] in words.REGION_NAMES)
    cities = vote(values, lambda text: folded[text] in words.CITIES)
    best = max(countries.share, regions.share, cities.share)
    if cities.share == best and best >= _ENOUGH_CITIES and len(values) >= 3:
        level = Level.LIKELY if len(values) >= 5 else Level.PERHAPS
        if regions.share > 0.8 * best:
            return Guess("text", Level.PERHAPS, rivals=("city", "region"))
        return Guess("city", level, cities.cells, None, note="most are cities on a short list")
    if countries.share == best and best >= 0.6:
        level = Level.LIKELY if len(values) >= 2 and best >= 0.8 else Level.PERHAPS
        note = "written out; $country_code takes codes of two letters"
        return Guess("country name", level, countries.cells, countries.counter, note=note)
    if regions.share == best and best >= 0.6 and len(values) >= 2:
        level = Level.LIKELY if len(values) >= 3 else Level.PERHAPS
        return Guess("region", level, regions.cells, regions.counter)
    if cities.share >= 0.2 and cities.share == best and len(values) >= 5:
        return Guess("city", Level.PERHAPS, cities.cells, None, note="some are known cities")
    return None


def mostly_regions(values: Values) -> bool:
    """Are at least most of these codes of states, though some are from elsewhere?"""
    known = words.REGIONS_2 | words.REGIONS_BRAZIL | words.REGIONS_AUSTRALIA
    short = vote(values, lambda text: text.isalpha() and len(text) <= 3)
    return short.share == 1 and vote(values, lambda text: text in known).cells >= _SOME_REGIONS
