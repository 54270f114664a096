"""The rules of the house: names that the API drops, hides or cuts, and names that look mistaken.

Sources: the API's reference pages on reserved properties, default properties, data types and
user profile limits; for the names that only software development kits set, the official ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from importer.settings.finding import Finding, Keys

MOST_PROPERTIES = 2_000
"""Properties of a profile; beyond, the update fails (the API's page on user profiles)."""

LONGEST = 255
"""Characters of a property's name, and of a text; the API cuts what is longer (same page)."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        # Reserved properties: "never set these", profiles that have them are not shown.
        "$bucket": "hides the profile; choose another name",
        "bucket": "hides the profile; choose another name",
        # Parts of an update, not properties.
        "$distinct_id": "is the identifier, not a property; name its column as identifier.column",
        "$token": "is the project's token, not a property; leave it out",
        "$group_key": "is a part of the request, not a property; leave it out",
        "$group_id": "is the identifier, not a property; name its column as identifier.column",
        # The JavaScript kit strips these from updates.
        "$device_id": "is dropped: Mixpanel keeps it itself; choose a name without the dollar sign",
        "$user_id": "is dropped: Mixpanel keeps it itself; choose a name without the dollar sign",
        "$had_persisted_distinct_id": "is dropped: Mixpanel keeps it itself; leave it out",
        # Default properties: maintained or computed by Mixpanel.
        "$last_seen": "is kept by Mixpanel (Updated at); choose a name without the dollar sign",
        "$mp_first_event_time": "is computed by Mixpanel (First Seen); "
        "choose a name without the dollar sign",
    }
)
"""Why a property is refused, by name."""

MEANT = (
    "$name", "$first_name", "$last_name", "$email", "$phone", "$avatar", "$created", "$city",
    "$region", "$country_code", "$timezone",
)  # fmt: skip
"""Reserved properties that Mixpanel shows and uses, which one sets oneself."""

KNOWN = frozenset(
    {*MEANT, *REFUSED, "$unsubscribed", "$ios_devices", "$android_devices", "$transactions",
     "$username", "$ip", "$last_login", "$notifications", "$geo_source", "$latitude", "$longitude",
     "$os", "$os_version", "$browser", "$browser_version", "$model", "$manufacturer", "$brand",
     "$device", "$carrier", "$lib_version", "$initial_referrer", "$initial_referring_domain",
     "$referrer", "$referring_domain", "$campaigns"}
)  # fmt: skip
"""Names with a dollar sign that Mixpanel, its kits or its partners use."""

_FAMILIES = ("$android_", "$ios_", "$swift_", "$braze_", "$onesignal_", "$airship_")


def findings(content: Mapping[Any, Any]) -> list[Finding]:
    """Hold a mapping, as its file spells it, against the rules.

    What is not of the right form is passed over: saying so is the task of `Config`.
    """
    return [
        *_of_properties(content),
        *_of_metrics(content.get("metrics_file")),
        *_of_identifier(content.get("identifier")),
    ]


def _of_properties(content: Mapping[Any, Any]) -> list[Finding]:
    named = [*_columns(content.get("columns")), *_constants(content.get("properties"))]
    if content.get("operation") == "delete":
        words = "is not used: operation: delete deletes whole profiles"
        unused = [(keys, name) for keys, name in named if name != "$email"]
        return [Finding("warning", keys, f"property {name!r} {words}") for keys, name in unused]
    present = {name for _, name in named}
    found = [finding for keys, name in named for finding in _of_name(keys, name, present)]
    found += _of_constants(content.get("properties"))
    if len(present) > MOST_PROPERTIES:
        words = f"{len(present):,} properties; a profile holds {MOST_PROPERTIES:,} at most"
        found.append(Finding("error", ("columns",), words))
    return found


def _of_metrics(path: object) -> Iterator[Finding]:
    if isinstance(path, str) and not path.endswith(".prom"):
        words = f"{path!r} is not read by node_exporter, which takes files named *.prom"
        yield Finding("warning", ("metrics_file",), words)


def _of_identifier(identifier: object) -> Iterator[Finding]:
    fallback = identifier.get("fallback") if isinstance(identifier, Mapping) else None
    if isinstance(fallback, Sequence) and [*fallback[:2]] == ["random", "email"]:
        words = "random names every row, so email comes first all the same; write [email, random]"
        yield Finding("warning", ("identifier", "fallback"), words)


def _columns(columns: object) -> Iterator[tuple[Keys, str]]:
    """Yield every property that a column sets, and the way to it; unsetting is always right."""
    for key, spelled in columns.items() if isinstance(columns, Mapping) else ():
        entries = spelled if isinstance(spelled, Sequence) else [spelled]
        for number, entry in enumerate([spelled] if isinstance(spelled, str) else entries):
            if isinstance(entry, str):
                yield ("columns", key, number), entry
            elif isinstance(entry, Mapping) and entry.get("operation") != "unset":
                name = entry.get("property")
                if isinstance(name, str):
                    yield ("columns", key, number, "property"), name


def _constants(constants: object) -> Iterator[tuple[Keys, str]]:
    for name in constants if isinstance(constants, Mapping) else ():
        if isinstance(name, str):
            yield ("properties", name), name


def _of_name(keys: Keys, name: str, present: set[str]) -> Iterator[Finding]:
    shown = f"property {name!r}"
    if name in REFUSED:
        yield Finding("error", keys, f"{shown} {REFUSED[name]}")
    elif len(name) > LONGEST:
        words = f"a property's name of {len(name):,} characters; Mixpanel cuts it to {LONGEST}"
        yield Finding("warning", keys, words)
    elif name.startswith("$") and name not in KNOWN and not name.startswith(_FAMILIES):
        close = get_close_matches(name, MEANT, n=1) or get_close_matches(name, KNOWN, n=1)
        hint = (
            f"did you mean {close[0]!r}?"
            if close
            else f"names of your own have no dollar sign: {name.lstrip('$')!r}"
        )
        yield Finding("warning", keys, f"{shown} is none of Mixpanel's; {hint}")
    elif (meant := _BY_PLAIN_NAME.get(_plain(name))) and name != meant and meant not in present:
        words = f"{shown} is one of your own; did you mean {meant!r}, Mixpanel's?"
        yield Finding("warning", keys, words)


def _of_constants(constants: object) -> Iterator[Finding]:
    for name, value in constants.items() if isinstance(constants, Mapping) else ():
        if isinstance(value, str) and (words := _of_value(str(name), value)):
            yield Finding("warning", ("properties", name), words)


def _of_value(name: str, value: str) -> str:
    if len(value) > LONGEST:
        return f"a text of {len(value):,} characters; Mixpanel cuts it to {LONGEST}"
    if name == "$phone" and not value.startswith("+"):
        return "a phone number needs a leading + and its country code"
    if name == "$country_code" and not (len(value) == 2 and value.isascii() and value.isalpha()):
        return f"{value!r} is no country code of two letters"
    return ""


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


_BY_PLAIN_NAME = MappingProxyType({_plain(name): name for name in MEANT})
