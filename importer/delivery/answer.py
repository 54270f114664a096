"""An answer of HTTP/1.1 as its bytes come in, in whatever pieces."""

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

ANSWER_BYTES = 16 * 2**20
"""An answer longer than this is none; one that refuses every update of a request has 2 MB."""

HEAD_BYTES = 64 * 2**10
"""The same for what comes before an answer's body."""


class Answer:
    """What has arrived of an answer; `feed` and `end` raise RemoteProtocolError where it is none.

    Nothing is fed to one that is whole. The parser calls the methods whose names begin with `on_`.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.whole = False
        self.is_last = True
        """Whether no other answer can follow on the connection."""
        self._pieces: list[bytes] = []
        self._size = 0
        self._parser = HttpResponseParser(self)

    @property
    def body(self) -> bytes:
        return b"".join(self._pieces)

    def feed(self, piece: bytes) -> None:
        # The parser also reads RTSP and ICE, the protocols of players.
        if not self._size and piece[:1] in (b"R", b"I"):
            raise httpx.RemoteProtocolError("another protocol")
        self._size += len(piece)
        try:
            self._parser.feed_data(piece)
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self.whole:
                raise httpx.RemoteProtocolError("not an answer of HTTP/1.1") from error
            self.is_last = True  # something follows that nobody asked for
        if self.whole:
            del self._parser  # it holds on to this too: such pairs would wait for a sweep
        elif self._size > (ANSWER_BYTES if self.status else HEAD_BYTES):
            raise httpx.RemoteProtocolError("an answer without end")

    def end(self) -> None:
        """Take note that nothing follows, which ends a body that says nothing of its length."""
        names = {name.lower() for name, _ in self.headers}
        self.whole = bool(self.status) and not names & {b"content-length", b"transfer-encoding"}
        if not self.whole and self._size:
            raise httpx.RemoteProtocolError("an answer that is not whole")

    def on_message_begin(self) -> None:
        if self.whole:
            raise ValueError("a second answer to one request")  # ends the parsing, in `feed`

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:  # what follows a chunked body is not for us
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise ValueError("a head without end")
        if not self._parser.get_http_version().startswith("1."):
            raise ValueError("another version")
        if (status := self._parser.get_status_code()) >= 200:
            self.status = status

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        if not self.status:  # an interim answer (RFC 9110, 15.2): the answer is yet to come
            self.headers.clear()
            return
        self.whole = True
        self.is_last = not self._parser.should_keep_alive()
