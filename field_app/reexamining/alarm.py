"""Wakes the worker of this process when there is something to do; others look by themselves."""

import threading

_RUNG = threading.Event()


def ring() -> None:
    _RUNG.set()


def wait(seconds: float) -> None:
    """Until somebody rings, at most so long."""
    _RUNG.wait(seconds)
    _RUNG.clear()
