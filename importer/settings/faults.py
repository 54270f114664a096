"""What is wrong with a mapping file: all of it at once, in the file's words and with its lines."""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from importer.settings.config import Config, known_keys
from importer.settings.finding import Finding, Keys
from importer.settings.house_rules import findings
from importer.settings.near import EXPECTED, near, spelled


def checked(content: dict[Any, Any]) -> tuple[Config | None, list[Finding]]:
    """Return the settings of a mapping, and all there is to say of it as its file spells it; with
    an error among that they are of no use.

    What is wrong by itself does not hide the rest: the others are still held against each other.
    """
    by_rules = findings(content)
    conflicts: list[Finding] = []
    try:
        config = Config.model_validate(content, context=conflicts)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        told = (_fault(fault) for fault in wrong if not _follows(fault))
        return None, [*told, *_among_the_others(content, wrong), *by_rules]
    return config, [*conflicts, *by_rules, *_misfits(config)]


def located(path: Path, tree: yaml.Node | None, found: Iterable[Finding]) -> list[str]:
    """Say of findings where the file has them, in its order; what is lacking comes last, since it
    is often there, misspelt.
    """
    placed = [(bool(each.lacks), *_find(tree, each.keys), each.words) for each in found]
    placed.sort(key=lambda place: place[:2])
    return [f"{path}:{line}: {Finding('error', keys, words)}" for _, line, keys, words in placed]


def _misfits(config: Config) -> Iterator[Finding]:
    from importer.updates.mapping import misfits  # pyarrow and all

    return (Finding("error", keys, words) for keys, _, words in misfits(config))


def _among_the_others(content: dict[Any, Any], wrong: list[ErrorDetails]) -> Iterator[Finding]:
    """Find what would be wrong if what is wrong by itself were not there."""
    config, conflicts = None, list[Finding]()
    ways: set[Keys] = set()
    while config is None:
        cut = {_deepest(content, _keys(fault)) for fault in wrong}
        if () in cut:
            return
        ways |= cut
        content = _without(content, cut)
        try:
            config = Config.model_validate(content, context=conflicts)
        except ValidationError as error:
            wrong = error.errors(include_url=False)  # such as a list that has nothing left
    for conflict in conflicts:
        if not any(_one_way(way, lack) for way in ways for lack in conflict.lacks):
            yield conflict
    yield from _misfits(config)


def _one_way(one: Keys, other: Keys) -> bool:
    return all(a == b for a, b in zip(one, other, strict=False))


def _deepest(content: Any, keys: Keys) -> Keys:
    """Follow keys as far as there are values; return the way there, as the values spell it."""
    way: list[Any] = []
    for key in keys:
        if isinstance(content, dict):
            found = [known for known in content if str(known) == str(key)]
        else:
            found = [key] if isinstance(content, list) and key in range(len(content)) else []
        if found:
            way.append(found[0])
            content = content[found[0]]
        elif key != 0:  # a column's only entry is written without a list
            break
    return tuple(way)


def _without(content: Any, cut: Set[Keys], way: Keys = ()) -> Any:
    """Copy what YAML read, but for what is at the end of some ways."""
    if isinstance(content, dict):
        kept = ((key, value) for key, value in content.items() if (*way, key) not in cut)
        return {key: _without(value, cut, (*way, key)) for key, value in kept}
    if isinstance(content, list):
        kept = ((key, value) for key, value in enumerate(content) if (*way, key) not in cut)
        return [_without(value, cut, (*way, key)) for key, value in kept]
    return content


def _keys(fault: ErrorDetails) -> Keys:
    return tuple(key for key in fault["loc"] if not str(key).startswith("["))  # pydantic's own


def _follows(fault: ErrorDetails) -> bool:
    """Is that a list with nothing left in it, since all of it is wrong?"""
    return fault["type"] == "too_short" and bool(fault["input"])


def _fault(fault: ErrorDetails) -> Finding:
    keys = _keys(fault)
    words = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        words = f"unknown key; {_meant(keys, fault['input'])}"
    elif fault["type"] == "missing":
        return Finding("error", keys, f"{keys[-1]} is missing", lacks=(keys,))
    elif fault["type"] in ("too_short", "string_too_short"):
        words = "is empty; write something, or leave it out"
    elif what := EXPECTED.get(fault["type"]):
        words = f"{what}, not {spelled(fault['input'])}"
    elif words.startswith("Input should"):
        words = f"{words.replace('Input should', 'should')}, not {spelled(fault['input'])}"
    group = ", or {group_key: company}" if keys == ("profiles",) else ""
    return Finding("error", keys, f"{words}{group}")


def _meant(keys: Keys, value: object) -> str:
    """Suggest a key of that name in a section, where it stands beside the sections; or the nearest.

    A section has settings in it, its keys have not.
    """
    key = str(keys[-1])
    for section in ("source", "identifier", "delivery", "project"):
        if len(keys) == 1 and not isinstance(value, dict) and key in known_keys((section,)):
            return f"did you mean '{section}.{key}'?"
    return near(key, known_keys(keys[:-1]))


def _find(node: yaml.Node | None, keys: Keys) -> tuple[int, Keys]:
    """Follow keys as far as the file has them; return the 1-based line, and the keys found."""
    line, found = 1, list[str]()
    for key in keys:
        match node:
            case yaml.MappingNode(value=pairs):
                hits = [(k, v) for k, v in pairs if str(k.value) == str(key)]
                if hits:
                    line, node = hits[0][0].start_mark.line + 1, hits[0][1]
                elif key == 0:  # a column's only entry, written without a list
                    continue
                else:
                    break
            case yaml.SequenceNode(value=items) if isinstance(key, int) and key < len(items):
                node = items[key]
                line = node.start_mark.line + 1
            case _:
                break
        found.append(str(key))
    return line, tuple(found)
