"""Goes on, in the background, with captures that a crash or an outage left unplaced."""

import logging
import threading

from field_app import clock
from field_app.captures import intake

log = logging.getLogger(__name__)

EVERY_S = 60.0


def sweep_until(stop: threading.Event) -> None:
    """Sweeps at once and then every minute, until told to stop."""
    while True:
        try:
            intake.sweep(now=clock.now())
        except Exception:
            # Whatever it is (the database may be away), the application goes on serving.
            log.exception("sweeping captures broke; it is tried again in a minute")
        if stop.wait(EVERY_S):
            return
