"""Work that makes a great many objects, all of which live until its end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Looking through half a million objects for garbage again and again takes a fifth to a third of
    the time and finds none: it is left out meanwhile."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
