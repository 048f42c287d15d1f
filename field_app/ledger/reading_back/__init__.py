"""An exported ledger that comes back: read with care, compared with what is here, applied by the same
steps as on the page."""
