"""Imports a CSV of customers into Mixpanel as profiles."""

from importlib import import_module
from typing import TYPE_CHECKING

from importer.errors import (
    AlreadyRunning,
    BooksDoNotBalance,
    ConfigError,
    CredentialsRefused,
    Drifted,
    ExitCode,
    ImporterError,
    Interrupted,
    MappingError,
    NothingToDo,
    RefusedByServer,
    ReportError,
    SourceBroken,
    SourceChanged,
    SourceError,
    StateError,
    Stopped,
    TookTooLong,
    TooManyFailures,
    TransformFailed,
    Unreachable,
)
from importer.interruption import Interruption

if TYPE_CHECKING:
    from importer.begin import import_frame, import_profiles, resume_import, retry_import
    from importer.books.report import Report
    from importer.books.sums import Sum, add_up
    from importer.books.totals import Totals
    from importer.guess.previews import ColumnPreview, Preview, preview
    from importer.progress import Observer, Progress
    from importer.settings.config import Config
    from importer.settings.config_file import load_config

__all__ = [
    "AlreadyRunning",
    "BooksDoNotBalance",
    "ColumnPreview",
    "Config",
    "ConfigError",
    "CredentialsRefused",
    "Drifted",
    "ExitCode",
    "ImporterError",
    "Interrupted",
    "Interruption",
    "MappingError",
    "NothingToDo",
    "Observer",
    "Preview",
    "Progress",
    "RefusedByServer",
    "Report",
    "ReportError",
    "SourceBroken",
    "SourceChanged",
    "SourceError",
    "StateError",
    "Stopped",
    "Sum",
    "TooManyFailures",
    "TookTooLong",
    "Totals",
    "TransformFailed",
    "Unreachable",
    "add_up",
    "import_frame",
    "import_profiles",
    "load_config",
    "preview",
    "resume_import",
    "retry_import",
]

# Imported when first asked for: `importer --help` needs no pandas.
_HOMES = {
    "ColumnPreview": "guess.previews",
    "Config": "settings.config",
    "Observer": "progress",
    "Preview": "guess.previews",
    "Progress": "progress",
    "Report": "books.report",
    "Totals": "books.totals",
    "Sum": "books.sums",
    "add_up": "books.sums",
    "import_frame": "begin",
    "import_profiles": "begin",
    "resume_import": "begin",
    "retry_import": "begin",
    "load_config": "settings.config_file",
    "preview": "guess.previews",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
