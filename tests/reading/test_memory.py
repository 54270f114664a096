"""Memory: a file five times as long takes no more of it."""

import json
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

CHILD = """
import json, sys
from pathlib import Path
from importer import Config, import_profiles
path, folder = sys.argv[1:]
config = Config.model_validate({"identifier": {"column": 1}, "columns": {2: "a", 3: "b"}})
report = import_profiles(path, config, dry_run=True, report_dir=folder, environment={})
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0])
print(json.dumps([report.totals.read, report.totals.failed, peak]))
"""

MIB = 1024  # in the kilobytes of /proc
FILLED = b"x" * 80

RECORDS = {
    "good": b"u1,%b,%b\n" % (FILLED, FILLED),
    "unreadable": b"u1,%b,\xff%b\n" % (FILLED * 12, FILLED * 12),
    "of another width": b"u1,%b\n" % (FILLED * 25),
}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak")
@pytest.mark.parametrize("kind", RECORDS)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    """Not with rows, nor with failures: 60 MB more of either stay below half of that."""
    record = RECORDS[kind]
    path = tmp_path / "x.csv"
    peaks = []
    for size in (20_000_000, 80_000_000):
        rows = size // len(record)
        with path.open("wb") as stream:
            stream.write(b"u,x,y\n" * 1100)
            stream.writelines(repeat(record, rows))
        done = subprocess.run(
            [sys.executable, "-c", CHILD, path, tmp_path / "runs"],
            capture_output=True,
            check=True,
            timeout=60,
        )
        read, failed, peak = json.loads(done.stdout)
        assert (read, failed) == (rows + 1100, 0 if kind == "good" else rows)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 30 * MIB
