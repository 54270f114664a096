"""The settings of an import, as the configuration file spells them, checked when built."""

import codecs
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    model_validator,
)

from importer.address import checked_url, checked_webhook
from importer.settings.column_types import ColumnType
from importer.settings.durations import seconds_of
from importer.settings.near import spelled
from importer.updates.operations import OPERATIONS

Region = Literal["us", "eu", "in"]
PropertyName = Annotated[str, Field(min_length=1)]


def _one_ascii_character(text: str) -> str:
    if len(text) != 1 or not text.isascii() or text in "\r\n\0" or text.isalnum():
        hint = '; a tab is "\\t"' if text.lower() in ("tab", "\\t") else ""
        what = "must be one ASCII character, no letter, digit or line break"
        raise ValueError(f"{what}: {text!r}{hint}")
    return text


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}; utf-8 and cp1252 are common") from None


def _column_key(key: object) -> int | str:
    if (isinstance(key, int) and not isinstance(key, bool) and key >= 1) or (
        isinstance(key, str) and key
    ):
        return key
    raise ValueError(f"a column is a number from 1, or a header name, not {spelled(key)}")


def _as_entries(value: object) -> object:
    """Read the three spellings of a column, `$email`, `{property: ...}` and a list, as a list."""
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, str | dict) for entry in entries):
        raise ValueError(f"a property name in quotes, or {{property: ...}}, not {spelled(value)}")
    return tuple({"property": entry} if isinstance(entry, str) else entry for entry in entries)


ColumnKey = Annotated[int | str, BeforeValidator(_column_key)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Project(_Section):
    """Where the profiles go. The token itself is never part of it."""

    region: Region = "us"
    url: str | None = None
    token_file: str | None = None
    allow_insecure: bool = False

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.url is None:
            return self
        if "region" in self.model_fields_set:
            raise ValueError("give a region or a url, not both")
        checked_url(self.url, allow_insecure=self.allow_insecure)
        return self


class Source(_Section):
    """How the file is written."""

    header: bool = False
    delimiter: Annotated[str, AfterValidator(_one_ascii_character)] = ","
    quote: Annotated[str, AfterValidator(_one_ascii_character)] | None = '"'
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    skip_records: Annotated[int, Field(ge=0)] = 0
    sheet: Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote must differ")
        return self


class Identifier(_Section):
    """Which column names the profile, and what stands in where it is empty."""

    column: ColumnKey | None = None
    fallback: tuple[Literal["email", "random"], ...] = Field(
        default=("email", "random"), strict=False
    )


def _null_by_name(value: object) -> object:
    """Read `null`, which YAML takes for its own null, as the word."""
    return "null" if value is None else value


def _as_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"should be text; put it in quotes, not {spelled(value)}")
    return str(value)


def _as_value_map(values: object) -> object:
    if not isinstance(values, dict):
        raise ValueError(f"should map cells to values, not {spelled(values)}")
    return {_as_text(cell): _as_text(value) for cell, value in values.items()}


Empty = Literal["skip", "unset", "null", "error"]


