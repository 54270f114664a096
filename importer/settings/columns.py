"""What becomes of columns: each feeds properties, and some are joined to one."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from importer.settings.column_types import ColumnType
from importer.settings.near import close_to, misread, spelled
from importer.settings.sections import ColumnKey, Section

PropertyName = Annotated[str, Field(min_length=1)]


def null_by_name(value: object) -> object:
    """Read `null`, which YAML takes for its own null, as the word."""
    return "null" if value is None else value


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(misread(value))
    if not isinstance(value, str | int | float):
        raise ValueError(f"should be text; put it in quotes, not {spelled(value)}")
    return str(value)


def _as_value_map(values: object) -> object:
    if not isinstance(values, dict):
        raise ValueError(f"should map cells to values, not {spelled(values)}")
    texts: dict[object, object] = {}
    for cell, value in values.items():
        text = _as_text(cell)
        if text in texts:
            raise ValueError(f"{text} is given twice, with quotes and without: a cell is text")
        texts[text] = _as_text(value)
    return texts


Empty = Literal["skip", "unset", "null", "error"]

SETTING = ("set", "set_once")
"""The operations after which a profile has the value itself."""


class Column(Section, ColumnType):
    """One property fed by one column, whose cells are of a type."""

    property: PropertyName
    operation: Literal["set", "set_once", "add", "union", "append", "remove", "unset"] = "set"
    empty: Annotated[Empty | None, BeforeValidator(null_by_name)] = None
    required: bool = False
    default: Annotated[str, BeforeValidator(_as_text)] | None = None
    values: Annotated[dict[str, str], BeforeValidator(_as_value_map)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_rule_for_empty_cells(self) -> Self:
        if self.required and self.empty not in (None, "error"):
            raise ValueError(f"required: true makes empty cells fail; empty: {self.empty} does not")
        if self.empty in ("unset", "null") and self.operation not in SETTING:
            raise ValueError(
                f"empty: {self.empty} goes with operation set or set_once, not {self.operation}"
            )
        return self


class Join(Section):
    """A property joined from several columns."""

    join: tuple[ColumnKey, ...] = Field(strict=False, min_length=1)
    separator: str = Field(default=" ", alias="with")


def means_join(value: object) -> bool:
    """Tell a join, misspelt ones too, from a constant that happens to be an object."""
    if not isinstance(value, dict):
        return isinstance(value, Join)
    return not value.keys().isdisjoint({"join", "with"}) or (
        len(value) == 1 and all(_like_join(key, columns) for key, columns in value.items())
    )


def _like_join(key: object, columns: object) -> bool:
    """Is that `joined: [2, 3]`? Its first letter tells it from coins and points."""
    near = isinstance(key, str) and key[:1] in ("j", "J") and bool(close_to(key, ["join"]))
    return near and isinstance(columns, list) and all(isinstance(c, int | str) for c in columns)


def _as_entries(value: object) -> object:
    """Read the three spellings of a column, `$email`, `{property: ...}` and a list, as a list."""
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, str | dict) for entry in entries):
        raise ValueError(f"a property name in quotes, or {{property: ...}}, not {spelled(value)}")
    return tuple({"property": entry} if isinstance(entry, str) else entry for entry in entries)


Columns = dict[ColumnKey, Annotated[tuple[Column, ...], BeforeValidator(_as_entries)]]
