"""The settings of an import, as the configuration file spells them, checked when built."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    ValidationInfo,
    model_validator,
)

from importer.address import checked_webhook
from importer.settings.columns import (
    SETTING,
    Column,
    Columns,
    Empty,
    Join,
    PropertyName,
    means_join,
    null_by_name,
)
from importer.settings.durations import seconds_of
from importer.settings.finding import Finding, Keys
from importer.settings.sections import (
    ColumnKey,
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
    return "[join]" if means_join(value) else "[constant]"


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

    @property
    def entries(self) -> Iterator[tuple[Keys, ColumnKey, Column]]:
        """Yield every entry of a column, with the way to it and the column's key."""
        for key, entries in self.columns.items():
            for number, entry in enumerate(entries):
                yield ("columns", key, number), key, entry

    @model_validator(mode="after")
    def _agree(self, info: ValidationInfo) -> Self:
        """Refuse settings that contradict one another, or add the conflicts to the context's list,
        for who wants to know of all of them.
        """
        found = list(conflicts(self))
        if isinstance(info.context, list):
            info.context.extend(found)
        elif found:
            raise ValueError("; ".join(map(str, found)))
        return self


def conflicts(config: Config) -> Iterator[Finding]:
    """Find settings that are right by themselves, and not together."""
    yield from _without_purpose(config)
    yield from _deletes_in_vain(config)
    yield from _changed_each_time(config)
    yield from _reports_in_the_clear(config)
    yield from _mapped_twice(config)
    yield from _groups_with_email(config)
    yield from _rows_beyond_a_batch(config)
    yield from _named_without_header(config)


def _conflict(words: str, *keys: str | int, lacks: tuple[Keys, ...] = ()) -> Finding:
    return Finding("error", keys, words, lacks)


def _without_purpose(config: Config) -> Iterator[Finding]:
    if config.deletes or config.columns:
        return
    lacks: tuple[Keys, ...] = (("columns",), ("operation",))
    if "columns" in config.model_fields_set:
        yield _conflict("no column is listed", "columns", lacks=lacks)
    else:
        yield _conflict("columns is missing", lacks=lacks)


def _deletes_in_vain(config: Config) -> Iterator[Finding]:
    if config.ignore_alias and not config.deletes:
        words = "goes with operation: delete"
        yield _conflict(words, "ignore_alias", lacks=(("operation",),))
    if config.ignore_alias and config.profiles != "user":
        yield _conflict("groups have no aliases", "ignore_alias")
    email = "email" in config.identifier.fallback and (
        isinstance(config.properties.get("$email"), Join)
        or any(
            entry.property == "$email" and entry.operation in SETTING
            for _, _, entry in config.entries
        )
    )
    if config.deletes and config.identifier.column is None and not email:
        words = "delete needs identifier.column: whose profiles?"
        yield _conflict(words, "operation", lacks=(("identifier",), ("columns",)))


def _changed_each_time(config: Config) -> Iterator[Finding]:
    if not config.delta:
        return
    if config.deletes:
        yield _conflict("compares values, and operation: delete has none", "delta")
    for keys, _, entry in config.entries:
        if not OPERATIONS[entry.operation].repeatable:
            words = (
                f"{entry.operation} goes without delta: the same cell means once more, "
                "not unchanged; take delta or the column out"
            )
            yield _conflict(words, *keys, "operation")


def _reports_in_the_clear(config: Config) -> Iterator[Finding]:
    if config.on_finish.webhook is None:
        return
    try:
        checked_webhook(config.on_finish.webhook, allow_insecure=config.project.allow_insecure)
    except ValueError as error:
        allowed = ("project", "allow_insecure")
        yield _conflict(str(error), "on_finish", "webhook", lacks=(allowed,))


def _mapped_twice(config: Config) -> Iterator[Finding]:
    fed_by: dict[str, str] = dict.fromkeys(config.properties, "properties")
    for keys, key, entry in config.entries:
        if first := fed_by.get(entry.property):
            words = f"{entry.property!r} is mapped twice: by {first} and by column {key}"
            yield _conflict(f"property {words}", *keys, "property")
        fed_by.setdefault(entry.property, f"column {key}")


def _groups_with_email(config: Config) -> Iterator[Finding]:
    given = "fallback" in config.identifier.model_fields_set
    if config.profiles != "user" and given and "email" in config.identifier.fallback:
        words = "an email names a person, not a group; write [random] or []"
        yield _conflict(words, "identifier", "fallback")


def _rows_beyond_a_batch(config: Config) -> Iterator[Finding]:
    operations: set[str] = {entry.operation for _, _, entry in config.entries}
    if config.properties:
        operations.add("set")
    # What the file says of empty cells in general is for columns that set.
    sets = (entry for _, _, entry in config.entries if entry.operation in SETTING)
    if any((entry.empty or config.empty_cells) == "unset" for entry in sets):
        operations.add("unset")
    most = config.delivery.batch_size
    if not config.deletes and len(operations) > most:
        words = f"{most} is less than the {len(operations)} updates that a row may need, "
        yield _conflict(f"{words}one for each operation", "delivery", "batch_size")


def _named_without_header(config: Config) -> Iterator[Finding]:
    if config.source.header:
        return
    named: list[tuple[Keys, object]] = [
        (("identifier", "column"), config.identifier.column),
        *((("columns", key), key) for key in config.columns),
    ]
    for name, join in config.properties.items():
        if isinstance(join, Join):
            named += [(("properties", name, "join"), key) for key in join.join]
    for keys, key in named:
        if isinstance(key, str):
            words = (
                f"column {key!r} is a name, but the file has no header; "
                "number the columns, or set source.header: true"
            )
            yield _conflict(words, *keys, lacks=(("source", "header"),))
            return  # the others are names for the same reason


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
