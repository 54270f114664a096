"""The commands that the page runs: child processes, watched line by line, stopped in order."""

import asyncio
import json
import secrets
import shlex
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from importer.engage import Token
from importer.errors import Drifted

LINE_BYTES = 16 * 1024 * 1024
TOLD = 50
"""Things told that are kept, the last ones."""

GRACE = 10.0
"""Seconds that a child has to stop in order: an import lets its requests finish for five."""

FOR_A_PROGRAM = ("--json", "--log-format=json")
"""What makes a command talk to a program, and changes nothing that it does."""

PAUSE = 0.2
"""Seconds between two looks that a browser is sent."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a command is about: the file, and a digest of the mapping."""

    source: str
    mapping: str


class Job:
    """One `importer ...` and what it told so far."""

    def __init__(
        self,
        kind: str,
        arguments: Sequence[str],
        token: Token | None,
        subject: Subject | None = None,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.kind = kind
        self.arguments = tuple(arguments)
        self.token = token
        self.subject = subject
        self.report: dict[str, Any] | None = None
        self.exit_code: int | None = None
        self._progress: dict[str, Any] = {}
        self._told: deque[dict[str, Any]] = deque(maxlen=TOLD)
        self._stopping = False
        self._changes = 0
        self._changed = asyncio.Condition()
        self._child: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self.on_end: Callable[[Job], None] = lambda _job: None

    @property
    def command(self) -> str:
        """Return the line that does the same in a shell."""
        shown = [each for each in self.arguments if each not in FOR_A_PROGRAM]
        return shlex.join(["importer", *shown])

    @property
    def arrived(self) -> int:
        """Count the rows that are, or may be, where they were sent."""
        rows = (self.report or {}).get("rows", {})
        return 0 if self.kind == "rehearsal" else rows.get("imported", 0) + rows.get("in_doubt", 0)

    @property
    def drifted(self) -> bool:
        """Was nothing sent, since the file looks unlike the last one?"""
        return any(told.get("error") == Drifted.__name__ for told in self._told)

    @property
    def ended(self) -> bool:
        return self.exit_code is not None

    async def start(self, environment: Mapping[str, str]) -> None:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "importer", *self.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(environment),
            limit=LINE_BYTES,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, once
        )  # fmt: skip
        self._watching = asyncio.create_task(self._watch(self._child))

    def stop(self) -> None:
        """Ask the child to stop in order; a second wish changes nothing."""
        if self._child is not None and not self.ended and not self._stopping:
            self._stopping = True
            with suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End a child that leaves nothing behind."""
        if self._child is not None and not self.ended:
            with suppress(ProcessLookupError):
                self._child.kill()

    async def wait(self) -> None:
        if self._watching is not None:
            await asyncio.wait({self._watching})

    async def end(self) -> None:
        """Stop the child, and kill it when it takes too long."""
        self.stop()
        if self._watching is None or self._child is None:
            return
        await asyncio.wait({self._watching}, timeout=GRACE)
        self.kill()
        await self.wait()

    def state(self) -> dict[str, Any]:
        """Return what the page shows of the job."""
        return {
            "id": self.id,
            "kind": self.kind,
            "command": self.command,
            "source": self.subject.source if self.subject else "",
            "mapping": self.subject.mapping if self.subject else "",
            "running": not self.ended,
            "stopping": self._stopping and not self.ended,
            "progress": self._progress,
            "told": list(self._told),
            "drifted": self.drifted,
            "report": self.report,
            "exit_code": self.exit_code,
        }

    async def states(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the state now and whenever it has changed, until the job has ended."""
        seen = -1
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda seen=seen: self._changes != seen)  # type: ignore[misc]  # mypy takes no default in a lambda
                seen = self._changes
            yield self.state()
            if self.ended:
                return
            await asyncio.sleep(PAUSE)

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        assert child.stderr is not None
        output, _ = await asyncio.gather(child.stdout.read(), self._listen(child.stderr))
        code = await child.wait()
        self.report = self._last_object(output)
        self.exit_code = code if code >= 0 else 128 - code
        if self.report is None and not any(told["event"] == "error" for told in self._told):
            self._told.append({"event": "error", "message": f"ended with code {self.exit_code}"})
        self.on_end(self)
        await self._notify()

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            try:
                told = json.loads(line)
            except ValueError:
                words = line.decode(errors="replace").strip()
                told = {"event": "error", "message": words} if words else None
            if not isinstance(told, dict):
                continue
            if told.get("event") == "progress":
                self._progress = told
            else:
                self._told.append(self._hidden(told))
            await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def _last_object(self, output: bytes) -> dict[str, Any] | None:
        lines = output.strip().splitlines()
        with suppress(ValueError, IndexError):
            content = self._hidden(json.loads(lines[-1]))
            return content if isinstance(content, dict) else None
        return None

    def _hidden(self, told: Any) -> Any:
        """Blot the token out; no command shows it, but a server may echo it."""
        return self.token.hidden_in(told) if self.token is not None else told
