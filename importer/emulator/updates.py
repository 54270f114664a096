"""A batch of updates, checked one by one and applied in the order of its array."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import orjson

from importer.emulator import limits
from importer.emulator.operations import OPERATIONS, Fault, Operation, Properties, is_number
from importer.emulator.profiles import USERS, Profiles

JUNK_IDS: Final = frozenset(
    {
        *("anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown"),
        *("<nil>", "0", "-1", "true", "false", "[]", "{}"),
        "00000000-0000-0000-0000-000000000000",
    }
)
"""Refused as ids by the page on importing events, whatever the case of their letters."""
NOT_PROPERTIES: Final = frozenset(
    ("$distinct_id", "$token", "$device_id", "$user_id", "$had_persisted_distinct_id")
)
"""Names of the envelope, which the official JavaScript client takes out of an operation."""
STAND_IN_PLACE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "$city": "San Francisco",
        "$region": "California",
        "$country_code": "US",
        "$timezone": "America/Los_Angeles",
    }
)
"""Where every address lies: the emulator has no map, and shows only that it would have looked."""

_MAINTAINED: Final = frozenset((*STAND_IN_PLACE, "$geo_source", "$last_seen"))
_MILLISECONDS: Final = 1e11
"""From here on ``$time`` is in milliseconds: official clients send either unit."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One refused record: its place in the batch (from 0), the field at fault, and why."""

    index: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many records of a batch were good, and which were not."""

    good: int
    failures: Sequence[Failure] = field(default=())


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a batch's records share."""

    groups: bool
    strict: bool
    geolocate: bool
    oversized: bool = False
    """Whether the document is long enough for one of its updates to be over the limit."""
    refused: Collection[str] = ()
    """Ids that the fault script refuses."""


class _RefusedError(Exception):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.fault: Fault = (field, message)


class Applier:
    """Applies batches to profiles."""

    def __init__(self, profiles: Profiles, clock: Callable[[], float] = time.time) -> None:
        self._profiles = profiles
        self._clock = clock

    def apply(self, records: Sequence[object], around: Circumstances) -> Outcome:
        """Apply what is good; a refused record leaves no trace and harms no other."""
        failures = []
        with self._profiles.batch():
            for index, record in enumerate(records):
                try:
                    self._apply_one(record, around)
                except _RefusedError as refused:
                    failures.append(Failure(index, *refused.fault))
        return Outcome(len(records) - len(failures), failures)

    def _apply_one(self, record: object, around: Circumstances) -> None:
        if not isinstance(record, dict):
            raise _RefusedError("", "must be an object")
        if around.oversized and limits.is_oversized(record):
            raise _RefusedError("", f"exceeds max limit of {limits.BYTES_AN_UPDATE} bytes")
        _check_token(record)
        kind, identifier = _group(record) if around.groups else _user(record, around.strict)
        if identifier in around.refused:
            raise _RefusedError(
                "$group_id" if around.groups else "$distinct_id", "refused by script"
            )
        name, operation = _operation(record, around.groups)
        values = _values(record, name, operation)
        if name == "$delete":
            self._profiles.remove(kind, identifier)
        elif values:
            self._change(kind, identifier, name, operation, values, record, around)

    def _change(
        self,
        kind: str,
        identifier: str,
        name: str,
        operation: Operation,
        values: Any,
        record: Mapping[str, Any],
        around: Circumstances,
    ) -> None:
        stored = self._profiles.get(kind, identifier)
        if stored is None and not operation.creates:
            return
        properties: Properties = {} if stored is None else orjson.loads(stored)
        before = len(properties)
        operation.apply(properties, values)
        if name in ("$append", "$union", "$merge"):
            changed = {one: properties[one] for one in values if one in properties}
            fault = limits.value_fault(changed, name)
            if fault is not None:
                raise _RefusedError(*fault)
        own = properties.keys() - _MAINTAINED if len(properties) > before else ()
        if len(own) > limits.PROPERTIES_A_PROFILE:
            most = limits.PROPERTIES_A_PROFILE
            raise _RefusedError(name, f"profile exceeds max limit of {most} properties")
        if name not in ("$unset", "$remove"):
            _locate(properties, values, record, around.geolocate)
        if not _is_true(record.get("$ignore_time")):
            properties["$last_seen"] = self._moment(record.get("$time"))
        self._profiles.put(kind, identifier, orjson.dumps(properties))

    def _moment(self, given: object) -> str:
        seconds = self._clock()
        if is_number(given):
            seconds = float(given)  # type: ignore[arg-type]  # is_number says what it is
            seconds = seconds / 1000 if seconds >= _MILLISECONDS else seconds
        try:
            return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        except (ValueError, OverflowError, OSError):
            return self._moment(None)


