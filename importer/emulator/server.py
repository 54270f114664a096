"""Running the server: on a thread of its own, stopped when its context ends."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from importer.emulator import origins
from importer.emulator.app import DROP, App
from importer.emulator.profiles import opened

T = TypeVar("T")

_KEEP_ALIVE = 600
"""Seconds an idle connection is kept: long, so that a client never races with its closing."""


class Emulator:
    """A running server; what it offers beside ``url`` looks inside without going over HTTP."""

    def __init__(self, app: App, server: "_Server", host: str, port: int) -> None:
        self._control = app.control
        self._server = server
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """Where clients reach it, such as ``http://127.0.0.1:49152``."""
        reachable = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return (
            f"http://[{reachable}]:{self.port}"
            if ":" in reachable
            else f"http://{reachable}:{self.port}"
        )

    def profile(self, identifier: str) -> dict[str, Any] | None:
        """The properties of the user profile with that id."""
        return self._server.ask(lambda: self._control.profile(identifier))

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The properties of all user profiles by id, the oldest profile first."""
        return self._server.ask(self._control.profiles)

    def group(self, key: str, identifier: str) -> dict[str, Any] | None:
        """The properties of the group profile with that key and id."""
        return self._server.ask(lambda: self._control.group(key, identifier))

    def stats(self) -> dict[str, Any]:
        """What ``GET /_emulator/stats`` shows."""
        return self._server.ask(self._control.stats)

    def faults(self, *rules: dict[str, Any]) -> None:
        """Script trouble as ``PUT /_emulator/faults`` does; FaultError where a rule is wrong."""
        self._server.ask(lambda: self._control.put_faults(list(rules)))

    def forget(self) -> None:
        """Drop every profile, every count and the fault script."""
        self._server.ask(self._control.forget)

    def wait(self) -> None:
        """Return when the server has ended; a signal's exception passes through."""
        self._server.join()


@contextmanager
def running(
    host: str = "127.0.0.1", port: int = 0, store: Path | str | None = None
) -> Iterator[Emulator]:
    """A server that has started; port 0 takes a free one, without ``store`` it forgets at the end.

    Raises OSError where the address is taken, StoreError where ``store`` cannot hold profiles.
    """
    with _listening(host, port) as listener:
        profiles = opened(None if store is None else Path(store))
        try:
            app = App(profiles, local=origins.is_local(listener.getsockname()[0]))
            server = _Server(app, listener)
            with server:
                yield Emulator(app, server, host, listener.getsockname()[1])
        finally:
            profiles.close()


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    store: Path | str | None = None,
    *,
    on_start: Callable[[Emulator], None] = lambda emulator: None,  # noqa: ARG005
) -> None:
    """Serve until interrupted; ``on_start`` is told once requests are taken.

    Installs no signal handlers: KeyboardInterrupt, or what the caller's own handler raises, ends
    it and passes on. Raises what ``running`` raises.
    """
    with running(host, port, store) as emulator:
        on_start(emulator)
        emulator.wait()


def _listening(host: str, port: int) -> socket.socket:
    family, *_ = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server((host, port), family=family, backlog=2048)


class _Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, able to break a connection off."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so only for sockets whose protocol number is set, which a listener from
        # socket.create_server passes on as 0; without it every answer took 44 ms.
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"drop": self._drop}}

    def _drop(self) -> None:
        # Lingering for no time makes the client see a reset, where a plain close looks orderly.
        sock = self.transport.get_extra_info("socket")
        if sock is not None and not self.transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class _Server(uvicorn.Server):
    """uvicorn's server on a thread, which stops at once instead of at its next tick."""

    def __init__(self, app: App, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                date_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )
        self._listener = listener
        self._begun = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()
        self._begun.wait()
        if self._failure is not None:
            raise self._failure

    def __exit__(self, *exc: object) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def join(self) -> None:
        self._thread.join()

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question put on the server's own thread, between two requests."""

        async def answer() -> T:
            return question()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self.serve(sockets=[self._listener]))
        except BaseException as failure:
            self._failure = failure
        finally:
            self._begun.set()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._begun.set()
        await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # What is asleep on a fault notices that its client is gone.
        while self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks)
