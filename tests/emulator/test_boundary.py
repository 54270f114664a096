"""The emulator and the importer share no code, and the emulator says what it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import importer.emulator
from importer.emulator import RULES, describe

EMULATOR = Path(importer.emulator.__file__).parent
PACKAGE = EMULATOR.parent
ALLOWED_TO_START_IT = ("cli", "demo", "__main__")


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it; ``from a import b`` is a and a.b."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = [*here[: len(here) - level]] if level else []
                origin = ".".join([*base, *([module] if module else [])])
                yield origin
                yield from (f"{origin}.{alias.name}" for alias in names)
            case _:
                pass


@pytest.mark.parametrize("path", sorted(EMULATOR.rglob("*.py")), ids=lambda path: path.name)
def test_emulator_imports_nothing_of_the_importer(path: Path) -> None:
    """Otherwise a misreading of the API would agree with itself."""
    ours = {name for name in imported(path) if name.split(".")[0] == "importer"}
    assert {name for name in ours if name.split(".")[1:2] != ["emulator"]} == set()


def test_importer_does_not_import_the_emulator() -> None:
    """Only the command line and the demonstration start it."""
    others = (path for path in PACKAGE.rglob("*.py") if EMULATOR not in path.parents)
    found = {
        str(path.relative_to(PACKAGE))
        for path in others
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in ALLOWED_TO_START_IT
        and any(name.split(".")[:2] == ["importer", "emulator"] for name in imported(path))
    }
    assert found == set()


def test_public_names() -> None:
    """What is announced is there."""
    assert all(hasattr(importer.emulator, name) for name in importer.emulator.__all__)


def test_table() -> None:
    """Every behaviour is in the printed table with its ground, each topic once."""
    table = describe()
    flat = " ".join(table.split())
    for rule in RULES:
        assert f"{rule.basis} {' '.join(rule.behaviour.split())}" in flat
    lines = table.splitlines()
    topics = [rule.topic for rule in RULES]
    assert [line for line in lines if line in set(topics)] == list(dict.fromkeys(topics))
    assert max(map(len, lines)) <= 96
