"""The quoted parts of a CSV text: where they open, where they close, what lies in none of them.

A text is searched as a whole, not byte by byte: quotes pair up by parity, and only one in which
they do not (a quote in the middle of a cell) is walked quote by quote.
"""

import numpy as np
from numpy.typing import NDArray

from importer.reading.dialect import Dialect

_Places = NDArray[np.int64]

LF, CR = 0x0A, 0x0D


def quoted_spans(
    units: NDArray[np.unsignedinteger], dialect: Dialect
) -> tuple[_Places, _Places, _Places]:
    """Find the quoted parts of data that begins with a record.

    Returns the positions of the opening quotes, of their closing quotes (the length of the data
    where one is missing), and of closing quotes with text behind them. A doubled quote counts as
    a part that closes and the next one that opens right behind it.
    """
    none = np.empty(0, np.int64)
    if dialect.quote is None:
        return none, none, none
    quotes = np.flatnonzero(units == ord(dialect.quote))
    if not len(quotes):
        return none, none, none
    opens, closes = quotes[0::2], quotes[1::2]
    if len(closes) < len(opens):
        closes = np.append(closes, len(units))
    before = np.where(opens > 0, units[opens - 1], LF)
    behind = units[np.minimum(closes + 1, len(units) - 1)]
    behind = np.where(closes + 1 < len(units), behind, LF)
    structure = np.array([ord(dialect.delimiter), ord(dialect.quote), LF, CR])
    if np.isin(before, structure).all() and np.isin(behind, structure).all():
        return opens, closes, none
    return _walk_quotes(units, quotes, dialect)


def _walk_quotes(
    units: NDArray[np.unsignedinteger], quotes: _Places, dialect: Dialect
) -> tuple[_Places, _Places, _Places]:
    """Pair quotes one by one, for data where some of them are mere text."""
    edge = {ord(dialect.delimiter), LF, CR}
    before = np.where(quotes > 0, units[quotes - 1], LF).tolist()
    behind = np.where(
        quotes + 1 < len(units), units[np.minimum(quotes + 1, len(units) - 1)], LF
    ).tolist()
    at = quotes.tolist()
    opens, closes, stray = [], [], []
    i, last = 0, len(at)
    while i < last:
        if before[i] not in edge:  # in the middle of a cell: text
            i += 1
            continue
        opens.append(at[i])
        i += 1
        while i + 1 < last and at[i + 1] == at[i] + 1:  # doubled: one quote of text
            i += 2
        if i == last:
            closes.append(len(units))
            break
        closes.append(at[i])
        if behind[i] not in edge:
            stray.append(at[i])
        i += 1
    return np.array(opens, np.int64), np.array(closes, np.int64), np.array(stray, np.int64)


def outside(positions: _Places, opens: _Places, closes: _Places) -> _Places:
    """Keep the positions that lie in no quoted part."""
    if not len(opens):
        return positions
    part = np.searchsorted(opens, positions) - 1
    return positions[(part < 0) | (positions > closes[part])]
