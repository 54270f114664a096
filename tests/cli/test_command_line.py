"""The command as a user meets it: one line for each mistake, files, streams, exit codes."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from importer.emulator import Emulator
from tests.conftest import ROOT, Command, free_port

MAPPING = "identifier: {column: 1}\ncolumns: {2: $email, 3: plan}\n"
ROWS = "u1,a@example.com,free\nu2,b@example.com,pro\nu3,c@example.com,pro\n"
TRAPS = ROOT / "sample_data"


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """Write a mapping and three rows into the directory that commands run in."""
    (tmp_path / "config.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def run_folder(directory: Path) -> Path:
    (folder,) = (directory / "importer-runs").iterdir()
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def environment(emulator: Emulator) -> dict[str, str]:
    return {"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "s3cret-t0ken"}


def test_import(customers: Path, command: Command, emulator: Emulator) -> None:
    """Rows become profiles, the summary goes to stdout, nothing else is said."""
    done = command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 of 3 rows imported in ")
    assert emulator.profiles() == {
        "u1": {"$email": "a@example.com", "plan": "free"},
        "u2": {"$email": "b@example.com", "plan": "pro"},
        "u3": {"$email": "c@example.com", "plan": "pro"},
    }


def test_files_of_a_run(customers: Path, command: Command, emulator: Emulator) -> None:
    """A run leaves its files, all of them for their owner only."""
    command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    folder = run_folder(customers)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    names = (
        "failures.csv", "in-doubt-records.csv", "in-doubt-records.index", "in-doubt.csv",
        "ledger.jsonl", "mapping.yaml", "rejects.csv", "rejects.index", "report.html",
        "report.json",
    )  # fmt: skip
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "failures.csv").read_text("utf-8") == (
        "row,line,column,property,identifier,code,reason\n"
    )


def test_report_is_the_last_line(customers: Path, command: Command, emulator: Emulator) -> None:
    """With --json, stdout ends with what report.json holds."""
    done = command("run", "customers.csv", "-c", "config.yaml", "--json", **environment(emulator))
    report = json.loads(done.stdout.splitlines()[-1])
    assert report == json.loads((run_folder(customers) / "report.json").read_text("utf-8"))
    varying = {"run", "source", "started", "finished", "rows_per_second", "timeline", "files"}
    assert {k: v for k, v in report.items() if k not in varying} == {
        "schema": 1,
        "status": "complete",
        "rows": {"read": 3, "imported": 3, "failed": 0, "in_doubt": 0, "not_attempted": 0},
        "identifiers": {"column": 3, "email": 0, "random": 0},
        "requests": {"sent": 1, "retried": 0, "by_status": {"200": 1}},
        "failures_by_code": {},
        "failures_by_column": [],
        "warnings": [],
    }
    assert report["source"] == {"name": "customers.csv", "bytes": len(ROWS), "columns": 3}


@pytest.mark.parametrize("again", [("run", "--resume"), ("retry",)])
def test_report_of_a_run_that_is_at_its_end(
    customers: Path, command: Command, emulator: Emulator, again: tuple[str, ...]
) -> None:
    """With --json, stdout ends with a report where there is nothing left to do, too."""
    command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    folder = run_folder(customers)
    done = command(*again, folder, "--json", **environment(emulator))
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    (line,) = done.stdout.splitlines()
    assert json.loads(line) == json.loads((folder / "report.json").read_text("utf-8"))


def test_quiet(customers: Path, command: Command, emulator: Emulator) -> None:
    """With --quiet, a good run says nothing at all; a bad one still does."""
    good = command("run", "customers.csv", "-c", "config.yaml", "--quiet", **environment(emulator))
    (customers / "customers.csv").write_text(f"{ROWS}short,row\n", encoding="utf-8")
    bad = command("run", "customers.csv", "-c", "config.yaml", "--quiet", **environment(emulator))
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert (bad.returncode, "row 4 (line 4): 2 cells" in bad.stdout) == (3, True)


def test_dry_run_sends_nothing(customers: Path, command: Command, emulator: Emulator) -> None:
    """A rehearsal needs no token, sends nothing and says what would be."""
    done = command("run", "customers.csv", "-c", "config.yaml", "--dry-run", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["status"], report["rows"]["imported"]) == (0, "dry-run", 3)
    assert emulator.stats()["requests"] == 0


def test_check_is_a_dry_run(customers: Path, command: Command) -> None:
    """`check` with a source reports what `run --dry-run` reports."""
    varying = ("run", "started", "finished", "rows_per_second", "timeline", "files")

    def report(*arguments: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(command(*arguments, "--json").stdout)
        return {key: value for key, value in content.items() if key not in varying}

    config = ("-c", "config.yaml")
    assert report("check", "customers.csv", *config) == report(
        "run", "customers.csv", *config, "--dry-run"
    )


def test_limit(customers: Path, command: Command, emulator: Emulator) -> None:
    """--limit N reads the first N rows and balances its books on them."""
    done = command(
        "run", "customers.csv", "-c", "config.yaml", "--limit", "2", "--json",
        **environment(emulator),
    )  # fmt: skip
    assert json.loads(done.stdout)["rows"]["read"] == 2
    assert list(emulator.profiles()) == ["u1", "u2"]


def test_stdin(customers: Path, command: Command, emulator: Emulator) -> None:
    """`-` reads standard input."""
    done = command("run", "-", "-c", "config.yaml", stdin=ROWS.encode(), **environment(emulator))
    assert (done.returncode, emulator.stats()["updates"]) == (0, 3)


def test_rejects_mended_and_run_again(command: Command, emulator: Emulator, tmp_path: Path) -> None:
    """rejects.csv is byte for byte the failed records; mended, they import."""
    mapping = TRAPS / "traps.yaml"
    done = command("run", TRAPS / "traps.csv", "-c", mapping, **environment(emulator))
    folder = run_folder(tmp_path)
    rejects = folder / "rejects.csv"
    assert done.returncode == 3
    assert rejects.read_bytes() == (
        b"short,too few cells,end\n"
        b"long,too many cells,x,end,one more\r\n"
        b"latin1,a byte that is not UTF-8,caf\xe9,end\r"
        b'after,text after a closing quote,"abc"def,end\n'
    )
    reasons = [(f["row"], f["line"], f["code"]) for f in table(folder / "failures.csv")]
    assert reasons == [
        ("43", "48", "width"),
        ("44", "49", "width"),
        ("45", "50", "encoding"),
        ("46", "51", "quote"),
    ]
    mended = (
        rejects.read_bytes()
        .replace(b"cells,end\n", b"cells,x,end\n")
        .replace(b",one more", b"")
        .replace(b"\xe9", "é".encode())
        .replace(b'"abc"def', b"abcdef")
    )
    rejects.write_bytes(mended)
    again = command("run", rejects, "-c", mapping, "--report-dir", "again", **environment(emulator))
    assert (again.returncode, again.stderr) == (0, "")
    assert emulator.profile("latin1") == {
        "trap": "a byte that is not UTF-8",
        "value": "café",
        "after": "end",
    }


def test_header_goes_with_the_rejects(command: Command, emulator: Emulator, tmp_path: Path) -> None:
    """Where the source has a header or skipped records, rejects.csv can be read the same way."""
    (tmp_path / "config.yaml").write_text(
        "source: {header: true, skip_records: 1}\nidentifier: {column: id}\ncolumns: {plan: plan}\n"
    )
    (tmp_path / "customers.csv").write_bytes(b"exported yesterday\nid,plan\nu1,free\nu2\n")
    done = command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    rejects = run_folder(tmp_path) / "rejects.csv"
    assert done.returncode == 3
    assert rejects.read_bytes() == b"exported yesterday\nid,plan\nu2\n"
    rejects.write_bytes(rejects.read_bytes().replace(b"u2", b"u2,pro"))
    again = command("run", rejects, "-c", "config.yaml", **environment(emulator))
    assert again.returncode == 0
    assert emulator.profiles() == {"u1": {"plan": "free"}, "u2": {"plan": "pro"}}


def test_formulas_are_harmless(command: Command, emulator: Emulator, tmp_path: Path) -> None:
    """A cell that a spreadsheet would run is quoted in failures.csv, and whole in rejects.csv."""
    (tmp_path / "config.yaml").write_text("identifier: {column: 1}\ncolumns: {2: plan}\n")
    (tmp_path / "customers.csv").write_text("=1+1,free\nu2,pro\n")
    emulator.faults({"kind": "refuse", "ids": ["=1+1"]})
    done = command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    folder = run_folder(tmp_path)
    assert done.returncode == 3
    assert [f["identifier"] for f in table(folder / "failures.csv")] == ["'=1+1"]
    assert (folder / "rejects.csv").read_bytes() == b"=1+1,free\n"


def test_line_ends_in_identifiers(command: Command, emulator: Emulator, tmp_path: Path) -> None:
    """Each failure is one record of failures.csv, whatever line ends its identifier holds."""
    (tmp_path / "config.yaml").write_text(
        "identifier: {column: 1}\ncolumns: {2: {property: n, type: integer}}\n"
    )
    ids = ["a\rb", "a\nb", "a\r\nb", 'a"\r']
    rows = "".join('"{}",x\n'.format(name.replace('"', '""')) for name in ids)
    (tmp_path / "customers.csv").write_bytes(rows.encode())
    command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    found = table(run_folder(tmp_path) / "failures.csv")
    assert [(f["row"], f["identifier"]) for f in found] == [
        ("1", "a\rb"),
        ("2", "a\nb"),
        ("3", "a\r\nb"),
        ("4", 'a"'),
    ]


@pytest.mark.parametrize(
    ("arguments", "mapping", "code", "line"),
    [
        (
            ["nope.csv"],
            MAPPING,
            2,
            "importer: nope.csv: No such file or directory; name a CSV file, or - for stdin",
        ),
        (["."], MAPPING, 2, "importer: .: Is a directory; name a CSV file, or - for stdin"),
        (["empty.csv"], MAPPING, 2, "importer: empty.csv: is empty; nothing to import"),
        (["blank.csv"], MAPPING, 2, "importer: blank.csv: has no records; nothing to import"),
        (
            ["customers.csv"],
            "columns: {14: $city}",
            2,
            "importer: column 14 ($city): the file has only 3 columns",
        ),
        (
            ["customers.csv"],
            "colums: {2: $email}\ncolumns: {3: plan}",
            2,
            "importer: config.yaml:1: colums: unknown key; did you mean 'columns'?",
        ),
        (
            ["customers.csv"],
            "columns: {2: plan, 3: plan}",
            2,
            "importer: config.yaml:1: columns.3: property 'plan' is mapped twice: by column 2 "
            "and by column 3",
        ),
        (
            ["customers.csv"],
            "columns:\n  2: {property: plan, type: strng}",
            2,
            "importer: config.yaml:2: columns.2.type: unknown type 'strng'; did you mean 'string'?",
        ),
        (
            ["customers.csv"],
            "columns: {plan: plan}",
            2,
            "importer: config.yaml:1: columns.plan: column 'plan' is a name, but the file has "
            "no header; number the columns, or set source.header: true",
        ),
        (
            ["unclosed.csv"],
            MAPPING,
            2,
            "importer: line 1: the quote that opens here is never closed; "
            "close it, or set source.quote",
        ),
    ],
)
def test_mistakes(
    customers: Path,
    command: Command,
    arguments: list[str],
    mapping: str,
    code: int,
    line: str,
) -> None:
    """A mistake is one line that says what, where and what to do; nothing is sent."""
    (customers / "config.yaml").write_text(mapping, encoding="utf-8")
    (customers / "empty.csv").touch()
    (customers / "blank.csv").write_text("\n\r\n\n")
    (customers / "unclosed.csv").write_text('u1,"a@example.com,free\nu2,b,c\n')
    done = command("run", *arguments, "-c", "config.yaml", "--dry-run")
    assert (done.returncode, done.stderr) == (code, f"{line}\n")
    assert done.stdout == ""


def test_faults_of_a_mapping_as_json(customers: Path, command: Command) -> None:
    """A script that checks mappings is told of every fault in the same form as of none."""
    done = command("check", "-c", "config.yaml", "--json")
    assert done.returncode == 0
    shown = {"config": "config.yaml", "valid": True, "faults": [], "warnings": []}
    assert json.loads(done.stdout) == shown
    (customers / "config.yaml").write_text("colums: {2: plan}\nprofiles: users\n")
    done = command("check", "-c", "config.yaml", "--json")
    assert done.returncode == 2
    faults = [line.removeprefix("importer: ") for line in done.stderr.splitlines()]
    assert len(faults) > 1
    assert json.loads(done.stdout) == shown | {"valid": False, "faults": faults}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MIXPANEL_REGION", "EU", "unknown region 'EU'; did you mean 'eu'?"),
        ("MIXPANEL_URL", "127.0.0.1:8765", "not an http(s) address: '127.0.0.1:8765'"),
    ],
)
def test_wrong_variables(
    customers: Path, command: Command, name: str, value: str, words: str
) -> None:
    """What is wrong in the environment is named as that, and not looked for in the mapping."""
    done = command("run", customers / "customers.csv", "-c", "config.yaml", **{name: value})
    assert (done.returncode, done.stderr) == (2, f"importer: {name}: {words}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--token", "s3cret-t0ken"),
            "'--token': is read from MIXPANEL_TOKEN or project.token_file: others see a command's "
            "options",
        ),
        (("--limit", "10k"), "'--limit': a number of rows, 10000 for example, not '10k'"),
        (("--limit", "0"), "'--limit': a number of rows, 10000 for example, not '0'"),
    ],
)
def test_options_that_are_none(
    customers: Path, command: Command, arguments: tuple[str, ...], words: str
) -> None:
    """What is no option, or no value of one, is answered with what there is."""
    done = command("run", customers / "customers.csv", "-c", "config.yaml", *arguments)
    said = " ".join(done.stderr.partition("Error: ")[2].split())
    assert (done.returncode, said) == (2, f"Invalid value for {words}")


def test_port_that_is_taken(command: Command, emulator: Emulator) -> None:
    """An emulator where another one listens says so without numbers of the system."""
    port = emulator.url.rpartition(":")[2]
    done = command("emulator", "--port", port)
    words = "Address already in use; choose another --port or --store"
    assert (done.returncode, done.stderr) == (2, f"importer: 127.0.0.1:{port}: {words}\n")


def test_version_and_ports(command: Command) -> None:
    """The version is told; a port that there is none of is a wrong option, not a fault."""
    done = command("--version")
    assert (done.returncode, done.stdout) == (
        0,
        f"importer {version('mixpanel-profile-importer')}\n",
    )
    done = command("emulator", "--port", "99999")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_missing_token(customers: Path, command: Command) -> None:
    """Without a token nothing is opened, and the two places for it are named."""
    done = command("run", "customers.csv", "-c", "config.yaml")
    assert done.returncode == 2
    assert done.stderr == (
        "importer: no project token: set the environment variable MIXPANEL_TOKEN, "
        "or name a file that holds it as project.token_file\n"
    )


def test_wrong_token(customers: Path, command: Command, emulator: Emulator) -> None:
    """A refused token ends the run at once with 6; the token itself is not shown."""
    emulator.faults({"kind": "status", "status": 401})
    done = command("run", "customers.csv", "-c", "config.yaml", **environment(emulator))
    assert done.returncode == 6
    assert done.stderr == (
        f"importer: stopped: {emulator.url} refused the project token "
        "(HTTP 401: Invalid credentials); check the token and the region\n"
    )
    assert emulator.stats()["requests"] == 1
    leaks = [path for path in run_folder(customers).iterdir() if b"s3cret" in path.read_bytes()]
    assert (leaks, "s3cret" in done.stdout) == ([], False)


def test_unreachable_host(customers: Path, command: Command) -> None:
    """A host that cannot be reached ends the run with 5 once it has waited long enough."""
    address = f"http://127.0.0.1:{free_port()}"
    (customers / "config.yaml").write_text(f"{MAPPING}delivery: {{give_up_after: 1}}\n")
    done = command(
        "run", "customers.csv", "-c", "config.yaml", "--json",
        MIXPANEL_URL=address, MIXPANEL_TOKEN="t",
    )  # fmt: skip
    assert done.returncode == 5
    assert done.stderr.startswith(
        f"importer: stopped: {address}: nothing gets through within 1 s ("
    )
    assert done.stderr.endswith(
        "); go on when it can be reached\n"
        f"importer: to go on: importer run --resume importer-runs/{run_folder(customers).name}\n"
    )
    assert json.loads(done.stdout)["rows"] == {
        "read": 3,
        "imported": 0,
        "failed": 0,
        "in_doubt": 0,
        "not_attempted": 3,
    }


def test_source_that_breaks_off(customers: Path, command: Command, emulator: Emulator) -> None:
    """Rows before an unclosed quote are settled; then the run stops with 4 and names the line."""
    rows = "".join(f"u{n},a@example.com,free\n" for n in range(500))
    (customers / "customers.csv").write_text(f'{rows}u500,"open,free\nu501,b,c\n')
    done = command("run", "customers.csv", "-c", "config.yaml", "--json", **environment(emulator))
    assert done.returncode == 4
    assert done.stderr == (
        "importer: stopped: line 501: the quote that opens here is never closed; "
        "close it, or set source.quote\n"
        f"importer: to go on: importer run --resume importer-runs/{run_folder(customers).name}\n"
    )
    assert json.loads(done.stdout)["rows"]["imported"] == emulator.stats()["profiles"] == 500


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(customers: Path, emulator: Emulator, number: signal.Signals) -> None:
    """SIGINT and SIGTERM end the run in order: what is in flight finishes, the books are kept."""
    (customers / "customers.csv").write_text("".join(f"u{n},a,b\n" for n in range(20_000)))
    emulator.faults({"kind": "delay", "delay_ms": [100, 100]})
    with subprocess.Popen(
        [sys.executable, "-m", "importer", "run", "customers.csv", "-c", "config.yaml", "--json"],
        cwd=customers,
        env={**os.environ, **environment(emulator)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        begun = threading.Event()
        while emulator.stats()["requests"] < 10 and not begun.wait(0.01):
            assert process.poll() is None
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, b"Traceback" in stderr) == (128 + number, False)
    report = json.loads(stdout)
    rows = report["rows"]
    assert report["status"] == "interrupted"
    assert rows["imported"] == emulator.stats()["profiles"] > 0
    assert rows["read"] == rows["imported"] + rows["not_attempted"] < 20_000


def test_report_folder_that_cannot_be_written(customers: Path, command: Command) -> None:
    """A report folder that is a file stops the run before anything is sent."""
    (customers / "taken").touch()
    done = command(
        "run", "customers.csv", "-c", "config.yaml", "--dry-run", "--report-dir", "taken"
    )
    assert done.returncode == 2
    assert done.stderr == (
        "importer: taken: File exists; name a folder that can be written with --report-dir\n"
    )


def test_token_file(customers: Path, command: Command, emulator: Emulator) -> None:
    """A token file is found beside the mapping that names it."""
    (customers / "deep").mkdir()
    (customers / "deep" / "token").write_text("s3cret\n")
    (customers / "deep" / "config.yaml").write_text(f"{MAPPING}project: {{token_file: token}}\n")
    done = command("run", "customers.csv", "-c", "deep/config.yaml", MIXPANEL_URL=emulator.url)
    assert (done.returncode, done.stderr) == (0, "")


def test_insecure_address(customers: Path, command: Command) -> None:
    """http:// is refused beyond this machine."""
    done = command(
        "run", "customers.csv", "-c", "config.yaml",
        MIXPANEL_URL="http://example.com", MIXPANEL_TOKEN="t",
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "importer: MIXPANEL_URL: http:// would send the token in the clear to example.com; "
        "use https://, or set project.allow_insecure: true\n"
    )


