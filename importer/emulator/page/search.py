"""Looking through a million profiles, a few milliseconds at a time."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

import orjson

from importer.emulator.page.shown import NAMES, text_of, title
from importer.emulator.profiles import Profiles, Step

TURN: Final = 0.005
"""Seconds after which others get their turn."""
BUDGET: Final = 0.8
"""Seconds after which a search hands back what it has, and where to go on."""
SHOWN: Final = 120
"""Characters of a value shown among the results."""


class Search:
    """Finds profiles by a part of their id or of a value, whatever the case of the letters."""

    def __init__(self, profiles: Profiles, clock: Callable[[], float] = time.perf_counter) -> None:
        self._profiles = profiles
        self._clock = clock

    async def find(
        self,
        kind: str,
        query: str,
        start: int,
        limit: int,
        abandoned: Callable[[], Awaitable[bool]],
    ) -> dict[str, Any]:
        """At most ``limit`` profiles behind the position ``start``.

        ``next`` is where to go on, null at the end; with fewer than ``limit`` profiles it means
        that the time was up.
        """
        wanted = _Wanted(query)
        found: list[dict[str, Any]] = []
        position = start
        begun = stepped = self._clock()
        for step in self._profiles.scan(kind, start, wanted.parts):
            for at, hit in wanted.among(step):
                if len(found) == limit:
                    return {"profiles": found, "next": position}
                found.append(hit)
                position = at
            position = step.last
            if self._clock() - stepped > TURN:
                await asyncio.sleep(0)
                stepped = self._clock()
                if stepped - begun > BUDGET or await abandoned():
                    return {"profiles": found, "next": position}
        return {"profiles": found, "next": None}


class _Wanted:
    """What is looked for: first in many profiles' JSON at once, which is quick, then in values."""

    def __init__(self, query: str) -> None:
        self._needle = query.casefold()
        # Folding all letters takes ten times as long as folding those of ASCII: the others are
        # looked for as they were typed, all small and all large.
        cases = {_in_json(part): part for part in (query.upper(), query.lower(), query) if part}
        self.parts = list(cases.values())
        self._folded = list(cases)
        any_of = b"|".join(map(re.escape, self._folded))
        # Only behind a name there is a colon; a quote inside of a text has a backslash. A quote
        # behind a comma or a bracket may begin a name of colons.
        self._in_a_name = re.compile(b"(?:" + any_of + rb')[^"\\]*(?<![,:{\[])":')

    def among(self, step: Step) -> Iterator[tuple[int, dict[str, Any]]]:
        """The results among some profiles, each with its position."""
        named = self._needle in "\n".join(step.identifiers).casefold()
        if named or self._may_be_in(b"\n".join(step.properties)):
            rows = zip(step.positions, step.identifiers, step.properties, strict=True)
            for position, identifier, properties in rows:
                hit = self._hit(identifier, properties)
                if hit is not None:
                    yield position, hit

    def _may_be_in(self, properties: bytes) -> bool:
        text = properties.lower()
        if not self._folded:
            return True
        times = sum(map(text.count, self._folded))
        return times > 0 and times > len(self._in_a_name.findall(text))

    def _hit(self, identifier: str, stored: bytes) -> dict[str, Any] | None:
        """The profile as a result, with the first value that has what is looked for."""
        if self._needle in identifier.casefold():
            return _result(identifier, orjson.loads(stored), None)
        if not self._may_be_in(stored):
            return None
        properties = orjson.loads(stored)
        for name, value in properties.items():
            for text in _texts(value):
                if self._needle in text.casefold():
                    return _result(identifier, properties, (name, self._around(text)))
        return None

    def _around(self, text: str) -> str:
        place = max(0, text.casefold().find(self._needle) - SHOWN // 2)
        return f"{'…' if place else ''}{text[place : place + SHOWN]}"


def _texts(value: object) -> Iterator[str]:
    match value:
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)
        case _:
            yield text_of(value)


def _in_json(text: str) -> bytes:
    return orjson.dumps(text)[1:-1].lower()


def _result(
    identifier: str, properties: dict[str, Any], match: tuple[str, str] | None
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": identifier,
        "title": title(identifier, properties),
        "email": text_of(properties.get("$email", "")),
        "properties": len(properties),
    }
    if match is not None:
        name, text = match
        result["match"] = {"name": NAMES.get(name, name), "text": text}
    return result
