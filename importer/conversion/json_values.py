"""JSON: any value, exactly as the cell spells it."""

import json as standard
import re
from typing import Any

import orjson

from importer.conversion.cells import typed
from importer.conversion.model import NOTHING, Conversion, TypeOptions, Unfit, shown
from importer.conversion.nesting import nesting_fault, size_fault

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', re.DOTALL)


class _KeyTwice(Exception):
    """An object has this key twice: parsers differ in what they make of it."""


def json(_: TypeOptions) -> Conversion:
    """RFC 8259, and no more: no NaN, no number beyond a double, no key twice; and of lists and
    objects what the API stores.

    What is sent is the text of the cell without its white space: a parser would round integers
    of more than 64 bits.
    """
    return typed(_read, json_type="any", around=NOTHING)


def _read(cell: str) -> str:
    try:
        value = orjson.loads(cell)
        if fault := nesting_fault(value):
            raise Unfit(f"{shown(cell)} {fault}")
        text = _compact(cell, value)
    except standard.JSONDecodeError as error:
        where = f"{error.msg}, at character {error.pos + 1}"
        raise Unfit(f"{shown(cell)} is no JSON: {where}") from None
    except _KeyTwice as error:
        raise Unfit(f"{shown(cell)} gives the key {shown(str(error))} twice") from None
    if fault := size_fault(value, text):
        raise Unfit(f"{shown(cell)} {fault}")
    return text


def _compact(cell: str, value: Any) -> str:
    # What a parser and a writer give back unchanged holds no surprise: 1 µs. In the form that
    # most programs write there are blanks behind commas and colons.
    again = orjson.dumps(value).decode()
    if again in (cell, cell.replace(", ", ",").replace(": ", ":")):
        return again
    standard.loads(cell, object_pairs_hook=_distinct, parse_int=str, parse_float=str)
    return _TOKEN.sub(lambda token: token[1] or "", cell)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise _KeyTwice(key)
        members[key] = value
    return members
