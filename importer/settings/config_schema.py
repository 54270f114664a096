"""The JSON Schema of mapping files, for editors that complete and check them."""

from typing import Any

from importer.settings.column_types import TYPES
from importer.settings.config import Config

_TEXT = {"type": "string", "minLength": 1}
_KEY = {"anyOf": [{"type": "integer", "minimum": 1}, _TEXT]}
_CHARACTER = {"type": "string", "minLength": 1, "maxLength": 1}


def config_schema() -> dict[str, Any]:
    """Return the schema that pydantic derives, with what its validators read mended.

    In it the keys of `columns` are texts, as YAML's editors see them.
    """
    schema = Config.model_json_schema(by_alias=True)
    sections = schema["$defs"]
    _mend(sections["Column"], {"type": {"enum": list(TYPES)}})
    _mend(sections["Source"], {"delimiter": _CHARACTER})
    _mend(sections["Source"], {"quote": {"anyOf": [_CHARACTER, {"type": "null"}]}})
    _mend(sections["Identifier"], {"column": {"anyOf": [*_KEY["anyOf"], {"type": "null"}]}})
    keys = {"type": "array", "minItems": 1, "items": _KEY}
    _mend(sections["Join"], {"join": keys})
    _mend(sections["Column"], {"default": {"type": ["string", "number", "null"]}})
    values = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
    _mend(sections["Column"], {"values": values})
    for rule in sections["Column"]["properties"].values():
        _one_or_many(rule)
    column = {"anyOf": [_TEXT, {"$ref": "#/$defs/Column"}]}
    entries = {"type": "array", "minItems": 1, "items": column}
    join, constant = {"$ref": "#/$defs/Join"}, {"$ref": "#/$defs/JsonValue"}
    is_join = {"type": "object", "anyOf": [{"required": ["join"]}, {"required": ["with"]}]}
    _mend(
        schema,
        {
            "empty_cells": {"enum": ["skip", "unset", "null", "error", None]},
            "properties": {
                "type": "object",
                "additionalProperties": {"if": is_join, "then": join, "else": constant},
            },
            "columns": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": _TEXT,
                "additionalProperties": {"anyOf": [*column["anyOf"], entries]},
            },
        },
    )
    schema["anyOf"] = [{"required": ["columns"]}, {"required": ["operation"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Mapping of a CSV file to Mixpanel profiles",
    }


def _mend(section: dict[str, Any], rules: dict[str, Any]) -> None:
    """Replace the rules of some keys; their titles and defaults stay."""
    for key, rule in rules.items():
        section["properties"][key] = {**rule, **_kept(section["properties"][key])}


def _one_or_many(rule: dict[str, Any]) -> None:
    """Let a list of texts be spelled as one text, as its setting does."""
    choices = rule.get("anyOf", [rule])
    many = [choice for choice in choices if choice.get("items") == {"type": "string"}]
    if many:
        array = {"type": "array", "items": _TEXT, "minItems": 1}
        others = [choice for choice in choices if choice not in many]
        kept = _kept(rule)
        rule.clear()
        rule.update({"anyOf": [_TEXT, array, *others], **kept})


def _kept(rule: dict[str, Any]) -> dict[str, Any]:
    return {word: rule[word] for word in rule if word in ("title", "default")}
