"""Who filled an answer, where it was no hand on the form, and whether it was looked at since.

What the chat, a model or the last visit filled is to be confirmed by the inspector before he
submits; the mark stays with the record. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models.vocabulary import FilledBy

Marks = Mapping[str, Any]


def mark(by: FilledBy, words: str = "") -> dict[str, Any]:
    """The mark of a value that nobody has confirmed; `words` are those it was taken from."""
    return {"by": str(by), "words": words[:200], "confirmed": False}


def after_edit(
    marks: Marks, old: Marks, new: Marks, given: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, Any]:
    """The marks after an edit from the answers `old` to `new`. `given` are those of the edit by
    name; a name of the edit without one was filled by hand."""
    kept = {
        name: mark
        for name, mark in marks.items()
        if name in new and name not in given and new.get(name) == old.get(name)
    }
    return kept | {n: dict(m) for n, m in given.items() if m is not None and n in new}


def confirmed(marks: Marks, names: Iterable[str]) -> dict[str, Any]:
    """The marks with those of `names` confirmed."""
    names = set(names)
    return {n: ({**m, "confirmed": True} if n in names else m) for n, m in marks.items()}


def open_ones(marks: Marks, names: Iterable[str]) -> list[str]:
    """Of `names`, in their order, those whose value waits for being confirmed."""
    return [n for n in names if n in marks and not marks[n].get("confirmed")]
