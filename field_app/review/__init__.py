"""From a submitted inspection to a decision: the queue, one case with all its evidence, and what
a supervisor makes of it. A confirmed finding goes to the ledger in the same transaction."""

from field_app.ledger.entries import Upheld
from field_app.review.deciding import confirm, decide_photo, proposal, reject, send_back, units
from field_app.review.showing import CaseShown, PhotoShown, detail, may_decide, may_speak
from field_app.review.standing import Decision
from field_app.review.waiting import NO_TOWNSHIP, QueueFilter, QueueRow, queue

__all__ = [
    "NO_TOWNSHIP",
    "CaseShown",
    "Decision",
    "PhotoShown",
    "QueueFilter",
    "QueueRow",
    "Upheld",
    "confirm",
    "decide_photo",
    "detail",
    "may_decide",
    "may_speak",
    "proposal",
    "queue",
    "reject",
    "send_back",
    "units",
]
