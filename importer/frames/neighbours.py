"""What a user's module finds beside itself: folders that can be imported from for a while.

What was imported from them is not among the loaded modules at other times, so that nothing is taken
for what has its name beside another mapping.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import PathFinder
from threading import RLock
from types import ModuleType

_ONE = RLock()
"""Held meanwhile: modules and their path are the process's, in which others may run as well."""

_KEPT: dict[tuple[str, ...], dict[str, ModuleType]] = {}
"""What was imported from some folders: loaded once in a process, as all modules are."""


@contextmanager
def importable(places: tuple[str, ...], module: str) -> Iterator[None]:
    """Let imports look into these folders first, for `module` even where its name is taken."""
    with _ONE:
        kept = _KEPT.setdefault(places, {})
        hidden = _take_out({*map(_top, kept), *_namesake(_top(module), places)})
        others = set(map(_top, list(sys.modules)))
        sys.modules.update(kept)
        sys.path[:0] = places
        try:
            yield
        finally:
            for place in places:
                with suppress(ValueError):  # it is the user's to change, too
                    sys.path.remove(place)
            fresh = set(map(_top, list(sys.modules))) - others - set(map(_top, kept))
            found = {top for top in fresh if _is_in(top, places)}
            kept.update(_take_out({*map(_top, kept), *found}))
            sys.modules.update(hidden)


def _top(module: str) -> str:
    return module.partition(".")[0]


def _take_out(tops: Iterable[str]) -> dict[str, ModuleType]:
    names = [name for name in list(sys.modules) if _top(name) in tops]
    return {name: sys.modules.pop(name) for name in names}


def _namesake(top: str, places: tuple[str, ...]) -> set[str]:
    """Return the name again where a module from elsewhere stands in the way of that in a folder."""
    known = top in sys.modules and top not in sys.stdlib_module_names
    found = known and PathFinder.find_spec(top, places) is not None
    return {top} if found and not _is_in(top, places) else set()


def _is_in(top: str, places: tuple[str, ...]) -> bool:
    """Is a loaded module the one that is found in these folders?"""
    found, loaded = PathFinder.find_spec(top, places), getattr(sys.modules[top], "__spec__", None)
    return found is not None and loaded is not None and found.origin == loaded.origin
