"""Fast and right: whole columns give what the rule gives cell by cell, on text of any kind, and
what is sent means what the cell says.
"""

import json
import random
import string
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.conversion import escape, phones
from importer.settings.column_types import TYPES
from tests.conversion.columns import conversion, one_by_one, outcomes, value

MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29))
SPACES = st.sampled_from(["", "", "", " ", "\xa0", "\t", "\u3000"])


def near(alphabet: str, *shapes: str) -> st.SearchStrategy[str]:
    """Draw text that is nearly, or quite, of a type: its characters, or its regular shapes."""
    regular = [st.from_regex(shape, fullmatch=True) for shape in shapes]
    return st.one_of(st.text(alphabet, max_size=24), *regular, *regular)


DIGITS = near(
    "0123456789+-.,eE '\xa0’",
    r"[+-]?[0-9]{1,3}([,. '\xa0][0-9]{3}){0,3}([.,][0-9]{0,3})?",
    r"[+-]?[0-9]{0,22}([.,][0-9]{0,22})?([eE][+-]?[0-9]{1,3})?",
)
TIME = (
    r"([T ][0-9]{1,2}:[0-5]?[0-9](:[0-6]?[0-9](\.[0-9]{1,6})?)?"
    r"( ?[AP]M)?(Z|[+-][0-2][0-9]:?[0-9]{2})?)?"
)
DATES = near(
    "0123456789-/.: TZ+APM",
    rf"(19|20)[0-9]{{2}}-?[01][0-9]-?[0-3][0-9]{TIME}",
    rf"[0-3]?[0-9]([/.-])[01]?[0-9][/.-](19|20)?[0-9]{{2}}{TIME}",
    rf"[0-9]{{4}}([/.-])[0-9]{{1,2}}[/.-][0-9]{{1,2}}{TIME}",
    r"[0-3]?[0-9] (Jan|Feb|March|april|Foo) [0-9]{4}",
)
PHONES = near(
    "0123456789+ ()-./x",
    r"\+[0-9]{5,17}",
    r"\+(49|1|44|33|39|7|54|55|81|61|86|91|52)[ -]?\(?0?[0-9]{2,4}\)?[ /.-]?[0-9 -]{3,9}",
    r"\(?0?[0-9]{2,4}\)?[ /.-]?[0-9 -]{3,9}",
)
ADDRESSES = near(
    "abz09.-_+@'!é ",
    r"[a-zA-Z0-9._+'-]{1,12}@([a-zA-Z0-9-]{1,8}\.){1,3}[a-zA-Z0-9]{1,5}",
    r"[a-z]{1,70}@[a-z]{1,70}\.(com|test|local|arpa|invalid|example)",
)
LINKS = near(
    'htps:/.-_?#[]@% aé\\"<',
    r"(https?|HTTP|ftp)://[a-zA-Z0-9_.-]{0,12}(:[0-9]{0,6})?([/?#][!-~]{0,12})?",
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)  # JSON has neither


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(st.text(max_size=3), inner, max_size=3)
    return inner | st.lists(inner, max_size=3) | members


