"""What is done to whole columns: the quick ways agree with the slow ones."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.kernels import join as joining
from importer.kernels.columns import trimmed
from importer.kernels.join import join, where

CELLS = st.lists(st.text('aé \t\x1c\x7f\u00a0\u2003\u0085,"', max_size=4), max_size=6)


@given(CELLS, st.integers(0, 3))
def test_trimming(cells: list[str], start: int) -> None:
    """The same as Arrow's kernel, of a part of a column too."""
    column = pa.array(cells, pa.string()).slice(min(start, len(cells)))
    assert trimmed(column).equals(pc.utf8_trim_whitespace(column))


@given(CELLS, st.data())
@pytest.mark.parametrize("wide", [False, True])
def test_joining(wide: bool, cells: list[str], data: st.DataObject) -> None:
    """Row by row what Python would join, whichever width the offsets have."""
    column, rows = pa.array(cells, pa.string()), len(cells)
    chosen = data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    mask = pa.array(chosen, pa.bool_()).to_numpy(zero_copy_only=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "_WIDE", 0 if wide else 2**31)
        joined = join([["<", column], [where(mask, "é"), column, ">"]], rows)
    text = joined.text.to_pybytes()
    ends = zip(joined.offsets, joined.offsets[1:], strict=False)
    found = [text[start:stop].decode() for start, stop in ends]
    firsts = [f"<{cell}" for cell in cells]
    seconds = [f"{'é' * here}{cell}>" for here, cell in zip(chosen, cells, strict=True)]
    assert found == [first + second for first, second in zip(firsts, seconds, strict=True)]
    sizes = [
        [len(first.encode()), len(second.encode())]
        for first, second in zip(firsts, seconds, strict=True)
    ]
    assert joined.sizes.tolist() == sizes
