"""What is said not to be there: 没有建房, 没见谁在这盖房子, 不是林地, 树也没有.

A denial reaches as far as light words carry it (有, 见, 谁, 在这 …) and over a list (没有树也没有塘);
it ends with the clause. Said twice (不是没种) it is none.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from field_app.chat import lexicon
from field_app.chat.normalise import Clause

_NEGATIVE = tuple("没无未不")


class Denial(StrEnum):
    """How a word is denied."""

    ABSENT = "absent"  # 没有建房
    OTHER = "other"  # 不是林地: it may go on with what it is instead
    DOUBLE = "double"  # 不是没种


@dataclass(frozen=True, slots=True)
class Denied:
    """A denied piece of the text: where the negation begins, where what it denies."""

    how: Denial
    start: int
    what: int


@lru_cache(maxsize=1)
def _before() -> re.Pattern[str]:
    found = {k: p.pattern for k, p in lexicon.patterns("negations", "sort").items()}
    return re.compile(
        rf"(?:(?P<absent>{found['no']})|(?P<other>{found['not']}))"
        rf"(?P<bridge>(?:{found['bridge']}){{0,6}}?)(?P<verb>{found['verb']})?$"
    )


def denial(clause: Clause, start: int, word: str) -> Denied | None:
    """How the word that begins at `start` of the message is denied in its clause."""
    at = start - clause.start
    found = _before().search(clause.text[:at])
    if found is not None:
        begin = clause.start + found.start()
        what = clause.start + found.start("verb") if found["verb"] else start
        if word.startswith(_NEGATIVE):
            return Denied(Denial.DOUBLE, begin, start)
        return Denied(Denial.ABSENT if found["absent"] else Denial.OTHER, begin, what)
    if lexicon.pattern("negations", "sort", "after").match(clause.text[at + len(word) :]):
        return Denied(Denial.ABSENT, start, start)
    return None


def goes_on(between: str) -> bool:
    """Whether what stands between a denied word and the next one only lists them."""
    return not between or bool(lexicon.pattern("negations", "sort", "list").fullmatch(between))
