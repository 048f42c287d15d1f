"""Writes CHECKS.md beside the package: `python -m photos.checks`."""

from pathlib import Path

from photos.checks import catalogue

Path(__file__).parent.with_name("CHECKS.md").write_text(catalogue(), encoding="utf-8")
