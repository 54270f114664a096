"""A mapping file is changed in place: what does not change keeps every byte, comments above all.

Each change is a cut in the text where the file's own parser says that a value stands. A column that
goes is turned into a comment, one that comes back takes the place of such a comment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from importer.errors import ConfigError


class _OneLine(yaml.SafeDumper):
    """Writes a value so that it fits anywhere in a line."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = text.isprintable() and text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_OneLine.add_representer(str, _text)


def rendered(value: object) -> str:
    """Write a value in YAML's flow style, on one line."""
    # In a list, so that it is quoted as it has to be within one.
    written = yaml.dump(
        [value], Dumper=_OneLine, default_flow_style=True, allow_unicode=True,
        sort_keys=False, width=10**9,
    )  # fmt: skip
    return written.strip()[1:-1]


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    stop: int
    text: str


def edited(text: str, wanted: Mapping[Any, Any]) -> str:
    """Return the text of a mapping file that says what is wanted, with as few changes as possible.

    Raises ConfigError where the file is written in a way that cannot be changed like this.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    try:
        content, tree = yaml.safe_load(text) or {}, yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError("the mapping file is not valid YAML; mend it in an editor") from error
    if content == wanted and _same_types(content, wanted):
        return mark + text
    written = text
    if not isinstance(tree, yaml.MappingNode):
        written = "".join(_block_line("", key, value, "\n") for key, value in wanted.items())
    else:
        cuts = _changes(text, tree, content, wanted)
        for cut in sorted(cuts, key=lambda cut: (cut.start, cut.stop), reverse=True):
            written = written[: cut.start] + cut.text + written[cut.stop :]
    try:
        result = yaml.safe_load(written)
    except yaml.YAMLError:
        result = None
    if result != wanted:
        raise ConfigError(
            "the mapping file is written in a way that the page cannot change without harm; "
            "change it in an editor, or save under another name"
        )
    return mark + written


def _same_types(one: Any, other: Any) -> bool:
    """Tell 1 from true and 1.0, which are equal in Python."""
    if isinstance(one, dict):
        return all(_same_types(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return all(map(_same_types, one, other))
    return type(one) is type(other)


def _changes(
    text: str, node: yaml.MappingNode, old: Mapping[Any, Any], new: Mapping[Any, Any]
) -> list[_Cut]:
    if not node.value or (node.flow_style and old.keys() != new.keys()):
        return [_Cut(node.start_mark.index, node.end_mark.index, rendered(dict(new)))]
    cuts: list[_Cut] = []
    entries = dict(zip(old, node.value, strict=True))
    for key, (key_node, value_node) in entries.items():
        if key not in new:
            cuts.append(_out_commented(text, key_node, value_node))
        elif old[key] != new[key] or not _same_types(old[key], new[key]):
            cuts += _change(text, key_node, value_node, old[key], new[key])
    indent = " " * node.start_mark.column
    ending = "\r\n" if "\r\n" in text else "\n"
    for key in new:
        if key not in old:
            cuts.append(_added(text, entries, key, _block_line(indent, key, new[key], ending)))
    return _together(cuts)


def _together(cuts: list[_Cut]) -> list[_Cut]:
    """Make one of the insertions at the same place, in the order in which they came."""
    at: dict[tuple[int, int], str] = {}
    for cut in cuts:
        place = (cut.start, cut.stop)
        at[place] = at.get(place, "") + cut.text
    return [_Cut(start, stop, text) for (start, stop), text in at.items()]


def _change(text: str, key: yaml.Node, value: yaml.Node, old: object, new: object) -> list[_Cut]:
    nested = isinstance(old, dict) and isinstance(new, dict) and old and new
    if nested and isinstance(value, yaml.MappingNode):
        assert isinstance(old, dict)
        assert isinstance(new, dict)
        return _changes(text, value, old, new)
    if value.start_mark.line != key.end_mark.line or value.start_mark.index == value.end_mark.index:
        colon = text.index(":", key.end_mark.index) + 1
        return [_Cut(colon, max(_end(value), colon), f" {rendered(new)}")]
    return [_Cut(value.start_mark.index, _end(value), rendered(new))]


def _end(node: yaml.Node) -> int:
    """Return where a value ends; the parser lets a block end where the next one begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _out_commented(text: str, key: yaml.Node, value: yaml.Node) -> _Cut:
    """Make comments of the lines of an entry."""
    start = (
        text.rindex("\n", 0, key.start_mark.index) + 1
        if "\n" in text[: key.start_mark.index]
        else 0
    )
    stop = max(_end(value), key.end_mark.index)
    stop = text.find("\n", max(stop - 1, start))
    stop = len(text) if stop < 0 else stop + 1
    indent = " " * key.start_mark.column
    lines = text[start:stop].splitlines(keepends=True)
    return _Cut(
        start,
        stop,
        "".join(f"{indent}# {line[len(indent) :]}" if line.strip() else line for line in lines),
    )


def _added(
    text: str, entries: Mapping[Any, tuple[yaml.Node, yaml.Node]], key: object, line: str
) -> _Cut:
    """Put a new entry where a comment holds its place, or else behind what it follows."""
    nodes = list(entries.values())
    first, last = nodes[0][0].start_mark.index, _line_end(text, _end(nodes[-1][1]))
    indent = nodes[0][0].start_mark.column
    block_end = _block_end(text, last, indent)
    held = re.compile(
        rf"^[ ]{{{indent}}}# {re.escape(rendered(key))}:(?: .*)?(?:\r?\n|\Z)", re.MULTILINE
    )
    begin = text.rfind("\n", 0, first) + 1
    begin = _block_begin(text, begin, indent)
    if found := held.search(text, begin, block_end):
        return _Cut(found.start(), found.end(), line)
    place = last
    before = [nodes_ for other, nodes_ in entries.items() if _precedes(other, key)]
    if before:
        place = _line_end(text, _end(before[-1][1]))
    elif isinstance(key, int):
        place = text.rfind("\n", 0, first) + 1
    start = "\n" if place and text[place - 1] != "\n" else ""
    return _Cut(place, place, start + line)


def _precedes(other: object, key: object) -> bool:
    return not isinstance(key, int) or not isinstance(other, int) or other < key


def _line_end(text: str, place: int) -> int:
    """Return the beginning of the line behind the one that holds the last character before."""
    stop = text.find("\n", max(place - 1, 0))
    return len(text) if stop < 0 else stop + 1


def _block_end(text: str, place: int, indent: int) -> int:
    """Go on over the comments behind a block that are indented as it is."""
    while found := re.compile(rf"(?:[ ]{{{indent},}}#.*|[ ]*)(?:\r?\n)").match(text, place):
        if not indent:
            break
        place = found.end()
    return place


def _block_begin(text: str, place: int, indent: int) -> int:
    """Go back over the comments in front of a block."""
    while indent and place:
        start = text.rfind("\n", 0, place - 1) + 1
        if not re.fullmatch(rf"(?:[ ]{{{indent},}}#.*|[ ]*)\r?\n", text[start:place]):
            break
        place = start
    return place


def _block_line(indent: str, key: object, value: object, ending: str) -> str:
    return f"{indent}{rendered(key)}: {rendered(value)}{ending}"
