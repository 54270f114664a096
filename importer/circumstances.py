"""What surrounds a run and is the same for every way to begin one: bounds, observers, time."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypedDict

from importer.errors import ConfigError
from importer.interruption import Interruption
from importer.progress import Observer, Silence
from importer.tell import WARNING
from importer.timing import Timing


class Options(TypedDict, total=False):
    """The keyword arguments that every way to begin a run takes.

    `max_failures` is a number of rows or a share ("2%"), `max_duration` seconds or a time such as
    "15m". With `mask` failures.csv shows the form of values only. `metrics_file` is written for
    Prometheus once the run has ended. At most `rate` updates a second are sent: the share of this
    run, where several send to one project. With `other_token` a run goes on though the rows that
    have arrived were sent with another token.
    """

    environment: Mapping[str, str] | None
    observer: Observer | None
    interruption: Interruption | None
    timing: Timing | None
    max_failures: str | int | None
    max_duration: str | float | None
    mask: bool
    metrics_file: str | Path | None
    rate: float | None
    other_token: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The same, with defaults, and the warnings that came up so far."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    observer: Observer = field(default_factory=Silence)
    interruption: Interruption = field(default_factory=Interruption)
    timing: Timing = field(default_factory=Timing)
    max_failures: str | int | None = None
    max_duration: str | float | None = None
    mask: bool = False
    metrics_file: str | Path | None = None
    rate: float | None = None
    other_token: bool = False
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, options: Options) -> Self:
        """Take the options that are given. Raises ConfigError for a rate that is none."""
        given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
        rate = given.get("rate", 1)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not rate > 0:
            raise ConfigError(f"rate: more than 0 updates a second, not {rate!r}")
        return cls(**given)

    def warn(self, words: str) -> None:
        self.warnings.append(words)
        self.observer.narrate(f"{WARNING}{words}")
