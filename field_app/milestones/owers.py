"""Who owes a milestone: kinds of units, single units besides, and the office. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from models.tables import Milestone
from models.vocabulary import Ower

OFFICE = "office"
NOBODY = "nobody"
"""The key of an account that belongs to no unit."""
_OFFICES = frozenset({Ower.OFFICE, Ower.GOVERNMENT})


@dataclass(frozen=True, slots=True)
class Party:
    """One unit as it may owe something; `kind` is 乡镇 or 部门."""

    id: int
    name: str
    kind: str


def units_of(milestone: Milestone, known: Mapping[int, Party]) -> tuple[Party, ...]:
    """The units that owe it, in the order of `known`."""
    return tuple(
        unit
        for unit in known.values()
        if unit.kind in milestone.owers or unit.id in milestone.unit_ids
    )


def by_office(milestone: Milestone) -> bool:
    """Whether the office owes it, or notes it for an office without an account."""
    return bool(_OFFICES.intersection(milestone.owers))


def key(unit_id: int | None) -> str:
    """How an ower is named in the rows: `unit/12`, or `office`."""
    return OFFICE if unit_id is None else f"unit/{unit_id}"


def unit_of(key: str) -> int:
    """The unit that `key` names; ValueError for the office, which is none."""
    return int(key.removeprefix("unit/"))


def in_words(milestone: Milestone, names: Collection[str]) -> str:
    """`乡镇、部门、林业局`."""
    return "、".join([*milestone.owers, *names])


def keys_of(milestone: Milestone, known: Mapping[int, Party]) -> list[str]:
    """The keys of all who owe it."""
    units = [key(unit.id) for unit in units_of(milestone, known)]
    return [*units, OFFICE] if by_office(milestone) else units
