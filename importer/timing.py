"""What time and chance are, handed to whoever waits or draws."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


async def _sleep(seconds: float) -> None:
    import asyncio  # a rehearsal sends nothing and never sleeps

    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Timing:
    """What time and chance are, so that tests need not wait for either."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = _sleep
    chance: Callable[[], float] = random.random
