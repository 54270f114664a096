"""Waiting for a client that may leave."""

import asyncio

from starlette.types import Receive


async def left_within(seconds: float, receive: Receive) -> bool:
    """Wait, but no longer than the client does; whether it left."""
    try:
        await asyncio.wait_for(left(receive), seconds)
    except TimeoutError:
        return False
    return True


async def left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
