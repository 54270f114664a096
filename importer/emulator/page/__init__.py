"""The page at ``/``: what the server holds, what it receives, and trouble at the press of a button.

Everything that serves the page lies below PREFIX; what the page changes, it changes through the
control endpoints that everybody uses.
"""

from importlib.resources import files
from types import MappingProxyType
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from importer.emulator.faults import Script
from importer.emulator.limits import CHARACTERS
from importer.emulator.origins import HEADERS
from importer.emulator.page.live import Live
from importer.emulator.page.search import Search
from importer.emulator.page.shown import shown
from importer.emulator.profiles import Profiles
from importer.emulator.stats import Stats

PREFIX: Final = "/_emulator/page/"

_FILES: Final = MappingProxyType(
    {
        "": ("page.html", "text/html"),
        "page.css": ("page.css", "text/css"),
        "page.js": ("page.js", "text/javascript"),
    }
)


class Page:
    """Answers what the page asks for."""

    def __init__(self, profiles: Profiles, stats: Stats, script: Script) -> None:
        self._profiles = profiles
        self._stats = stats
        self._script = script
        self._search = Search(profiles)
        self._counted = (0, dict[str, int]())

    async def answer(self, request: Request, name: str) -> ASGIApp:
        """The answer to a request for ``name``, given without the prefix."""
        asked = request.query_params
        match request.method, name:
            case "GET" | "HEAD", _ if name in _FILES:
                return _file(*_FILES[name])
            case "GET", "search":
                return await self._found(request)
            case "GET", "profile":
                return self._profile(asked.get("kind", ""), asked.get("id", ""))
            case "GET", "live":
                return Live(self._snapshot)
            case _:
                return _json({"error": f"no {request.method} {request.url.path}"}, 404)

    async def _found(self, request: Request) -> Response:
        asked = request.query_params
        try:
            limit, start = int(asked.get("limit", "25")), int(asked.get("start", "0"))
        except ValueError:
            return _json({"error": "limit and start must be whole numbers"}, 400)
        if not (0 < limit <= 100 and 0 <= start < 2**63):
            return _json({"error": "limit must be from 1 to 100, start must not be negative"}, 400)
        query = asked.get("q", "")
        if len(query) > CHARACTERS:
            return _json({"error": f"q must be of {CHARACTERS} characters at most"}, 400)
        found = await self._search.find(
            asked.get("kind", ""), query, start, limit, request.is_disconnected
        )
        return _json(found)

    def _profile(self, kind: str, identifier: str) -> Response:
        stored = self._profiles.get(kind, identifier)
        if stored is None:
            return _json({"error": f"no profile {identifier!r}"}, 404)
        return _json({"kind": kind, "id": identifier, **shown(identifier, orjson.loads(stored))})

    def _snapshot(self) -> bytes:
        kinds = self._kinds()
        return orjson.dumps(
            {
                "stats": self._stats.as_json(sum(kinds.values())),
                "in_flight": self._stats.in_flight,
                "kinds": kinds,
                "faults": self._script.in_force(),
                "latest": self._stats.latest(),
            }
        )

    def _kinds(self) -> dict[str, int]:
        # Counting a million profiles in a file takes 130 ms.
        changes, kinds = self._counted
        if changes != self._stats.changes:
            kinds = self._profiles.kinds()
            self._counted = (self._stats.changes, kinds)
        return kinds


def _file(name: str, media_type: str) -> Response:
    content = (files(__package__) / name).read_bytes()
    return Response(content, headers=HEADERS, media_type=media_type)


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, HEADERS, "application/json")
