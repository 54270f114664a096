"""The settings of an import, as the configuration file spells them, checked when built."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    model_validator,
)

from importer.address import checked_webhook
from importer.settings.columns import Column, Columns, Empty, Join, PropertyName, null_by_name
from importer.settings.durations import seconds_of
from importer.settings.sections import (
    Delivery,
    Delta,
    Group,
    Identifier,
    OnFinish,
    Project,
    Section,
    Source,
)
from importer.updates.operations import OPERATIONS


def _module_and_name(text: str) -> str:
    module, _, name = text.partition(":")
    if not (name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise ValueError(f"a module and a function, such as my_module:clean, not {text!r}")
    return text


def _how_much(value: object) -> str:
    return "[settings]" if isinstance(value, dict | Delta) else "[switch]"


def _off(value: object) -> object:
    """Read `off`, which YAML takes for a boolean, as the word."""
    return "off" if value is False else value


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


class Config(Section):
    """A whole configuration file."""

    project: Project = Project()
    source: Source = Source()
    profiles: Profiles = "user"
    identifier: Identifier = Identifier()
    columns: Columns = Field(default_factory=dict)
    properties: dict[PropertyName, Property] = Field(default_factory=dict)
    empty_cells: Annotated[Empty, BeforeValidator(null_by_name)] = "skip"
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
    models: dict[str, type[Section]] = {
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
