"""A profile as Mixpanel shows it: display names, types, and what stands at its head.

Sources: the API's reference pages on reserved properties, default properties and data types.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, Literal

import orjson

Type = Literal["string", "number", "boolean", "date", "list", "object", "null"]

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Reserved properties
        "$name": "Name",
        "$first_name": "First Name",
        "$last_name": "Last Name",
        "$email": "Email",
        "$phone": "Phone",
        "$avatar": "Avatar URL",
        "$created": "Created",
        "$mp_first_event_time": "First Seen",
        # Default properties: those of the ingestion API, then those of the client kits
        "$last_seen": "Updated at",
        "$city": "City",
        "$region": "Region",
        "$country_code": "Country Code",
        "$timezone": "Timezone",
        "$geo_source": "Geo Source",
        "$os": "Operating System",
        "$browser": "Browser",
        "$browser_version": "Browser Version",
        "$initial_referrer": "Initial Referrer",
        "$initial_referring_domain": "Initial Referring Domain",
        "$lib_version": "Library Version",
        "$android_lib_version": "Android Lib Version",
        "$android_os": "Android OS",
        "$android_os_version": "Android OS Version",
        "$android_app_version": "Android App Version",
        "$android_app_version_code": "Android App Version Code",
        "$android_manufacturer": "Android Manufacturer",
        "$android_brand": "Android Brand",
        "$android_model": "Android Model",
        "$ios_lib_version": "iOS Lib Version",
        "$swift_lib_version": "Swift Lib Version",
        "$ios_version": "iOS Version",
        "$ios_app_release": "iOS App Release",
        "$ios_app_version": "iOS App Version",
        "$ios_device_model": "iOS Device Model",
    }
)
"""What Mixpanel calls its own properties, in the order in which the page shows them."""

ITEMS: Final = 200
"""Items of a list that are sent to the page; it says how many more there are."""

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?", re.ASCII)


def shown(identifier: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's title and its properties, Mixpanel's own first, values as text.

    As text because JavaScript's numbers would round what has more than 15 digits.
    """
    own = [name for name in NAMES if name in properties]
    others = [name for name in properties if name not in NAMES]
    return {
        "title": title(identifier, properties),
        "properties": [_property(name, properties[name]) for name in (*own, *others)],
    }


def title(identifier: str, properties: Mapping[str, Any]) -> str:
    """The name, else first and last name, else the address, else the id."""
    full = (_words(properties, "$first_name"), _words(properties, "$last_name"))
    named = (_words(properties, "$name"), " ".join(filter(None, full)))
    return next(filter(None, (*named, _words(properties, "$email"))), identifier)


def type_of(value: object) -> Type:
    """As which of its types Mixpanel would take a value (data-type page)."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "object"
        case str() if _is_date(value):
            return "date"
        case _:
            return "string"


def text_of(value: object) -> str:
    """A value as it is stored; a text without its quotes."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _words(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    return "" if value is None else text_of(value).strip()


def _property(name: str, value: Any) -> dict[str, Any]:
    found = {"property": name, "name": NAMES.get(name, name), "type": type_of(value)}
    if isinstance(value, list):
        items = [text_of(item) for item in islice(value, ITEMS)]
        return found | {"items": items, "more": len(value) - len(items)}
    if isinstance(value, dict):
        return found | {"text": orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()}
    return found | {"text": text_of(value)}


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
