"""For every type: what a cell may hold, what is then sent, and the words where nothing is."""

import json
from typing import Any

import pytest

from importer.settings.column_types import TYPES
from tests.conversion.columns import conversion, outcomes

Table = list[tuple[dict[str, Any], dict[str, str]]]

# By type, for each set of options: the cell, and the JSON that is sent for it.
SENT: dict[str, Table] = {
    "string": [
        ({}, {"007": '"007"', " a ": '" a "', 'x"y\\': '"x\\"y\\\\"', "\x01": '"\\u0001"'}),
        ({}, {"NA": '"NA"', "1e5": '"1e5"', "é": '"é"', "null": '"null"', " ": '" "'}),
    ],
    "integer": [
        ({}, {"0": "0", "5": "5", "-5": "-5", "+5": "5", "-0": "0", "007": "7", " 8 ": "8"}),
        ({}, {"12345678901234567890": "12345678901234567890", "12.0": "12", "12.": "12"}),
        ({"thousands": ","}, {"1,234": "1234", "-1,234,567.00": "-1234567", "1234": "1234"}),
        ({"thousands": " "}, {"1 234": "1234", "1\xa0234": "1234", "1\u202f234": "1234"}),
        ({"thousands": "'"}, {"1'234": "1234", "1’234": "1234"}),
        ({"decimal": ",", "thousands": "."}, {"1.234,0": "1234"}),
    ],
    "number": [
        ({}, {"1.50": "1.50", ".5": "0.5", "1.": "1", "-0.0": "0.0", "+5": "5", "007.5": "7.5"}),
        ({}, {"1e5": "1e5", "1.5E-3": "1.5e-3", "1E+05": "1e+05", "-1": "-1", "-.5": "-0.5"}),
        ({}, {"0.1234567890123456789012345": "0.1234567890123456789012345"}),
        ({"thousands": ","}, {"1,234.5": "1234.5", "1,234,567": "1234567"}),
        ({"decimal": ","}, {"1,5": "1.5", ",5": "0.5", "-0,25": "-0.25"}),
        ({"decimal": ",", "thousands": " "}, {"1 234,5": "1234.5", "-1\u202f234,5": "-1234.5"}),
    ],
    "boolean": [
        ({}, {"true": "true", "YES": "true", "y": "true", "T": "true", "1": "true", "On": "true"}),
        ({}, {"false": "false", "No": "false", "n": "false", "f": "false", "0": "false"}),
        ({"true_values": ("Ja",), "false_values": ("Nein",)}, {"ja": "true", "NEIN": "false"}),
    ],
    "date": [
        (
            {},
            {"2025-04-03": '"2025-04-03"', "2025/4/3": '"2025-04-03"', "20250403": '"2025-04-03"'},
        ),
        ({}, {"25/04/2025": '"2025-04-25"', "04/25/2025": '"2025-04-25"'}),
        ({}, {"5.5.2025": '"2025-05-05"', "29.02.2024": '"2024-02-29"'}),
        ({}, {"3 April 2025": '"2025-04-03"', "3-Apr-2025": '"2025-04-03"'}),
        ({}, {"April 3, 2025": '"2025-04-03"', "Sept 3 2025": '"2025-09-03"'}),
        ({}, {"2025-04-03T00:00:00Z": '"2025-04-03"', "2025-04-03 00:00": '"2025-04-03"'}),
        ({}, {"0001-01-01": '"0001-01-01"', "9999-12-31": '"9999-12-31"'}),
        ({"day_first": True}, {"03/04/2025": '"2025-04-03"', "3.4.2025": '"2025-04-03"'}),
        ({"day_first": False}, {"03/04/2025": '"2025-03-04"', "3-4-2025": '"2025-03-04"'}),
        ({"format": ("%d.%m.%y",)}, {"03.04.25": '"2025-04-03"', "3.4.69": '"1969-04-03"'}),
        ({"format": ("%Y/%j",)}, {"2025/093": '"2025-04-03"'}),
    ],
    "datetime": [
        (
            {},
            {"2025-04-03T10:20:30": '"2025-04-03T10:20:30"', "2025-04-03": '"2025-04-03T00:00:00"'},
        ),
        ({}, {"2025-04-03 10:20": '"2025-04-03T10:20:00"'}),
        ({}, {"2025-04-03T10:20:30.999Z": '"2025-04-03T10:20:30"'}),
        ({}, {"2025-04-03T10:20:30+02:00": '"2025-04-03T08:20:30"'}),
        ({}, {"2025-01-01 01:00:00 -0530": '"2025-01-01T06:30:00"'}),
        ({}, {"2025-01-01T01:00+02": '"2024-12-31T23:00:00"'}),
        ({}, {"25/4/2025, 1:05:00 PM": '"2025-04-25T13:05:00"'}),
        ({}, {"25/4/2025 12:05 am": '"2025-04-25T00:05:00"'}),
        ({"timezone": "Europe/Berlin"}, {"2025-04-03 10:20": '"2025-04-03T08:20:00"'}),
        ({"timezone": "Europe/Berlin"}, {"2025-01-03 10:20": '"2025-01-03T09:20:00"'}),
        ({"timezone": "Europe/Berlin"}, {"2025-01-03T10:20Z": '"2025-01-03T10:20:00"'}),
        # Shown twice, at 00:30 and 01:30 UTC: the first.
        ({"timezone": "Europe/Berlin"}, {"2025-10-26 02:30": '"2025-10-26T00:30:00"'}),
        ({"timezone": "Asia/Kolkata"}, {"2025-01-01": '"2024-12-31T18:30:00"'}),
        ({"format": ("%d/%m/%Y %I:%M %p",)}, {"3/4/2025 1:05 pm": '"2025-04-03T13:05:00"'}),
        ({"format": ("%d/%m/%Y %H:%M %z",)}, {"03/04/2025 01:05 +0200": '"2025-04-02T23:05:00"'}),
    ],
    "timestamp": [
        ({}, {"0": '"1970-01-01T00:00:00"', "1743675630": '"2025-04-03T10:20:30"'}),
        ({}, {"1743675630999": '"2025-04-03T10:20:30"', "-1": '"1969-12-31T23:59:59"'}),
        ({}, {"1743675630.9": '"2025-04-03T10:20:30"', "-0.5": '"1969-12-31T23:59:59"'}),
        ({"format": ("milliseconds",)}, {"1000": '"1970-01-01T00:00:01"'}),
        ({"format": ("seconds",)}, {"100000000000": '"5138-11-16T09:46:40"'}),
    ],
    "list": [
        ({}, {"a;b": '["a","b"]', " a; b ;;c;": '["a","b","c"]', "a": '["a"]', "1;2": '["1","2"]'}),
        (
            {},
            {'"x";\\': '["\\"x\\"","\\\\"]', "é;ü": '["é","ü"]', ";;": "", "a b;c": '["a b","c"]'},
        ),
        ({"separator": "|"}, {"a|b;c": '["a","b;c"]'}),
        ({"separator": " - "}, {"a - b-c": '["a","b-c"]'}),
        ({"separator": " "}, {"a  b": '["a","b"]'}),
        ({"separator": "n"}, {"a\nbnc": '["a\\nb","c"]'}),
    ],
    "json": [
        ({}, {'{"a": [1, 2.50]}': '{"a":[1,2.50]}', "null": "null", '"x, y"': '"x, y"'}),
        ({}, {"12345678901234567890123": "12345678901234567890123", " [ ] ": "[]", "-0": "-0"}),
        ({}, {'{"a" : "b : c,  d"}': '{"a":"b : c,  d"}', '"\\u00e9"': '"\\u00e9"'}),
    ],
    "phone": [
        ({}, {"+49 (0)30 1234567": '"+49301234567"', "+1 (415) 555-2671": '"+14155552671"'}),
        ({}, {"+4930 / 123 45 67": '"+49301234567"', "+39 06 1234567": '"+39061234567"'}),
        ({}, {"+54 9 11 1234-5678": '"+5491112345678"', "\uff0b49301234567": '"+49301234567"'}),
        ({"country": "DE"}, {"030 1234567": '"+49301234567"', "0049 30 1234567": '"+49301234567"'}),
        ({"country": "DE"}, {"+1 415 555 2671": '"+14155552671"'}),
        ({}, {"+48 (0)22 123 45 67": '"+48221234567"', "+36 (0)1 234 5678": '"+3612345678"'}),
        (
            {"country": "US"},
            {"(415) 555-2671": '"+14155552671"', "1 415 555 2671": '"+14155552671"'},
        ),
    ],
    "email": [
        ({}, {"Ann.B+x@Example.COM": '"Ann.B+x@Example.COM"', " a@b.co ": '"a@b.co"'}),
        (
            {},
            {
                "ü@exämple.de": '"ü@exämple.de"',
                "o'neil@x-y.example.org": '"o\'neil@x-y.example.org"',
            },
        ),
    ],
    "url": [
        ({}, {"https://a.b/c?d=e#f": '"https://a.b/c?d=e#f"', "HTTP://A.B": '"HTTP://A.B"'}),
        (
            {},
            {
                "http://localhost:8080/": '"http://localhost:8080/"',
                "http://[::1]/": '"http://[::1]/"',
            },
        ),
        ({}, {"https://exämple.de/ü": '"https://exämple.de/ü"'}),
    ],
    "country": [
        ({}, {"DE": '"DE"', "de": '"DE"', "deu": '"DE"', "Germany": '"DE"', "UK": '"GB"'}),
        ({}, {"Côte d’Ivoire": '"CI"', "Cote d'Ivoire": '"CI"', "The Netherlands": '"NL"'}),
        ({}, {"Korea, Republic of": '"KR"', "south korea": '"KR"', "Iran": '"IR"', "USA": '"US"'}),
        ({}, {"U.S.": '"US"', "u.k.": '"GB"', "UAE": '"AE"'}),
        ({}, {"Trinidad & Tobago": '"TT"', "Türkiye": '"TR"', "Turkey": '"TR"', "Russia": '"RU"'}),
    ],
}

