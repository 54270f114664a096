"""A preview reads the whole file: counts, uniqueness, warnings, how it is written."""

import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from importer.guess.distinct import LONGEST, SAMPLE, Distinct
from importer.guess.previews import Preview, preview
from importer.progress import Progress, Silence
from importer.settings import sections


def look(path: Path, text: str, **settings: object) -> Preview:
    path.write_text(text, encoding="utf-8")
    return preview(path, sections.Source.model_validate(settings))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def test_whole_file_has_its_say(path: Path) -> None:
    """One odd cell at the end of a long file is found, though no sample may hold it."""
    rows = "".join(f"{n},{n % 977}\n" for n in range(60_000))
    column = look(path, f"{rows}60000,n/a\n").columns[1]
    assert (column.guess.kind, column.guess.counter) == ("integer", "n/a")
    assert column.guess.share == pytest.approx(60_000 / 60_001)


def test_several_files(tmp_path: Path) -> None:
    """What is counted over all files is not said of the first one alone."""
    places = [tmp_path / "part-1.csv", tmp_path / "part-2.csv"]
    for place in places:
        place.write_text("u1,x\n")
    seen = preview(tmp_path / "part-*.csv", sections.Source())
    assert (seen.source, seen.rows) == (f"{places[0]} and 1 more", 2)


def test_older_encodings(path: Path) -> None:
    """A file that is not UTF-8 is read as older systems write, delimiter and all, and that is said;
    a few records that cannot be read are no other encoding, but are named.
    """
    path.write_bytes("".join(f"{n};Müller;{n},50 €\n" for n in range(50)).encode("cp1252"))
    seen = preview(path)
    assert (seen.rows, seen.misfits, len(seen.columns)) == (50, 0, 3)
    assert (seen.settings.encoding, seen.settings.delimiter) == ("cp1252", ";")
    assert seen.warnings[0] == "the text is not UTF-8: read as cp1252"
    assert preview(path, sections.Source(encoding="utf-8")).misfits == 50
    path.write_bytes("1;Jürgen Groß\n2;Ana Peña\n3;Li Wei\n".encode("cp1252"))
    seen = preview(path)
    assert (seen.rows, seen.misfits, seen.settings.encoding) == (3, 0, "cp1252")
    path.write_bytes(b"1,M\xfcller\n2,M\xc3\xbcller\n")
    seen = preview(path)
    assert (seen.rows, seen.misfits, seen.settings.encoding) == (1, 1, "utf-8")
    assert seen.warnings[0].startswith("1 of the first 2 records cannot be read as UTF-8: older")


def test_distinct_values(path: Path) -> None:
    """Distinct values are exact to 50,000 and in unique columns; beyond, a fair estimate."""
    rows = "".join(f"c{n},{n // 2},{n % 40_000}\n" for n in range(150_000))
    ids, pairs, some = look(path, rows).columns
    assert (ids.distinct, ids.exact, ids.unique) == (150_000, True, True)
    assert (some.distinct, some.exact, some.unique) == (40_000, True, False)
    assert (pairs.exact, pairs.unique) == (False, False)
    assert pairs.distinct == pytest.approx(75_000, rel=4 / SAMPLE**0.5)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_delimiter_is_found(path: Path, mark: str) -> None:
    """A file of one column that another delimiter makes many of is read with that one."""
    shown = look(path, "".join(f"u{n}{mark}1,5{mark}x\n" for n in range(5)))
    assert (len(shown.columns), shown.settings.delimiter) == (3, mark)
    assert shown.warnings[0].startswith("cells are separated by ")


def test_decimal_commas_are_no_delimiter(path: Path) -> None:
    """One decimal comma in every record does not make two columns of it."""
    shown = look(path, "".join(f"u{n};Köln;{n},50\n" for n in range(5)))
    assert (len(shown.columns), shown.settings.delimiter) == (3, ";")


def test_white_space_is_no_counter_example(path: Path) -> None:
    """A cell of spaces is as good as empty: the column keeps its kind without a doubt."""
    rows = "".join(f"{n},{' ' if n == 7 else f'u{n}@example.com'}\n" for n in range(20))
    guess = look(path, rows).columns[1].guess
    assert (guess.kind, guess.counter) == ("email", None)


@pytest.mark.parametrize("blank", ["N/A", "null", "-", "unknown"])
def test_words_for_empty_cells(path: Path, blank: str) -> None:
    """Words that stand for an empty cell do not hide what a column is; they are shown."""
    rows = "".join(f"{n},{blank if n % 4 == 3 else f'u{n}@example.com'}\n" for n in range(20))
    guess = look(path, rows).columns[1].guess
    assert (guess.kind, guess.counter, guess.share) == ("email", blank, 0.75)


def test_delimiter_that_is_given_is_kept(path: Path) -> None:
    """Who names a delimiter is obeyed, and told by what cells seem to be separated."""
    shown = look(path, "a;b;c\nd;e;f\n", delimiter=",")
    (warning,) = shown.warnings
    assert len(shown.columns) == 1
    assert warning == (
        "cells seem to be separated by ';', not ',': if they are, set source.delimiter "
        "(--delimiter)"
    )


