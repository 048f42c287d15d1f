"""What may happen to an entry, as one table. Pure: no database, no clock.

A confirmed finding enters as 待整改, because the confirmation is its verification; a clue that the
office registers enters as 待核实. The one way to 已销号 is `Step.CLOSE`, which asks for evidence and
for a person who had no hand in finding or rectifying; `UNDO` leads back to what was, never on. 挂账,
移送 and 边整治边发生 stand beside the state. A pair that is not in the table is refused.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from field_app.problems import (
    ANOTHER_PERSON_NEEDED,
    ENTRY_INCOMPLETE,
    REASON_NEEDED,
    STEP_INCOMPLETE,
    WRONG_STATE,
)
from field_app.roles import Action, Who, Whose, may, require
from models.vocabulary import EntryState, Role


class Step(StrEnum):
    """What is done to an entry; the words stand in events and refusals."""

    REGISTER = "登记线索"
    POST = "登记入账"
    VERIFY = "核实属实"
    REFUTE = "核实不属实"
    RECHECK = "重新核实"
    AMEND = "修改条目"
    CLASSIFY = "认定性质"
    MARK_NEW = "认定边整治边发生"
    BEGIN = "开始整改"
    REPORT = "填报进展"
    SHOOT = "上传整改后照片"
    APPLY = "申请销号"
    SEND_BACK = "退回整改"
    GO_ON = "继续整改"
    CLOSE = "同意销号"
    CARRY = "挂账"
    UNCARRY = "解除挂账"
    HAND_OVER = "移送"
    FEEDBACK = "移送反馈"
    LOOKED = "回头看通过"
    REOPEN = "重新打开"
    UNDO = "撤销上一步"


RIGHTS: dict[Step, Action] = {
    Step.REGISTER: Action.REGISTER_CLUE,
    Step.POST: Action.REVIEW,
    Step.VERIFY: Action.VERIFY_CLUE,
    Step.REFUTE: Action.VERIFY_CLUE,
    Step.RECHECK: Action.REGISTER_CLUE,
    Step.AMEND: Action.EDIT_ENTRY,
    Step.CLASSIFY: Action.CLASSIFY,
    Step.MARK_NEW: Action.CLASSIFY,
    Step.BEGIN: Action.START_WORK,
    Step.REPORT: Action.RECTIFY,
    Step.SHOOT: Action.RECTIFY,
    Step.APPLY: Action.RECTIFY,
    Step.SEND_BACK: Action.CLOSE_ENTRY,
    Step.GO_ON: Action.START_WORK,
    Step.CLOSE: Action.CLOSE_ENTRY,
    Step.CARRY: Action.CARRY,
    Step.UNCARRY: Action.CARRY,
    Step.HAND_OVER: Action.HAND_OVER,
    Step.FEEDBACK: Action.HAND_OVER,
    Step.LOOKED: Action.LOOK_AGAIN,
    Step.REOPEN: Action.LOOK_AGAIN,
    Step.UNDO: Action.SEE_LEDGER,  # and the right of the step that is undone
}
"""What a person must be allowed, step by step; `roles.MAY` says to whom that belongs."""


class Need(StrEnum):
    """What an entry must have once the step is done; the words stand in the refusal."""

    DESCRIPTION = "问题描述"
    PLACE = "地块"
    MEASURE = "整改措施"
    DUE = "整改期限"
    UNITS = "责任主体"
    VERIFIED = "核实属实"
    UNVERIFIED = "尚未核实"
    NATURE = "问题性质（由人认定）"
    CARRIED = "挂账"
    NOT_CARRIED = "没有挂账"
    HANDED = "移送"
    PROGRESS = "整改进展"
    PHOTOS = "整改后照片"
    EVIDENCE = "销号证据"


class Given(StrEnum):
    """What the person gives with the step."""

    REASON = "理由"
    DUE = "新的整改期限"
    APPROVER = "批准人或批准文号"
    NATURE = "性质"
    PROGRESS = "进展情况"
    DONE_ON = "整改完成日期"
    ORGAN = "接收机关"
    DOCUMENT = "移送文号"
    FEEDBACK = "反馈情况"


class Hand(StrEnum):
    """What a person has had to do with an entry before."""

    REGISTERED = "登记"
    INSPECTED = "核查"
    RECTIFIED = "整改"
    CLOSED = "销号"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step leads, what the entry must have when it gets there, what the person gives, and
    what nobody may have done before who does this."""

    to: EntryState
    needs: tuple[Need, ...] = ()
    given: tuple[Given, ...] = ()
    never: tuple[Hand, ...] = ()


