"""The arithmetic of the benchmark's tables and plots."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.__main__ import NAMES, chosen_names, main
from tests.benchmarks.draw import HOW_TO_GET_IT, NoMatplotlibError, draw_pacing, draw_reaches
from tests.benchmarks.floor import own_times
from tests.benchmarks.measure import Measurement
from tests.benchmarks.pacing import accepted, duration, series, share_of_budget, share_refused
from tests.benchmarks.pacing_server import Bucket, Exchange
from tests.benchmarks.profiles import Valgrind, read_stacks, summary
from tests.benchmarks.reaches import NOT_MEASURED, Line, lines
from tests.benchmarks.runs import Results, RunError, Step, run_in_turn
from tests.benchmarks.table import HEAD, reach_table, table

BUDGET = 30_000.0


def run(wall: float, cpu: float = 4.0, peak: float = 200.0) -> Measurement:
    return Measurement(0, wall, cpu, peak)


def exchange(at: float, updates: int = 200, status: int = 200, took: float = 0.0) -> Exchange:
    return Exchange(at - took, 1, at, status, updates)


def just_reached(folder: Path) -> Results:
    """Runs of which each figure is at its limit."""
    output = folder / "read-csv.out"
    output.write_text("read_csv 3.000 s\nexact 6.000 s\n")
    answers = [exchange(0, 30_000), exchange(1, 30_000), exchange(2, 29_100)]
    answers += [exchange(2, 0) for _ in range(96)] + [exchange(2, 200, status=429)]
    return Results(
        1_000_000,
        titles={"importer": "ours", "floor": "floor"},
        runs={
            "importer": [run(2.0), run(3.0), run(99.0)],
            "mixpanel-import": [run(20.0)],
            "mixpanel-import-lean": [run(18.0)],
            "floor": [run(1.0)],
            "large": [run(15.0, peak=220.0)],
            "typed": [run(3.9)],
            "check": [run(3.0)],
            "help": [run(0.15), run(0.1), run(0.2)],
            "check-few": [run(0.6)],
            "latency": [run(52.5)],
        },
        outputs={"read-csv": [output]},
        seen={"budget": [answers]},
    )


def test_reaches_at_their_limits(tmp_path: Path) -> None:
    """What is exactly at its limit is reached, and the figures are medians of the right runs."""
    reached = lines(just_reached(tmp_path))
    assert [line.measured for line in reached] == [
        "6.00 times",
        "3.00 times",
        "200 MiB",
        "1.10 times",
        "4.00 s",
        "1.00 times",
        "0.50 times",
        "1.30 times",
        "98.5%",
        "1.00%",
        "1.050 times",
        "150 ms",
        "600 ms",
    ]
    assert {line.reached for line in reached} == {"yes"}


@pytest.mark.parametrize(
    ("name", "worse", "lost"),
    [
        ("mixpanel-import-lean", run(17.9), 0),
        ("floor", run(0.99), 1),
        ("large", run(15.0, peak=220.1), 3),
        ("check", run(3.01), 5),
        ("typed", run(3.91), 7),
        ("latency", run(52.6), 10),
        ("help", run(0.151), 11),
        ("check-few", run(0.601), 12),
    ],
)
def test_reaches_beyond_their_limits(
    name: str, worse: Measurement, lost: int, tmp_path: Path
) -> None:
    """A little beyond the limit, and that one reach says no."""
    results = just_reached(tmp_path)
    results.runs[name] = [worse]
    assert [n for n, line in enumerate(lines(results)) if line.reached == "no"] == [lost]


def test_reaches_of_the_importer_alone(tmp_path: Path) -> None:
    """Memory, CPU, use of a budget and 429s are judged by themselves."""
    results = just_reached(tmp_path)
    results.runs["importer"] = [run(3.0, cpu=4.01, peak=200.1)]
    results.seen["budget"] = [[exchange(0, 30_000), exchange(2, 200), exchange(2, 0, status=429)]]
    lost = [n for n, line in enumerate(lines(results)) if line.reached == "no"]
    assert lost == [2, 4, 8, 9]


def test_reaches_without_runs(tmp_path: Path) -> None:
    """What was not run is not judged, and fewer rows may take less CPU and time."""
    results = just_reached(tmp_path)
    del results.runs["large"], results.runs["help"]
    results.outputs.clear()
    reached = lines(results)
    missing = [n for n, line in enumerate(reached) if line.reached == NOT_MEASURED]
    assert missing == [3, 5, 6, 11]
    assert reached[11].measured == "no run of help"
    few = replace(results, rows=100_000)
    assert (lines(few)[4].wanted, lines(few)[4].reached) == ("under 0.4 s", "no")
    assert lines(few)[10].measured == "10.500 times"


def test_flood_is_named(tmp_path: Path) -> None:
    """Where there is no compiler the table says that it was not the floor in C."""
    results = just_reached(tmp_path)
    assert "the C floor" in lines(results)[1].what
    results.runs["flood"] = results.runs.pop("floor")
    assert "no C compiler" in lines(results)[1].what
    assert lines(results)[1].measured == "3.00 times"


def test_tables(tmp_path: Path) -> None:
    """Medians, and beside them how many times ours; a program that was never right is left out."""
    results = just_reached(tmp_path)
    results.titles["typed"] = "typed"
    results.runs["typed"] = []
    assert table(results, ["importer", "floor", "typed"]).removeprefix(HEAD).splitlines() == [
        "",
        "| ours | 3.00 | 4.00 | 200 | 1.00 | 1.00 | 1.00 |",
        "| floor | 1.00 | 4.00 | 200 | 0.33 | 1.00 | 1.00 |",
    ]
    del results.runs["importer"]
    assert table(results, ["floor"]).endswith("| floor | 1.00 | 4.00 | 200 | - | - | - |")
    shown = reach_table([Line("memory", "200 MiB", "190 MiB", 0.95), Line("x", "y", "z", 2.0)])
    assert shown.splitlines()[2:] == [
        "| memory | 200 MiB | 190 MiB | yes |",
        "| x | y | z | no |",
    ]


def test_floors_own_times(tmp_path: Path) -> None:
    """What the floor prints about itself is read, and medians are taken of it."""
    for turn, (encode, send) in enumerate(((0.3, 0.9), (0.5, 0.7), (0.4, 0.8))):
        said = f"parse + encode {encode:.3f} s, send {send:.3f} s of CPU, 5 requests\n"
        (tmp_path / f"{turn}").write_text(said)
    said = own_times([tmp_path / "0", tmp_path / "1", tmp_path / "2", tmp_path / "3"])
    assert said == "floor: 0.40 s of CPU to parse and encode, 0.80 s to send"


@given(st.lists(st.tuples(st.floats(0, 0.3), st.integers(1, 2_000)), min_size=1, max_size=200))
def test_no_more_than_the_budget_can_be_used(waits: Sequence[tuple[float, int]]) -> None:
    """However a client spreads its requests, it uses 100 % of the budget at most."""
    now = 0.0
    bucket = Bucket(BUDGET / 10, lambda: now)
    seen = []
    for wait, updates in waits:
        now += wait
        status = 200 if bucket.takes(updates) else 429
        seen.append(exchange(now, updates, status))
    assert share_of_budget(seen, BUDGET / 10) <= 1 + 1e-9


def test_greedy_client_uses_the_budget() -> None:
    """Who asks all the time uses all of it, also of what was saved up before the first second."""
    now = 0.0
    bucket = Bucket(BUDGET, lambda: now)
    seen = []
    for step in range(1, 60_000):
        now = step / 10_000
        if bucket.takes(200):
            seen.append(exchange(now))
    assert share_of_budget(seen, BUDGET) == pytest.approx(1.0, abs=0.002)
    assert share_of_budget([one for one in seen if one.answer < 1], BUDGET) == 0.0
    late = [one for one in seen if one.answer >= 1]
    assert share_of_budget(late[1::2], BUDGET) < 0.5


exchanges = st.lists(
    st.builds(
        exchange,
        st.floats(0.5, 20),
        st.integers(1, 2_000),
        st.sampled_from([200, 429]),
        st.floats(0, 0.5),
    ),
    min_size=1,
)


@given(exchanges, st.sampled_from([0.1, 0.25, 1.0]))
def test_series_lose_nothing(seen: Sequence[Exchange], step: float) -> None:
    """The plot's steps add up to the updates, the 429s and the seconds in flight there were."""
    run = series(seen, step)
    assert sum(run.accepted) * step == pytest.approx(accepted(seen))
    assert sum(run.refused) == round(share_refused(seen) * len(seen))
    waited = sum(one.answer - one.arrival for one in seen)
    assert sum(run.in_flight) * step == pytest.approx(waited)
    assert run.times[-1] + step / 2 >= duration(seen)


