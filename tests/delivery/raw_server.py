"""Servers made of bare sockets, for what no proper server does."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

Act = Callable[[socket.socket, bytes], None]
"""What is done with a connection on which a whole request has arrived."""

ONE = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"


def say(answer: bytes) -> Act:
    """Answer, and leave the connection open."""
    return lambda connection, _: connection.sendall(answer)


def say_and_close(answer: bytes) -> Act:
    def act(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    return act


def reset(connection: socket.socket, _: bytes) -> None:
    """Break off so that the other side sees a reset instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def say_nothing(connection: socket.socket, _: bytes) -> None:
    """Wait until the other side has had enough."""
    connection.recv(1)


@contextmanager
def served(*acts: Act, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, Sequence[bytes]]]:
    """Serve on a free port: the n-th request meets the n-th act, all further ones the last.

    Yields the port and the requests so far.
    """
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:

        def attend(connection: socket.socket) -> None:
            with suppress(OSError):
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                with connection:
                    while request := _read_request(connection):
                        requests.append(request)
                        acts[min(len(requests), len(acts)) - 1](connection, request)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=attend, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener.getsockname()[1], requests
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def unreachable() -> Iterator[int]:
    """Yield a port on which a connection is neither accepted nor refused: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for connection in waiting:
                connection.close()


@contextmanager
def refusing() -> Iterator[int]:
    """Yield a port that is taken and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def _read_request(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
