"""How far a capture is, and the ids of the reasons why one is held. What the receipt says."""

from enum import StrEnum


class State(StrEnum):
    """`KEPT` is the moment between keeping and placing; a crash leaves it, and the sweep heals it."""

    KEPT = "kept"
    WAITING_PHOTO = "waiting-photo"  # the record is here, the bytes are not
    WAITING_PHOTOS = "waiting-photos"  # a hand-in whose photos are not all here
    HELD = "held"  # kept, and belongs to no open visit, or may not be submitted
    COMPLETE = "complete"
    SUBMITTED = "submitted"


FINAL = (State.COMPLETE, State.SUBMITTED)


class Held(Exception):
    """Why a capture cannot be placed now: an id for the machine, a sentence for people."""

    def __init__(self, hold: str, why: str) -> None:
        self.hold, self.why = hold, why
        super().__init__(why)


UNREADABLE = "unreadable"
OTHER_UUID = "other-uuid"
OTHER_OWNER = "other-owner"
UNKNOWN_TASK = "unknown-task"
UNKNOWN_VISIT = "unknown-visit"
NOT_YOURS = "not-yours"
SUBMITTED_ALREADY = "submitted-already"
ENTRY_GONE_ON = "entry-gone-on"


class Decision(StrEnum):
    """What a supervisor makes of a held capture; `LOST`: of one whose photo does not come."""

    ADMITTED = "准予提交"
    KEPT_ASIDE = "留存备查"
    LOST = "确认丢失"


SELF_HEALING = (
    NOT_YOURS, SUBMITTED_ALREADY, ENTRY_GONE_ON, "not-open", "too-many-photos", "not-allowed",
)  # fmt: skip
"""Reasons that may go away without anybody touching the capture: a task is given back, a visit or an
entry is sent back, a spoilt photo is taken out. The sweep looks again. Ids of refusals among them."""