def test_rounds(tmp_path: Path) -> None:
    """All take turns, and a run that goes wrong is told of and leaves no figure."""
    order: list[str] = []

    def good(output: Path, results: Results) -> str:
        order.append(output.name)
        return results.add("good", run(1.0), output)

    def bad(output: Path, results: Results) -> str:
        order.append(output.name)
        raise RunError("ended with 1")

    said: list[str] = []
    plan = [Step("good", "good", good, times=2), Step("bad", "bad", bad)]
    results = run_in_turn(plan, 200, tmp_path, 2, said.append)
    assert order == [
        *("good-1-1.out", "good-1-2.out", "bad-1-1.out"),
        *("good-2-1.out", "good-2-2.out", "bad-2-1.out"),
    ]
    assert (len(results.runs["good"]), "bad" in results.runs) == (4, False)
    assert results.faults == ["round 1/2 bad: ended with 1", "round 2/2 bad: ended with 1"]
    assert len(said) == 6


def test_choice() -> None:
    """`--only` chooses, `--reach` leaves out what no reach needs, `--large` adds the long run."""
    everything = chosen_names(None, reach=False, large=True)
    assert everything == list(NAMES)
    assert set(everything) - set(chosen_names(None, reach=False, large=False)) == {"large"}
    assert set(everything) - set(chosen_names(None, reach=True, large=True)) == {"httpx-loop"}
    assert chosen_names(["floor", "importer"], reach=True, large=False) == ["importer", "floor"]
    with pytest.raises(SystemExit):
        main(["--rows", "300"])


