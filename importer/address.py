"""Where requests go: the API's servers by region, or an address, and never in the clear."""

from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from importer.settings.near import near

if TYPE_CHECKING:
    from importer.settings.sections import Project

BASE_URLS: Mapping[str, str] = MappingProxyType(
    {
        # The servers of the ingestion API's specification.
        "us": "https://api.mixpanel.com",
        "eu": "https://api-eu.mixpanel.com",
        "in": "https://api-in.mixpanel.com",
    }
)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_url(url: str, *, allow_insecure: bool = False) -> str:
    """Return the base URL without a slash at its end.

    Raises ValueError for anything but https, or http to this machine: a token must not cross a
    network in the clear.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) address: {url!r}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the address must hold no user, password, query or fragment")
    _ = parts.port  # raises ValueError where it is no number
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise ValueError(f"not the name of a host: {parts.hostname!r}") from None
    if parts.scheme == "http" and not allow_insecure and not is_loopback(parts.hostname):
        raise ValueError(
            f"http:// would send the token in the clear to {parts.hostname}; "
            "use https://, or set project.allow_insecure: true"
        )
    return url.rstrip("/")


def checked_webhook(url: str, *, allow_insecure: bool) -> str:
    """Return an address that reports may be sent to.

    Raises ValueError for anything but https, or http to this machine. It is not shown: such
    addresses often hold a secret.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an http(s) address")
    if parts.scheme == "http" and not allow_insecure and not is_loopback(parts.hostname):
        raise ValueError(
            f"http:// would send the report in the clear to {parts.hostname}; "
            "use https://, or set project.allow_insecure: true"
        )
    return url


def base_url(project: "Project", environment: Mapping[str, str]) -> str:
    """Return where requests go: environment before file, an address before a region."""
    if url := environment.get("MIXPANEL_URL"):
        return _checked("MIXPANEL_URL", url, project)
    region = environment.get("MIXPANEL_REGION") or None
    if region is not None and region not in BASE_URLS:
        hint = near(region.lower(), list(BASE_URLS))
        raise ValueError(f"MIXPANEL_REGION: unknown region {region!r}; {hint}")
    if region is None and project.url is not None:
        return _checked("project", project.url, project)
    return BASE_URLS[region or project.region]


def _checked(where: str, url: str, project: "Project") -> str:
    try:
        return checked_url(url, allow_insecure=project.allow_insecure)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
