"""核查任务: whose, where, and how far each has come."""

from field_app.tasks.listing import Progress, TaskRow, Wanted, listing, to_take_along
from field_app.tasks.planning import PLANNED, assign, give_back, hand_to, plan
from field_app.tasks.rights import may_work, whose

__all__ = [
    "PLANNED",
    "Progress",
    "TaskRow",
    "Wanted",
    "assign",
    "give_back",
    "hand_to",
    "listing",
    "may_work",
    "plan",
    "to_take_along",
    "whose",
]
