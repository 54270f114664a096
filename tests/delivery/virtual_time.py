"""A clock that moves only by sleeping, and a chance that is no chance."""

import asyncio
from dataclasses import dataclass, field

from importer.timing import Timing


@dataclass
class VirtualTime:
    """Seconds that pass at once. `pauses` are the ends that sleepers waited for, each once."""

    now: float = 1_000.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Sleepers of one pause wake together, after those who are about to lie down."""
        end = self.now + seconds
        if end not in self.pauses:
            self.pauses.append(end)
        await asyncio.sleep(0)
        self.now = max(self.now, end)

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.clock, sleep=self.sleep, chance=lambda: 0.0)
