"""Who may take the last step of an entry back, and until when. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from field_app.ledger.workflow import RIGHTS, Step
from field_app.problems import NOTHING_TO_UNDO
from field_app.roles import Who, Whose, may, require

UNDO_HOURS = 24
LASTING = frozenset({Step.REGISTER, Step.POST, Step.SHOOT, Step.UNDO})
"""What cannot be undone: there would be nothing left, or it would be done again unseen."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last thing that happened to an entry."""

    step: Step
    person_id: int | None
    at: datetime


def undoable(done: Done | None, who: Who, whose: Whose, now: datetime) -> str:
    """Why `who` may not undo what was done last; empty where they may. Only who did it, within a
    day, while nothing followed, and while they still may do it at all."""
    if done is None or done.step in LASTING:
        return "最后一步不能撤销"
    if done.person_id != who.id:
        return "最后一步是别人办理的，只能由本人撤销"
    if now - done.at > timedelta(hours=UNDO_HOURS):
        return f"已超过 {UNDO_HOURS} 小时"
    if not may(who, RIGHTS[done.step], whose):
        return f"您的角色现在不能{done.step}"
    return ""


def check_undo(done: Done | None, who: Who, whose: Whose, now: datetime) -> Step:
    """The step that is undone. Raises NOT_ALLOWED, NOT_YOURS or NOTHING_TO_UNDO."""
    require(who, RIGHTS[Step.UNDO], whose)
    why = undoable(done, who, whose, now)
    if why or done is None:
        raise NOTHING_TO_UNDO(why=why)
    return done.step
