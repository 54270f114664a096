"""Files on an SFTP server whose key is known: fsspec itself would trust any server that answers."""

from collections.abc import Callable

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from importer.streams.filesystems import Replaced

_PART_BYTES = 128 * 1024
"""OpenSSH gives up to 255 KiB at once; paramiko asks for 32."""


class KnownHosts(SFTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Connects to hosts only that `ssh` knows, as `ssh` itself does where nobody can be asked."""

    client: paramiko.SSHClient
    ftp: paramiko.SFTPClient

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self.client.connect(self.host, **self.ssh_kwargs)
            self.ftp = self.client.open_sftp()
        except BaseException:
            self.client.close()
            raise

    def close(self) -> None:
        self.client.close()


class Download:
    """A file that comes in larger parts than is usual, over a connection of its own.

    Where that breaks, the next `read` makes another one and goes on where the last one ended.
    """

    def __init__(self, connect: Callable[[], tuple[KnownHosts, str]]) -> None:
        """`connect` returns the server and the path of the file there."""
        self._connect = connect
        self._taken = 0
        self._filesystem: KnownHosts | None = None
        self._about = self._begin()

    @property
    def size(self) -> int:
        return self._about[0]

    def read(self, count: int) -> bytes:
        """Return the next bytes, up to `count`. Raises Replaced, and whatever paramiko raises."""
        if self._filesystem is None and self._begin() != self._about:
            self.close()
            raise Replaced
        try:
            piece = bytes(self._opened.read(count))
        except Exception:
            self.close()
            raise
        self._taken += len(piece)
        return piece

    def close(self) -> None:
        if self._filesystem is not None:
            self._filesystem.close()
        self._filesystem = None

    def _begin(self) -> tuple[int, object]:
        """Connect; return the size of the file and when it was changed last."""
        filesystem, path = self._connect()
        self._filesystem = filesystem
        try:
            about = filesystem.info(path)
            self._opened = filesystem.open(path, "rb")
            # One part travels at a time; a server that has a lower limit gives less.
            self._opened.MAX_REQUEST_SIZE = _PART_BYTES
            self._opened.seek(self._taken)
        except BaseException:
            self.close()
            raise
        return int(about["size"]), about["mtime"]
