"""How one period of a milestone stands with one ower: sent, taken, returned, late, due soon. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from field_app.ledger import deadlines
from models.vocabulary import Sent


class Stand(StrEnum):
    LATE = "逾期未报"
    RETURNED = "退回待重报"
    SOON = "即将到期"
    LATER = "未到期"
    WAITING = "待接收"
    TAKEN = "已接收"


OPEN = (Stand.LATE, Stand.RETURNED, Stand.SOON, Stand.LATER)
"""In these something is still to be sent; the most urgent first."""
URGENT = (Stand.LATE, Stand.RETURNED, Stand.SOON)


def stand(due_on: date, states: Collection[str], today: date) -> Stand:
    """How it stands; `states` are those of all that was sent for it."""
    if Sent.TAKEN in states:
        return Stand.TAKEN
    if Sent.SENT in states:
        return Stand.WAITING
    timely = deadlines.standing(due_on, today)
    if timely == deadlines.Standing.LATE:
        return Stand.LATE
    if Sent.RETURNED in states:
        return Stand.RETURNED
    return Stand.SOON if timely == deadlines.Standing.SOON else Stand.LATER
