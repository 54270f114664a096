"""Files on an SFTP server whose key is known: fsspec itself would trust any server that answers."""

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

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
    """An open file that asks for larger parts than is usual, and ends the connection with it."""

    def __init__(self, filesystem: KnownHosts, path: str) -> None:
        self.size = int(filesystem.info(path)["size"])
        self._filesystem = filesystem
        self._opened = filesystem.open(path, "rb")
        # One part travels at a time; a server that has a lower limit gives less.
        self._opened.MAX_REQUEST_SIZE = _PART_BYTES

    def read(self, count: int) -> bytes:
        return bytes(self._opened.read(count))

    def close(self) -> None:
        self._filesystem.close()
