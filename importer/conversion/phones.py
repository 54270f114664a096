"""Phone numbers: E.164 with a plus, as Mixpanel and everybody who sends messages wants them."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from importer.conversion.cells import Kernel, Rows, buffers, from_buffers, is_digit, matching, typed
from importer.conversion.model import Conversion, TypeOptions, Unfit, shown
from importer.kernels.columns import as_mask, byte_lengths, filled, has_any, mask_in, one_text

# Digits and what the library takes for punctuation, full-width forms too.
_WRITTEN = re.compile(
    r"[+\uff0b]?[\d\s()\[\]./~\u2010-\u2015\u2212\u30fc\uff0d-\uff0f"
    r"\uff08\uff09\uff3b\uff3d\u00ad\u200b\u2060-]+"
)
_PUNCTUATION_BYTES = np.isin(np.arange(256), list(b" ()-./"))
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
    if region is not None and _lost_its_plus(cell, number):
        raise Unfit(f"{shown(cell)} is no phone number: is there a + missing before its country?")
    if "(0)" in cell and not library.is_valid_number(number):
        # Dialled at home where there is such a zero; where there is none it is left out too.
        number = _valid(cell.replace("(0)", "", 1), region) or number
    reason = library.is_possible_number_with_reason(number)
    if reason != library.ValidationResult.IS_POSSIBLE:
        raise Unfit(f"{shown(cell)} is no phone number: {_IMPOSSIBLE.get(reason, 'its length')}")
    written: str = library.format_number(number, library.PhoneNumberFormat.E164)
    return written


def _lost_its_plus(cell: str, number: Any) -> bool:
    """Could these digits, read as a number of the country, also be an international number that
    lost its plus? Then nobody can tell.
    """
    digits, library = re.sub(r"\D", "", cell), _library()
    code = str(number.country_code)
    as_national = (
        library.format_number(number, library.PhoneNumberFormat.E164) == f"+{code}{digits}"
    )
    if not (as_national and digits.startswith(code)):
        return False
    return _valid(f"+{digits}", None) is not None


def _valid(text: str, region: str | None) -> Any:
    """Return the number that a text is, None where there is none such."""
    library = _library()
    try:
        number = library.parse(text, region)
    except library.NumberParseException:
        return None
    return number if library.is_valid_number(number) else None


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
        _, text = buffers(cells)
        marks = np.flatnonzero(~is_digit(text))
        plus = _plus_and_digits(cells, marks)
        digits = _without_punctuation(cells, marks)
        sure = plus & _international(digits, plus)
        if b"(0)" in text.tobytes():
            sure &= ~mask_in(pc.match_substring(cells, "(0)"))
        others = filled(cells) & ~plus
        if region is None or not has_any(others):
            return digits, sure
        mask = as_mask(others)
        written, sure[others] = _national(cells.filter(mask), digits.filter(mask), region)
        return pc.replace_with_mask(digits, mask, written), sure

    return kernel


def _plus_and_digits(cells: pa.StringArray, marks: NDArray[np.intp]) -> Rows:
    """Tell which cells are a plus, digits and punctuation, a digit at the end; `marks` are the
    places of all bytes that are no digits.
    """
    offsets, text = buffers(cells)
    rows = np.flatnonzero(byte_lengths(cells) > 1)
    first, last = offsets[rows], offsets[rows + 1] - 1
    found = np.zeros(len(cells), bool)
    found[rows] = (text[first] == ord("+")) & is_digit(text[last])
    strange = marks[~_PUNCTUATION_BYTES[text[marks]]]
    opening = np.zeros(len(text), bool)
    opening[first[found[rows]]] = True
    strange = strange[~opening[strange]]
    found[np.searchsorted(offsets, strange, side="right") - 1] = False
    return found


def _without_punctuation(cells: pa.StringArray, marks: NDArray[np.intp]) -> pa.StringArray:
    offsets, text = buffers(cells)
    punctuation = marks[_PUNCTUATION_BYTES[text[marks]]]
    if not len(punctuation):
        return cells
    keep = np.ones(len(text), bool)
    keep[punctuation] = False
    places = np.concatenate(([0], np.cumsum(keep, dtype=np.int32)))[offsets]
    return from_buffers(places, text[keep])


def _international(cells: pa.StringArray, candidates: Rows) -> Rows:
    """Tell which of these cells, a plus and digits, are E.164 already.

    They are where the calling code exists, the length is one of its numbers', and nothing that
    follows could be a prefix which the library would take away.
    """
    plans = _plans()
    offsets, text = buffers(cells)
    size = byte_lengths(cells)
    sure = candidates & (size >= 8) & (size <= _MOST_DIGITS + 1)
    rows = np.flatnonzero(sure)
    first = offsets[rows]
    digit = [text[first + place].astype(np.int32) - 0x30 for place in (1, 2, 3)]
    start = digit[0] * 100 + digit[1] * 10 + digit[2]
    code = plans.code[start]
    width = plans.width[start]
    plans.learn(np.flatnonzero(np.bincount(code)).tolist())
    sure[rows] = plans.lengths[code, size[rows] - 1 - width]
    sure[rows] &= text[first + 1 + width] != plans.trunk[code]
    codes = np.zeros(len(cells), np.int32)
    codes[rows] = code
    prefixed = sure & plans.prefixed[codes]
    if has_any(prefixed):
        sure[prefixed] = ~_begins(cells.filter(as_mask(prefixed)), plans.prefixes)
    return sure


def _national(
    cells: pa.StringArray, digits: pa.StringArray, region: str
) -> tuple[pa.StringArray, Rows]:
    """Write numbers that have no calling code with that of the country, and tell which are some."""
    plan = _plan(region)
    if plan is None:
        return digits, np.zeros(len(cells), bool)
    hits = matching(cells, r"\(?[0-9][0-9 ()./-]*[0-9]")
    if not has_any(hits):  # spares the patterns, which take as long to compile as many cells
        return digits, hits
    hits &= (byte_lengths(digits) <= _MOST_DIGITS) & ~_begins(digits, plan.undecided)
    rest = pc.replace_substring_regex(digits, f"^{plan.trunk}", "") if plan.trunk else digits
    hits &= matching(rest, plan.number)
    hits &= plan.lengths[np.minimum(byte_lengths(rest), len(plan.lengths) - 1)]
    return pc.binary_join_element_wise(one_text(f"+{plan.code}"), rest, one_text("")), hits


def _begins(cells: pa.StringArray, pattern: str) -> Rows:
    return matching(cells, f"(?:{pattern}).*")


class _Plans:
    """What E.164 numbers look like, by their first three digits and by calling code.

    `code` and `width` are known for all; the rest of a calling code is once it was learnt, for
    there are two hundred, and a file has few. `trunk` is the one digit, as a byte, that a country
    dials before its numbers at home; where it is more than that the code is `prefixed`, and
    `prefixes` is the pattern of all such numbers with what is dialled at home.
    """

    def __init__(self) -> None:
        self.code, self.width = np.zeros(1000, np.int32), np.zeros(1000, np.int32)
        self.lengths, self.trunk = np.zeros((1000, 20), bool), np.zeros(1000, np.uint8)
        self.prefixed, self._prefixes = np.zeros(1000, bool), list[str]()
        self._regions = _library().COUNTRY_CODE_TO_REGION_CODE
        self._learnt: set[int] = {0}  # no code at all
        for code in self._regions:
            digits = str(code)
            first = int(digits.ljust(3, "0"))
            block = slice(first, first + 10 ** (3 - len(digits)))
            self.code[block], self.width[block] = code, len(digits)

    def learn(self, codes: Iterable[int]) -> None:
        """Learn of these codes; what makes the kernel sure comes last, for threads that look on."""
        for code in set(codes) - self._learnt:
            region = self._regions[code][0]
            metadata = _library().PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            prefix = metadata.national_prefix_for_parsing or ""
            if len(prefix) == 1:
                self.trunk[code] = ord(prefix)
            elif prefix:
                self._prefixes.append(f"{code}(?:{_re2(prefix)})")
                self.prefixed[code] = True
            self.lengths[code] = _sizes(metadata)
            self._learnt.add(code)

    @property
    def prefixes(self) -> str:
        return rf"\+(?:{'|'.join(self._prefixes)})"


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
    return _Plans()


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
    _plans().learn([metadata.country_code])
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
