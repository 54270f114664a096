"""The parts of a mapping file that say where profiles go, how a file is read, how it is sent."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)

from importer.address import checked_url
from importer.settings.durations import seconds_of
from importer.settings.encodings import hides, known_encoding
from importer.settings.near import spelled

Region = Literal["us", "eu", "in"]


def _one_ascii_character(text: str) -> str:
    if len(text) != 1 or not text.isascii() or text in "\r\n\0" or text.isalnum():
        hint = '; a tab is "\\t"' if text.lower() in ("tab", "\\t") else ""
        what = "must be one ASCII character, no letter, digit or line break"
        raise ValueError(f"{what}: {text!r}{hint}")
    return text


def _fit_to_be_cut(name: str, info: ValidationInfo) -> str:
    """Refuse encodings in which a delimiter, quote or line break cannot be told by its byte."""
    codec = known_encoding(name)
    for character in (info.data.get("delimiter"), info.data.get("quote"), "\r", "\n"):
        if character and hides(codec, character):
            raise ValueError(
                f"{name} has the byte of {character!r} in other characters; "
                "convert the file to utf-8 first"
            )
    return codec


class Section(BaseModel):
    """A part of a mapping file: no key that is not known, nothing converted on the way."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Project(Section):
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


class Source(Section):
    """How the file is written."""

    header: bool = False
    delimiter: Annotated[str, AfterValidator(_one_ascii_character)] = ","
    quote: Annotated[str, AfterValidator(_one_ascii_character)] | None = '"'
    encoding: Annotated[str, AfterValidator(_fit_to_be_cut)] = "utf-8"
    skip_records: Annotated[int, Field(ge=0)] = 0
    sheet: Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote must differ")
        return self


def _column_key(key: object) -> int | str:
    if (isinstance(key, int) and not isinstance(key, bool) and key >= 1) or (
        isinstance(key, str) and key
    ):
        return key
    raise ValueError(f"a column is a number from 1, or a header name, not {spelled(key)}")


ColumnKey = Annotated[int | str, BeforeValidator(_column_key)]


class Identifier(Section):
    """Which column names the profile, and what stands in where it is empty."""

    column: ColumnKey | None = None
    fallback: tuple[Literal["email", "random"], ...] = Field(
        default=("email", "random"), strict=False
    )


class Group(Section):
    """Group profiles instead of people's."""

    group_key: Annotated[str, Field(min_length=1)]


class Delivery(Section):
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


class Delta(Section):
    """Only what changed is sent, and now and then everything."""

    full_every: Annotated[str, BeforeValidator(_duration)] | None = None


def _as_command(value: object) -> object:
    """Read a list of words as such; one text is a line for the shell."""
    return tuple(value) if isinstance(value, list) else value


def _how_written(value: object) -> str:
    return "[words]" if isinstance(value, tuple) else "[line]"


Word = Annotated[str, Field(min_length=1)]
Command = Annotated[
    Annotated[Word, Tag("[line]")]
    | Annotated[tuple[Word, ...], Field(min_length=1), Tag("[words]")],
    Discriminator(_how_written),
]


class OnFinish(Section):
    """Who is told of a run that has ended. It never changes how the run ended."""

    command: Annotated[Command | None, BeforeValidator(_as_command)] = None
    webhook: str | None = None
    timeout: Annotated[float, Field(gt=0)] = 30.0