# The same for cells that fail: the words behind the quoted cell.
FAILED: dict[str, Table] = {
    "integer": [
        (
            {},
            {
                "x": " is no integer",
                "1e5": " is no integer",
                "12.5": " is no integer; type number keeps its decimals",
            },
        ),
        ({}, {"1,234": ' is no integer; thousands: "," would read it', "٣": " is no integer"}),
        ({}, {"9" * 400: " is larger than any number that can be stored", "1 2": " is no integer"}),
        (
            {"thousands": ","},
            {
                "12,34": ' is no integer; behind "," come groups of three digits',
                "1,2345": ' is no integer; behind "," come groups of three digits',
                "1,x": " is no integer",
                "0,123": ' is no integer; behind "," come groups of three digits',
            },
        ),
    ],
    "number": [
        (
            {},
            {
                "NaN": " is no number",
                "inf": " is no number",
                "€5": " is no number",
                "5%": " is no number",
            },
        ),
        ({}, {"12,5": ' is no number; decimal: "," would read it', ".": " is no number"}),
        ({}, {"1,234.5": ' is no number; thousands: "," would read it'}),
        (
            {"decimal": ",", "thousands": "."},
            {"12.0": ' is no number; behind "." come groups of three digits'},
        ),
        ({}, {"1e999": " is larger than any number that can be stored", "0x10": " is no number"}),
    ],
    "boolean": [
        (
            {"true_values": ("ja",), "false_values": ("nein",)},
            {"yes": " is neither true nor false; known are ja and nein"},
        ),
    ],
    "date": [
        ({}, {"03/04/2025": " may be day or month first; declare day_first: true or false"}),
        ({}, {"2025-02-30": " is no date: the calendar or the clock has none such"}),
        ({}, {"2025-04-03 10:00": " has a time of day; type datetime keeps it"}),
        (
            {},
            {
                "3.4.25": " is no date; format can say how it is written",
                "10": " is no date; format can say how it is written",
            },
        ),
        (
            {"day_first": True},
            {"04/25/2025": " is no date: the calendar or the clock has none such"},
        ),
        (
            {"format": ("%d.%m.%Y", "%Y-%m-%d")},
            {"3/4/2025": " does not have the format %d.%m.%Y or %Y-%m-%d"},
        ),
    ],
    "datetime": [
        ({}, {"2025-04-03 24:00": " is no date: the calendar or the clock has none such"}),
        ({}, {"2025-04-03 10:00:60": " is no date: the calendar or the clock has none such"}),
        ({}, {"2025-04-03 13:00 PM": " is no date: the calendar or the clock has none such"}),
        ({}, {"0001-01-01T00:00+01:00": " is outside of the years 1 to 9999"}),
        (
            {"timezone": "Europe/Berlin"},
            {"2025-03-30 02:30": " did not exist in Europe/Berlin: the clocks went forward"},
        ),
    ],
    "timestamp": [
        ({}, {"1e9": " is no Unix timestamp", "2025-04-03": " is no Unix timestamp"}),
        ({}, {"9999999999999999": " is outside of the years 1 to 9999"}),
    ],
    "json": [
        ({}, {'{"a":1,"a":2}': ' gives the key "a" twice'}),
        ({}, {"NaN": " is no JSON: unexpected character, expected a JSON value, at character 1"}),
        ({}, {"[1e999]": " is no JSON: number is infinity when parsed as double, at character 2"}),
        ({}, {'"\\ud800"': " is no JSON: no low surrogate in string, at character 2"}),
        ({}, {"[" * 4 + "]" * 4: " is nested more than 3 levels deep"}),
        ({}, {'{"a":[{"b":[{"c":{}}]}]}': " is nested more than 3 levels deep"}),
        ({}, {'{"a":{"b":{"c":[]}}}': " is nested more than 3 levels deep"}),
    ],
    "phone": [
        (
            {},
            {"030 1234567": " is no phone number: no country code; declare the column's country"},
        ),
        (
            {},
            {
                "+999 1234567": " is no phone number: unknown country code",
                "+1 415": " is no phone number: too short",
            },
        ),
        ({}, {"call +49301234567": " is no phone number: it holds more than digits"}),
        ({}, {"+1 415 555 2671 ext. 5": " is no phone number: it holds more than digits"}),
        (
            {"country": "DE"},
            {
                "49 151 12345678": " is no phone number: is there a + missing before its country?",
                "49 (0)30 123456": " is no phone number: is there a + missing before its country?",
            },
        ),
        ({"country": "US"}, {"10": " is no phone number: too short"}),
        ({"country": "US"}, {"555-2671": " is no phone number: the area code is missing"}),
    ],
    "email": [
        ({}, {"ann": " is no email address: an email address must have an @-sign"}),
        (
            {},
            {
                "a@b": " is no email address: the part after the @-sign is not valid. "
                "It should have a period"
            },
        ),
    ],
    "url": [
        ({}, {"example.com": " is no web address: it must begin with http:// or https://"}),
        (
            {},
            {
                "http://a b": ' is no web address: it holds " "',
                "https:///x": " is no web address: it names no host",
            },
        ),
    ],
    "country": [
        ({}, {"Germny": " is no country; did you mean DE?", "XX": " is no country"}),
        ({}, {"n.a.": " is no country", "[NA]": " is no country", "No.": " is no country"}),
        ({}, {"Mr.": " is no country", "dé": " is no country", "?? us": " is no country"}),
    ],
}


