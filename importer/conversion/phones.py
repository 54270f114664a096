"""Phone numbers: E.164 with a plus, as Mixpanel and everybody who sends messages wants them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.columns import as_mask, byte_lengths, one_text
from importer.conversion.cells import Kernel, Rows, buffers, from_buffers, matching, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown

# Digits and what the library takes for punctuation, full-width forms too.
_WRITTEN = re.compile(
    r"[+\uff0b]?[\d\s()\[\]./~\u2010-\u2015\u2212\u30fc\uff0d-\uff0f"
    r"\uff08\uff09\uff3b\uff3d\u00ad\u200b\u2060-]+"
)
_DIGIT_BYTES, _PUNCTUATION_BYTES = (
    np.isin(np.arange(256), list(some)) for some in (b"0123456789", b" ()-./")
)
_MOST_DIGITS = 15


def phone(options: TypeOptions) -> Conversion:
    """Numbers that can exist by their country's numbering plan: calling code and length.

    Whether a number is in use nobody can tell from its digits, and prefixes are assigned faster
    than any list of them is updated; so a number of a possible length is accepted. One without a
    country code needs the option `country`.
    """
    region = options.country

    def read(cell: str) -> str:
        return _read(cell, region)

    return typed(read, json_type="string", kernel=_kernel(region))


def _read(cell: str, region: str | None) -> str:
    if not _WRITTEN.fullmatch(cell):  # the library would look for a number in any text
        raise Unfit(f"{shown(cell)} is no phone number: it holds more than digits")
    library = _library()
    try:
        number = library.parse(cell, region)
    except library.NumberParseException as error:
        raise Unfit(f"{shown(cell)} is no phone number{_why(cell, region, error)}") from None
    reason = library.is_possible_number_with_reason(number)
    if reason != library.ValidationResult.IS_POSSIBLE:
        raise Unfit(f"{shown(cell)} is no phone number: {_IMPOSSIBLE.get(reason, 'its length')}")
    written: str = library.format_number(number, library.PhoneNumberFormat.E164)
    return written


# Keys are phonenumbers' ValidationResult.
_IMPOSSIBLE = {
    1: "unknown country code",
    2: "too short",
    3: "too long",
    4: "the area code is missing",
    5: "no number of its country has that length",
}


def _why(cell: str, region: str | None, error: Any) -> str:
    if error.error_type == _library().NumberParseException.INVALID_COUNTRY_CODE:
        if region is None and not cell.startswith("+"):
            return ": no country code; declare the column's country"
        return ": unknown country code"
    return ""


def _kernel(region: str | None) -> Kernel:
    def kernel(cells: pa.StringArray) -> tuple[pa.StringArray, Rows]:
        plus = _plus_and_digits(cells)
        digits = _without_punctuation(cells)
        sure = plus & _international(digits, plus)
        if region is None or plus.all():
            return digits, sure
        national = ~plus & matching(cells, r"\(?[0-9][0-9 ()./-]*[0-9]")
        return _national(digits, sure, national, region) if national.any() else (digits, sure)

    return kernel


def _plus_and_digits(cells: pa.StringArray) -> Rows:
    """Tell which cells are a plus, digits and punctuation, a digit at the end."""
    offsets, text = buffers(cells)
    rows = np.flatnonzero(np.diff(offsets) > 1)
    first, last = offsets[rows], offsets[rows + 1] - 1
    strange = ~(_DIGIT_BYTES | _PUNCTUATION_BYTES)[text]
    found = np.zeros(len(cells), bool)
    found[rows] = (text[first] == ord("+")) & _DIGIT_BYTES[text[last]]
    strange[first[found[rows]]] = False
    found[np.searchsorted(offsets, np.flatnonzero(strange), side="right") - 1] = False
    return found


def _without_punctuation(cells: pa.StringArray) -> pa.StringArray:
    offsets, text = buffers(cells)
    keep = ~_PUNCTUATION_BYTES[text]
    if keep.all():
        return cells
    places = np.concatenate(([0], np.cumsum(keep, dtype=np.int32)))[offsets]
    return from_buffers(places, text[keep])


def _international(cells: pa.StringArray, candidates: Rows) -> Rows:
    """Tell which of these cells, a plus and digits, are E.164 already.

    They are where the calling code exists, the length is one of its numbers', and nothing that
    follows could be a prefix which the library would take away.
    """
    plans = _plans()
    offsets, text = buffers(cells)
    size = np.diff(offsets)
    sure = candidates & (size >= 8) & (size <= _MOST_DIGITS + 1)
    rows = np.flatnonzero(sure)
    first = offsets[rows]
    digit = [text[first + place].astype(np.int32) - 0x30 for place in (1, 2, 3)]
    start = digit[0] * 100 + digit[1] * 10 + digit[2]
    code = plans.code[start]
    width = plans.width[start]
    sure[rows] = plans.lengths[code, size[rows] - 1 - width]
    sure[rows] &= text[first + 1 + width] != plans.trunk[code]
    codes = np.zeros(len(cells), np.int32)
    codes[rows] = code
    for one in np.unique(codes[sure]).tolist():
        if prefix := plans.prefixes.get(one):
            of_country = sure & (codes == one)
            part = cells.filter(as_mask(of_country))
            sure[of_country] = ~_begins(part, rf"\+{one}(?:{prefix})")
    return sure


def _national(
    cells: pa.StringArray, sure: Rows, candidates: Rows, region: str
) -> tuple[pa.StringArray, Rows]:
    """Add the numbers of a country that are written without its calling code."""
    plan = _plan(region)
    if plan is None:
        return cells, sure
    hits = candidates & (byte_lengths(cells) <= _MOST_DIGITS) & ~_begins(cells, plan.undecided)
    rest = pc.replace_substring_regex(cells, f"^{plan.trunk}", "") if plan.trunk else cells
    hits &= matching(rest, plan.number)
    hits &= plan.lengths[np.minimum(byte_lengths(rest), len(plan.lengths) - 1)]
    written = pc.binary_join_element_wise(one_text(f"+{plan.code}"), rest, one_text(""))
    return pc.if_else(as_mask(hits), written, cells), sure | hits


def _begins(cells: pa.StringArray, pattern: str) -> Rows:
    return matching(cells, f"(?:{pattern}).*")


class _Plans(NamedTuple):
    """What E.164 numbers look like, by their first three digits and by calling code.

    `trunk` is the one digit, as a byte, that a country dials before its numbers at home;
    `prefixes` are the patterns where it is more than that.
    """

    code: NDArray[np.int32]
    width: NDArray[np.int32]
    lengths: NDArray[np.bool_]
    trunk: NDArray[np.uint8]
    prefixes: dict[int, str]


class _Plan(NamedTuple):
    """How numbers of one country are written at home.

    `number` is the pattern of one without its trunk prefix; what begins with `undecided` may be
    read in another way.
    """

    code: int
    trunk: str
    number: str
    undecided: str
    lengths: NDArray[np.bool_]


@cache
def _plans() -> _Plans:
    code, width = np.zeros(1000, np.int32), np.zeros(1000, np.int32)
    sizes, trunk = np.zeros((1000, 20), bool), np.zeros(1000, np.uint8)
    prefixes: dict[int, str] = {}
    for country_code, metadata in _countries():
        digits = str(country_code)
        first = int(digits.ljust(3, "0"))
        block = slice(first, first + 10 ** (3 - len(digits)))
        code[block], width[block] = country_code, len(digits)
        sizes[country_code] = _sizes(metadata)
        prefix = metadata.national_prefix_for_parsing or ""
        if len(prefix) == 1:
            trunk[country_code] = ord(prefix)
        elif prefix:
            prefixes[country_code] = _re2(prefix)
    return _Plans(code, width, sizes, trunk, prefixes)


def _countries() -> Iterator[tuple[int, Any]]:
    library = _library()
    metadata = library.PhoneMetadata
    for code, regions in library.COUNTRY_CODE_TO_REGION_CODE.items():
        yield code, metadata.metadata_for_region_or_calling_code(code, regions[0])


@cache
def _plan(region: str) -> _Plan | None:
    """Read a country's plan; None where its prefixes are more than a trunk digit."""
    metadata = _library().PhoneMetadata.metadata_for_region(region)
    trunk = metadata.national_prefix or ""
    prefix = metadata.national_prefix_for_parsing or ""
    if metadata.national_prefix_transform_rule or not (
        prefix == trunk or prefix.startswith(f"{trunk}|") or prefix.endswith(f")|{trunk}")
    ):
        return None
    # Behind the trunk digit neither itself again, nor anything else that is taken for a prefix.
    others = [rf"{trunk}{trunk}"] if trunk else []
    others += [part for part in (prefix, metadata.international_prefix) if part and part != trunk]
    if prefix != trunk:
        others.remove(prefix)
        others.append(prefix.removeprefix(f"{trunk}|").removesuffix(f"|{trunk}"))
    others.append(str(metadata.country_code))
    return _Plan(
        code=metadata.country_code,
        trunk=trunk,
        number=_re2(metadata.general_desc.national_number_pattern),
        undecided="|".join(_re2(other) for other in others),
        lengths=_sizes(metadata) & _plans().lengths[metadata.country_code],
    )


def _sizes(metadata: Any) -> NDArray[np.bool_]:
    sizes = np.zeros(20, bool)
    sizes[[length for length in metadata.general_desc.possible_length if length > 0]] = True
    return sizes


def _re2(pattern: str) -> str:
    """Leave out what a pattern asks of the end: the fewer cells a kernel is sure of."""
    return re.sub(r"\$(?=\)|$|\|)", "", pattern)


@cache
def _library() -> Any:
    import phonenumbers  # 0.1 s, only for a mapping that has such a column

    return phonenumbers
