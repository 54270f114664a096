"""What the sink and TLS cost by themselves: one ready body, sent again and again.

No file is read, nothing is encoded but the first batch, no HTTP library is used. What a program
takes beyond this is its own doing; and where this is far below, the sink holds nobody up.
"""

from __future__ import annotations

import asyncio
import csv
import json
import ssl
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

BATCH = 200


def first_body(path: Path, token: str) -> bytes:
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = islice(csv.reader(file), BATCH + 1)
    updates = [
        {
            "$token": token,
            "$distinct_id": row[0],
            "$ip": "0",
            "$ignore_time": True,
            "$set": {name: cell for name, cell in zip(names[1:], row[1:], strict=True) if cell},
        }
        for row in rows
    ]
    return json.dumps(updates, ensure_ascii=False, separators=(",", ":")).encode()


async def sender(port: int, request: bytes, turns: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=ssl.create_default_context(), limit=1 << 16
    )
    for _ in turns:
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()


async def main(path: Path, port: int, token: str, in_flight: int, requests: int) -> None:
    body = first_body(path, token)
    head = (
        f"POST /engage?ip=0&strict=1&verbose=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Content-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    turns = iter(range(requests))  # shared: each sender takes the next turn
    request = head.encode() + body
    await asyncio.gather(*(sender(port, request, turns) for _ in range(in_flight)))


if __name__ == "__main__":
    path, port, token, in_flight, requests = sys.argv[1:]
    asyncio.run(main(Path(path), int(port), token, int(in_flight), int(requests)))
