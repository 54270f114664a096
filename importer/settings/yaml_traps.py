"""What YAML would read without a word as something else than was written."""

from collections.abc import Iterator

import yaml

DEEPEST = 50
"""Levels of nesting of a mapping file; one that uses everything there is has nine."""

_NULL = "tag:yaml.org,2002:null"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

_OPENS = (
    yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken,
)  # fmt: skip
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def repeated_keys(node: yaml.Node | None, path: str = "") -> Iterator[tuple[int, str]]:
    """Find keys given twice, of which YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = str(key.value)
            if name in seen:
                yield line, f"{path}{name}: given twice, first on line {seen[name]}"
            seen.setdefault(name, line)
            yield from repeated_keys(value, f"{path}{name}.")
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from repeated_keys(item, path)


def misread_numbers(node: yaml.Node | None, path: str = "") -> Iterator[tuple[int, str]]:
    """Find numbers that YAML reads as others than are written: `007`, `010`, `12:30`, `1.50`.

    A cell, an identifier or a postal code is meant more often than 7, 8, 750 and 1.5.
    """
    match node:
        case yaml.MappingNode(value=pairs):
            for key, value in pairs:
                yield from misread_numbers(key, path)
                yield from misread_numbers(value, f"{path}{key.value}.")
        case yaml.SequenceNode(value=items):
            for item in items:
                yield from misread_numbers(item, path)
        case yaml.ScalarNode(value=text, tag=tag) if tag in _NUMBERS:
            if (read := str(yaml.safe_load(text))) != text:
                words = f"YAML reads {text} as {read}; put it in quotes, or write {read}"
                words = words if read[-1].isdigit() else f"{text} is no number that can be sent"
                yield node.start_mark.line + 1, f"{path.removesuffix('.')}: {words}".lstrip(": ")


def blank_rules(node: yaml.Node | None, path: str = "") -> Iterator[tuple[int, str]]:
    """Find rules for empty cells that say nothing, which YAML reads as `null`: that is one."""
    match node:
        case yaml.MappingNode(value=pairs):
            for key, value in pairs:
                name = f"{path}{key.value}"
                rule = key.value in ("empty", "empty_cells") and path != "properties."
                if rule and value.tag == _NULL and value.value == "":
                    yield key.start_mark.line + 1, f"{name}: is blank; write skip, or leave it out"
                yield from blank_rules(value, f"{name}.")
        case yaml.SequenceNode(value=items):
            for item in items:
                yield from blank_rules(item, path)
        case _:
            pass


def refuse_bombs(text: str) -> None:
    """Refuse what a mapping needs none of, and what can fill a memory or a stack with few lines:
    YAML's references, and nesting without end.
    """
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {DEEPEST} deep", problem_mark=token.start_mark
            )
        if isinstance(token, yaml.AliasToken):
            raise yaml.MarkedYAMLError(
                problem="references (*name) are not supported", problem_mark=token.start_mark
            )