def test_comma_stays_where_it_is_as_good(path: Path) -> None:
    """Lists of equal length in a file with commas do not make it one with semicolons."""
    shown = look(path, "".join(f"u{n},a;b;c\n" for n in range(5)))
    assert len(shown.columns) == 2


@pytest.mark.parametrize(
    "header", ["id,email,plan", "ID,E-Mail,Tarif", "Kunde,Adresse,Tarif", "first name,email,city"]
)
def test_header_nobody_declared(path: Path, header: str) -> None:
    """A first record of words above cells of another form is named as a probable header."""
    rows = "".join(f"{n},u{n}@example.com,{'free' if n % 2 else 'pro'}\n" for n in range(20))
    (warning,) = look(path, f"{header}\n{rows}").warnings
    assert warning.startswith("the first record looks like a header (")
    assert look(path, rows).warnings == ()


def test_row_taken_for_a_header(path: Path) -> None:
    """A header that holds an address is named as a probable row."""
    (warning,) = look(path, "1,a@example.com\n2,b@example.com\n", header=True).warnings
    assert "--header" in warning


def test_identifier_is_left_to_the_user(path: Path) -> None:
    """Two columns with the form of ids, none of them the first: the user chooses."""
    rows = "".join(f"free,A-{n:04d},B-{n:05d}\n" for n in range(1000, 1020))
    identifier = look(path, rows).identifier
    assert (identifier.column, identifier.candidates) == (None, (2, 3))


def test_unique_column_that_is_no_id(path: Path) -> None:
    """Of a column that no value comes twice in it is not said that there is none."""
    rows = "".join(f"Mrs {n:c} Miller\n" for n in range(ord("A"), ord("Z")))
    identifier = look(path, rows).identifier
    assert (identifier.column, identifier.candidates) == (None, ())
    assert identifier.reason == "column 1 is unique and never empty, but no id by form or name"


def test_memory_of_distinct_values() -> None:
    """To count values takes as much memory again as their hashes, and no more."""
    values = 300_000
    distinct = Distinct()
    for first in range(0, values, 50_000):
        cells = pa.array([f"u{n}" for n in range(first, first + 50_000)])
        distinct.add(cells, np.ones(50_000, np.int64))
    tracemalloc.start()
    try:
        assert distinct.count() == (values, True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * 8 * values


def test_who_watches_sees_rows(path: Path) -> None:
    """A long look can be watched."""
    seen: list[Progress] = []

    class Watches(Silence):
        def update(self, progress: Progress) -> None:
            seen.append(progress)

    path.write_text("u1,a\nu2\nu3,c\n")
    preview(path, observer=Watches())
    assert [(each.totals.ended, each.expected) for each in seen] == [(3, 3)]


def test_counted_rows_beside_ids(path: Path) -> None:
    """1, 2, 3 in the first column may be no more than row numbers: the user chooses."""
    rows = "".join(f"{n},cus_{n * 7919 % 10**6:06d}x{n}\n" for n in range(10, 40))
    identifier = look(path, rows).identifier
    assert (identifier.column, identifier.candidates) == (None, (1, 2))


def test_own_address_before_that_of_the_rep(path: Path) -> None:
    """Of two columns of addresses, the one that repeats is not the customers' own."""
    rows = "".join(f"rep{n % 3}@us.example,u{n}@example.com\n" for n in range(30))
    rep, own = look(path, rows).columns
    assert own.property is not None
    assert (rep.property, own.property.property) == (None, "$email")


def test_initials_in_front_of_last_names(path: Path) -> None:
    """Unheard-of names are told apart by addresses such as twelfair@."""
    last = ["Welfair", "Braisher", "Wiskar", "Mordin", "Sziant", "Larwull", "Gruvnall", "Hexibald"]
    first = ["Tamarah", "Celinka", "Shelagh", "Kacie", "Raffaelo", "Jenda", "Brucie", "Caresa"]
    rows = "".join(
        f"{n},{last[n % 8]},{first[n % 7]},{first[n % 7][0]}{last[n % 8]}x{n}@a.example\n".lower()
        for n in range(40)
    )
    columns = look(path, rows).columns
    assert [str(column.guess) for column in columns[1:3]] == ["last name", "first name"]


def test_postcodes_that_lost_their_zeros(path: Path) -> None:
    """Digits beside a state may be postcodes that a spreadsheet has spoilt: nobody decides that."""
    states = ["NJ", "CA", "MA", "TX", "RI", "WA"]
    rows = "".join(f"u{n},{states[n % 6]},{(2101, 94105)[n % 2] + n}\n" for n in range(30))
    code = look(path, rows).columns[2].guess
    assert (code.rivals, code.type) == (("code", "integer"), None)


def test_long_cells(path: Path) -> None:
    """A cell of a million characters is neither kept nor shown whole."""
    column = look(path, "".join(f"{n}{'x' * 10**6}\n" for n in range(8))).columns[0]
    assert max(map(len, column.samples)) <= LONGEST


def test_mostly_empty(path: Path) -> None:
    """A column of a few cells is guessed with a question mark, an empty one is called so."""
    few, empty, _ = look(path, "7,,a\n8,,b\n" + ",,c\n" * 50).columns
    assert (str(few.guess), str(empty.guess)) == ("integer?", "empty")
