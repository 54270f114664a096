"""Virtual environments for recipes that need much software: made once, kept between runs."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def python_with(name: str, *requirements: str) -> str:
    """Return the interpreter of an environment that has these packages.

    It is kept in the temporary folder, or where RECIPE_ENVIRONMENTS says.
    """
    kept = os.environ.get("RECIPE_ENVIRONMENTS") or f"{tempfile.gettempdir()}/importer-recipes"
    folder = Path(kept) / name
    python = str(folder / "bin" / "python")
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        (folder / "complete").touch()
    return python
