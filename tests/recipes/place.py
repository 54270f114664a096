"""The place that the README's recipes speak of, made in a folder: an export, a mapping, a token."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]  # not of the tests' settings: an environment may lack pytest

README = (ROOT / "README.md").read_text(encoding="utf-8")

PLACE, CREDENTIAL = "/srv/importer", "/etc/importer/mixpanel_token"

TOKEN = "0123456789abcdef-a-project-token"


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README that are written in a language."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found


def block(language: str, words: str) -> str:
    """Return the one block that has these words."""
    (found,) = (text for text in blocks(language) if words in text)
    return found


def furnish(folder: Path, url: str) -> Path:
    """Put what the recipes need into a folder, with this program as its installed one."""
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    program = programs / "importer"
    # A virtual environment has such a script; its first line names the interpreter.
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m importer "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    (folder / "exports").mkdir()
    (folder / "exports" / "customers.csv").symlink_to(ROOT / "sample_data" / "customers.csv")
    (folder / "token").write_text(f"{TOKEN}\n", "utf-8")
    (folder / "config.yaml").write_text(
        f"project: {{url: '{url}', token_file: token}}\n"
        "identifier: {column: 1}\ncolumns: {2: $first_name, 4: $email}\n"
        + block("yaml", "drift: stop"),
        "utf-8",
    )
    return folder


def at(folder: Path, recipe: str) -> str:
    """Return a recipe that speaks of this folder instead."""
    return recipe.replace(PLACE, str(folder))
