"""Countries: two letters, whichever way they are written."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from importer.conversion.cells import typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown

# In daily use, and neither in ISO 3166 nor in pycountry.
_ALSO = {
    "UK": "GB",
    "Great Britain": "GB",
    "UAE": "AE",
    "U.S.": "US",
    "U.S.A.": "US",
    "United States of America": "US",
    "Russia": "RU",
    "South Korea": "KR",
    "North Korea": "KP",
    "Turkey": "TR",
    "Czech Republic": "CZ",
    "Ivory Coast": "CI",
    "Cape Verde": "CV",
    "Swaziland": "SZ",
    "Macedonia": "MK",
    "Burma": "MM",
    "Holland": "NL",
    "Laos": "LA",
    "Brunei": "BN",
    "Vatican": "VA",
    "Vatican City": "VA",
    "Palestine": "PS",
    "Macau": "MO",
    "East Timor": "TL",
    "Micronesia": "FM",
    "Falkland Islands": "FK",
    "Democratic Republic of the Congo": "CD",
    "DR Congo": "CD",
}


def country(_: TypeOptions) -> Conversion:
    """ISO 3166 codes of two and three letters, and English names, as the code of two letters."""

    def read(cell: str) -> str:
        codes = _codes()
        if code := codes.get(_fold(cell)):
            return code
        raise Unfit(f"{shown(cell)} is no country{_near(_fold(cell), codes)}")

    return typed(read, json_type="string")


def _near(name: str, codes: Mapping[str, str]) -> str:
    """Suggest a country. Only names much like it are compared: a column may hold a million."""
    alike = [known for known in codes if known[:1] == name[:1] and abs(len(known) - len(name)) < 3]
    close = get_close_matches(name, alike, n=1, cutoff=0.75) if len(name) > 3 else []
    return f"; did you mean {codes[close[0]]}?" if close else ""


@cache
def _codes() -> Mapping[str, str]:
    import pycountry  # only for a mapping that has such a column

    codes: dict[str, str] = {}
    for entry in pycountry.countries:
        names = (getattr(entry, key, "") for key in ("name", "official_name", "common_name"))
        for name in filter(None, names):
            codes[_fold(name)] = entry.alpha_2
            if ", " in name:  # "Iran, Islamic Republic of" is also "Islamic Republic of Iran"
                codes[_fold(" ".join(reversed(name.split(", ", 1))))] = entry.alpha_2
    codes |= {_fold(name): code for name, code in _ALSO.items()}
    for entry in pycountry.countries:
        codes |= {entry.alpha_2.lower(): entry.alpha_2, entry.alpha_3.lower(): entry.alpha_2}
    return codes


def _fold(name: str) -> str:
    """Make names comparable: no accents, no case, no punctuation, "and" for "&", no "the"."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace(".", "")
    return re.sub(r"[\W_]+", " ", plain).strip().removeprefix("the ")
