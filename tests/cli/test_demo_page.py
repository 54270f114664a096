"""`importer demo --open` and `importer emulator`: the page is there as long as the command."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest


@contextmanager
def started(directory: Path, *arguments: str, browser: str) -> Iterator[subprocess.Popen[str]]:
    """Run `importer ...` until the test ends it."""
    with subprocess.Popen(
        [sys.executable, "-m", "importer", *arguments],
        cwd=directory,
        env={**os.environ, "BROWSER": browser, "PATH": str(directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # A line that never comes would be waited for without end.
        watch = threading.Timer(60, process.kill)
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            process.kill()


def address(process: subprocess.Popen[str], words: str) -> str:
    """Read on until the line that names the page."""
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.startswith(words))
    found = re.search(r"http://127\.0\.0\.1:\d+/(?=\s)", line)
    assert found is not None
    return found[0]


def interrupted(process: subprocess.Popen[str], url: str) -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    return process.returncode, out, err


def test_demo_page(tmp_path: Path) -> None:
    """The page is opened by a browser that works, and is gone after Ctrl-C."""
    browsers = "/bin/false %s:/nowhere/browser %s:/bin/echo opened %s"
    with started(tmp_path, "demo", "--open", browser=browsers) as process:
        url = address(process, "All of them, to look at: ")
        assert process.stdout is not None
        assert process.stdout.readline() == f"opened {url}\n"
        assert "<h1>Emulated profile API</h1>" in httpx.get(url).text
        found = httpx.get(f"{url}_emulator/page/search?q=C-100000000").json()
        assert found["profiles"][0]["id"] == "C-100000000"
        code, out, err = interrupted(process, url)
    assert (code, out, "Traceback" in err) == (0, "", False)


def test_emulator_names_its_page(tmp_path: Path) -> None:
    """`importer emulator` says where its page is."""
    with started(tmp_path, "emulator", "--port", "0", browser="/bin/false") as process:
        url = address(process, "Look at what arrives: ")
        assert httpx.get(url).status_code == 200
        assert interrupted(process, url) == (0, "", "")