def test_plots(tmp_path: Path) -> None:
    """Both plots come out as PNG."""
    pytest.importorskip("matplotlib")
    reached = [*lines(just_reached(tmp_path)), Line("nothing", "", "no run", None)]
    draw_reaches(reached, "note", tmp_path / "reaches.png")
    seen = [exchange(n / 10, status=429 if n == 20 else 200, took=0.05) for n in range(1, 60)]
    draw_pacing(seen, BUDGET, "note", tmp_path / "pacing.png")
    for name in ("reaches.png", "pacing.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_no_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the words say how to get it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(NoMatplotlibError, match=r"\[bench\]"):
        draw_reaches([], "", tmp_path / "reaches.png")
    assert "pip install" in HOW_TO_GET_IT


def test_profiles() -> None:
    """Samples are counted by function, once each however deep it calls itself; no path shows."""
    there = "/home/me/.venv/lib/python3.11/site-packages/"
    raw = (
        "process 7:/home/me/bin/python run;main (importer/main.py:1);take ("
        + there
        + "pa/c.py:9) 6\n"
        "process 7:/home/me/bin/python run;main (importer/main.py:2);main (importer/main.py:2) 3\n"
        "process 7:/home/me/bin/python run 1\n"
    )
    words = summary(read_stacks(raw))
    assert words == [
        "10 samples",
        "",
        "in itself",
        "  60.0%  take (pa/c.py)",
        "  30.0%  main (importer/main.py)",
        "  10.0%  the process outside Python's functions",
        "",
        "with all it calls (the importer's own functions)",
        "  90.0%  main (importer/main.py)",
    ]


def test_instructions() -> None:
    """All processes that valgrind tells of are counted."""
    said = "==1== I   refs:      1,000,001\nTraceback\n==2== I refs: 9\n"
    assert Valgrind().read(said) == 1_000_010
