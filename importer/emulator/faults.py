"""The fault script: which requests meet which trouble."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

Kind = Literal["status", "drop", "body", "sleep", "delay", "refuse", "rate"]


class FaultError(Exception):
    """A fault script is wrong; the message says where."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule of the script; a key that means nothing to its kind is not looked at.

    ``status``   answers that status, with ``body`` or the published one, and ``retry_after``
    ``drop``     closes the connection without an answer
    ``body``     answers 200 with exactly that body
    ``sleep``    waits ``seconds`` before it answers
    ``delay``    waits a random time within ``delay_ms``, then goes on to the next rule
    ``refuse``   refuses the records with one of ``ids``, or with ``whole_batch`` every batch that
                 has one of them (any batch where there are no ``ids``), no record named
    ``rate``     allows ``per_second`` updates a second, and answers 429 beyond

    ``apply`` is for status, drop, body and sleep: "before" applies the batch first, so that only
    the answer is lost; "never" loses the batch too, and is the default. A sleep of which neither
    is said is a slow server: it handles the batch after the wait, unless the client has left.
    With "never" it ends in a 504.
    """

    kind: Kind
    status: int = 503
    body: str | None = None
    retry_after: float | None = None
    seconds: float = 0
    delay_ms: Sequence[float] = (0, 0)
    ids: frozenset[str] = frozenset()
    whole_batch: bool = False
    per_second: float = 0
    apply: Literal["before", "never"] | None = None
    first: int | None = None
    every: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a rule may look at in a request: its bytes, and the ids of its records."""

    body: bytes
    ids: Callable[[], Collection[str]]
    size: int


class Script:
    """The rules in force, and how often each has struck."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._numbers = count(1)
        # Replaced, never changed: a request may be waiting halfway through it.
        self._rules: Sequence[_Counted] = ()

    @property
    def as_json(self) -> list[Any]:
        """The rules as they were put."""
        return [counted.rule for counted in self._rules]

    def in_force(self) -> list[dict[str, Any]]:
        """The rules with their numbers, how often each has struck, and whether it is over."""
        return [
            {"number": one.number, "rule": one.rule, "struck": one.struck, "over": one.over}
            for one in self._rules
        ]

    def put(self, rules: object) -> None:
        """Replace the rules; raise FaultError, and leave them as they were, if one is wrong."""
        if isinstance(rules, dict) and rules.keys() == {"rules"}:
            rules = rules["rules"]
        if not isinstance(rules, list):
            raise FaultError('a script is {"rules": [...]}')
        self._rules = [self._counted(rule, place) for place, rule in enumerate(rules)]

    def add(self, rule: object) -> None:
        """Put one more rule behind the others, whose counts go on."""
        self._rules = [*self._rules, self._counted(rule, len(self._rules))]

    def end(self, number: int) -> bool:
        """Take one rule out; whether there was one of that number."""
        left = [one for one in self._rules if one.number != number]
        ended = len(left) < len(self._rules)
        self._rules = left
        return ended

    def troubles(self, arrival: Arrival) -> Iterator[Fault]:
        """The faults that strike a request, in order, each decided when it is asked for.

        Every rule strikes by itself; it is for the caller to stop at the first that answers.
        """
        return (rule.fault for rule in self._rules if rule.strikes(arrival))

    def _counted(self, rule: object, place: int) -> "_Counted":
        return _Counted(_parse(rule, place), rule, next(self._numbers), self._clock)


class _Counted:
    def __init__(self, fault: Fault, rule: object, number: int, clock: Callable[[], float]) -> None:
        self.fault = fault
        self.rule = rule
        self.number = number
        self.struck = 0
        self._reached = 0
        self._hits: Counter[bytes] = Counter()
        self._budget = _Budget(fault.per_second, clock)

    @property
    def over(self) -> bool:
        return self.fault.first is not None and self._reached >= self.fault.first

    def strikes(self, arrival: Arrival) -> bool:
        struck = self._strikes(arrival)
        self.struck += struck
        return struck

    def _strikes(self, arrival: Arrival) -> bool:
        fault = self.fault
        self._reached += 1
        if fault.first is not None and self._reached > fault.first:
            return False
        if fault.every is None and fault.times is None:
            return self._concerns(arrival)
        digest = hashlib.blake2b(arrival.body, digest_size=8).digest()
        if fault.every is not None and int.from_bytes(digest, "big") % fault.every:
            return False
        if fault.times is not None and self._hits[digest] >= fault.times:
            return False
        if not self._concerns(arrival):
            return False
        self._hits[digest] += 1
        return True

    def _concerns(self, arrival: Arrival) -> bool:
        fault = self.fault
        if fault.kind == "rate":
            return not self._budget.allows(arrival.size)
        if fault.kind != "refuse" or (fault.whole_batch and not fault.ids):
            return True
        return not fault.ids.isdisjoint(arrival.ids())


class _Budget:
    """Updates a second, saved up for one second at most; a larger batch needs it full."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._left = per_second
        self._seen = clock()

    def allows(self, size: int) -> bool:
        now = self._clock()
        saved = self._left + (now - self._seen) * self._per_second
        self._left, self._seen = min(saved, self._per_second), now
        if self._left < min(size, self._per_second):
            return False
        self._left -= size
        return True


def _number(value: object, least: float = 0) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and least <= value < math.inf  # type: ignore[operator]  # a number by now


def _whole(value: object, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _interval(value: object) -> bool:
    if not (isinstance(value, list) and len(value) == 2 and all(map(_number, value))):
        return False
    return bool(value[0] <= value[1])


def _ids(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_KEYS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = MappingProxyType(
    {
        "kind": (lambda v: v in get_args(Kind), f"one of {', '.join(get_args(Kind))}"),
        "status": (lambda v: _whole(v, 200) and v < 600, "a status from 200 to 599"),
        "body": (lambda v: isinstance(v, str), "a text"),
        "retry_after": (_number, "a number of seconds"),
        "seconds": (_number, "a number of seconds"),
        "delay_ms": (_interval, "two numbers of milliseconds, the smaller first"),
        "ids": (_ids, "a list of texts"),
        "whole_batch": (lambda v: isinstance(v, bool), "true or false"),
        "per_second": (lambda v: _number(v) and v > 0, "a number above 0"),
        "apply": (lambda v: v in ("before", "never"), '"before" or "never"'),
        "first": (_whole, "a whole number from 1"),
        "every": (_whole, "a whole number from 1"),
        "times": (_whole, "a whole number from 1"),
    }
)
_NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status": "status",
        "body": "body",
        "sleep": "seconds",
        "delay": "delay_ms",
        "rate": "per_second",
    }
)


def _parse(rule: object, place: int) -> Fault:
    if not isinstance(rule, dict):
        raise FaultError(f"rule {place}: must be an object")
    for key, value in rule.items():
        if key not in _KEYS:
            raise FaultError(f"rule {place}: unknown key {key!r}; known are {', '.join(_KEYS)}")
        right, wanted = _KEYS[key]
        if not right(value):
            raise FaultError(f"rule {place}: {key} must be {wanted}, not {value!r}")
    if "kind" not in rule:
        raise FaultError(f"rule {place}: kind is missing")
    needed = _NEEDED.get(rule["kind"])
    if needed is not None and needed not in rule:
        raise FaultError(f"rule {place}: {needed} is missing")
    if rule["kind"] == "refuse" and not (rule.get("ids") or rule.get("whole_batch")):
        raise FaultError(f"rule {place}: ids or whole_batch is missing")
    return Fault(**rule | {"ids": frozenset(rule.get("ids", ()))})
