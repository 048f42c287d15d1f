"""What a sample says of all: the share found otherwise, with how far it can be trusted. Pure."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The normal quantile of a two-sided interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `looked` were otherwise; the bounds are of the whole list, with 95 % confidence.
    All three are None where nobody has looked yet."""

    found: int
    looked: int
    rate: float | None
    low: float | None
    high: float | None


def share(found: int, looked: int) -> Share:
    """The rate with its interval by Wilson (1927), which holds where none or all were found, too.

    >>> share(2, 20).rate, round(share(2, 20).low or 0, 4), round(share(2, 20).high or 0, 4)
    (0.1, 0.0279, 0.301)
    >>> share(0, 10).low, round(share(0, 10).high or 0, 4)
    (0.0, 0.2775)
    """
    if not 0 <= found <= looked:
        raise ValueError(f"{found} of {looked}")
    if looked == 0:
        return Share(0, 0, None, None, None)
    rate, z2 = found / looked, Z_95**2
    middle = rate + z2 / (2 * looked)
    reach = Z_95 * sqrt(rate * (1 - rate) / looked + z2 / (4 * looked**2))
    whole = 1 + z2 / looked
    low = 0.0 if found == 0 else (middle - reach) / whole
    high = 1.0 if found == looked else (middle + reach) / whole
    return Share(found, looked, rate, low, high)
