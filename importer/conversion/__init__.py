"""The types a column can declare: how the text of its cells becomes JSON.

Adding a type is one function, from the options of a column to its conversion, and one line of the
table; `importer.settings.column_types` names it and its options for mapping files.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from importer.conversion.booleans import boolean
from importer.conversion.countries import country
from importer.conversion.emails import email
from importer.conversion.json_values import json
from importer.conversion.lists import list_
from importer.conversion.model import Conversion, Converted, TypeOptions, Unfit
from importer.conversion.numbers import integer, number
from importer.conversion.phones import phone
from importer.conversion.text import escape, string
from importer.conversion.times import date, datetime, timestamp
from importer.conversion.urls import url

__all__ = ["CONVERSIONS", "Conversion", "Converted", "TypeOptions", "Unfit", "escape"]

CONVERSIONS: Mapping[str, Callable[[TypeOptions], Conversion]] = MappingProxyType(
    {
        "string": string,
        "integer": integer,
        "number": number,
        "boolean": boolean,
        "date": date,
        "datetime": datetime,
        "timestamp": timestamp,
        "list": list_,
        "json": json,
        "phone": phone,
        "email": email,
        "url": url,
        "country": country,
    }
)
