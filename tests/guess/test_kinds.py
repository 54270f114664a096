"""Traps: columns that look like what they are not, and ties that only the user settles."""

from collections.abc import Sequence

import pytest

from importer.guess.decide import SCREENS, TESTS, guess_values
from importer.guess.guesses import Guess, Level


def guess(cells: Sequence[str]) -> Guess:
    values: dict[str, int] = {}
    for cell in cells:
        values[cell] = values.get(cell, 0) + 1
    return guess_values(values)


def digits(count: int, step: int, start: int) -> list[str]:
    return [str(start + n * step) for n in range(count)]


EMAILS = [f"user{n}@example.com" for n in range(20)]
NEVER_NUMBERS = {
    "postcodes": ["02101", "94107", "10001", "60601", "01960"],
    "postcodes and ZIP+4": ["98872-9105", "21362", "29547", "41203-5262"],
    "British postcodes": ["SW1A 1AA", "M1 1AE", "EC1A 1BB"],
    "ids with leading zeros": [f"{n:06d}" for n in range(1, 30)],
    "twenty digits": [f"{10**19 + n}" for n in range(10)],
    "bare phones": ["2065551234", "4155559876", "7185550000", "3125558888"],
    "national phones": ["01711234567", "01601234567", "01521234567"],
    "social security": ["123-45-6789", "987-65-4321", "555-44-3333"],
    "IP addresses": ["10.0.0.1", "192.168.1.20", "8.8.8.8"],
    "five digits": ["10115", "20095", "80331", "50667"],
    "seconds": ["1700000000", "1700086400", "1700172801"],
    "zero and one": ["0", "1", "1", "0"],
    "thousandths": ["1.234", "2.500", "7.125"],
}


@pytest.mark.parametrize("cells", NEVER_NUMBERS.values(), ids=NEVER_NUMBERS.keys())
def test_never_a_number(cells: list[str]) -> None:
    """Codes, phones and what could as well be one are not turned into numbers."""
    found = guess(cells)
    assert found.type not in ("integer", "number"), found


@pytest.mark.parametrize(
    ("cells", "rivals"),
    [
        (["03/04/2025", "05/06/2024", "11/12/2023"], ("day-first date", "month-first date")),
        (["0", "1", "0"], ("boolean", "integer")),
        (["2065551234", "4155559876"], ("phone", "code")),
        (["10115", "20095", "80331"], ("code", "integer")),
        (["555-0101", "555-0102", "555-0199"], ("phone", "code")),
        (["40-484-9390", "46-249-4222", "17-042-6156"], ("phone", "code")),
        (["2.9", "2.10", "3.1"], ("number", "version")),
        (["1700000000", "1700086400"], ("timestamp", "code")),
        (["CA", "DE", "IN", "CO"], ("country", "region")),
        (["de", "fr", "es", "it"], ("country", "language")),
        (["1.234", "2.500", "7.125"], ("decimal number", "integer with thousands")),
    ],
)
def test_ties_are_left_to_the_user(cells: list[str], rivals: tuple[str, ...]) -> None:
    """Where two kinds fit equally well both are named, and no type is given."""
    found = guess(cells)
    assert (found.rivals, found.level, found.type) == (rivals, Level.PERHAPS, None)
    assert found.note


@pytest.mark.parametrize(
    ("cells", "kind", "options"),
    [
        (["25/04/2025", "03/04/2025"], "date", {"day_first": True}),
        (["04/25/2025", "03/04/2025"], "date", {"day_first": False}),
        (["03.04.2025", "05.06.2024"], "date", {"day_first": True}),
        (["2025-04-25", "2024-02-29"], "date", {}),
        (["2025-04-25T10:00:00Z", "2024-02-29 23:59:01"], "datetime", {}),
        (["1.234,50", "12,00", "7,25"], "number", {"decimal": ",", "thousands": "."}),
        (["1,234.50", "12.00", "7.25"], "number", {"thousands": ","}),
        (["12,5", "3,75"], "number", {"decimal": ","}),
        (["12.5", "-3.75", "1e5"], "number", {}),
        (["700", "812", "455", "690"], "integer", {}),
        (["1999", "2004", "2020"], "integer", {}),
        (["yes", "No", "YES"], "boolean", {"true_values": ["YES", "yes"], "false_values": ["No"]}),
        (["TRUE", "false"], "boolean", {}),
        (["a;b", "b;c", "c;a", "a", "b"], "list", {"separator": ";"}),
        (['{"a": 1}', "[1, 2]"], "json", {}),
        (["+49 30 1234567", "+14155550100"], "phone", {}),
        (["https://a.example/x", "http://b.example"], "url", {}),
        (["https://a.example/x.png", "http://b.example/y.JPG"], "image url", {}),
        (["DE", "FR", "US", "GB"], "country", {}),
        (EMAILS, "email", {}),
    ],
)
def test_types(cells: list[str], kind: str, options: dict[str, object]) -> None:
    """A clear column gets its type, with the options that read it."""
    found = guess(cells)
    assert (found.kind, dict(found.options), found.rivals) == (kind, options, ())
    assert found.type is not None
    assert found.level is not Level.PERHAPS


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["12 %", "3.5%", "100%"], "percentage"),
        (["$1,200.00", "$3.50"], "money"),
        (["1.200,00 €", "3,50 €"], "money"),
        (["USD 12", "EUR 13.50"], "money"),
        (["20250425", "20240229", "19991231"], "date"),
        (["25 Apr 2025", "1 May 2024"], "date"),
        (["25/04/2025", "04/25/2025"], "text"),
        (["Call back at a@b.example", "ok", *EMAILS[:2]], "text"),
        (["Mr", "Ms", "Ms", "Mr"], "category"),
        (["R1", "R2", "R3", "R4"], "id"),
        (["01577-443040", "01867-720033"], "phone"),
        (["089/4120071", "0221/65432109"], "phone"),
        (["004315152512", "0049895632150"], "phone"),
        (["0000123456", "0000123457"], "code"),
        (["MG", "SP", "RJ", "BA"], "region"),
        (["NSW", "VIC", "QLD", "WA"], "region"),
        (["Alemania", "REINO UNIDO", "suecia"], "country name"),
        (["2 Ft", "12 Ft"], "text"),
        (["free", "pro", "free", "pro", "free"], "category"),
        (["the same"] * 9, "text"),
        (["30/02/2025", "31/11/2024"], "text"),
        ([], "empty"),
    ],
)
def test_text(cells: list[str], kind: str) -> None:
    """What no type holds without loss is named, and stays text."""
    found = guess(cells)
    assert (found.kind, found.type) == (kind, None)


def test_contradicting_dates() -> None:
    """One value that only reads day first and one that only reads month first: no dates."""
    found = guess(["25/04/2025", "04/26/2025", "01/02/2025"])
    assert found.note == (
        "looks like dates, but '25/04/2025' begins with the day and '04/26/2025' with the month"
    )


def test_counter_example() -> None:
    """A few cells that do not fit lower the confidence, and one of them is shown."""
    found = guess([*EMAILS, "n/a"])
    assert (found.kind, found.level, found.counter) == ("email", Level.LIKELY, "n/a")
    assert found.share == pytest.approx(20 / 21)


def test_screens_are_of_kinds_that_there_are() -> None:
    """Each regular expression for whole files belongs to a kind with a type."""
    assert len(TESTS) == len(set(TESTS))
    assert set(SCREENS) <= {
        "email", "url", "image url", "integer", "number", "date", "datetime", "phone",
    }  # fmt: skip