class Column(_Section, ColumnType):
    """One property fed by one column, whose cells are of a type."""

    property: PropertyName
    operation: Literal["set", "set_once", "add", "union", "append", "remove", "unset"] = "set"
    empty: Annotated[Empty | None, BeforeValidator(_null_by_name)] = None
    required: bool = False
    default: Annotated[str, BeforeValidator(_as_text)] | None = None
    values: Annotated[dict[str, str], BeforeValidator(_as_value_map)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_rule_for_empty_cells(self) -> Self:
        if self.required and self.empty not in (None, "error"):
            raise ValueError(f"required: true makes empty cells fail; empty: {self.empty} does not")
        if self.empty in ("unset", "null") and self.operation not in ("set", "set_once"):
            raise ValueError(f"empty: {self.empty} goes with operation set, not {self.operation}")
        return self


class Join(_Section):
    """A property joined from several columns."""

    join: tuple[ColumnKey, ...] = Field(strict=False, min_length=1)
    separator: str = Field(default=" ", alias="with")


class Group(_Section):
    """Group profiles instead of people's."""

    group_key: Annotated[str, Field(min_length=1)]


def _module_and_name(text: str) -> str:
    module, _, name = text.partition(":")
    if not (name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise ValueError(f"a module and a function, such as my_module:clean, not {text!r}")
    return text


class Delivery(_Section):
    """How requests are sent. Limits: the API's user-profile-limits page."""

    batch_size: Annotated[int, Field(ge=1, le=2000)] = 200
    concurrency: Annotated[int, Field(ge=1, le=100)] = 10
    timeout: Annotated[float, Field(gt=0)] = 30.0
    give_up_after: Annotated[float, Field(ge=0)] = 600.0
    touch_updated_at: bool = False


def _duration(text: object) -> str:
    if not isinstance(text, str) or seconds_of(text) is None:
        raise ValueError(f"a time such as 12h or 30d, not {spelled(text)}")
    return text


class Delta(_Section):
    """Only what changed is sent, and now and then everything."""

    full_every: Annotated[str, BeforeValidator(_duration)] | None = None


def _how_much(value: object) -> str:
    return "[settings]" if isinstance(value, dict | Delta) else "[switch]"


def _off(value: object) -> object:
    """Read `off`, which YAML takes for a boolean, as the word."""
    return "off" if value is False else value


def _as_command(value: object) -> object:
    """Read a list of words as such; one text is a line for the shell."""
    return tuple(value) if isinstance(value, list) else value


Word = Annotated[str, Field(min_length=1)]


class OnFinish(_Section):
    """Who is told of a run that has ended. It never changes how the run ended."""

    command: Annotated[
        Word | Annotated[tuple[Word, ...], Field(min_length=1)] | None, BeforeValidator(_as_command)
    ] = None
    webhook: str | None = None
    timeout: Annotated[float, Field(gt=0)] = 30.0


def _whose(value: object) -> str:
    return "[group]" if isinstance(value, dict | Group) else "[user]"


def _what(value: object) -> str:
    """Tell a join from a constant that happens to be an object."""
    join = isinstance(value, Join) or (isinstance(value, dict) and "join" in value)
    return "[join]" if join else "[constant]"


# Names in brackets: they are pydantic's, and no part of the file.
Profiles = Annotated[
    Annotated[Literal["user"], Tag("[user]")] | Annotated[Group, Tag("[group]")],
    Discriminator(_whose),
]
OnlyChanges = Annotated[
    Annotated[bool, Tag("[switch]")] | Annotated[Delta, Tag("[settings]")],
    Discriminator(_how_much),
]
Property = Annotated[
    Annotated[Join, Tag("[join]")] | Annotated[JsonValue, Tag("[constant]")],
    Discriminator(_what),
]


Columns = dict[ColumnKey, Annotated[tuple[Column, ...], BeforeValidator(_as_entries)]]


class Config(_Section):
    """A whole configuration file."""

    project: Project = Project()
    source: Source = Source()
    profiles: Profiles = "user"
    identifier: Identifier = Identifier()
    columns: Columns = Field(default_factory=dict)
    properties: dict[PropertyName, Property] = Field(default_factory=dict)
    empty_cells: Annotated[Empty, BeforeValidator(_null_by_name)] = "skip"
    transform: Annotated[str, AfterValidator(_module_and_name)] | None = None
    operation: Literal["delete"] | None = None
    ignore_alias: bool = False
    delta: OnlyChanges = False
    drift: Annotated[Literal["stop", "warn", "off"], BeforeValidator(_off)] = "warn"
    delivery: Delivery = Delivery()
    on_finish: OnFinish = OnFinish()
    metrics_file: Annotated[str, Field(min_length=1)] | None = None

    @property
    def full_every(self) -> float | None:
        """Return the seconds after which everything is sent again, None where never."""
        every = self.delta.full_every if isinstance(self.delta, Delta) else None
        return seconds_of(every) if every is not None else None

    @property
    def deletes(self) -> bool:
        """Are the profiles that the file identifies deleted, instead of updated?"""
        return self.operation == "delete"

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if self.ignore_alias and not self.deletes:
            raise ValueError("ignore_alias goes with operation: delete")
        if self.ignore_alias and self.profiles != "user":
            raise ValueError("ignore_alias is for people: groups have no aliases")
        if not self.deletes and not self.columns:
            given = "columns" in self.model_fields_set
            raise ValueError("columns lists no column" if given else "columns is missing")
        emails = (
            entry.property == "$email" for entries in self.columns.values() for entry in entries
        )
        if self.deletes and self.identifier.column is None and not any(emails):
            raise ValueError("operation: delete needs identifier.column: whose profiles?")
        return self

    @model_validator(mode="after")
    def _unchanged_means_done(self) -> Self:
        if not self.delta:
            return self
        if self.deletes:
            raise ValueError("delta: compares values, and operation: delete has none")
        for key, entries in self.columns.items():
            for entry in entries:
                if not OPERATIONS[entry.operation].repeatable:
                    raise ValueError(
                        f"delta: column {key} has operation {entry.operation}: the same cell means "
                        "once more, not unchanged; take delta or the column out"
                    )
        return self

    @model_validator(mode="after")
    def _reports_stay_private(self) -> Self:
        if self.on_finish.webhook is not None:
            checked_webhook(self.on_finish.webhook, allow_insecure=self.project.allow_insecure)
        return self

    @model_validator(mode="after")
    def _each_property_once(self) -> Self:
        fed_by: dict[str, str] = dict.fromkeys(self.properties, "properties")
        for key, entries in self.columns.items():
            for entry in entries:
                if entry.property in fed_by:
                    raise ValueError(
                        f"property {entry.property!r} is mapped twice: by "
                        f"{fed_by[entry.property]} and by column {key}"
                    )
                fed_by[entry.property] = f"column {key}"
        return self

    @model_validator(mode="after")
    def _groups_have_no_email(self) -> Self:
        given = "fallback" in self.identifier.model_fields_set
        if self.profiles != "user" and given and "email" in self.identifier.fallback:
            raise ValueError(
                "an email names a person, not a group: identifier.fallback of group profiles "
                "is [random] or []"
            )
        return self

    @model_validator(mode="after")
    def _batches_hold_a_row(self) -> Self:
        entries = [entry for entries in self.columns.values() for entry in entries]
        operations: set[str] = {entry.operation for entry in entries}
        if self.properties:
            operations.add("set")
        # What the file says of empty cells in general is for columns that set.
        sets = (entry for entry in entries if entry.operation in ("set", "set_once"))
        if any((entry.empty or self.empty_cells) == "unset" for entry in sets):
            operations.add("unset")
        if not self.deletes and len(operations) > self.delivery.batch_size:
            raise ValueError(
                f"delivery.batch_size {self.delivery.batch_size} is less than the "
                f"{len(operations)} updates that a row may need, one for each operation"
            )
        return self

    @model_validator(mode="after")
    def _named_only_with_header(self) -> Self:
        joined = [
            key for join in self.properties.values() if isinstance(join, Join) for key in join.join
        ]
        keys = (*self.columns, self.identifier.column, *joined)
        named = [key for key in keys if isinstance(key, str)]
        if named and not self.source.header:
            raise ValueError(
                f"column {named[0]!r} is a name, but the file has no header; "
                "number the columns, or set source.header: true"
            )
        return self


def known_keys(section: tuple[Any, ...]) -> list[str]:
    """List the keys that a section of the file may have, for suggestions."""
    models: dict[str, type[_Section]] = {
        "project": Project,
        "source": Source,
        "identifier": Identifier,
        "columns": Column,
        "profiles": Group,
        "properties": Join,
        "delta": Delta,
        "delivery": Delivery,
        "on_finish": OnFinish,
    }
    model = models.get(str(section[0]), Config) if section else Config
    return [field.alias or name for name, field in model.model_fields.items()]
