"""The words of the field, as data: a county's people may speak otherwise, and edit these files.

Columns called `pattern` hold regular expressions (Python's `re`).
"""

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources


def rows(file: str) -> list[dict[str, str]]:
    """The rows of one file, as they stand."""
    text = resources.files(__package__).joinpath(f"{file}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=64)
def pattern(file: str, column: str, key: str, *, end: str = "") -> re.Pattern[str]:
    """The patterns of the rows whose `column` is `key`, as one. `end` is put after it: `$` where
    the words have to stand right before something."""
    found = [r["pattern"] for r in rows(file) if r[column] == key]
    return re.compile(f"(?:{'|'.join(found)}){end}")


@lru_cache(maxsize=16)
def patterns(file: str, column: str) -> dict[str, re.Pattern[str]]:
    """The patterns of a file by what stands in `column`, in the file's order."""
    keys = dict.fromkeys(r[column] for r in rows(file))
    return {key: pattern(file, column, key) for key in keys}


class Words:
    """A list of words that are looked for in a text, the longest first."""

    def __init__(self, words: list[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for word in sorted(set(words), key=len, reverse=True):
            self._by_start.setdefault(word[0], []).append(word)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Where the words stand, from left to right, none inside another.

        >>> list(Words(["树", "杨树", "杨树林"]).find("一片杨树林和树"))
        [(2, '杨树林'), (6, '树')]
        """
        at = 0
        while at < len(text):
            word = next((w for w in self._by_start.get(text[at], ()) if text.startswith(w, at)), "")
            if word:
                yield at, word
            at += len(word) or 1
