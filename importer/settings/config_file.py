"""A configuration file on disk becomes a `Config`, or a list of faults with their lines."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from importer.errors import ConfigError
from importer.settings.config import Config
from importer.settings.faults import checked, located
from importer.settings.house_rules import findings
from importer.settings.sections import Source
from importer.settings.yaml_traps import (
    blank_rules,
    misread_numbers,
    refuse_bombs,
    repeated_keys,
)

MOST_BYTES = 1_048_576
"""Of a mapping file: one of 2,000 typed columns has some 200 KB."""


def load_config(path: str | Path, warn: Callable[[str], None] | None = None) -> Config:
    """Read and check a mapping file; `warn` is told of what is allowed but looks mistaken.

    Raises ConfigError that lists every fault at once, each as `file:line: key: what is wrong`.
    """
    return parse_config(read_text(Path(path)), Path(path), warn)


def read_text(path: Path) -> str:
    """Read a mapping file, which has `MOST_BYTES` at most. Raises ConfigError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise _too_large(path)
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a mapping file with -c") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text: is it a mapping file?") from error


def _too_large(path: Path) -> ConfigError:
    return ConfigError(f"{path}: more than {MOST_BYTES:,} bytes: is it a mapping file?")


def parse_config(text: str, path: Path, warn: Callable[[str], None] | None = None) -> Config:
    """Check the text of a mapping file, which is named `path` in what is said of it."""
    if len(text) > MOST_BYTES:
        raise _too_large(path)
    try:
        refuse_bombs(text)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        misread = [*repeated_keys(tree), *misread_numbers(tree), *blank_rules(tree)]
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        raise ConfigError(f"{where}: not valid YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        words = f"the character U+{error.character:04X} is not allowed"
        raise ConfigError(f"{path}:{line}: not valid YAML: {words}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}".replace("\n", " ")) from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: no mapping in it; `columns:` is the least it needs")
    config, found = checked(content)
    wrong = [f"{path}:{line}: {what}" for line, what in sorted(misread)]
    wrong += located(path, tree, (each for each in found if each.level == "error"))
    if wrong or config is None:
        raise ConfigError("\n".join(wrong))
    if warn is not None:
        for words in located(path, tree, found):
            warn(words)
    return config


def settle_config(config: Config | str | Path, warn: Callable[[str], None]) -> tuple[Config, Path]:
    """Return a checked configuration, and the folder that its paths are relative to."""
    if isinstance(config, Config):
        return heed_rules(config, warn), Path()
    return load_config(Path(config), warn), Path(config).parent


def heed_rules(config: Config, warn: Callable[[str], None]) -> Config:
    """Check a configuration that was built in Python against Mixpanel's rules for property names.

    Raises ConfigError for what the API would drop or hide.
    """
    found = findings(config.model_dump())
    if wrong := [str(finding) for finding in found if finding.level == "error"]:
        raise ConfigError("\n".join(wrong))
    for finding in found:
        warn(str(finding))
    return config


def source_settings(base: Source | None, given: Mapping[str, object]) -> Source:
    """Return source settings with what the command line gives laid over the file's."""
    # What neither gives stays unset: it is what a preview may find out by itself.
    settings = (base or Source()).model_dump(exclude_unset=True)
    settings |= {key: value for key, value in given.items() if value is not None}
    try:
        return Source.model_validate(settings)
    except ValidationError as error:
        faults = (
            "".join(f"--{key}: " for key in fault["loc"][:1])
            + fault["msg"].removeprefix("Value error, ")
            for fault in error.errors()
        )
        raise ConfigError("\n".join(faults)) from None


def refuse_to_overwrite(path: Path, *, force: bool) -> None:
    """Raise ConfigError where a mapping would be lost, before any work is put into a new one."""
    if path.exists() and not force:
        raise ConfigError(f"{path}: exists already; --force overwrites it")


def dump_config(config: Config) -> str:
    """Return a configuration as a file that loads as the same one."""
    content = config.model_dump(by_alias=True, exclude_unset=True)
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML would fold as the end of a line, though it is none in a mapping file."""

    def represent_str(self, text: str) -> yaml.ScalarNode:
        style = '"' if _LINE_ENDS.intersection(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)

_LINE_ENDS = frozenset("\x85\u2028\u2029")


_DELIVERY = ("delivery.concurrency", "delivery.timeout", "delivery.give_up_after")


def digest_of_mapping(config: Config) -> str:
    """Return a digest of all settings that have a part in what a row's update says."""
    return digest_of(
        config,
        but={"project", "source", "delta", "drift", "delivery", "on_finish", "metrics_file"},
    )


def digest_of(config: Config, *, but: Set[str] = frozenset()) -> str:
    """Return a digest of what a configuration says, some sections left out."""
    content = config.model_dump(by_alias=True, mode="json", exclude=set(but))
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return hashlib.sha256(orjson.dumps(content, option=options)).hexdigest()


def differences(one: Config, other: Config) -> list[str]:
    """Name the settings that make two configurations give different updates or batches."""
    free = {"project", "drift", *_DELIVERY}
    free |= {"metrics_file", "on_finish.command", "on_finish.webhook", "on_finish.timeout"}
    first, second = (dict(_settings(each.model_dump(by_alias=True))) for each in (one, other))
    keys = first | second
    return [key for key in keys if key not in free and first.get(key) != second.get(key)]


def _settings(content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield every setting, those of a section by themselves."""
    for section, value in content.items():
        if isinstance(value, dict) and section != "project":
            yield from ((f"{section}.{key}", setting) for key, setting in value.items())
        else:
            yield section, value


def write_config(path: Path, text: str, *, force: bool) -> None:
    """Write a mapping file; one that exists is replaced by `force` alone."""
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise ConfigError(f"{path}: exists already; --force overwrites it") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a file with -o") from error