def identifier_of(record: object, groups: bool) -> str | None:
    """The id that a record names, whatever else is wrong with it."""
    if not isinstance(record, dict):
        return None
    return _text(record.get("$group_id" if groups else "$distinct_id"))


def _check_token(record: Mapping[str, Any]) -> None:
    token = record.get("$token")
    if not isinstance(token, str) or not token:
        raise _RefusedError("$token", "token, missing or empty")


def _user(record: Mapping[str, Any], strict: bool) -> tuple[str, str]:
    identifier = _required(record, "$distinct_id")
    if strict and identifier.lower() in JUNK_IDS:
        raise _RefusedError("$distinct_id", f"$distinct_id, {identifier!r} is not an identifier")
    return USERS, identifier


def _group(record: Mapping[str, Any]) -> tuple[str, str]:
    # Said by the makers of the official Swift client: the API refuses group updates that have it.
    if "$distinct_id" in record:
        raise _RefusedError("$distinct_id", "$distinct_id, not allowed on group updates")
    return _required(record, "$group_key"), _required(record, "$group_id")


def _required(record: Mapping[str, Any], name: str) -> str:
    text = _text(record.get(name))
    if not text:
        raise _RefusedError(name, f"{name}, missing or empty")
    return text


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if is_number(value) else None


def _operation(record: Mapping[str, Any], groups: bool) -> tuple[str, Operation]:
    names = OPERATIONS.keys() & record.keys()
    if not names:
        raise _RefusedError("", "no operation, or an unknown one")
    if len(names) > 1:
        raise _RefusedError("", f"one operation an update, not {', '.join(sorted(names))}")
    name = names.pop()
    if groups and not OPERATIONS[name].groups:
        raise _RefusedError(name, "not available for group profiles")
    return name, OPERATIONS[name]


def _values(record: Mapping[str, Any], name: str, operation: Operation) -> Any:
    """What the operation is given, as the API would keep it."""
    values = record[name]
    fault = operation.fault(name, values)
    if fault is not None:
        raise _RefusedError(*fault)
    if not isinstance(values, dict):
        return limits.cut(values) if name == "$unset" else values
    if not NOT_PROPERTIES.isdisjoint(values):
        values = {key: value for key, value in values.items() if key not in NOT_PROPERTIES}
    if limits.plain(values):
        return values
    fault = limits.value_fault(values, name)
    if fault is not None:
        raise _RefusedError(*fault)
    return limits.trimmed(values)


def _locate(
    properties: Properties, values: Any, record: Mapping[str, Any], by_request: bool
) -> None:
    """Note the place of the request's or the record's address, as the geolocation page says."""
    if is_number(record.get("$latitude")) and is_number(record.get("$longitude")):
        properties["$geo_source"] = "reverse_geocoding"
    elif "$ip" in record:
        if record["$ip"] in ("0", 0, "", None):
            return
    elif not by_request:
        return
    properties.update({name: at for name, at in STAND_IN_PLACE.items() if name not in values})


def _is_true(value: object) -> bool:
    """Official clients send this flag as true, as 1 and as text."""
    return value is True or value in (1, "1", "true")
