"""What is done to campaigns, milestones and submissions, written down in a person's name."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from field_app import events
from field_app.problems import BAD_INPUT
from field_app.roles import Who


def note(
    session: Session,
    about: str,
    about_id: int,
    action: str,
    who: Who,
    now: datetime,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """One event, in the transaction of the change itself."""
    events.note(
        session, about, about_id, action, at=now, person_id=who.id, old=old, new=new, why=why
    )


def note_change(
    session: Session,
    about: str,
    about_id: int,
    action: str,
    who: Who,
    now: datetime,
    *,
    old: dict[str, Any],
    new: dict[str, Any],
    why: str,
) -> None:
    """One event with only the values that differ. BAD_INPUT where none does."""
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        raise BAD_INPUT(what="没有改动任何内容。")
    note(
        session, about, about_id, action, who, now, why=why,
        old={n: old[n] for n in changed}, new={n: new[n] for n in changed},
    )  # fmt: skip