_S = EntryState
_PLAN = (Need.MEASURE, Need.DUE, Need.UNITS)
_OPEN = (_S.TO_VERIFY, _S.TO_RECTIFY, _S.RECTIFYING, _S.TO_CLOSE, _S.RETURNED)
_WORK = (_S.TO_RECTIFY, _S.RECTIFYING, _S.RETURNED)
_WHY = (Given.REASON,)

Cell = tuple[EntryState | None, Step]


def _beside(step: Step, states: Iterable[EntryState], **given: tuple) -> dict[Cell, Transition]:
    """A step that leaves the state as it is, wherever it may be done."""
    return {(state, step): Transition(state, **given) for state in states}


TRANSITIONS: dict[Cell, Transition] = {
    (None, Step.REGISTER): Transition(_S.TO_VERIFY, (Need.DESCRIPTION,)),
    (None, Step.POST): Transition(_S.TO_RECTIFY, (Need.DESCRIPTION,)),
    (_S.TO_VERIFY, Step.VERIFY): Transition(
        _S.TO_RECTIFY, (Need.PLACE,), _WHY, never=(Hand.REGISTERED,)
    ),
    # The plan closes what was carried out (完成一项销号一项). What was never true was not carried
    # out: it goes back to who reported it, and counts as no close-out.
    (_S.TO_VERIFY, Step.REFUTE): Transition(_S.RETURNED, (), _WHY, never=(Hand.REGISTERED,)),
    (_S.RETURNED, Step.RECHECK): Transition(_S.TO_VERIFY, (Need.UNVERIFIED,), _WHY),
    (_S.TO_RECTIFY, Step.BEGIN): Transition(_S.RECTIFYING, _PLAN),
    (_S.RECTIFYING, Step.REPORT): Transition(_S.RECTIFYING, (), (Given.PROGRESS,)),
    (_S.RECTIFYING, Step.SHOOT): Transition(_S.RECTIFYING),
    (_S.RECTIFYING, Step.APPLY): Transition(
        _S.TO_CLOSE, (Need.PROGRESS, Need.PHOTOS), (Given.REASON, Given.DONE_ON)
    ),
    (_S.TO_CLOSE, Step.SEND_BACK): Transition(_S.RETURNED, (), _WHY),
    (_S.RETURNED, Step.GO_ON): Transition(_S.RECTIFYING, (Need.VERIFIED, *_PLAN)),
    (_S.TO_CLOSE, Step.CLOSE): Transition(
        _S.CLOSED, (Need.EVIDENCE,), never=(Hand.INSPECTED, Hand.RECTIFIED)
    ),
    (_S.CLOSED, Step.LOOKED): Transition(
        _S.CLOSED, (), _WHY, never=(Hand.INSPECTED, Hand.RECTIFIED, Hand.CLOSED)
    ),
    (_S.CLOSED, Step.REOPEN): Transition(_S.RECTIFYING, _PLAN, (Given.REASON, Given.DUE)),
    **_beside(Step.AMEND, (_S.TO_VERIFY, _S.TO_RECTIFY), needs=(Need.DESCRIPTION,), given=_WHY),
    # Once work has begun its plan can change, but not disappear.
    **_beside(Step.AMEND, (_S.RECTIFYING,), needs=(Need.DESCRIPTION, *_PLAN), given=_WHY),
    **_beside(Step.AMEND, (_S.RETURNED,), needs=(Need.DESCRIPTION,), given=_WHY),
    **_beside(Step.CLASSIFY, _OPEN, given=(Given.NATURE, Given.REASON)),
    **_beside(Step.MARK_NEW, _OPEN, given=_WHY),
    **_beside(
        Step.CARRY,
        _WORK,
        needs=(Need.VERIFIED, Need.UNITS, Need.NOT_CARRIED),
        given=(Given.REASON, Given.DUE, Given.APPROVER),
    ),
    **_beside(Step.UNCARRY, _WORK, needs=(Need.CARRIED,), given=(Given.REASON, Given.DUE)),
    # A clue goes to the organs whenever it shows, after the close-out too.
    **_beside(
        Step.HAND_OVER,
        (*_OPEN, _S.CLOSED),
        needs=(Need.NATURE,),
        given=(Given.ORGAN, Given.DOCUMENT, Given.REASON),
    ),
    **_beside(Step.FEEDBACK, (*_OPEN, _S.CLOSED), needs=(Need.HANDED,), given=(Given.FEEDBACK,)),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """What an entry waits for: the step, whose it is, and by when in the words of the plan."""

    step: Step
    role: Role
    by_due_date: bool  # the entry's own deadline; otherwise so many days after it came here


OWED: dict[EntryState, Owed] = {
    _S.TO_VERIFY: Owed(Step.VERIFY, Role.SUPERVISOR, False),
    _S.TO_RECTIFY: Owed(Step.BEGIN, Role.UNIT, True),
    _S.RECTIFYING: Owed(Step.APPLY, Role.UNIT, True),
    _S.TO_CLOSE: Owed(Step.CLOSE, Role.SUPERVISOR, False),
    _S.RETURNED: Owed(Step.GO_ON, Role.UNIT, True),
}
"""What falls due in each state; a closed entry waits for nothing."""


def owed(state: EntryState, *, verified: bool) -> Owed | None:
    """What an entry waits for. A clue that was not true as reported waits for nothing: it lies with
    who reported it until they have something new."""
    return None if state == _S.RETURNED and not verified else OWED.get(state)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the entry will hold once the step is done, what is given with the step, and which
    hands the person had in the entry before."""

    has: Collection[Need] = ()
    given: Collection[Given] = ()
    hands: Collection[Hand] = ()


def found(state: EntryState | None, step: Step, who: Who, whose: Whose | None) -> Transition:
    """The cell of the table. Raises NOT_ALLOWED, NOT_YOURS or WRONG_STATE; `whose` None is an
    entry that is not there yet."""
    require(who, RIGHTS[step], whose)
    transition = TRANSITIONS.get((state, step))
    if transition is None:
        raise WRONG_STATE(what="台账条目", state=str(state or "未入账"), action=str(step))
    return transition


def checked(transition: Transition, step: Step, situation: Situation) -> EntryState:
    """The state that the step leads to. Raises ANOTHER_PERSON_NEEDED, REASON_NEEDED,
    STEP_INCOMPLETE or ENTRY_INCOMPLETE."""
    hands = [str(hand) for hand in transition.never if hand in situation.hands]
    if hands:
        raise ANOTHER_PERSON_NEEDED(hands="和".join(hands), action=str(step))
    lacking = [given for given in transition.given if given not in situation.given]
    if lacking == [Given.REASON]:
        raise REASON_NEEDED(action=str(step))
    if lacking:
        raise STEP_INCOMPLETE(action=str(step), missing="、".join(map(str, lacking)))
    missing = [str(need) for need in transition.needs if need not in situation.has]
    if missing:
        raise ENTRY_INCOMPLETE(action=str(step), missing="、".join(missing))
    return transition.to


def advance(
    state: EntryState | None,
    step: Step,
    who: Who,
    situation: Situation,
    whose: Whose | None = None,
) -> EntryState:
    """The state after `step`; `state` None is what is not yet an entry. Raises what `found` and
    `checked` raise."""
    return checked(found(state, step, who, whose), step, situation)


_SETTLED = frozenset({Need.VERIFIED, Need.UNVERIFIED, Need.CARRIED, Need.NOT_CARRIED, Need.HANDED})
"""What an entry is or is not; a step that lacks it makes no sense, where one that lacks a measure
tells what to fill in."""


def offered(state: EntryState, who: Who, whose: Whose, has: Collection[Need]) -> tuple[Step, ...]:
    """The steps that a page may offer to `who`, in the order of the steps."""
    return tuple(
        step
        for step in Step
        if (cell := TRANSITIONS.get((state, step))) is not None
        and may(who, RIGHTS[step], whose)
        and _SETTLED.intersection(cell.needs) <= set(has)
    )