def _rows(tables: dict[str, Table]) -> list[tuple[str, dict[str, Any], str, str]]:
    return [
        (type_, options, cell, expected)
        for type_, table in tables.items()
        for options, cells in table
        for cell, expected in cells.items()
    ]


def test_every_type_has_a_table() -> None:
    """No type is without examples of what it sends, and none that can fail without its words."""
    assert set(SENT) == set(TYPES)
    assert set(FAILED) == set(TYPES) - {"string", "list"}


@pytest.mark.parametrize(("type_", "options", "cell", "expected"), _rows(SENT))
def test_sent(type_: str, options: dict[str, Any], cell: str, expected: str) -> None:
    """The cell reaches Mixpanel as this JSON."""
    by = conversion(type_, **options)
    ((outcome, text),) = outcomes(by, [cell])
    sent = by.json(text) if text else ""
    assert (outcome, sent) == ("sent", expected)
    if sent:
        json.loads(sent)


@pytest.mark.parametrize(
    ("type_", "fits", "too_much", "words"),
    [
        ("json", "[" * 3 + "]" * 3, "[" * 1023 + "]" * 1023, "is nested more than 3 levels deep"),
        (
            "json",
            json.dumps(dict.fromkeys(map(str, range(255)))),
            json.dumps([dict.fromkeys(map(str, range(256)))]),
            "has an object of 256 keys; 255 are the most",
        ),
        (
            "json",
            '"' + "x" * 300_000 + '"',
            "[1" + ", 1" * 200_000 + "]",
            "has 400,003 bytes as JSON; 262,144 are the most",
        ),
        ("list", "x;" * 65_500, "é" * 132_000, "has 264,004 bytes as JSON; 262,144 are the most"),
        ("list", '"' * 40_000, "x;" * 100_001, "has 400,005 bytes as JSON; 262,144 are the most"),
    ],
    ids=["levels", "keys", "bytes", "one item", "items"],
)
def test_largest_values(type_: str, fits: str, too_much: str, words: str) -> None:
    """Of lists and objects, a cell may hold what the API stores, and fails with any more."""
    (sent, _), (outcome, told) = outcomes(conversion(type_), [fits, too_much])
    assert (sent, outcome) == ("sent", "failed")
    assert told.endswith(f'…" {words}')


