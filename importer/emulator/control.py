"""The control endpoints under /_emulator, for tests and curious users."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from importer.emulator.faults import FaultError, Script
from importer.emulator.profiles import USERS, Profiles
from importer.emulator.stats import Stats

PREFIX = "/_emulator"


class Control:
    """Shows and changes what the server holds."""

    def __init__(self, profiles: Profiles, stats: Stats, script: Script) -> None:
        self._profiles = profiles
        self._stats = stats
        self._script = script

    async def answer(self, request: Request, path: str) -> Response:
        """The answer to a request for ``path``, given without the prefix, still percent-encoded."""
        section, _, rest = path.strip("/").partition("/")
        match request.method, section, rest:
            case "GET", "stats", "":
                return _json(self.stats())
            case "GET", "faults", "":
                return self._rules()
            case "PUT", "faults", "":
                return self._scripted(self._script.put, await request.body())
            case "POST", "faults", "":
                return self._scripted(self._script.add, await request.body())
            case "DELETE", "faults", _ if rest:
                ended = rest.isdecimal() and self._script.end(int(rest))
                return self._rules() if ended else _error(404, f"no rule {rest!r}")
            case "DELETE", "", "":
                self.forget()
                return _json({"status": "OK"})
            case "GET", "profiles", "":
                return self._page(request.url.query, USERS, "$distinct_id")
            case "GET", "profiles" | "groups", _:
                # Not from the stripped path: an id may end in a slash.
                return self._look_up(section, path.lstrip("/").partition("/")[2], request.url.query)
            case _:
                return _error(404, f"no {request.method} {PREFIX}{path}")

    def profile(self, identifier: str) -> dict[str, Any] | None:
        """A user profile's properties, or None."""
        return self._properties(USERS, identifier)

    def profiles(self) -> dict[str, dict[str, Any]]:
        """Every user profile's properties by id, oldest first."""
        everything = self._profiles.page(USERS, self._profiles.count(USERS), 0)
        return {identifier: orjson.loads(properties) for identifier, properties in everything}

    def group(self, key: str, identifier: str) -> dict[str, Any] | None:
        """A group profile's properties, or None."""
        return self._properties(key, identifier)

    def stats(self) -> dict[str, Any]:
        return self._stats.as_json(self._profiles.count())

    def put_faults(self, rules: object) -> None:
        self._script.put(rules)

    def forget(self) -> None:
        """Drop every profile, every count and the fault script."""
        self._profiles.clear()
        self._stats.clear()
        self._script.put([])

    def _scripted(self, change: Callable[[object], None], body: bytes) -> Response:
        try:
            change(orjson.loads(body))
        except orjson.JSONDecodeError as error:
            return _error(400, f"not JSON: {error}")
        except FaultError as error:
            return _error(400, str(error))
        return self._rules()

    def _rules(self) -> Response:
        return _json({"rules": self._script.as_json})

    def _look_up(self, section: str, encoded: str, query: str) -> Response:
        if section == "profiles":
            return self._one(USERS, {"$distinct_id": unquote(encoded)})
        key, _, identifier = map(unquote, encoded.partition("/"))
        if not key or not identifier:
            return self._page(query, key, "$group_id") if key else _error(404, "no group key")
        return self._one(key, {"$group_key": key, "$group_id": identifier})

    def _one(self, kind: str, names: dict[str, str]) -> Response:
        *_, identifier = names.values()
        properties = self._properties(kind, identifier)
        if properties is None:
            return _error(404, f"no profile {identifier!r}")
        return _json(names | {"$properties": properties})

    def _page(self, query: str, kind: str, name: str) -> Response:
        asked = parse_qs(query)
        try:
            limit, offset = (int(asked.get(key, [least])[0]) for key, least in _PAGE)
        except ValueError:
            return _error(400, "limit and offset must be whole numbers")
        if not (0 <= limit < 2**63 and 0 <= offset < 2**63):
            return _error(400, "limit and offset must not be negative, and less than 2**63")
        found = [
            {name: identifier, "$properties": orjson.loads(properties)}
            for identifier, properties in self._profiles.page(kind, limit, offset)
        ]
        return _json({"profiles": found, "total": self._profiles.count(kind)})

    def _properties(self, kind: str, identifier: str) -> dict[str, Any] | None:
        stored = self._profiles.get(kind, identifier)
        return None if stored is None else orjson.loads(stored)


_PAGE = (("limit", "100"), ("offset", "0"))


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _error(status: int, message: str) -> Response:
    return _json({"error": message}, status)
