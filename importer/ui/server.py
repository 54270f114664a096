"""The page's server: on this machine alone, until it is interrupted, its children with it."""

import asyncio
import os
import signal
import socket
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import FrameType

import uvicorn

from importer.ui.app import application
from importer.ui.desk import Desk
from importer.ui.guard import Guard

HOST = "127.0.0.1"


def serve_page(
    source: str,
    config: str,
    *,
    port: int,
    report_dir: Path,
    browser: bool,
    announce: Callable[[str], None],
    farewell: Callable[[str], None],
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, each of which raises KeyboardInterrupt once everything
    has ended in order; `announce` is told the address once requests are taken, `farewell` the
    command of each import that can go on.

    Raises OSError where the port is taken.
    """
    with (
        tempfile.TemporaryDirectory(prefix="importer-ui-", ignore_cleanup_errors=True) as folder,
        _listening(port) as listener,
    ):
        desk = Desk(Path(folder), report_dir, os.environ, {"source": source, "config": config})
        guard = Guard(application(desk), listener.getsockname()[1])

        def ready() -> None:
            announce(guard.url)
            if browser:
                Thread(target=webbrowser.open, args=(guard.url,), daemon=True).start()

        try:
            asyncio.run(_Server(guard, desk, ready).serve(sockets=[listener]))
        finally:
            for command in desk.left():
                farewell(command)


def _listening(port: int) -> socket.socket:
    # Its protocol is named, or else asyncio leaves Nagle's algorithm on: 44 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    """uvicorn's server, which ends what the page began before it waits for its readers."""

    def __init__(self, guard: Guard, desk: Desk, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                guard,
                ws="none",
                loop="asyncio",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                date_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._desk = desk
        self._ready = ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn raises them again when it has ended, and only this one lets the folder be deleted.
        super().handle_exit(signal.SIGINT, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _heed_hangup(self.handle_exit)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._desk.close()
        await super().shutdown(sockets)


def _heed_hangup(end: Callable[[int, FrameType | None], None]) -> None:
    """Let a terminal that is closed end the page, unless nohup said not to; Windows knows none."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, end)
