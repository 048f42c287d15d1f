"""Clears up in the background: captures that a crash or an outage left unplaced, and ledgers that
came back as files and were never applied."""

import logging
import threading

from field_app import clock
from field_app.captures import intake
from field_app.ledger.reading_back import keeping

log = logging.getLogger(__name__)

EVERY_S = 60.0
_PRUNE_EVERY = 60  # rounds: what is a month old may wait an hour


def sweep_until(stop: threading.Event) -> None:
    """Sweeps at once and then every minute, until told to stop."""
    rounds = 0
    while True:
        try:
            intake.sweep(now=clock.now())
            if rounds % _PRUNE_EVERY == 0:
                keeping.prune(now=clock.now())
        except Exception:
            # Whatever it is (the database may be away), the application goes on serving.
            log.exception("sweeping broke; it is tried again")
        rounds += 1
        if stop.wait(EVERY_S):
            return
