"""Writes CHECKS.md beside the package: `python -m photos.checks`."""

from photos.catalogue import PAGE, catalogue

PAGE.write_text(catalogue(), encoding="utf-8")