def test_preview(customers: Path, command: Command) -> None:
    """`preview` shows of each column how well it is filled, what it looks like, and samples."""
    (customers / "customers.csv").write_text("u1,,free\nu2,b@example.com,\nu2,,[b]\nu4\n")
    shown = command("preview", "customers.csv")
    assert shown.returncode == 0
    assert [line.rstrip() for line in shown.stdout.splitlines()] == [
        "customers.csv: 3 rows, 1 blank or of other shape, 3 columns",
        "#  filled  distinct  looks like  property  samples",
        "1   100 %         2  code?                 u1  u2",
        "2    33 %         1  email       $email    b@example.com",
        "3    67 %         2  text                  free  [b]",
        "identifier: no column is unique and never empty",
        "column 1: too few cells to be sure",
    ]
    content = json.loads(command("preview", "customers.csv", "--json").stdout)
    assert content["columns"][1] == {
        "position": 2,
        "name": "",
        "samples": ["b@example.com"],
        "filled": 1,
        "distinct": 1,
        "exact": True,
        "unique": True,
        "guess": {
            "kind": "email",
            "level": "sure",
            "share": 1.0,
            "counter": None,
            "rivals": [],
            "type": "email",
            "options": {},
            "note": "",
        },
        "property": {"property": "$email", "level": "likely", "note": ""},
        "shape": {
            "measure": "values",
            "bars": [{"label": "b@example.com", "cells": 1}],
            "exact": True,
        },
    }


