"""The lot itself. Pure: the same list, number, seed and strata give the same draw on every machine,
in whatever order the list comes.

How often each stratum is drawn follows its size (largest remainder). Within a stratum those are
drawn whose `lot` is smallest; a lot is the SHA-256 of seed, stratum and number, so that it can be
checked by hand, one by one. `METHOD` names this way of doing it; another way gets another name.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

METHOD = "分层-最大余数-SHA256-1"
ALL_IN_ONE = "全部"
_UNKNOWN = "未注明"
_BETWEEN = "|"


class Stratum(StrEnum):
    """By what the list is cut into strata."""

    TOWNSHIP = "乡镇"
    PROJECT_KIND = "项目类型"


@dataclass(frozen=True, slots=True)
class Member:
    """One of those that may be drawn, as it was when the list was frozen. `key` is its number,
    unique in the list; `parcel_id` the parcel that somebody would go to."""

    key: str
    township: str
    village: str
    project_code: str
    project_kind: str
    parcel: str
    category: str
    parcel_id: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One that was drawn: the `place`-th of its stratum, counted from 1, with its lot."""

    member: Member
    stratum: str
    place: int
    lot: str


@dataclass(frozen=True, slots=True)
class Lots:
    """A whole draw: those drawn, by stratum and place, and of each stratum how many there were and
    how many were drawn."""

    drawn: tuple[Drawn, ...]
    sizes: Mapping[str, int]
    shares: Mapping[str, int]


def stratum_of(member: Member, strata: Sequence[Stratum]) -> str:
    """The name of the stratum that a member stands in.

    >>> stratum_of(Member("1", "留山镇", "", "", "土地整治", "", "", 1), list(Stratum))
    '留山镇/土地整治'
    """
    values = {Stratum.TOWNSHIP: member.township, Stratum.PROJECT_KIND: member.project_kind}
    return "/".join(values[Stratum(s)] or _UNKNOWN for s in strata) or ALL_IN_ONE


def lot(seed: str, stratum: str, key: str = "") -> str:
    """The lot of a member, 64 hexadecimal digits; without a key that of the stratum itself.

    >>> lot("2026045", "留山镇", "411321-2-2026-0001")[:16]
    '2de586130be3b445'
    """
    parts = (seed, stratum, key) if key else (seed, stratum)
    return sha256(_BETWEEN.join(parts).encode()).hexdigest()


def draw(population: Collection[Member], n: int, seed: str, strata: Sequence[Stratum]) -> Lots:
    """Draws `n` of the population. Raises ValueError where `n` is not between 1 and their number,
    the seed is empty, or two have the same key."""
    if not 1 <= n <= len(population):
        raise ValueError(f"{n} of {len(population)} cannot be drawn")
    if not seed:
        raise ValueError("a draw needs a seed")
    if len({member.key for member in population}) != len(population):
        raise ValueError("two of the list have the same number")
    members: dict[str, list[Member]] = defaultdict(list)
    for member in population:
        members[stratum_of(member, strata)].append(member)
    sizes = {stratum: len(members[stratum]) for stratum in sorted(members)}
    shares = allocate(sizes, n, seed)
    drawn = []
    for stratum, share in shares.items():
        lots = sorted((lot(seed, stratum, member.key), member) for member in members[stratum])
        drawn += [
            Drawn(member, stratum, place, value)
            for place, (value, member) in enumerate(lots[:share], start=1)
        ]
    return Lots(tuple(drawn), sizes, shares)


def allocate(sizes: Mapping[str, int], n: int, seed: str) -> dict[str, int]:
    """How many of each stratum are drawn: in proportion, none left out where `n` reaches.

    A stratum that would get nothing gets one, and the rest is shared out anew among the others.
    Where `n` is less than the number of strata, some get nothing.

    >>> allocate({"甲": 60, "乙": 30, "丙": 10}, 10, "1")
    {'甲': 6, '乙': 3, '丙': 1}
    >>> allocate({"甲": 97, "乙": 2, "丙": 1}, 5, "1")
    {'甲': 3, '乙': 1, '丙': 1}
    """
    lifted: set[str] = set()
    while True:
        others = {stratum: size for stratum, size in sizes.items() if stratum not in lifted}
        shares = _in_proportion(others, n - len(lifted), seed)
        empty = {stratum for stratum, share in shares.items() if share == 0}
        if not empty or n < len(sizes):
            return {stratum: shares.get(stratum, 1) for stratum in sizes}
        lifted |= empty


def _in_proportion(sizes: Mapping[str, int], n: int, seed: str) -> dict[str, int]:
    """Hare's quota with largest remainders, in whole numbers: no machine rounds them otherwise.
    Equal remainders are settled by the strata's own lots; by name the same ones would always win."""
    total = sum(sizes.values())
    shares = {stratum: n * size // total for stratum, size in sizes.items()}
    order = sorted(sizes, key=lambda s: (-(n * sizes[s] % total), lot(seed, s)))
    for stratum in order[: n - sum(shares.values())]:
        shares[stratum] += 1
    return shares
