"""A first look without an account: the sample file goes into an emulator on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from importer.begin import import_profiles
from importer.books.report import Report
from importer.emulator import Emulator
from importer.errors import ImporterError
from importer.progress import Observer

SAMPLE = "customers"
TOKEN = "demo-token"


@dataclass(frozen=True, slots=True)
class Demo:
    """How the demonstration ended, and one profile as the emulator holds it."""

    report: Report
    config: Path
    identifier: str
    profile: dict[str, Any]


def demonstrate(emulator: Emulator, report_dir: Path, observer: Observer) -> Demo:
    """Import the sample file into an emulator."""
    with sample_folder() as folder:
        config = folder / f"{SAMPLE}.yaml"
        report = import_profiles(
            folder / f"{SAMPLE}.csv",
            config,
            report_dir=report_dir,
            environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": TOKEN},
            observer=observer,
        )
        identifier, profile = next(iter(emulator.profiles().items()), ("", {}))
        return Demo(report, config, identifier, profile)


@contextmanager
def sample_folder() -> Iterator[Path]:
    """Find sample_data/: inside the package where it is installed, beside it in a checkout."""
    with as_file(files("importer")) as package:
        for folder in (package / "sample_data", package.parent / "sample_data"):
            if (folder / f"{SAMPLE}.csv").is_file():
                yield folder
                return
    raise ImporterError("sample_data is missing from this installation; install the package again")
