"""The names that a property's field offers: Mixpanel's own, then those used before."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from importer.errors import ConfigError
from importer.resuming.recall import MAPPING
from importer.settings.config_file import parse_config, read_text

DISPLAY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "$name": "Name",
        "$first_name": "First Name",
        "$last_name": "Last Name",
        "$email": "Email",
        "$phone": "Phone",
        "$avatar": "Avatar",
        "$created": "Created",
        "$city": "City",
        "$region": "Region",
        "$country_code": "Country Code",
        "$timezone": "Timezone",
    }
)
"""What Mixpanel calls its own properties (the API's page on reserved properties)."""

RUNS = 10
"""Runs, the newest, whose mappings are looked at for names."""


def known_properties(report_dir: Path, content: Mapping[Any, Any]) -> list[dict[str, str]]:
    """List names with what is said of them, each once."""
    names = {name: f"{shown} (Mixpanel's own)" for name, shown in DISPLAY_NAMES.items()}
    for name in _names_in(content):
        names.setdefault(name, "in this mapping")
    for name in _names_before(report_dir):
        names.setdefault(name, "used before")
    return [{"name": name, "label": label} for name, label in names.items()]


def _names_before(report_dir: Path) -> Iterator[str]:
    for path in sorted(report_dir.glob(f"*/{MAPPING}"), reverse=True)[:RUNS]:
        try:
            text = read_text(path)
            parse_config(text, path)
        except ConfigError:
            continue
        yield from _names_in(yaml.safe_load(text))


def _names_in(content: Mapping[Any, Any]) -> Iterator[str]:
    for spelled in (content.get("columns") or {}).values():
        for entry in spelled if isinstance(spelled, list) else [spelled]:
            name = entry.get("property") if isinstance(entry, dict) else entry
            if isinstance(name, str):
                yield name
    yield from filter(lambda name: isinstance(name, str), content.get("properties") or {})