@pytest.mark.parametrize(("type_", "options", "cell", "expected"), _rows(FAILED))
def test_failed(type_: str, options: dict[str, Any], cell: str, expected: str) -> None:
    """The cell fails its row with the cell, at most 40 characters of it, and these words."""
    quoted = cell if len(cell) <= 40 else f"{cell[:39]}…"
    assert outcomes(conversion(type_, **options), [cell]) == [("failed", f'"{quoted}"{expected}')]


@pytest.mark.parametrize("type_", TYPES)
def test_empty_cells(type_: str) -> None:
    """An empty cell holds nothing and is no failure; nor is a blank one, except as a string."""
    blank = " \t\xa0"
    expected = '" \\t\xa0"'.strip('"') if type_ == "string" else ""
    assert outcomes(conversion(type_), ["", blank, ""]) == [
        ("sent", ""), ("sent", expected), ("sent", ""),
    ]  # fmt: skip
    assert outcomes(conversion(type_), []) == []


def test_failures_are_one_printable_line() -> None:
    """A cell with line breaks or terminal codes does not carry them into a report."""
    assert outcomes(conversion("integer"), ["1\n\x1b[31m2"]) == [
        ("failed", r'"1\n\x1b[31m2" is no integer')
    ]


@pytest.mark.parametrize("type_", TYPES)
def test_what_operations_need_to_know(type_: str) -> None:
    """The JSON type of a conversion says what its values are, and only texts are quoted."""
    by = conversion(type_)
    expected = {
        "integer": "number", "number": "number", "boolean": "boolean", "list": "array",
        "json": "any",
    }.get(type_, "string")  # fmt: skip
    assert by.json_type == expected
    assert by.around == {"string": ('"', '"'), "array": ('["', '"]')}.get(expected, ("", ""))
