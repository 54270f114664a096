"""What an answer of the server means for the updates that were sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Accepted:
    """Every update was applied."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server's words on one update; `field` is the part it objects to, where it says so."""

    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class PartlyRefused:
    """Some updates were refused by name.

    `refusals` maps their positions in the request (0-based) to the server's words;
    `others_applied` says whether the answer vouches for all the others.
    """

    refusals: Mapping[int, Refusal]
    others_applied: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused as a whole, no update named."""

    message: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More than the server takes in one request."""

    message: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Certainly not applied; may go again after a pause of at least `retry_after` seconds.

    `too_fast` says whether the server refused the pace.
    """

    message: str
    retry_after: float = 0.0
    too_fast: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Perhaps applied, perhaps not: the answer is missing or cannot be read."""

    message: str
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Denied:
    """The credentials were refused; nothing that follows can succeed."""

    message: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Sending the same again cannot succeed: not the API's address, most likely."""

    message: str


Verdict = Accepted | PartlyRefused | Refused | TooLarge | Busy | Lost | Denied | Hopeless


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, free of the library that received it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
