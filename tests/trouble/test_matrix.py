"""Every fault there is, as it strikes: no row lost, none doubled, the rest as the table says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.emulator import Emulator, running

from .matrix import INTRODUCTION, TROUBLES, Trouble, section

TABLE = Path(__file__).with_name("matrix.txt")

pytestmark = pytest.mark.usefixtures("one_authority")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One for all of them: each line begins by making it forget."""
    with running() as started:
        yield started


@pytest.mark.parametrize("trouble", TROUBLES, ids=[trouble.name for trouble in TROUBLES])
def test_a_fault(trouble: Trouble, emulator: Emulator) -> None:
    """Once, for a while or for ever, one request at a time or ten, `$set` or `$append`: the run
    and its resumption lose nothing, double nothing, and end as the committed table says.
    """
    made = section(trouble, emulator)
    assert _harmless(made)
    assert made in TABLE.read_text("utf-8"), f"another table than the committed one:\n{made}"


def test_the_table_is_whole() -> None:
    """The committed table has a section for every fault, in order, and nothing else."""
    introduction, *sections = TABLE.read_text("utf-8").split("\n\n")
    assert f"{introduction}\n" == INTRODUCTION
    assert [part.splitlines()[0] for part in sections] == [trouble.name for trouble in TROUBLES]
    assert all(map(_harmless, sections))


def _harmless(table: str) -> bool:
    lines = [line.split() for line in table.strip().splitlines()[2:]]
    return len(lines) == 12 and all(line[-2:] == ["0", "0"] for line in lines)
