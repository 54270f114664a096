"""A file that no longer looks like the last one, seen by whoever runs the import."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from importer import Drifted, StateError
from importer.drift.watch import HEAD
from tests.conftest import Command
from tests.sources.odd_web import serving_folder

from .desk import NightDesk
from .exports import Row, crm, csv_of

MAPPING = (
    "identifier: {column: 1}\n"
    "columns: {2: $first_name, 3: $last_name, 4: $email, 5: $phone, 9: plan}\n"
)

ROWS = crm(300)
GUTTED = [[*row[:3], "", *row[4:]] for row in ROWS]
SWAPPED = [[row[0], row[2], row[1], *row[3:]] for row in ROWS]


@pytest.fixture
def stops(desk: NightDesk) -> NightDesk:
    desk.mapping.write_text(f"{MAPPING}drift: stop\n", "utf-8")
    assert desk.run(csv_of(ROWS)).exit_code == 0
    return desk


def refused(desk: NightDesk, rows: list[Row]) -> list[str]:
    """Return the lines with which a file is refused; nothing of it is sent."""
    before, runs = desk.emulator.stats()["requests"], len(desk.run_dirs)
    with pytest.raises(Drifted) as caught:
        desk.run(csv_of(rows))
    assert caught.value.exit_code == 4
    assert (desk.emulator.stats()["requests"], len(desk.run_dirs)) == (before, runs)
    return str(caught.value).splitlines()


def test_stops_before_anything_is_sent(stops: NightDesk) -> None:
    """A drift ends the run with code 4, the columns named, their samples masked side by side."""
    first, swap, other, advice = refused(stops, SWAPPED)
    assert first.startswith(f"{stops.source}: looks unlike the file of 20")
    assert swap.startswith("column 2 ($first_name): says what column 3 ($last_name) said; before: ")
    assert other.startswith("column 3 ($last_name): says what column 2 ($first_name) said; before")
    assert advice == "mend the file or the mapping; --accept-drift imports it as it is"
    assert ROWS[0][1] not in swap
    assert refused(stops, GUTTED)[1].startswith(
        "column 4 ($email): 0 % of its cells are filled, 100 % were; before: "
    )


def test_fewer_rows(stops: NightDesk) -> None:
    """A tenth of the rows is too few; half of them is not."""
    assert stops.run(csv_of(ROWS[:150])).exit_code == 0
    assert refused(stops, ROWS[:10])[1] == "the file has about 10 rows, and had 150"


@pytest.mark.parametrize("long_first", [True, False])
def test_rows_that_differ_in_length(desk: NightDesk, *, long_first: bool) -> None:
    """How many rows a file has is counted before a run is stopped for it; and before a file that
    went through, for it seemed to have more, becomes the example of the next one.
    """
    desk.mapping.write_text("identifier: {column: 1}\ncolumns: {2: note}\ndrift: stop\n", "utf-8")
    many, longer = HEAD + 1_000, HEAD // 20
    lengths = [700] * many + [1] * longer if long_first else [1] * many + [3_000] * longer
    desk.run("".join(f"c{n},{'x' * length}\n" for n, length in enumerate(lengths[::45])))
    (memory,) = desk.state.glob("*.drift.json")
    content = json.loads(memory.read_bytes())
    before = content["rows"] = 10 * many + longer if long_first else 15 * many
    content["overlapped"] = False  # nearly all are new, and are to be
    memory.write_text(json.dumps(content), "utf-8")
    report = desk.run("".join(f"c{n},{'x' * length}\n" for n, length in enumerate(lengths)))
    assert report.exit_code == 0
    told = [words for words in report.warnings if words.startswith("drift: the file had")]
    assert len(told) == (0 if long_first else 1)
    kept = json.loads(memory.read_bytes())["rows"]
    assert kept == (many + longer if long_first else before)


def test_nowhere_to_remember(desk: NightDesk) -> None:
    """A mapping that asks for a stop is told where nothing can be compared."""
    desk.mapping.write_text(f"{MAPPING}drift: stop\n", "utf-8")
    places = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "t"}
    (words,) = desk.run(csv_of(ROWS), environment=places).warnings
    assert words.startswith("drift: no folder to remember in")


def test_memory_that_cannot_be_written(stops: NightDesk) -> None:
    """What only the end of a run finds out is told too, not only written down."""
    (memory,) = stops.state.glob("*.drift.json")
    stops.told.clear()
    memory.unlink()
    memory.mkdir()
    stops.mapping.write_text(f"{MAPPING}drift: warn\n", "utf-8")
    report = stops.run()
    assert [f"warning: {words}" for words in report.warnings] == [
        words for words in stops.told if words.startswith("warning: ")
    ]
    assert len(report.warnings) == 2


def test_accepted(stops: NightDesk) -> None:
    """What is accepted once is what the next file is compared with."""
    refused(stops, SWAPPED)
    assert stops.run(csv_of(SWAPPED), accept_drift=True).exit_code == 0
    assert stops.run(csv_of(SWAPPED)).exit_code == 0
    refused(stops, ROWS)


def test_warns(desk: NightDesk) -> None:
    """Without a setting the run goes on, says what it saw, and remembers the new file."""
    desk.mapping.write_text(MAPPING, "utf-8")
    assert desk.run(csv_of(ROWS)).warnings == ()
    report = desk.run(csv_of(GUTTED))
    assert report.exit_code == 0
    (warning,) = [words for words in report.warnings if words.startswith("drift: ")]
    assert warning.startswith("drift: column 4 ($email): 0 % of its cells are filled")
    assert not [words for words in desk.run(csv_of(GUTTED)).warnings if "drift" in words]


def test_warns_quietly(desk: NightDesk, command: Command) -> None:
    """By the command line too, when it is to be quiet: nobody reads reports of nights."""
    desk.mapping.write_text(MAPPING, "utf-8")
    given = ("run", desk.source, "-c", desk.mapping, "--quiet")
    around = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "t" * 32}
    around["XDG_STATE_HOME"] = str(desk.folder / "state")
    desk.write(csv_of(ROWS))
    first = command(*given, **around)
    desk.write(csv_of(SWAPPED))
    second = command(*given, **around)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert (second.returncode, second.stdout) == (0, "")
    assert second.stderr.startswith("warning: drift: column 2 ($first_name): says what column 3")


def test_damaged_memory(desk: NightDesk) -> None:
    """What cannot be read holds up only who wants to be held up; the next night is compared."""
    desk.mapping.write_text(MAPPING, "utf-8")
    desk.run(csv_of(ROWS))
    (path,) = desk.state.glob("*.drift.json")
    content = path.read_text("utf-8")
    desk.mapping.write_text(f"{MAPPING}drift: stop\n", "utf-8")
    for damaged in (content.replace('"columns": {', '"columns": [], "": {'), content[:100]):
        path.write_text(damaged, "utf-8")
        with pytest.raises(StateError, match="cannot be read; remove it to begin anew"):
            desk.run()
    desk.mapping.write_text(MAPPING, "utf-8")
    report = desk.run()
    assert report.exit_code == 0
    (words,) = report.warnings
    assert words == f"drift: {path}: cannot be read; this file is compared with nothing"
    assert desk.run(csv_of(GUTTED)).warnings[0].startswith("drift: column 4")


def test_older_run_is_no_example(desk: NightDesk) -> None:
    """A run that goes on once a newer file was imported leaves what that one told."""
    desk.mapping.write_text(f"{MAPPING}delivery: {{batch_size: 50, concurrency: 1}}\n", "utf-8")
    desk.write(csv_of(ROWS))
    older = desk.crash(100)
    desk.run(csv_of(GUTTED))
    (path,) = desk.state.glob("*.drift.json")
    before = path.read_bytes()
    desk.write(csv_of(ROWS))
    assert desk.resume(older).exit_code == 0
    assert path.read_bytes() == before


def test_rehearsals(stops: NightDesk) -> None:
    """A rehearsal says what would stop a run, and is not remembered."""
    for _ in range(2):
        report = stops.run(csv_of(GUTTED), dry_run=True)
        assert report.exit_code == 0
        head, *lines = report.warnings
        assert head.startswith("drift: the file looks unlike that of 20")
        assert head.endswith("; a run would send nothing and end with 4")
        assert [line[:16] for line in lines] == ["drift: column 4 "]
    assert stops.run(csv_of(GUTTED), dry_run=True, accept_drift=True).warnings == ()
    assert stops.run(csv_of(ROWS), dry_run=True).warnings == ()
    refused(stops, GUTTED)


def test_rehearsal_without_a_token(stops: NightDesk) -> None:
    """Nothing is known then, and nothing said."""
    environment = {"XDG_STATE_HOME": str(stops.folder / "state")}
    assert stops.run(csv_of(GUTTED), dry_run=True, environment=environment).warnings == ()


def test_retries(stops: NightDesk) -> None:
    """A retry does not compare, and is not remembered; a resumed run is not stopped either."""
    broken = [*ROWS, ["short", "row"]]
    report = stops.run(csv_of(broken))
    assert report.exit_code == 3
    (report.folder / "rejects.csv").write_text(csv_of(GUTTED[:1]), "utf-8")
    assert stops.retry(report.folder, overwrite=True).exit_code == 0
    refused(stops, GUTTED)


def test_sorted_by_the_column(desk: NightDesk) -> None:
    """The first rows of a long file may look odd: then all of them are looked at."""
    desk.mapping.write_text(
        "identifier: {column: 1}\ncolumns: {2: $phone}\ndrift: stop\n"
        "delivery: {batch_size: 2000}\n",
        "utf-8",
    )
    rows = [[f"u{n}", f"+49 30 {100_000 + n}" if n % 4 == 0 else ""] for n in range(HEAD + 10_000)]
    assert desk.run(csv_of(rows)).exit_code == 0
    assert desk.run(csv_of(sorted(rows, key=lambda row: row[1]))).exit_code == 0
    refused(desk, [[row[0], ""] for row in rows])


def test_several_files(desk: NightDesk) -> None:
    """Columns that moved in one of several files, short beside the others, end the run and name
    it; customers who moved to another file do not.
    """
    desk.mapping.write_text(f"{MAPPING}drift: stop\n", "utf-8")
    ends = (0, 40, 260, 300)
    files = [desk.folder / f"part-{number}.csv" for number in range(3)]

    def write(rows: list[Row], swapped: Sequence[int] = ()) -> None:
        for number, file in enumerate(files):
            part = slice(ends[number], ends[number + 1])
            file.write_text(csv_of((SWAPPED if number in swapped else rows)[part]), "utf-8")

    write(ROWS)
    assert desk.run(sources=files).exit_code == 0
    write(ROWS[::-1])
    assert desk.run(sources=files).warnings == ()
    for odd in range(3):
        write(ROWS, [odd])
        with pytest.raises(Drifted) as caught:
            desk.run(sources=files)
        head, first, second, _ = str(caught.value).splitlines()
        assert head.startswith("3 files look unlike those of 20")
        swap = "column 2 ($first_name): says what column 3 ($last_name) said; before: "
        assert first.startswith(f"{files[odd]}: {swap}")
        assert second.startswith(f"{files[odd]}: column 3 ($last_name): says what column 2")
    assert desk.run(sources=files, accept_drift=True).exit_code == 0


def test_fewer_rows_in_several_files(desk: NightDesk) -> None:
    """Rows that are missing are missed in several files as in one, and told as they are."""
    desk.mapping.write_text(f"{MAPPING}drift: stop\n", "utf-8")
    files = [desk.folder / f"part-{number}.csv" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(csv_of(ROWS[number * 100 : number * 100 + 100]), "utf-8")
    assert desk.run(sources=files).exit_code == 0
    for number, file in enumerate(files):
        file.write_text(csv_of(ROWS[number * 100 : number * 100 + 8]), "utf-8")
    with pytest.raises(Drifted, match="the file has about 24 rows, and had 300"):
        desk.run(sources=files)


def test_several_files_on_the_web(desk: NightDesk) -> None:
    """Of files at addresses the lengths are not known beforehand: the same ones are no drift, and
    of those that look odd all rows are counted; rows that are missing are missed there too.
    """
    desk.mapping.write_text(
        "identifier: {column: 1}\ncolumns: {2: note}\ndrift: stop\ndelivery: {batch_size: 2000}\n",
        "utf-8",
    )
    lengths = (5, 100, 100, HEAD + 1_000)

    def parts(*lengths: int) -> list[str]:
        begin = [sum(lengths[:number]) for number in range(len(lengths))]
        for number, (first, rows) in enumerate(zip(begin, lengths, strict=True)):
            text = csv_of([[f"u{n}", f"n{n}"] for n in range(first, first + rows)])
            (desk.folder / f"{number}.csv").write_text(text, "utf-8")
        return [f"{address}{number}.csv" for number in range(len(lengths))]

    with serving_folder(desk.folder) as address:
        for _ in range(2):
            assert desk.run(sources=parts(*lengths)).warnings == ()
        (memory,) = desk.state.glob("*.drift.json")
        content = json.loads(memory.read_bytes())
        memory.write_text(json.dumps({**content, "rows": HEAD * 10 + 5_000}), "utf-8")
        assert desk.run(sources=parts(*lengths)).warnings == ()
        with pytest.raises(Drifted, match="has about 300 rows, and had 21,205"):
            desk.run(sources=parts(100, 100, 100))


def test_customers_in_several_files(desk: NightDesk) -> None:
    """Who is in more than one file, with other values in each, is no sign of a moved column; with
    a limit, files that the run may not reach are not looked at.
    """
    desk.mapping.write_text(
        "identifier: {column: 1}\ncolumns: {2: before, 3: plan}\ndrift: stop\n", "utf-8"
    )
    files = [desk.folder / "mon.csv", desk.folder / "tue.csv"]
    for file, old, new in zip(files, "ab", "bc", strict=True):
        file.write_text(csv_of([[f"u{n}", f"{old}{n}", f"{new}{n}"] for n in range(60)]), "utf-8")
    for _ in range(2):
        assert desk.run(sources=files).warnings == ()
    alone = [[f"v{n}", f"x{n}", f"y{n}"] for n in range(60)]
    files[1].write_text(csv_of(alone), "utf-8")
    assert desk.run(sources=files).warnings == ()
    files[1].write_text(csv_of([[name, new, old] for name, old, new in alone]), "utf-8")
    assert desk.run(sources=files, limit=10).warnings == ()
    with pytest.raises(Drifted, match=r"tue\.csv: column 2"):
        desk.run(sources=files)


def test_a_night_without_rows(desk: NightDesk) -> None:
    """It is no example for the next one, and breaks none."""
    desk.mapping.write_text(
        "source: {header: true}\nidentifier: {column: id}\ncolumns: {plan: plan}\ndrift: stop\n",
        "utf-8",
    )
    rows = [["id", "plan"], *([f"u{n}", f"p{n}"] for n in range(60))]
    for night in (rows[:1], rows, rows[:1], rows):
        report = desk.run(csv_of(night))
        assert (report.exit_code, report.warnings) == (0, ())
    assert desk.run(csv_of(rows * 2)).exit_code == 0
    with pytest.raises(Drifted, match="has no rows, and had 121"):
        desk.run(csv_of(rows[:1]))


def test_by_name(desk: NightDesk) -> None:
    """A column that the mapping calls by its name may move."""
    desk.mapping.write_text(
        "source: {header: true}\nidentifier: {column: id}\n"
        "columns: {first: $first_name, last: $last_name}\ndrift: stop\n",
        "utf-8",
    )
    names = [["id", "first", "last"], ["id", "last", "first"]]
    assert desk.run(csv_of([names[0], *(row[:3] for row in ROWS)])).exit_code == 0
    assert desk.run(csv_of([names[1], *(row[:3] for row in SWAPPED)])).exit_code == 0


def test_memory_is_private(stops: NightDesk) -> None:
    """What is remembered holds no values, and is for its owner only."""
    (path,) = stops.state.glob("*.drift.json")
    assert path.stat().st_mode & 0o077 == 0
    content = Path(path).read_text("utf-8")
    assert not [row for row in ROWS if row[3] in content or f'"{row[0]}"' in content]
