"""What an update does to a property: the operations of the profile API, and what each takes.

Sources: the API's ingestion specification and its user-profiles page; that groups know neither
`$add` nor `$append` is said by the latter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DELETE = "$delete"
"""Deletes whole profiles; the API ignores its value."""

SCALARS = frozenset({"string", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    `takes` are the JSON types its values may have; what is in `wrapped` besides is sent as a list
    of one. `names` operations take a list of property names instead of values. What is not
    `repeatable` must not be sent again after a lost answer: it might count twice.
    """

    key: str
    takes: frozenset[str]
    wrapped: frozenset[str] = frozenset()
    names: bool = False
    groups: bool = True
    repeatable: bool = True


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "set": Operation("$set", SCALARS | {"array", "any"}),
        "set_once": Operation("$set_once", SCALARS | {"array", "any"}),
        "add": Operation("$add", frozenset({"number"}), groups=False, repeatable=False),
        # The specification: numbers or strings.
        "union": Operation("$union", frozenset({"array"}), frozenset({"string", "number"})),
        "append": Operation("$append", SCALARS | {"any"}, groups=False, repeatable=False),
        "remove": Operation("$remove", SCALARS, repeatable=False),
        "unset": Operation("$unset", SCALARS | {"array", "any"}, names=True),
    }
)
"""In the order in which a row's updates are sent."""


def around_value(operation: str, json_type: str, around: tuple[str, str]) -> tuple[str, str]:
    """Return the text before and after a value: that of its type, and brackets besides where the
    operation takes a list and the value is none.
    """
    before, after = around
    wrapped = json_type in OPERATIONS[operation].wrapped
    return (f"[{before}", f"{after}]") if wrapped else around