def test_demo(command: Command, tmp_path: Path) -> None:
    """`demo` imports the sample file into an emulator of its own and shows a profile."""
    done = command("demo")
    head, _, profile = done.stdout.partition("\n\nThe profile of C-100000000, as the emulator")
    assert (done.returncode, head.splitlines()[0][:26]) == (0, "5,000 of 5,000 rows import")
    assert json.loads(profile.partition("\n")[2])["$first_name"] == "Bruce"
    report = json.loads((run_folder(tmp_path) / "report.json").read_text("utf-8"))
    assert (report["status"], report["requests"]["sent"]) == ("complete", 25)


def start(directory: Path, emulator: Emulator) -> subprocess.Popen[bytes]:
    """Start an import of a pipe that the test writes to."""
    return subprocess.Popen(
        [sys.executable, "-m", "importer", "run", "-", "-c", "config.yaml", "--json"],
        cwd=directory,
        env={**os.environ, **environment(emulator)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_interrupted_before_a_pipe_speaks(customers: Path, emulator: Emulator) -> None:
    """A run that waits for a silent pipe can be ended."""
    with start(customers, emulator) as process:
        runs = customers / "importer-runs"
        signalled = threading.Event()
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            signalled.wait(0.5)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.stdin is not None
        process.stdin.close()
    # The signal may come before Python has come far enough to have it handled.
    assert (process.returncode, said) in ((143, b"importer: interrupted\n"), (-15, b""))
    assert not runs.exists()


def test_interrupted_while_a_pipe_is_silent(customers: Path, emulator: Emulator) -> None:
    """A run whose pipe falls silent can be ended too, and keeps its books."""
    with start(customers, emulator) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(
            b"".join(b"u%d,a@example.com,%b\n" % (n, b"x" * 1000) for n in range(6_000))
        )
        process.stdin.flush()
        waiting = threading.Event()
        while emulator.stats()["updates"] < 1000 and not waiting.wait(0.01):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        report = json.loads(process.stdout.read())
        process.stdin.close()
    assert process.returncode == 130
    assert report["rows"]["imported"] == emulator.stats()["profiles"]


def test_rejects_in_other_encodings(command: Command, tmp_path: Path) -> None:
    """rejects.csv is byte for byte the failed records in UTF-16 too, lines ended by CR alone."""
    (tmp_path / "config.yaml").write_text("source: {encoding: utf-16}\ncolumns: {2: plan}\n")
    text = "a,b\rshort\rc,d\rshort2\re,f\rlast"
    (tmp_path / "customers.csv").write_bytes(text.encode("utf-16"))
    command("run", "customers.csv", "-c", "config.yaml", "--dry-run")
    rejects = run_folder(tmp_path) / "rejects.csv"
    assert rejects.read_bytes() == "short\rshort2\rlast".encode("utf-16")


def test_rehearsal_that_breaks_off(customers: Path, command: Command) -> None:
    """A rehearsal whose source breaks off still says that nothing was imported."""
    rows = "".join(f"u{n},a@example.com,free\n" for n in range(500))
    (customers / "customers.csv").write_text(f'{rows}u500,"open,free\n')
    done = command("run", "customers.csv", "-c", "config.yaml", "--dry-run")
    assert done.returncode == 2
    assert done.stdout.startswith("500 of 500 rows would be imported in ")
    (customers / "customers.csv").write_text(f'short\n{rows}u500,"open,free\n')
    done = command("run", "customers.csv", "-c", "config.yaml", "--dry-run")
    words = "Mend them, and the place where the source breaks off, then: importer run"
    assert done.stdout.splitlines()[-1].startswith(words)


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
@pytest.mark.parametrize("extra", [(), ("--quiet",), ("--log-format", "json"), ("--json",)])
def test_nobody_reads_along(
    customers: Path, emulator: Emulator, closed: str, extra: tuple[str, ...]
) -> None:
    """A run does not end because who read its words has gone away, nor with another code."""
    (customers / "config.yaml").write_text(MAPPING.replace("$email", "email"), encoding="utf-8")
    read, write = os.pipe()
    os.close(read)
    streams: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        closed: write,
    }
    done = subprocess.run(
        [sys.executable, "-m", "importer", "run", "customers.csv", "-c", "config.yaml", *extra],
        cwd=customers,
        env={**os.environ, **environment(emulator)},
        timeout=60,
        check=False,
        **streams,
    )
    os.close(write)
    assert done.returncode == 0
    report = json.loads((run_folder(customers) / "report.json").read_bytes())
    assert (report["status"], len(emulator.profiles())) == ("complete", 3)


@pytest.mark.skipif(os.name == "nt", reason="no shell that closes streams")
def test_streams_that_are_closed(customers: Path, emulator: Emulator) -> None:
    """A scheduler that gives a run no stream at all gets its rows imported all the same; nobody can
    agree to a deletion there.
    """
    words = 'exec "$0" -m importer run customers.csv -c config.yaml <&- >&- 2>&-'

    def run() -> int:
        done = subprocess.run(
            ["sh", "-c", words, sys.executable],
            cwd=customers,
            env={**os.environ, **environment(emulator)},
            timeout=60,
            check=False,
        )
        return done.returncode

    assert (run(), len(emulator.profiles())) == (0, 3)
    (customers / "config.yaml").write_text("identifier: {column: 1}\noperation: delete\n")
    assert (run(), len(emulator.profiles())) == (2, 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("arguments", [("--help",), ("runs",), ("preview", "customers.csv")])
def test_nowhere_to_print(customers: Path, arguments: tuple[str, ...]) -> None:
    """What cannot be printed ends a command that only prints with one line."""
    (customers / "importer-runs").mkdir()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "importer", *arguments],
            cwd=customers,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    words = "standard output: No space left on device; have it written somewhere else"
    assert (done.returncode, done.stderr.decode()) == (2, f"importer: {words}\n")
