"""A command of the user's own, run once a run has ended: it is told by its environment."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from importer.books.report import Report
from importer.masking import masked_words
from importer.resuming.recall import REPORT
from importer.settings.sections import OnFinish
from importer.wording import shortened

_LAST = 4_096
"""Bytes of what a command said in which its last line is looked for."""


def run_command(
    report: Report, settings: OnFinish, folder: Path, inherited: Mapping[str, str]
) -> Iterator[str]:
    """Run the command, in the folder of the mapping; yield what went wrong, in words.

    A list is run as it is, a text by the shell. What it says is kept from both streams of this
    program; its last line is quoted if it fails.
    """
    command = settings.command
    if command is None:
        return
    with tempfile.TemporaryFile() as said:  # a pipe would be held open by what it leaves running
        try:
            process = subprocess.Popen(
                command if isinstance(command, str) else list(command),
                shell=isinstance(command, str),
                cwd=folder,
                env={**inherited, **told(report)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C that ends the run must not end the news of it
            )
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the command
            words = (
                f"{error.filename or command[0]}: {error.strerror}"
                if isinstance(error, OSError)
                else str(error)
            )
            yield f"on_finish.command: {words}"
            return
        try:
            code = process.wait(settings.timeout)
        except subprocess.TimeoutExpired:
            _kill(process)
            yield f"on_finish.command: ended after {settings.timeout:g} s: on_finish.timeout"
            return
        if code:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            yield f"on_finish.command: {how}{_last_line(said)}"


def told(report: Report) -> dict[str, str]:
    """Return the variables that tell of a run: paths as they hold in any folder."""
    folder = report.folder.resolve()
    return {
        "IMPORTER_RUN": report.run,
        "IMPORTER_STATUS": report.status,
        "IMPORTER_EXIT_CODE": str(int(report.exit_code)),
        "IMPORTER_REPORT": str(folder / REPORT) if report.run else "",
        "IMPORTER_RUN_DIR": str(folder) if report.run else "",
        "IMPORTER_SOURCE": str(report.source["name"]),
        "IMPORTER_STOPPED": str(report.stop or ""),
        "IMPORTER_RESUME": replace(report, folder=folder).resume_command,
        **{f"IMPORTER_ROWS_{name.upper()}": str(count) for name, count in report.rows.items()},
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command with all that it has begun."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _LAST))
    lines = said.read().decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {shortened(masked_words(last), 200)}" if last else ""
