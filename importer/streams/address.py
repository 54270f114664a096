"""The address of a source: which kind it is, and how it is shown without what is secret in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from importer.address import is_loopback
from importer.errors import SourceError


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of address, the extra that its packages are in, and whether it has patterns.

    In the others `*` and `?` are letters like any other.
    """

    extra: str
    patterns: bool = True


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "https": Scheme("http", patterns=False),
        "http": Scheme("http", patterns=False),
        "s3": Scheme("s3"),
        "gs": Scheme("gcs"),
        "az": Scheme("azure"),
        "abfs": Scheme("azure"),
        "abfss": Scheme("azure"),
        "sftp": Scheme("sftp"),
    }
)

HIDDEN = "***"


def is_address(source: object) -> bool:
    return isinstance(source, str) and "://" in source


def scheme_of(address: str) -> Scheme:
    """Return the kind of an address. Raises SourceError for none that can be read."""
    name = address.partition("://")[0].lower()
    if name not in SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES if scheme != "http")
        raise SourceError(
            f"{shown_address(address)}: {name}:// is no address of a source; "
            f"name a file, or one of {known}"
        )
    if name == "http" and not is_loopback(urlsplit(address).hostname or ""):
        raise SourceError(
            f"{shown_address(address)}: http:// would fetch the file in the clear; use https://"
        )
    return SCHEMES[name]


def secrets_of(address: str) -> tuple[str, ...]:
    """Return what must not be shown: a user with a password, and a query with its signature.

    A name before an @ alone is a bucket or a login, except on the web, where it is a token.
    """
    scheme, user, _, query = _parted(address)
    web = scheme in ("http", "https")
    return tuple(filter(None, (user if web or ":" in user else "", query if web else "")))


def shown_address(address: str) -> str:
    """Return an address as it may be printed and kept."""
    scheme, user, place, query = _parted(address)
    secrets = secrets_of(address)
    login = f"{HIDDEN if user in secrets else user}@" if user else ""
    mark = "?" if query.startswith("?") else "#" if query else ""
    return f"{scheme}://{login}{place}{mark + HIDDEN if query in secrets else query}"


def scrubbed(words: str, address: str) -> str:
    """Return what a library says of an address without what is secret in that."""
    words = words.replace(address, shown_address(address))
    for secret in secrets_of(address):
        for part in (secret, secret.lstrip("?#"), secret.rpartition(":")[2]):
            words = words.replace(part, HIDDEN) if len(part) > 2 else words
    return words


def login_host_path(address: str) -> tuple[str, SplitResult, str]:
    """Return the parts of an address whose path may have ? and # in it; the login as written."""
    _, login, place, behind = _parted(address)
    host, slash, path = place.partition("/")
    return login, urlsplit(f"//{host}"), slash + path + behind


def _parted(address: str) -> tuple[str, str, str, str]:
    """Return scheme, user, host with path, and what comes behind, its ? or # included."""
    scheme, _, rest = address.partition("://")
    end = min((at for mark in "?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    authority, slash, path = rest[:end].partition("/")
    port = authority.partition(":")[2]
    if "@" in rest and "@" not in authority and port and not port.isdecimal():
        # A password with one of /?# in it, as it should not be, is hidden all the same.
        user, _, behind = rest.rpartition("@")
        return scheme.lower(), user, behind, ""
    user, _, host = authority.rpartition("@")
    return scheme.lower(), user, host + slash + path, rest[end:]
