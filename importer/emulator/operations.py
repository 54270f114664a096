"""What each operation does to a profile's properties (SPEC: user and group profile pages)."""

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

Properties = dict[str, Any]
Fault = tuple[str, str]
"""The field that is wrong, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation's value must look, what it does, and whether it makes a new profile."""

    apply: Callable[[Properties, Any], None]
    fault: Callable[[str, Any], Fault | None]
    creates: bool = True
    groups: bool = True


def _set(properties: Properties, values: Properties) -> None:
    properties.update(values)


def _set_once(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        properties.setdefault(name, value)


def _add(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        total = _sum(properties.get(name, 0), value)
        if total is not None:
            properties[name] = total


def _append(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        present = properties.setdefault(name, [])
        if isinstance(present, list):
            present.append(value)


def _union(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        if value == []:
            continue
        present = properties.setdefault(name, [])
        if isinstance(present, list):
            known = set(map(_as_key, present))
            for one in value if isinstance(value, list) else [value]:
                if (key := _as_key(one)) not in known:
                    known.add(key)
                    present.append(one)


def _remove(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        present = properties.get(name)
        if isinstance(present, list):
            properties[name] = [one for one in present if not same(one, value)]


def _unset(properties: Properties, names: str | list[str]) -> None:
    # The official Ruby client documents an array and wraps a lone name itself.
    for name in [names] if isinstance(names, str) else names:
        properties.pop(name, None)


def _merge(properties: Properties, values: Properties) -> None:
    for name, value in values.items():
        present = properties.setdefault(name, {})
        if isinstance(present, dict):
            present.update(value)


def _delete(properties: Properties, ignored: Properties) -> None:  # noqa: ARG001
    properties.clear()


def same(one: object, other: object) -> bool:
    """Equal as JSON values are: true is not 1, and 1 is 1.0."""
    return _as_key(one) == _as_key(other)


def _as_key(value: Any) -> Hashable:
    """Return what is equal where the JSON values are, and can be looked up."""
    match value:
        case bool():
            return bool, value
        case list():
            return list, tuple(map(_as_key, value))
        case dict():
            return dict, frozenset((name, _as_key(each)) for name, each in value.items())
        case _:
            found: Hashable = value
            return found


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sum(present: Any, value: Any) -> int | float | None:
    """The sum, or None where there is none; beyond 64 bits an integer becomes a double."""
    if not is_number(present):
        return None
    total: int | float = present + value
    if isinstance(total, int) and not -(2**63) <= total < 2**63:
        total = float(total)
    return total if math.isfinite(total) else None


def _needs_object(operation: str, values: object) -> Fault | None:
    return None if isinstance(values, dict) else (operation, "must be an object")


def _needs_numbers(operation: str, values: object) -> Fault | None:
    if not isinstance(values, dict):
        return operation, "must be an object"
    wrong = (name for name, value in values.items() if not is_number(value))
    return next(((f"{operation}.{name}", "must be a number") for name in wrong), None)


def _needs_objects(operation: str, values: object) -> Fault | None:
    if not isinstance(values, dict):
        return operation, "must be an object"
    wrong = (name for name, value in values.items() if not isinstance(value, dict))
    return next(((f"{operation}.{name}", "must be an object") for name in wrong), None)


def _needs_names(operation: str, names: object) -> Fault | None:
    if isinstance(names, str):
        return None
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return None
    return operation, "must be an array of property names"


def _needs_nothing(operation: str, ignored: object) -> None:  # noqa: ARG001
    return None


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "$set": Operation(_set, _needs_object),
        "$set_once": Operation(_set_once, _needs_object),
        "$add": Operation(_add, _needs_numbers),
        "$union": Operation(_union, _needs_object),
        "$append": Operation(_append, _needs_object, groups=False),
        "$remove": Operation(_remove, _needs_object, creates=False),
        "$unset": Operation(_unset, _needs_names),
        "$delete": Operation(_delete, _needs_nothing, creates=False),
        "$merge": Operation(_merge, _needs_objects, groups=False),
    }
)
