"""A signal is heeded wherever it comes."""

import io
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer

from importer import import_profiles
from importer.books.report import Report
from importer.cli.journey import travel
from importer.cli.signals import signals
from importer.emulator import Emulator
from importer.errors import Interrupted
from importer.interruption import Interruption
from importer.progress import Progress, Silence
from importer.settings.config import Config
from importer.tell import tell


def ended(program: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program of its own to its end."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)


class Signalling(io.RawIOBase):
    """A stream in the middle of whose work a signal comes."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._signalled = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, content: Any) -> int:
        if not self._signalled:
            self._signalled = True
            signal.raise_signal(signal.SIGINT)
        return os.write(self._descriptor, content)


def test_signal_within_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that comes while a line is written is heeded, and told, like any other."""
    with (tmp_path / "said").open("wb") as said:
        raw = Signalling(said.fileno())
        monkeypatch.setattr("sys.stderr", io.TextIOWrapper(io.BufferedWriter(raw), "utf-8"))
        with signals() as interruption:
            heard: list[int] = []
            interruption.listen(heard.append)
            tell(sys.stderr, "a line")
        monkeypatch.undo()
    assert heard == [signal.SIGINT]
    words = "\nimporter: stopping; requests in flight may finish\na line\n"
    assert (tmp_path / "said").read_text("utf-8") == words


def test_signal_within_a_library() -> None:
    """What a library makes of a signal, or that it loses it, does not count."""

    def misread() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except Interrupted:
            raise ValueError("CSV parse error") from None

    with pytest.raises(Interrupted), signals():
        misread()
    heard: list[int] = []
    with signals() as interruption:
        with suppress(Interrupted):
            signal.raise_signal(signal.SIGTERM)
        interruption.listen(heard.append)
    assert heard == [signal.SIGTERM]


def test_signal_within_a_callback(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be raised nothing is printed, and the run hears of it."""

    class Dropped:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    with signals() as interruption:
        dropped = Dropped()
        del dropped
        assert interruption.signal_number == signal.SIGINT
    assert capsys.readouterr().err == ""


def test_signal_while_it_starts() -> None:
    """Ctrl-C before there is anything to end ends the program without a traceback."""
    program = (
        "import signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'importer.cli':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "import importer.__main__\n"
    )
    done = ended(program)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


_READING = """
import sys, threading, time
import pyarrow as pa
from pyarrow import csv
from importer.__main__ import main

def read():
    while True:
        csv.read_csv(text, names, skipping)

text = pa.py_buffer(b"a,b,c\\n" * 200_000)
names = csv.ReadOptions(column_names=["a", "b"], use_threads=False)
skipping = csv.ParseOptions(invalid_row_handler=lambda row: "skip")
for _ in range(3):
    threading.Thread(target=read, daemon=True).start()
sys.argv = ["importer", "--version"]
main()
"""


def test_end_while_a_thread_reads() -> None:
    """A reader that nobody waits for any more, inside Arrow, does not make the program crash."""
    for _ in range(5):
        done = ended(_READING)
        assert (done.returncode, done.stdout.split()[:1]) == (0, [b"importer"])


def test_second_signal() -> None:
    """Who does not wait for the requests in flight is told by what to go on all the same."""
    program = (
        "import signal\n"
        "from importer.cli.signals import signals\n"
        "with signals() as interruption:\n"
        "    interruption.begin()\n"
        "    interruption.to_go_on = 'importer run --resume a'\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    signal.raise_signal(signal.SIGINT)\n"
    )
    done = ended(program)
    said = (
        b"\nimporter: stopping; requests in flight may finish\n"
        b"\nimporter: to go on: importer run --resume a\n"
    )
    assert (done.returncode, done.stderr) == (130, said)


def test_signal_before_a_run_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Who ends a run before it goes on is told by what to do that."""

    def begin(_options: Any) -> Report:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    with pytest.raises(typer.Exit) as end:
        travel(begin, {}, as_json=False, quiet=True, to_go_on="importer run --resume a")
    assert end.value.exit_code == 130
    said = "importer: to go on: importer run --resume a\nimporter: interrupted\n"
    assert capsys.readouterr().err == said


def test_command_of_a_run_that_has_begun(tmp_path: Path, emulator: Emulator) -> None:
    """The command that goes on with a run is known as soon as there is something to go on with."""
    (tmp_path / "a.csv").write_text("u1,a\n")
    known: list[str] = []
    interruption = Interruption()

    class Looks(Silence):
        def update(self, progress: Progress) -> None:  # noqa: ARG002
            known.append(interruption.to_go_on)

    report = import_profiles(
        tmp_path / "a.csv",
        Config.model_validate({"identifier": {"column": 1}, "columns": {2: "plan"}}),
        report_dir=tmp_path / "my runs",
        observer=Looks(),
        interruption=interruption,
        environment={"MIXPANEL_URL": emulator.url, "MIXPANEL_TOKEN": "t" * 32},
    )
    assert set(known) == {f"importer run --resume '{report.folder}'"}
