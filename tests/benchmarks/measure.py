"""Runs one program as a whole process and takes its time, its CPU and its memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from .family import Family

LONGEST = 1_800.0  # seconds; a program that takes longer is stopped


@dataclass(frozen=True)
class Measurement:
    """What one run took: seconds from start to exit, seconds of CPU, the peak in MiB."""

    exit_code: int
    wall: float
    cpu: float
    peak: float


def measure(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path
) -> Measurement:
    """Run the command in the folder; what it prints goes to the output file.

    CPU is user and system time of the process and the children it waited for. The peak is the
    largest resident set of any one of them, or the sum of all their peaks where there are
    several at a time; and never less than this process's own, since Linux counts a child from
    the fork (about 25 MiB).
    """
    with output.open("wb") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        guard = Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        guard.start()
        family = Family(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            guard.cancel()
            together = family.peak()
    process.returncode = os.waitstatus_to_exitcode(status)  # Popen need not wait again
    peak = max(_mib(usage.ru_maxrss), together)
    return Measurement(process.returncode, wall, usage.ru_utime + usage.ru_stime, peak)


def _mib(maxrss: int) -> float:
    """Linux counts in KiB, macOS in bytes."""
    return maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
