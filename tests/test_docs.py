"""The documentation is true: its commands run, its help is the program's, its settings exist."""

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
import yaml

import importer
from importer.conversion import CONVERSIONS, TypeOptions
from importer.emulator import Emulator
from importer.errors import ExitCode
from importer.settings.column_types import OPTIONS, TYPES
from importer.settings.columns import Column
from importer.settings.config import Config
from importer.settings.config_file import load_config
from importer.settings.sections import Delivery, Delta, Identifier, OnFinish, Project, Source
from tests.conftest import ROOT, Command

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "config.example.yaml"
SETUP = ("python3 -m venv .venv", ".venv/bin/pip install")


def indented_commands() -> list[str]:
    """Return the README's lines to paste, those that set up an environment left out."""
    lines = re.findall(r"^    (\S.*)$", README, re.MULTILINE)
    return [line for line in lines if not line.startswith(SETUP)]


def python_block(words: str) -> str:
    """Return the README's one example in Python that has these words."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (found,) = (block for block in blocks if words in block)
    return found


@pytest.mark.parametrize("shown", re.findall(r"```text\n\$ (.*?)\n(.*?)```", README, re.DOTALL))
def test_help_in_the_readme(shown: tuple[str, str], command: Command) -> None:
    """The README shows the help that the program prints."""
    line, expected = shown
    assert command(*shlex.split(line)[1:]).stdout == expected


def test_two_commands_to_paste() -> None:
    """The README has one line that sets up and imports, and one that sets up and tests."""
    lines = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    venv = "python3 -m venv .venv && .venv/bin/pip install --quiet"
    assert lines == [
        f"{venv} '.[emulator]' && .venv/bin/importer demo",
        f"{venv} -e '.[dev]' && .venv/bin/pytest",
    ]


def test_first_import_of_the_readme(tmp_path: Path, emulator: Emulator, command: Command) -> None:
    """Following "Your first import" line by line works, with the mapping as printed there."""
    mapping = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert mapping is not None
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    lines = [line for line in indented_commands() if line.startswith(("importer", "export"))]
    assert lines == [
        "importer preview sample_data/customers.csv",
        "importer init sample_data/customers.csv -o config.yaml",
        "importer run sample_data/customers.csv -c config.yaml --dry-run",
        "export MIXPANEL_TOKEN=...",
        "importer run sample_data/customers.csv -c config.yaml",
    ]
    token = {"MIXPANEL_TOKEN": "...", "MIXPANEL_URL": emulator.url}
    codes = []
    for line in lines:
        if line.startswith("importer"):
            codes.append(command(*shlex.split(line)[1:], **token).returncode)
        if line.startswith("importer init"):
            drafted = load_config(tmp_path / "config.yaml")
            (tmp_path / "config.yaml").write_text(mapping[1], encoding="utf-8")
    assert codes == [0, 0, 0, 0]
    # The draft is what the README goes on with, but for the names that only its owner knows.
    owner = load_config(tmp_path / "config.yaml")
    assert drafted.identifier == owner.identifier
    named = [{n: c.columns[n][0].property for n in range(2, 7)} for c in (drafted, owner)]
    assert named[0] == named[1]
    assert emulator.stats()["updates"] == 5000


def test_scripted_trouble_of_the_readme(emulator: Emulator) -> None:
    """The fault that the README scripts is one that the emulator takes."""
    line = next(line for line in indented_commands() if line.startswith("curl"))
    arguments = shlex.split(line.replace("http://127.0.0.1:8765", emulator.url))
    emulator.faults(*json.loads(arguments[-1])["rules"])
    assert arguments[:3] == ["curl", "-X", "PUT"]


def test_python_of_the_readme(tmp_path: Path) -> None:
    """The README's Python example runs as printed."""
    code = python_block("import_profiles(")
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    (tmp_path / "config.yaml").write_text("columns: {2: $first_name}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "dry-run 5000 0\n"


def test_transform_of_the_readme(tmp_path: Path, command: Command) -> None:
    """The README's transform does what the text beside it says."""
    code = python_block("def clean(frame)")
    (tmp_path / "my_module.py").write_text(code, encoding="utf-8")
    (tmp_path / "customers.csv").write_text("u1,Ada,Lovelace,ada(at)example.com,,,,,,,,\n")
    (tmp_path / "c.yaml").write_text(
        "transform: my_module:clean\nidentifier: {column: 1}\ncolumns: {4: $email, 13: $name}\n"
    )
    done = command("check", "-c", "c.yaml", "customers.csv", "--json")
    assert json.loads(done.stdout)["rehearsed"]["first_updates"][0]["$set"] == {
        "$email": "ada@example.com",
        "$name": "Ada Lovelace",
    }


def test_exit_codes_of_the_readme() -> None:
    """Every exit code of the program is explained, and no other."""
    table = README.partition("## Exit codes")[2].partition("##")[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+)", table, re.MULTILINE)}
    assert codes == {int(code) for code in ExitCode} | {130}


def test_example_is_valid_and_complete(command: Command) -> None:
    """config.example.yaml is accepted, and names every setting that there is."""
    done = command("check", "-c", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    text = EXAMPLE.read_text(encoding="utf-8")
    settings = {
        name
        for section in (Config, Project, Source, Identifier, Column, Delta, Delivery, OnFinish)
        for name in section.model_fields
    }
    assert {name for name in settings if not re.search(rf"\b{name}:", text)} == set()


def test_example_shows_the_defaults() -> None:
    """What config.example.yaml gives for a setting with a default is that default."""
    shown = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert Project.model_validate(shown["project"]) == Project()
    assert Source.model_validate(shown["source"]) == Source()
    assert Delivery.model_validate(shown["delivery"]) == Delivery()
    assert OnFinish.model_validate(shown["on_finish"]) == OnFinish()
    assert tuple(shown["identifier"]["fallback"]) == Identifier().fallback
    example, defaults = load_config(EXAMPLE), Config.model_validate({"columns": {1: "p"}})
    assert (example.delta, example.drift) == (defaults.delta, defaults.drift)


def test_type_names() -> None:
    """The types and options that a mapping may name are those that there are converters for, with
    the same defaults.
    """
    assert tuple(CONVERSIONS) == TYPES
    assert tuple(OPTIONS) == tuple(field.name for field in fields(TypeOptions))
    assert TypeOptions(**Column(property="p").options()) == TypeOptions()


def test_public_names() -> None:
    """Every name in `__all__` can be imported, in alphabetical order."""
    assert all(getattr(importer, name) is not None for name in importer.__all__)
    assert list(importer.__all__) == sorted(importer.__all__)


def test_packages_are_declared() -> None:
    """What the importer imports is named in its project file, not only brought along by others."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {*project["dependencies"], *chain(*project["optional-dependencies"].values())}
    declared = {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in wanted}
    declared |= {"pydantic-core"}  # pydantic's own other half
    brought_by = packages_distributions()
    for path in (ROOT / "importer").rglob("*.py"):
        for name in imported(path) - sys.stdlib_module_names - {"importer", "compression"}:
            names = {each.lower().replace("_", "-") for each in brought_by[name]}
            assert names & declared, f"{path}: {name}"


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports, wherever in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                found += [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(name), level=0):
                found.append(name)
            case _:
                pass
    return {name.partition(".")[0] for name in found}
