"""The loop a developer writes after reading the documentation: csv, dicts, httpx.AsyncClient.

https://docs.mixpanel.com/docs/data-structure/user-profiles advises 200 profiles a call.
"""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

BATCH = 200
Update = dict[str, object]


def batches(path: Path, token: str, properties: list[str]) -> Iterator[list[Update]]:
    batch: list[Update] = []
    with path.open(encoding="utf-8", newline="") as file:
        for distinct_id, *cells in csv.reader(file):
            values = {name: cell for name, cell in zip(properties, cells, strict=True) if cell}
            batch.append({"$token": token, "$distinct_id": distinct_id, "$ip": "0", "$set": values})
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


async def send(client: httpx.AsyncClient, batch: list[Update]) -> None:
    answer = await client.post("/engage?ip=0&strict=1&verbose=1", json=batch)
    answer.raise_for_status()
    if answer.json()["status"] != "OK":
        raise RuntimeError(answer.text)


async def main(path: Path, url: str, token: str, in_flight: int, properties: list[str]) -> None:
    sending: set[asyncio.Task[None]] = set()
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for batch in batches(path, token, properties):
            if len(sending) == in_flight:
                done, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            sending.add(asyncio.create_task(send(client, batch)))
        await asyncio.gather(*sending)


if __name__ == "__main__":
    path, url, token, in_flight, *properties = sys.argv[1:]
    asyncio.run(main(Path(path), url, token, int(in_flight), properties))
