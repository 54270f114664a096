"""What YAML would read without a word as something else than was written."""

from collections.abc import Iterator
from decimal import Decimal

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


def repeated_keys(tree: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Find keys given twice, of which YAML would silently keep the last."""
    for path, node in _nodes(tree):
        seen: dict[tuple[str, str], int] = {}  # '3' is a name, and 3 a number
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            line, name = key.start_mark.line + 1, (key.tag, str(key.value))
            if name in seen:
                yield line, f"{path}{name[1]}: given twice, first on line {seen[name]}"
            seen.setdefault(name, line)


def misread_numbers(tree: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Find numbers that YAML reads as others than are written: `007`, `010`, `12:30`, `1.50`.

    A cell, an identifier or a postal code is meant more often than 7, 8, 750 and 1.5. What becomes
    the text of cells, in columns, is as it is written; elsewhere `1.0e-05` is the same number.
    """
    for path, node in _nodes(tree):
        text = node.value
        if node.tag not in _NUMBERS or (read := str(number := yaml.safe_load(text))) == text:
            continue
        in_columns = path.startswith("columns.")
        if not read[-1].isdigit():
            if path.startswith("properties."):
                continue  # infinite, or no number: what has no JSON is found there anyway
            words = f"{text} is no number that can be sent"
        elif in_columns or not (isinstance(number, float) and _is_the_same(number, text)):
            same = read if isinstance(yaml.safe_load(read), type(number)) else _dumped(number)
            other = "" if in_columns and same != read else f", or write {same}"
            words = f"YAML reads {text} as {read}; put it in quotes{other}"
        else:
            continue
        yield node.start_mark.line + 1, f"{path.removesuffix('.')}: {words}".lstrip(": ")


def _is_the_same(number: float, text: str) -> bool:
    """Is that the number, which Python writes otherwise: with an exponent, or without one?"""
    exact = Decimal(repr(number))
    if "e" in text.lower():
        return exact == Decimal(text)
    digits = format(exact, "f")
    return text == (digits if "." in digits else f"{digits}.0")


def _dumped(number: float) -> str:
    return yaml.safe_dump(number).partition("\n")[0]


def blank_rules(tree: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Find rules for empty cells that say nothing, which YAML reads as `null`: that is one."""
    for path, node in _nodes(tree):
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            rule = key.value in ("empty", "empty_cells") and path != "properties."
            if rule and value.tag == _NULL and value.value == "":
                words = "is blank; write skip, or leave it out"
                yield key.start_mark.line + 1, f"{path}{key.value}: {words}"


def _nodes(node: yaml.Node | None, path: str = "") -> Iterator[tuple[str, yaml.Node]]:
    """Yield a node and all that is in it, keys too, with the keys that lead there."""
    if node is None:
        return
    yield path, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _nodes(key, path)
            yield from _nodes(value, f"{path}{key.value}.")
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _nodes(item, path)


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