LEAVES = st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=5)
VALUES = _nested(_nested(_nested(LEAVES)))  # the API takes three levels
DOCUMENTS = st.one_of(
    near('{}[]",:0123456789.eE -\\utrnfals', r'\{"a" ?: ?[0-9.e]{1,30}, ?"[ab]" ?: "[a:, ]*"\}'),
    st.builds(
        lambda tree, seps, plain: json.dumps(tree, separators=seps, ensure_ascii=plain),
        VALUES,
        st.sampled_from([(",", ":"), (", ", ": "), (" ,", " : ")]),
        st.booleans(),
    ),
)
CASES: list[tuple[str, dict[str, Any], st.SearchStrategy[str]]] = [
    ("string", {}, st.text()),
    ("integer", {}, DIGITS),
    ("integer", {"thousands": ","}, DIGITS),
    ("integer", {"thousands": " "}, DIGITS),
    ("integer", {"thousands": ".", "decimal": ","}, DIGITS),
    ("number", {}, DIGITS),
    ("number", {"thousands": ","}, DIGITS),
    ("number", {"thousands": "'", "decimal": ","}, DIGITS),
    ("number", {"thousands": " ", "decimal": ","}, DIGITS),
    ("boolean", {}, near("yesnoTRUE01", "yes|NO|true|False|on|off|t|f|0|1")),
    ("date", {}, DATES),
    ("date", {"day_first": True}, DATES),
    ("date", {"day_first": False}, DATES),
    ("date", {"format": ("%d/%m/%y",)}, DATES),
    ("date", {"format": ("%d.%m.%Y", "%Y-%m-%d", "%m/%d/%Y")}, DATES),
    ("date", {"format": ("%Y%m%d",)}, DATES),
    ("datetime", {}, DATES),
    ("datetime", {"timezone": "Europe/Berlin", "day_first": True}, DATES),
    ("datetime", {"timezone": "America/New_York", "day_first": False}, DATES),
    ("datetime", {"format": ("%Y-%m-%dT%H:%M:%S.%f%z",)}, DATES),
    ("datetime", {"format": ("%d/%m/%Y %I:%M %p", "%Y-%m-%d %H:%M")}, DATES),
    ("datetime", {"format": ("%m-%d-%y %H:%M:%S %z",)}, DATES),
    ("timestamp", {}, near("0123456789-.", r"[+-]?[0-9]{1,20}(\.[0-9]*)?")),
    ("timestamp", {"format": ("seconds",)}, near("0123456789-.", r"-?[0-9]{1,16}")),
    ("timestamp", {"format": ("milliseconds",)}, near("0123456789-.", r"-?[0-9]{1,16}")),
    ("list", {}, near('ab; \t"\\\né\xa0', r"[a-c ]{1,3}(; ?[a-c]{0,3}){0,4}")),
    ("list", {"separator": ","}, near('ab,, \t"\\\né', r"[a-c]{1,3}(, ?[a-c]{0,3}){0,4}")),
    ("list", {"separator": "n"}, near('abn \n"\\', r"[a-c]{1,3}(n[a-c]{0,3}){0,4}")),
    ("list", {"separator": " "}, near('ab \n"\\', r"[a-c]{1,3}( [a-c]{0,3}){0,4}")),
    ("json", {}, DOCUMENTS),
    ("phone", {}, PHONES),
    ("phone", {"country": "DE"}, PHONES),
    ("phone", {"country": "US"}, PHONES),
    ("phone", {"country": "GB"}, PHONES),
    ("phone", {"country": "IT"}, PHONES),
    ("phone", {"country": "AR"}, PHONES),
    ("phone", {"country": "RU"}, PHONES),
    ("email", {}, ADDRESSES),
    ("url", {}, LINKS),
    ("country", {}, near("abdegnry ", "de|DE|deu|(the )?(Germany|france|Sudan|Sudann)")),
]


def test_every_type_is_compared() -> None:
    assert {type_ for type_, _, _ in CASES} == set(TYPES)


@pytest.mark.parametrize(("type_", "options", "texts"), CASES)
@settings(max_examples=50)
@given(data=st.data())
def test_column_and_cells_agree(
    type_: str, options: dict[str, Any], texts: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """A column is converted as its cells are one by one, whatever they hold; and JSON it is."""
    padded = st.builds(lambda left, text, right: left + text + right, SPACES, texts, SPACES)
    cells = data.draw(st.lists(padded | texts | st.text(max_size=8), max_size=12))
    by = conversion(type_, **options)
    found = outcomes(by, cells)
    assert found == one_by_one(by, cells, trims=type_ != "string")
    for outcome, text in found:
        if outcome == "sent" and text:
            json.loads(by.json(text))


@given(st.lists(st.text()), st.integers(0, 3))
def test_a_slice_is_a_column(cells: list[str], first: int) -> None:
    """Columns that are part of a larger array are converted as if they were whole."""
    column = pa.array(cells, pa.string())[first:]
    assert escape(column).to_pylist() == escape(pa.array(cells[first:], pa.string())).to_pylist()
    for type_ in ("integer", "list", "date"):
        parts = conversion(type_).convert(column)
        whole = conversion(type_).convert(pa.array(cells[first:], pa.string()))
        assert (parts.values.to_pylist(), parts.failures) == (
            whole.values.to_pylist(), whole.failures,
        )  # fmt: skip


@given(st.integers(), st.sampled_from(["", "+", "00"]))
def test_integers_are_exact(number: int, prefix: str) -> None:
    """An integer of any length arrives as itself."""
    cell = f"-{prefix.strip('+')}{-number}" if number < 0 else f"{prefix}{number}"
    assert value(conversion("integer"), cell) == str(number)
    grouped = value(conversion("integer", thousands=","), f"{number:,}")
    assert grouped == str(number)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20
    )
)
def test_numbers_are_exact(number: Decimal) -> None:
    """A decimal arrives with its value, however it is written."""
    swapped = f"{number:,f}".translate(str.maketrans(",.", ".,"))
    plain, scientific, german = (
        value(conversion("number"), f"{number:f}"),
        value(conversion("number"), f"{number:e}"),
        value(conversion("number", decimal=",", thousands="."), swapped),
    )
    assert Decimal(plain) == Decimal(scientific) == Decimal(german) == number


