"""Packages that only some users need: what to install is said when one is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from importer.errors import SourceError


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Turn a failed import into the command that makes it succeed, as a SourceError."""
    try:
        yield
    except ImportError as error:
        # fsspec raises one without a name from that which has it.
        package = error.name or getattr(error.__cause__, "name", None) or "that is missing"
        raise SourceError(
            f"{what} needs the package {package}; pip install 'mixpanel-profile-importer[{extra}]'"
        ) from error
