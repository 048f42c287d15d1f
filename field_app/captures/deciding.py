"""What a supervisor decides on a capture, written on it and as an event; the evidence stays as it came."""

from datetime import datetime

from sqlmodel import Session

from field_app import events
from field_app.captures.states import Decision, State
from field_app.problems import (
    CHANGED_MEANWHILE,
    NOT_FOUND,
    REASON_NEEDED,
    SECOND_PERSON_NEEDED,
)
from field_app.roles import Action, Who, require
from models.tables import Capture

_WHY_MAX = 400


def decide(
    session: Session,
    number: int,
    decision: Decision,
    why: str,
    who: Who,
    now: datetime,
    *,
    state: State = State.HELD,
) -> Capture:
    """Writes a decision on a capture that is in `state`. Raises REASON_NEEDED, NOT_FOUND,
    SECOND_PERSON_NEEDED, and CHANGED_MEANWHILE where it is in another state by now."""
    require(who, Action.REVIEW)
    why = why.strip()[:_WHY_MAX]
    if not why:
        raise REASON_NEEDED(action=str(decision))
    capture = session.get(Capture, number, with_for_update=True)
    if capture is None:
        raise NOT_FOUND(what="这条采集记录")
    if capture.person_id == who.id:
        raise SECOND_PERSON_NEEDED(action=str(decision))
    if capture.state != state:
        raise CHANGED_MEANWHILE()
    old = capture.decision
    capture.decision, capture.decided_why = decision, why
    capture.decided_by, capture.decided_at = who.id, now
    events.note(
        session,
        "capture",
        number,
        str(decision),
        at=now,
        person_id=who.id,
        old={"decision": old, "hold": capture.hold},
        new={"decision": str(decision)},
        why=why,
    )
    return capture


def found_after_all(session: Session, capture: Capture, now: datetime) -> None:
    """The photo came although it was called lost: that word counts no more."""
    if capture.decision != Decision.LOST:
        return
    events.note(
        session,
        "capture",
        capture.id or 0,
        "照片后来送到",
        at=now,
        person_id=capture.person_id,
        old={"decision": capture.decision, "why": capture.decided_why},
        new={"decision": ""},
    )
    capture.decision = capture.decided_why = ""
    capture.decided_by = capture.decided_at = None
