"""Whose a task is, and who may work on it."""

from field_app.roles import Action, Who, Whose, may
from models.tables import Task


def whose(task: Task) -> Whose:
    """Whom a task belongs to."""
    return Whose(task.person_id, task.team_id)


def may_work(who: Who, task: Task) -> bool:
    """Whether `who` may open a visit for the task. One that names a person is that person's; the
    others of the team may look at it, no more. `listing` shows an inspector just these. Whoever had a
    hand in what is looked at again may not work on it, however it came to them."""
    named_another = task.person_id is not None and task.person_id != who.id
    return not named_another and who.id not in task.barred and may(who, Action.INSPECT, whose(task))
