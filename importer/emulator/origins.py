"""Who may look inside: no other web site that is open in the same browser.

A page of a stranger can have its visitor's browser send requests to this machine, and can give
this machine a name of its own (DNS rebinding) to read what it answers. The API's two paths are
open to every origin, as those of the real API are; the page and the control endpoints are not.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
        " connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
)
"""What browsers are told with every answer but the API's."""


def is_local(host: str) -> bool:
    """Whether a name or an address can mean this machine only."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(headers: Mapping[str, str], method: str, *, local: bool) -> str:
    """Why a request is refused, or an empty text; what no browser sent passes.

    ``local`` says that the server listens on this machine's own address only.
    """
    host = headers.get("host", "")
    if local and host and not is_local(_name(host)):
        return f"this server is not {host!r}"
    origin = headers.get("origin")
    own = (f"http://{host.lower()}", f"https://{host.lower()}")
    if origin is not None and origin.lower() not in own:
        return f"a request of {origin!r}"
    # Browsers name no origin where a page embeds something; following a link is allowed.
    followed = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed:
        return "a request of another site"
    return ""


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
