"""What may happen to an entry, as one table. Pure: no database, no clock.

A confirmed finding enters as 待整改, because the confirmation is its verification. Nothing here
leads to 待销号 or 已销号: closing an entry rests on newer evidence and a second person, and a
shortcut around them must not exist. A pair that is not in the table is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from field_app.problems import ENTRY_INCOMPLETE, WRONG_STATE
from field_app.roles import Action, Who, require, scope
from models.vocabulary import EntryState


class Step(StrEnum):
    """What is done to an entry; the words stand in events and refusals."""

    POST = "登记入账"
    AMEND = "修改条目"
    BEGIN = "开始整改"


RIGHTS: dict[Step, Action] = {
    Step.POST: Action.REVIEW,
    Step.AMEND: Action.EDIT_ENTRY,
    Step.BEGIN: Action.EDIT_ENTRY,
}
"""What a person must be allowed, step by step; `roles.MAY` says to whom that belongs."""


class Need(StrEnum):
    """What an entry must have; the words stand in the refusal."""

    DESCRIPTION = "问题描述"
    MEASURE = "整改措施"
    DUE = "整改期限"
    UNITS = "责任主体"


_PLAN = (Need.MEASURE, Need.DUE, Need.UNITS)


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step leads, and what the entry must have when it gets there."""

    to: EntryState
    needs: tuple[Need, ...] = ()


TRANSITIONS: dict[tuple[EntryState | None, Step], Transition] = {
    (None, Step.POST): Transition(EntryState.TO_RECTIFY, (Need.DESCRIPTION,)),
    (EntryState.TO_RECTIFY, Step.AMEND): Transition(EntryState.TO_RECTIFY, (Need.DESCRIPTION,)),
    (EntryState.TO_RECTIFY, Step.BEGIN): Transition(EntryState.RECTIFYING, _PLAN),
    # Once work has begun its plan can change, but not disappear.
    (EntryState.RECTIFYING, Step.AMEND): Transition(
        EntryState.RECTIFYING, (Need.DESCRIPTION, *_PLAN)
    ),
}


def advance(state: EntryState | None, step: Step, who: Who, has: Collection[Need]) -> EntryState:
    """The state after `step`; `state` None is a finding that is not yet an entry.

    `has` is what the entry will hold after the step. Raises NOT_ALLOWED, WRONG_STATE or
    ENTRY_INCOMPLETE; whose entry it is the caller asks, because only the caller knows.
    """
    require(who, RIGHTS[step])
    transition = TRANSITIONS.get((state, step))
    if transition is None:
        raise WRONG_STATE(what="台账条目", state=str(state or "未入账"), action=str(step))
    missing = [str(need) for need in transition.needs if need not in has]
    if missing:
        raise ENTRY_INCOMPLETE(action=str(step), missing="、".join(missing))
    return transition.to


def offered(state: EntryState, who: Who) -> tuple[Step, ...]:
    """The steps that a page may offer to `who`, in the order of the table."""
    return tuple(
        step for (at, step) in TRANSITIONS if at == state and scope(who, RIGHTS[step]) is not None
    )
