"""A wish to stop, from outside: the command line's signals, a caller's button."""

from collections.abc import Callable


class Interruption:
    """Handed to a run; `request` may be called at any time, from a signal handler too."""

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self.heard = False
        """Has the run begun that would heed a request?"""
        self.to_go_on = ""
        """The command that goes on with what an end would leave; empty where it leaves nothing."""
        self._listeners: list[Callable[[int], None]] = []

    def begin(self) -> None:
        """Say that there is a run now: whatever is asked from here on ends it in order."""
        self.heard = True

    def request(self, signal_number: int = 2) -> None:
        """Ask the run to stop: requests in flight finish, the rest is not attempted."""
        self.signal_number = signal_number
        for listener in self._listeners:
            listener(signal_number)

    def listen(self, listener: Callable[[int], None]) -> None:
        """Have a function called with the signal's number, at once if the wish is known already."""
        self.begin()
        self._listeners.append(listener)
        if self.signal_number is not None:
            listener(self.signal_number)
