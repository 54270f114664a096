"""Invents the rows of a CRM export, the same ones for the same seed on every machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from . import words

T = TypeVar("T")

FIRST_DAY = date(2015, 3, 2)
LAST_DAY = date(2026, 6, 30)
COLUMNS = (
    "customer_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "city",
    "country",
    "plan",
    "signed_up",
    "credits",
    "tags",
)
REMEMBERED = 2_000  # customers that a later row may name again


@dataclass(frozen=True, slots=True)
class Customer:
    """One row; the fields are the file's columns, in its order."""

    customer_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    company: str
    city: str
    country: str
    plan: str
    signed_up: str
    credits: str
    tags: str

    def record(self) -> str:
        cells = (
            self.customer_id,
            self.first_name,
            self.last_name,
            self.email,
            self.phone,
            self.company,
            self.city,
            self.country,
            self.plan,
            self.signed_up,
            self.credits,
            self.tags,
        )
        return ",".join(map(quoted, cells)) + "\n"


def quoted(cell: str) -> str:
    """The cell as CSV writes it, with quotes only where they are needed."""
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


class Dice:
    """Draws that rest on `Random.random` alone.

    Only that method is promised to yield the same sequence in every version of Python
    (https://docs.python.org/3/library/random.html#notes-on-reproducibility).
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, bound: int) -> int:
        return int(self._random() * bound)

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._random() * len(choices))]

    def number(self, pattern: str) -> str:
        """The pattern with its `#` and `N` replaced by digits, at most twelve of them."""
        drawn = iter(f"{self.below(10**12):012d}")
        return "".join(
            next(drawn)
            if sign == "#"
            else "23456789"[int(next(drawn)) % 8]
            if sign == "N"
            else sign
            for sign in pattern
        )


def _spread(weighted: Sequence[tuple[T, int]]) -> tuple[T, ...]:
    return tuple(item for item, weight in weighted for _ in range(weight))


COUNTRIES = _spread([(country, country.weight) for country in words.COUNTRIES])
PLANS = _spread(words.PLANS)
DAYS = tuple(
    (FIRST_DAY + timedelta(days=day)).isoformat() for day in range((LAST_DAY - FIRST_DAY).days + 1)
)


UNDECOMPOSED = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "đ": "d", " ": "-"})


def _ascii(text: str) -> str:
    """The letters of a name that an address can carry; none of them for 美咲."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(UNDECOMPOSED))
    return "".join(
        letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-")
    )


ASCII_NAMES = {
    name: _ascii(name)
    for country in words.COUNTRIES
    for name in (*country.first_names, *country.last_names)
}
ASCII_STEMS = {stem: _ascii(stem) for stem in words.COMPANY_STEMS}


def _email(dice: Dice, first: str, last: str, number: int, host: str) -> str:
    name = ".".join(filter(None, (ASCII_NAMES[first], ASCII_NAMES[last]))) or "user"
    return f"{name}{number}@{host if dice.chance(0.6) else dice.pick(words.MAIL_HOSTS)}"


def _company(dice: Dice) -> tuple[str, str]:
    """A company and the host of its addresses; `.example` is reserved, so none is real."""
    drawn = dice.below(1000)
    if drawn < 120:
        return "", dice.pick(words.MAIL_HOSTS)
    if drawn < 140:
        return dice.pick(words.AWKWARD_COMPANIES), dice.pick(words.MAIL_HOSTS)
    stem, trade = dice.pick(words.COMPANY_STEMS), dice.pick(words.COMPANY_TRADES)
    form = "" if drawn < 300 else f" {dice.pick(words.COMPANY_FORMS)}"
    return f"{stem} {trade}{form}", f"{ASCII_STEMS[stem]}-{trade.lower()}.example"


def _tags(dice: Dice) -> str:
    drawn = [dice.pick(words.TAGS) for _ in range(dice.below(9))]
    return ";".join(dict.fromkeys(drawn))


def _customer(dice: Dice, number: int) -> Customer:
    country = dice.pick(COUNTRIES)
    first = dice.pick(country.first_names)
    last = dice.pick(country.last_names)
    company, host = _company(dice)
    return Customer(
        customer_id=f"C-{100_000_000 + number}",
        first_name=first,
        last_name="" if dice.chance(0.01) else last,
        email=_email(dice, first, last, number, host),
        phone="" if dice.chance(0.12) else dice.number(country.phone),
        company=company,
        city="" if dice.chance(0.04) else dice.pick(country.cities),
        country=country.code,
        plan=dice.pick(PLANS),
        signed_up=dice.pick(DAYS),
        credits="" if dice.chance(0.05) else str(dice.below(dice.pick((100, 1_000, 50_000)))),
        tags=_tags(dice),
    )


def _newer(dice: Dice, customer: Customer) -> Customer:
    """The same customer as a later export row shows them."""
    return replace(
        customer,
        plan=dice.pick(PLANS),
        credits=str(dice.below(50_000)),
        tags=_tags(dice),
    )


def customers(count: int, seed: int) -> Iterator[Customer]:
    """That many rows, each with an id; about 1.5 % repeat an earlier id with newer values."""
    dice = Dice(seed)
    known: list[Customer] = []
    for number in range(count):
        if known and dice.chance(0.015):
            place = dice.below(len(known))
            known[place] = _newer(dice, known[place])
            yield known[place]
            continue
        customer = _customer(dice, number)
        if len(known) < REMEMBERED:
            known.append(customer)
        else:
            known[dice.below(REMEMBERED)] = customer
        yield customer


def without_some_ids(rows: Iterator[Customer], seed: int) -> Iterator[Customer]:
    """The rows as a real CRM holds them: some without an id, or with a word instead of one.

    About 2 % have no id but an email, one in 700 has neither, one in 500 has a junk id.
    """
    dice = Dice(seed)
    for number, row in enumerate(rows):
        if number % 700 == 350:
            yield replace(row, customer_id="", email="")
        elif number % 500 == 123:
            yield replace(row, customer_id=words.JUNK_IDS[number // 500 % len(words.JUNK_IDS)])
        elif dice.chance(0.02):
            yield replace(row, customer_id="")
        else:
            yield row
