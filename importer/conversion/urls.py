"""Web addresses: http or https, whole, with a host."""

import re
from ipaddress import IPv6Address
from urllib.parse import urlsplit

import pyarrow as pa

from importer.conversion.cells import Rows, matching, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown
from importer.kernels.columns import byte_lengths

# What RFC 3986 lets nobody write unescaped and no browser would send either.
_FORBIDDEN = re.compile(r'[\s\x00-\x1f\x7f"<>\\]')
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*\.?")
_LONGEST_HOST = 253

_LABEL = "[A-Za-z0-9]+(?:[-_]+[A-Za-z0-9]+)*"
_PLAIN = rf"https?://{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,4}})?(?:[/?#][!#-;=?-Z^-z|~_]*)?"
_SHORT = 250


def url(_: TypeOptions) -> Conversion:
    """Absolute http and https addresses, sent as they are written."""

    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        return cells, matching(cells, _PLAIN) & (byte_lengths(cells) <= _SHORT)

    return typed(_read, json_type="string", kernel=kernel)


def _read(cell: str) -> str:
    if not re.match("https?://", cell, re.IGNORECASE):
        raise Unfit(f"{shown(cell)} is no web address: it must begin with http:// or https://")
    if found := _FORBIDDEN.search(cell):
        raise Unfit(f"{shown(cell)} is no web address: it holds {shown(found[0])}")
    try:
        parts = urlsplit(cell)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unfit(f"{shown(cell)} is no web address: {error}") from None
    is_name = _HOST.fullmatch(host) and len(host) <= _LONGEST_HOST
    if not is_name and not _is_ipv6(host):
        raise Unfit(f"{shown(cell)} is no web address: it names no host")
    return cell


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
