"""Wakes a worker of this process when there is something to do; others look by themselves."""

import threading


class Alarm:
    """One bell, and the one worker that sleeps by it."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Until somebody rings, at most so long."""
        self._rung.wait(seconds)
        self._rung.clear()


REEXAMINING = Alarm()
SEALING = Alarm()