@given(st.dates())
def test_dates_keep_their_day(day: date) -> None:
    """A day arrives as itself from every form of writing it that leaves no doubt."""
    expected = day.isoformat()
    year = f"{day.year:04}"
    assert value(conversion("date"), expected) == expected
    assert value(conversion("date", day_first=True), f"{day.day}/{day.month}/{year}") == expected
    assert value(conversion("date", day_first=False), f"{day.month}/{day.day}/{year}") == expected
    german = conversion("date", format=("%d.%m.%Y",))
    assert value(german, f"{day.day:02}.{day.month:02}.{year}") == expected


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_datetimes_keep_their_moment(moment: datetime, minutes: int) -> None:
    """A cell with an offset arrives as the same moment in UTC."""
    zone = timezone(timedelta(minutes=minutes))
    sent = value(conversion("datetime"), moment.replace(tzinfo=zone).isoformat())
    assert datetime.fromisoformat(sent) == (
        moment.replace(microsecond=0) - timedelta(minutes=minutes)
    )


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@given(moment=st.datetimes(datetime(1960, 1, 1), datetime(2040, 1, 1)))
def test_local_times(name: str, moment: datetime) -> None:
    """A moment that is written on the clock of a zone arrives as itself, or as the earlier of the
    two that the clock showed.
    """
    zone = ZoneInfo(name)
    moment = moment.replace(microsecond=0)
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    sent = value(conversion("datetime", timezone=name), local.replace(tzinfo=None).isoformat())
    earlier = local.replace(fold=0).astimezone(UTC).replace(tzinfo=None)
    assert datetime.fromisoformat(sent) == earlier <= moment


@given(st.datetimes(datetime(1973, 3, 4), datetime(5000, 1, 1)))
def test_timestamps(moment: datetime) -> None:
    """Seconds and milliseconds of the same moment arrive as the same datetime."""
    seconds = int(moment.replace(microsecond=0, tzinfo=UTC).timestamp())  # a float would round
    expected = moment.replace(microsecond=0).isoformat()
    assert value(conversion("timestamp"), f"{seconds}") == expected
    assert value(conversion("timestamp"), f"{seconds}123") == expected


@given(st.lists(st.text().filter(lambda item: ";" not in item)))
def test_lists_keep_their_items(items: list[str]) -> None:
    """Joined texts come apart as they were, but for white space around them and empty ones."""
    expected = [item.strip() for item in items if item.strip()]
    cell = ";".join(items)
    if expected:
        assert value(conversion("list"), cell) == expected
    else:
        assert outcomes(conversion("list"), [cell]) == [("sent", "")]


@given(VALUES, st.sampled_from([None, 2]))
def test_json_keeps_its_value(tree: Any, indent: int | None) -> None:
    """What a JSON writer wrote arrives with the same value, and no white space between tokens."""
    text = json.dumps(tree, indent=indent)
    ((outcome, sent),) = outcomes(conversion("json"), [text])
    assert (outcome, json.loads(sent)) == ("sent", json.loads(text))
    assert sent == json.dumps(json.loads(sent), separators=(",", ":"), ensure_ascii="\\u" in sent)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_phones_of_every_country(region: str) -> None:
    """For each country, its example numbers and numbers near them, international and national:
    the column gives what phonenumbers gives.
    """
    draw = random.Random(region)
    cells = []
    for kind in range(11):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        for written_as in (0, 1, 2):
            cell = phonenumbers.format_number(number, written_as)
            cells += [cell, *(_another(cell, draw) for _ in range(25))]
    for by in (conversion("phone"), conversion("phone", country=region)):
        assert outcomes(by, cells) == one_by_one(by, cells)


def test_a_plan_is_not_used_before_it_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever converts while another thread learns a country's plan finds what the rule finds."""
    by, cells = conversion("phone"), ["+5502123456789"]  # Brazil dials a zero, and more, at home
    expected, found = one_by_one(by, cells), []
    pattern_of = phones._re2

    def looked_on(pattern: str) -> str:
        monkeypatch.setattr(phones, "_re2", pattern_of)
        found.append(outcomes(by, cells))
        return pattern_of(pattern)

    phones._plans.cache_clear()
    monkeypatch.setattr(phones, "_re2", looked_on)
    assert (outcomes(by, cells), found) == (expected, [expected])


def _another(cell: str, draw: random.Random) -> str:
    """Change up to three characters, and sometimes the length."""
    text = list(cell)
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(1, len(text))
        text[place : place + 1] = draw.choice(["", *string.digits, *string.digits, "00"])
    return "".join(text) or "+"
