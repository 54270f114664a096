"""Starting up: nothing is imported before it is needed, told by modules instead of seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

from importer.emulator import Emulator

SENDING = {"httpx", "httptools", "asyncio", "ssl"}
TYPES = {"phonenumbers", "email_validator", "dns", "pycountry"}
TABLES = {"pandas", "rich", "importer.guess.decide", "numpy.random"}
ANYTHING = {"numpy", "pyarrow", "pydantic", "yaml", "orjson"}


def imported_by(arguments: list[str], folder: Path, exit_code: int = 0) -> set[str]:
    """Run the command in a process of its own, and return the modules it had in the end."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = {['importer', *arguments]!r}\n"
        "from importer.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == exit_code, done.stderr
    return set(done.stderr.split())


def test_help(tmp_path: Path) -> None:
    """`--help` needs none of the packages that the work is done with."""
    assert imported_by(["--help"], tmp_path) & (SENDING | TYPES | TABLES | ANYTHING) == set()


def test_check(tmp_path: Path) -> None:
    """A dry run of text needs no HTTP client, no type's library, and not pandas."""
    rows = "".join(f"u{n},Ann,ann{n}@example.com,+4915112345{n:03},DE\n" for n in range(20))
    (tmp_path / "people.csv").write_text(rows + 'u99,"Ann ""A""",,,\n')
    (tmp_path / "people.yaml").write_text(
        "identifier: {column: 1}\n"
        "columns: {2: $first_name, 3: $email, 4: $phone, 5: $country_code}\n"
    )
    modules = imported_by(["check", "-c", "people.yaml", "people.csv"], tmp_path)
    assert "pyarrow" in modules
    assert modules & (SENDING | TYPES | TABLES) == set()


def test_types(tmp_path: Path) -> None:
    """Nor does one with types, bad cells among them, need pandas."""
    rows = [
        f"u{n},ann{n}@example.com,+4915112345{n:03},{n},2026-01-{n % 40:02},a;b" for n in range(50)
    ]
    (tmp_path / "people.csv").write_text("\n".join([*rows, 'u99,x,y,z,,"a; b;"']))
    (tmp_path / "people.yaml").write_text(
        "identifier: {column: 1}\n"
        "columns:\n"
        "  2: {property: $email, type: email}\n"
        "  3: {property: $phone, type: phone, country: DE}\n"
        "  4: {property: credits, type: integer, default: 0}\n"
        "  5: {property: $created, type: date}\n"
        "  6: {property: tags, type: list, separator: ';'}\n"
        "  1: {property: plan, values: {u1: one}}\n"
    )
    done = imported_by(["check", "-c", "people.yaml", "people.csv"], tmp_path, exit_code=3)
    assert "phonenumbers" in done
    assert done & (SENDING | TABLES) == set()


def test_run(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run has an HTTP client, but not the tables that the client's own command draws."""
    (tmp_path / "people.csv").write_text("u1,Ann\nu2,Ben\n")
    (tmp_path / "people.yaml").write_text("identifier: {column: 1}\ncolumns: {2: $first_name}\n")
    monkeypatch.setenv("MIXPANEL_URL", emulator.url)
    monkeypatch.setenv("MIXPANEL_TOKEN", "t" * 32)
    modules = imported_by(["run", "-c", "people.yaml", "people.csv", "--quiet"], tmp_path)
    assert "httpx" in modules
    assert modules & (TYPES | {"pandas", "rich", "pygments"}) == set()
    assert len(emulator.profiles()) == 2
