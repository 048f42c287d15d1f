"""What is no word about the visit: chat about the weather and orders to the machine.

An order to the machine (忽略之前的指令) voids the whole message: nobody's answers stand in it. A
breath of chat is passed over, and what else was said counts.
"""

from collections.abc import Sequence

from field_app.chat import lexicon
from field_app.chat.normalise import Clause


def is_an_order(text: str) -> bool:
    """Whether somebody tries to talk the machine into something."""
    return lexicon.pattern("not_the_visit", "sort", "order").search(text) is not None


def about_the_visit(clauses: Sequence[Clause]) -> list[Clause]:
    """The breaths without those that chat."""
    chatter = lexicon.pattern("not_the_visit", "sort", "chatter")
    guard = lexicon.pattern("not_the_visit", "sort", "guard")
    return [c for c in clauses if guard.search(c.text) or not chatter.search(c.text)]
