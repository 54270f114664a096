"""A page that is open: the command as a process, and a client that is let in as a browser is."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

TOKEN = "b9c1d2e3f4a5968778695a4b3c2d1e0f"
ROWS = "u1,Ann,ann@example.com,7\nu2,Ben,,x\n,Cid,cid@example.com,9\nu1,Dot,dot@example.com,\n"


@dataclass(frozen=True)
class OpenPage:
    """The address as it was printed, the folder where it was started, a client with its cookie."""

    url: str
    folder: Path
    client: httpx.Client
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 0

    def post(self, path: str, content: object) -> dict[str, Any]:
        answer = self.client.post(path, json=content)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def open(self, path: Path, **settings: object) -> dict[str, Any]:
        return self.post("/api/sources", {"path": str(path), "settings": settings})

    def states(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield what the page is told of a job, until that has ended."""
        with self.client.stream("GET", f"/api/jobs/{job}/events") as events:
            for line in events.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def end_of(self, job: dict[str, Any]) -> dict[str, Any]:
        return list(self.states(job["id"]))[-1]


@contextmanager
def opened(folder: Path, *arguments: str | Path, **environment: str) -> Iterator[OpenPage]:
    """Start `importer ui`, and go in by the address that it prints."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MIXPANEL_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", "ui", "--no-browser", *map(str, arguments)],
        cwd=folder,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, process.stderr and process.stderr.read()
            root = f"http://127.0.0.1:{httpx.URL(found[0]).port}"
            with httpx.Client(
                base_url=root, headers={"Origin": root}, trust_env=False, timeout=60
            ) as client:
                client.get(found[0], follow_redirects=True).raise_for_status()
                yield OpenPage(found[0], folder, client, process)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0


def drafted(page: OpenPage, path: Path, **changes: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Open a file and change the sheet that the page suggests."""
    source = page.open(path)["id"]
    draft = page.post("/api/mappings/draft", {"source": source})
    return {"source": source, "document": draft["document"]}, {**draft["sheet"], **changes}


def saved(
    page: OpenPage, given: dict[str, str], sheet: dict[str, Any], name: str
) -> dict[str, str]:
    path = str(page.folder / name)
    answer = page.post(
        "/api/mappings/save", {**given, "sheet": sheet, "path": path, "replace": True}
    )
    return {**given, "document": answer["document"]}
