"""Makes the reminders of a day: each unit that owes something gets one, whoever else is at it too.
The one writing module of reminders."""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from field_app import clock
from field_app.db import reading, writing
from field_app.ledger.deadlines import Standing
from field_app.ledger.owing import owes
from field_app.milestones import owed, owers
from field_app.milestones.standing import Stand
from field_app.reminding.digest import TOPIC, Digest, body, may_remind
from field_app.settings import settings
from field_app.sync import channels, outbox
from models.tables import Entry, EntryUnit, Reminder, Unit
from models.vocabulary import Role


def wanted() -> bool:
    """Whether there is a line that reminders go by."""
    return any(TOPIC in channel.topics for channel in channels.configured())


def make(*, now: datetime) -> int | None:
    """Writes what is to be said today, each unit in a transaction of its own with its message; how
    many were new. None where it is no time to remind, and nothing was looked at."""
    limits = settings()
    if not may_remind(now, first_hour=limits.remind_from, last_hour=limits.remind_until):
        return None
    today = clock.local(now).date()
    with reading() as session:
        there = set(session.exec(select(Reminder.unit_id).where(Reminder.day == today)))
        due = {n: d for n, d in digests(session, now).items() if n not in there}
    return sum(_write(unit_id, digest, now) for unit_id, digest in due.items())


def digests(session: Session, now: datetime) -> dict[int, Digest]:
    """What each unit owes, by its id; units that owe nothing are left out."""
    today = clock.local(now).date()
    names = {u.id: u.name for u in session.exec(select(Unit)) if u.id is not None}
    late = _numbers(session, Standing.LATE, today)
    soon = _numbers(session, Standing.SOON, today)
    milestones = owed.urgent(session, now)
    nothing = dict.fromkeys((Stand.LATE, Stand.RETURNED, Stand.SOON), 0)
    found = {}
    for unit_id, name in names.items():
        counts = milestones.get(owers.key(unit_id), nothing)
        digest = Digest(
            name,
            today,
            tuple(late[unit_id]),
            tuple(soon[unit_id]),
            counts[Stand.LATE],
            counts[Stand.RETURNED],
            counts[Stand.SOON],
        )
        if digest.says_something:
            found[unit_id] = digest
    return found


def _numbers(session: Session, standing: Standing, today: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(EntryUnit.unit_id, Entry.number)
        .join(Entry, col(Entry.id) == EntryUnit.entry_id)
        .where(owes(Role.UNIT, standing, today))
        .order_by(col(Entry.due_on), col(Entry.id))
    )
    for unit_id, number in session.exec(query):
        found[unit_id].append(number)
    return found


def _write(unit_id: int, digest: Digest, now: datetime) -> bool:
    """False where another worker was faster with this unit."""
    try:
        with writing() as session:
            session.add(
                Reminder(
                    unit_id=unit_id,
                    day=digest.day,
                    late=len(digest.late),
                    soon=len(digest.soon),
                    milestones=digest.milestones,
                    at=now,
                )
            )
            session.flush()
            key = f"remind/{unit_id}/{digest.day}"
            # A line of its own: yesterday's reminder that did not arrive holds up none.
            outbox.put(session, TOPIC, line=key, key=key, body=body(digest), now=now)
    except IntegrityError:
        return False
    return True
