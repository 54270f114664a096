"""The types that a column may declare and their options, checked as a mapping file gives them.

Names are those of `importer.conversion.CONVERSIONS`, written out: reading a configuration should
not cost the import of the kernels. A test holds the two together.
"""

import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from importer.settings.near import misread, near, spelled

TYPES = (
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "timestamp",
    "list",
    "json",
    "phone",
    "email",
    "url",
    "country",
)

OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "decimal": ("integer", "number"),
        "thousands": ("integer", "number"),
        "true_values": ("boolean",),
        "false_values": ("boolean",),
        "format": ("date", "datetime", "timestamp"),
        "day_first": ("date", "datetime"),
        "timezone": ("datetime",),
        "country": ("phone",),
        "separator": ("list",),
    }
)
"""Which types each option is for."""

UNITS = ("seconds", "milliseconds")

_SAMPLES = (datetime(2024, 11, 23), datetime(1987, 2, 9))


_ELSEWHERE = MappingProxyType(
    {"text": "string", "varchar": "string", "decimal": "number", "float": "number",
     "double": "number", "numeric": "number", "array": "list", "object": "json"}
)  # fmt: skip
"""What the types are called in databases and programs."""


def _known_type(name: str) -> str:
    if name not in TYPES:
        meant = _ELSEWHERE.get(name.lower())
        hint = f"did you mean {meant!r}?" if meant else near(name, list(TYPES))
        raise ValueError(f"unknown type {name!r}; {hint}")
    return name


def _as_texts(value: object) -> object:
    texts = value if isinstance(value, list | tuple) else [value]
    for text in texts:
        if isinstance(text, bool):
            raise ValueError(misread(text))
        if not isinstance(text, str):
            raise ValueError(f"write {spelled(text)} as text, in quotes")
    return tuple(texts)


def _known_timezone(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        known = sorted(available_timezones())
        # An abbreviation is no place, and its neighbour in the alphabet is hours away.
        close = "" if name.isupper() else near(name, known)
        hint = close if close.startswith("did") else "name a place, such as Europe/Paris"
        raise ValueError(f"unknown time zone {name!r}; {hint}") from None
    return name


def _known_country(code: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS  # not before a mapping asks for it

    if code.upper() not in SUPPORTED_REGIONS:
        hint = "did you mean 'GB'?" if code == "UK" else "two letters, such as DE or US"
        raise ValueError(f"unknown country {code!r}; {hint}")
    return code.upper()


def _separates(text: str) -> str:
    if not text:
        raise ValueError("must be one character or more")
    return text


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_texts), Field(min_length=1)]


class ColumnType(BaseModel):
    """A type and the options that go with it."""

    type: Annotated[str, AfterValidator(_known_type)] = "string"
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    true_values: Texts = ("true", "yes", "y", "t", "1", "on")
    false_values: Texts = ("false", "no", "n", "f", "0", "off")
    format: Texts | None = None
    day_first: bool | None = None
    timezone: Annotated[str, AfterValidator(_known_timezone)] = "UTC"
    country: Annotated[str, AfterValidator(_known_country)] | None = None
    separator: Annotated[str, AfterValidator(_separates)] = ";"

    def options(self) -> dict[str, Any]:
        """Return the options by name, for `importer.conversion.TypeOptions`."""
        options = {name: getattr(self, name) for name in OPTIONS}
        return options | {"format": self.format or ()}

    @model_validator(mode="after")
    def _options_of_its_type(self) -> Self:
        for name, types in OPTIONS.items():
            if name in self.model_fields_set and self.type not in types:
                raise ValueError(f"{name} is for {_either(types)}, not for type {self.type}")
        return self

    @model_validator(mode="after")
    def _options_that_agree(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal ('.' unless it is set) and thousands must differ")
        false = {word.strip().casefold() for word in self.false_values}
        both = [word for word in self.true_values if word.strip().casefold() in false]
        if both:
            raise ValueError(f"{both[0]!r} cannot be true and false")
        if self.format is not None and self.day_first is not None:
            raise ValueError("give format or day_first, not both: a format says which is first")
        return self

    @model_validator(mode="after")
    def _format_of_its_type(self) -> Self:
        for text in self.format or ():
            if self.type == "timestamp":
                if text not in UNITS or len(self.format or ()) > 1:
                    raise ValueError(f"format: a timestamp is in {_either(UNITS)}, not {text!r}")
            else:
                _check_format(text)
        return self


def _check_format(text: str) -> None:
    """Refuse what strptime does not read, and what leaves part of the day to it.

    `%Z` is read without a difference between most zones: 10:00 EST would be 10:00 UTC.
    """
    if ("%p" in text) != ("%I" in text):
        raise ValueError(f"format {text!r}: %I and %p go together; %H is the hour of 24")
    if "%Z" in text:
        raise ValueError(f"format {text!r}: %Z is not reliable; use %z, or the option timezone")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a day without a year
            found = [datetime.strptime(day.strftime(text), text).date() for day in _SAMPLES]
    except ValueError as error:
        raise ValueError(f"format {text!r}: {error}") from None
    except re.error:  # what strptime makes of it
        raise ValueError(f"format {text!r} has the same part twice; %M are minutes") from None
    if found != [day.date() for day in _SAMPLES]:
        raise ValueError(f"format {text!r} needs a year, a month and a day, such as %Y-%m-%d")


def _either(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
