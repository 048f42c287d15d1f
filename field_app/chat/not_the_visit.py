"""What is no word about the visit: chat about the weather and orders to the machine.

An order to the machine (忽略之前的指令) voids the whole message: nobody's answers stand in it. A
breath of chat is passed over, and what else was said counts.
"""

import re
from collections.abc import Sequence

from field_app.chat import lexicon
from field_app.chat.normalise import Clause

# 有问题吗, 是不是旱地: asked, not said. 这不荒了吗 says so.
_ASKED = re.compile(
    r"(?:吗|(?<![什怎那这多要])么)$|有没有|是不是|算不算|对不对|行不行|该不该|不好说$|说不准$|拿不准$"
)
_RHETORICAL = re.compile(
    r"^(?:[^,]{0,3}[这那])?不(?:都|就|是|就是|也)?(?!是?[^,]{0,2}有没有).{2,}吗$"
)


def is_an_order(text: str) -> bool:
    """Whether somebody tries to talk the machine into something."""
    return lexicon.pattern("not_the_visit", "sort", "order").search(text) is not None


def about_the_visit(clauses: Sequence[Clause]) -> list[Clause]:
    """The breaths without those that chat."""
    chatter = lexicon.pattern("not_the_visit", "sort", "chatter")
    guard = lexicon.pattern("not_the_visit", "sort", "guard")
    return [
        c
        for c in clauses
        if (guard.search(c.text) or not chatter.search(c.text)) and not _asks(c.text)
    ]


def _asks(text: str) -> bool:
    return _ASKED.search(text) is not None and not _RHETORICAL.search(text)
