"""How far a run may go: rows that failed, and time."""

import pytest

from importer.books.totals import Totals
from importer.bounds import ENOUGH, Bounds
from importer.errors import ConfigError, ExitCode


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("100", None), Bounds(failures=100)),
        ((0, None), Bounds(failures=0)),
        (("2%", None), Bounds(percent=2.0)),
        (("0.5 %", None), Bounds(percent=0.5)),
        ((None, "90"), Bounds(seconds=90.0)),
        ((None, 1.5), Bounds(seconds=1.5)),
        ((None, "90s"), Bounds(seconds=90.0)),
        ((None, "15m"), Bounds(seconds=900.0)),
        ((None, "2h"), Bounds(seconds=7_200.0)),
        ((None, None), Bounds()),
    ],
)
def test_how_bounds_are_given(
    given: tuple[str | int | None, str | float | None], expected: Bounds
) -> None:
    """Rows are given as a number or a share, time with or without a unit."""
    assert Bounds.of(*given) == expected


@pytest.mark.parametrize("given", ["many", "-1", "101%", "2,5%", "", "%"])
def test_failures_that_are_no_bound(given: str) -> None:
    with pytest.raises(ConfigError, match="--max-failures: a number of rows or a share"):
        Bounds.of(given, None)


@pytest.mark.parametrize("given", ["soon", "-1", "0", "10 years", "1h30m"])
def test_times_that_are_no_bound(given: str) -> None:
    with pytest.raises(ConfigError, match="--max-duration: a time such as 90s, 15m or 2h"):
        Bounds.of(None, given)


def totals(read: int, failed: int) -> Totals:
    return Totals(read=read, failed=failed)


def test_one_more_than_allowed_stops() -> None:
    """As many as are allowed may fail; one more is too many."""
    assert Bounds(failures=3).reached(totals(10, 3), 0) is None
    stop = Bounds(failures=3).reached(totals(10, 4), 0)
    assert stop is not None
    assert (stop.exit_code, str(stop)) == (
        ExitCode.GUARD,
        "4 rows had failed, and --max-failures allows 3",
    )


def test_a_share_needs_rows_to_be_one_of() -> None:
    """One bad row of three does not stop a run that allows two percent."""
    bounds = Bounds(percent=2)
    assert bounds.reached(totals(3, 1), 0) is None
    assert bounds.reached(totals(ENOUGH, 20), 0) is None
    assert str(bounds.reached(totals(ENOUGH, 21), 0)) == (
        "21 of 1,000 rows had failed, and --max-failures allows 2%"
    )


def test_time_is_over() -> None:
    assert Bounds(seconds=900).reached(totals(1, 0), 899.9) is None
    assert str(Bounds(seconds=900).reached(totals(1, 0), 900)) == "--max-duration of 900 s is over"
