"""A run's own copy of its mapping: a retry and a resumption send what the mapping says."""

from pathlib import Path
from typing import Any

import pytest

from importer.settings.config import Config
from importer.settings.config_file import dump_config, parse_config


def config(**properties: Any) -> Config:
    return Config.model_validate({"columns": {1: "plan"}, "properties": properties})


@pytest.mark.parametrize("mark", [*"\x85\u2028\u2029\ufeff\xa0\n\t\x07é"])
def test_marks(mark: str) -> None:
    """Whatever characters a name and a value have, they are the same when they are read again."""
    text = f"a{mark}b"
    kept = config(**{text: text, "list": [text, {text: text}]})
    assert parse_config(dump_config(kept), Path("mapping.yaml")) == kept


@pytest.mark.parametrize("number", [1e-05, 1.5e-7, 1e20, 1.25e300, -1e16, 0.1, 3.0, 2**62])
def test_numbers(number: float) -> None:
    """A number of any size is the same when it is read again."""
    kept = config(rate=number)
    assert parse_config(dump_config(kept), Path("mapping.yaml")) == kept
