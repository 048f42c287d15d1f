"""When to try again: longer after each failure, and never all at the same moment. Pure."""

from datetime import timedelta
from random import Random

FIRST_S, LONGEST_S = 5.0, 1800.0
CLOCK_SLACK = timedelta(seconds=LONGEST_S * 2)
"""Nothing is ever put off so long: a moment further away was written by a clock gone wrong."""
MOST_UNCLEAR = 5
"""So many answers in a row that are no receipt, and a person has to look."""


def wait(tries: int, dice: Random, asked_s: float | None = None) -> timedelta:
    """How long to wait after the `tries`-th failure in a row, the first being 1.

    Between half of and the whole of 5 s doubled each time, at most half an hour, so that many
    messages do not come back together ("equal jitter"). `asked_s` is the other side's Retry-After,
    which is kept to, within the same bound.

    >>> [round(wait(n, Random(1)).total_seconds()) for n in (1, 2, 5, 30)]
    [3, 6, 45, 1021]
    >>> wait(1, Random(1), asked_s=120.0) >= timedelta(seconds=120)
    True
    """
    whole = min(FIRST_S * 2 ** min(max(tries, 1) - 1, 20), LONGEST_S)
    seconds = whole / 2 + dice.random() * whole / 2
    if asked_s is not None:
        seconds = max(seconds, min(asked_s, LONGEST_S) * (1 + dice.random() / 10))
    return timedelta(seconds=seconds)
