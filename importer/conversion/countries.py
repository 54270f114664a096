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
    "Great Britain": "GB",
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


_SHORT = {"UK": "GB", "U.K.": "GB", "U.S.": "US", "U.S.A.": "US", "UAE": "AE", "U.A.E.": "AE"}

_LONGEST_CODE = 3


def country(_: TypeOptions) -> Conversion:
    """ISO 3166 codes of two and three letters, and English names, as the code of two letters."""

    def read(cell: str) -> str:
        codes, names = _known()
        # A code is written as it is: "n.a." is not Namibia, nor "Mr." Mauritania.
        name = _fold(cell)
        code = codes.get(cell.casefold()) or (names.get(name) if len(name) > _LONGEST_CODE else "")
        if code:
            return code
        raise Unfit(f"{shown(cell)} is no country{_near(name, names)}")

    return typed(read, json_type="string")


def _near(name: str, names: Mapping[str, str]) -> str:
    """Suggest a country. Only names much like it are compared: a column may hold a million."""
    alike = [known for known in names if known[:1] == name[:1] and abs(len(known) - len(name)) < 3]
    close = get_close_matches(name, alike, n=1, cutoff=0.75) if len(name) > 3 else []
    return f"; did you mean {names[close[0]]}?" if close else ""


@cache
def _known() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the countries' codes by themselves, as they are written, and by folded names."""
    import pycountry  # only for a mapping that has such a column

    known: dict[str, str] = {}
    for entry in pycountry.countries:
        names = (getattr(entry, key, "") for key in ("name", "official_name", "common_name"))
        for name in filter(None, names):
            known[_fold(name)] = entry.alpha_2
            if ", " in name:  # "Iran, Islamic Republic of" is also "Islamic Republic of Iran"
                known[_fold(" ".join(reversed(name.split(", ", 1))))] = entry.alpha_2
    known |= {_fold(name): code for name, code in _ALSO.items()}
    codes = {name.lower(): code for name, code in _SHORT.items()}
    for entry in pycountry.countries:
        codes |= {entry.alpha_2.lower(): entry.alpha_2, entry.alpha_3.lower(): entry.alpha_2}
    return codes, known


def _fold(name: str) -> str:
    """Make names comparable: no accents, no case, no punctuation, "and" for "&", no "the"."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace(".", "")
    return re.sub(r"[\W_]+", " ", plain).strip().removeprefix("the ")
