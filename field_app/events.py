"""Writing down what happened. Called inside the transaction of the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.tables import Event


def note(
    session: Session,
    about: str,
    about_id: int,
    action: str,
    *,
    at: datetime,
    person_id: int | None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """Adds one event; only the values that changed belong in `old` and `new`."""
    session.add(
        Event(
            about=about,
            about_id=about_id,
            action=action,
            old=old or {},
            new=new or {},
            person_id=person_id or None,  # 0 is the console, which is no person
            why=why,
            at=at,
        )
    )


def next_number(session: Session, name: str) -> int:
    """The next running number of `name`; two transactions never get the same one."""
    # One statement on both databases: reading first and writing after would let two through.
    query = text(
        "INSERT INTO counter (name, value) VALUES (:name, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    return int(session.connection().execute(query, {"name": name}).scalar_one())
