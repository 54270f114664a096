"""kill -9 at any moment, and what it costs: nothing."""

import random

from .kills import kill_many


def test_killed_and_resumed() -> None:
    """Killed at random moments and resumed, a run leaves what an undisturbed one leaves.

    No row is applied twice and none is lost, save those that the program itself lists as in doubt,
    each of which was applied once or not at all.
    """
    assert kill_many(8, random.Random()).kills == 8
