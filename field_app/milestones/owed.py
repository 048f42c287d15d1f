"""What units owe for milestones: one unit for its own page, all of them for the reminders."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines
from field_app.milestones import owers
from field_app.milestones.owers import Party
from field_app.milestones.rhythm import Occurrence
from field_app.milestones.showing import SentShown, milestones_of, parties, sent_shown, times_of
from field_app.milestones.standing import URGENT, Stand, stand
from field_app.roles import Action, Scope, Who, may, require, scope
from models.tables import Campaign, Milestone, Person, Submission, Unit
from models.vocabulary import Rhythm, Sent


@dataclass(frozen=True, slots=True)
class Owed:
    """What one unit owes, or has sent, for one period of a milestone; `due_on` None is at need."""

    campaign: str
    milestone_id: int
    task: str
    period: str
    due_on: date | None
    stand: Stand
    sent: tuple[SentShown, ...]


def owed(who: Who, *, now: datetime) -> tuple[Owed, ...]:
    """What this person's unit owes in the open campaigns, the most urgent first, and what it has
    sent, the newest last."""
    require(who, Action.SEE_MILESTONES)
    if scope(who, Action.SEE_MILESTONES) == Scope.ALL or who.unit_id is None:
        return ()
    today = clock.local(now).date()
    with reading() as session:
        unit = session.get_one(Unit, who.unit_id)
        me = {who.unit_id: Party(who.unit_id, unit.name, unit.kind)}
        open_now = {c.id or 0: c for c in _open(session, now)}
        mine = [m for m in milestones_of(session, open_now) if owers.units_of(m, me)]
        rows = session.exec(
            select(Submission, Person.display)
            .join(Person, col(Person.id) == Submission.person_id)
            .where(Submission.unit_id == who.unit_id)
            .order_by(col(Submission.id).desc())
        ).all()
        sent: dict[tuple[int, str], list[SentShown]] = defaultdict(list)
        for submission, by in rows:
            sent[submission.milestone_id, submission.period].append(sent_shown(submission, by))
        found = [
            Owed(
                open_now[m.campaign_id].name, m.id or 0, m.task, each.period, each.due_on,
                stand(each.due_on, [s.state for s in of_it], today), of_it,
            )
            for m in mine
            for each in _worth_showing(times_of(m, open_now[m.campaign_id]), today)
            for of_it in [tuple(sent[m.id or 0, each.period])]
        ]  # fmt: skip
        found += [
            Owed(
                open_now[m.campaign_id].name, m.id or 0, m.task, "", None, Stand.LATER,
                tuple(s for (n, _), all_ in sent.items() if n == m.id for s in all_),
            )
            for m in mine
            if m.rhythm == Rhythm.AT_NEED
        ]  # fmt: skip
    order = list(Stand)
    return tuple(
        sorted(found, key=lambda o: (order.index(o.stand), o.due_on is None, o.due_on or today))
    )


def calls(who: Who, *, now: datetime) -> dict[Stand, int]:
    """What calls for this person: of a unit what is late, returned or due soon, of the office the
    same, and what waits to be taken. Nothing for who only looks on."""
    require(who, Action.SEE_MILESTONES)
    if not may(who, Action.SEND_MILESTONE):
        return {}
    office = scope(who, Action.SEND_MILESTONE) == Scope.ALL
    with reading() as session:
        if not office:
            mine = owers.key(who.unit_id) if who.unit_id is not None else owers.NOBODY
            return urgent(session, now, only=mine).get(mine, {})
        own = milestones_of(session, [c.id or 0 for c in _open(session, now)])
        query = (
            select(func.count())
            .select_from(Submission)
            .where(
                col(Submission.milestone_id).in_([m.id for m in own]), Submission.state == Sent.SENT
            )
        )
        waiting = {Stand.WAITING: session.exec(query).one()}
        return waiting | urgent(session, now, only=owers.OFFICE).get(owers.OFFICE, {})


def urgent(session: Session, now: datetime, *, only: str = "") -> dict[str, dict[Stand, int]]:
    """How much each ower, or `only` one, owes that is late, returned or due soon, in the open
    campaigns; by `owers.key`."""
    found: dict[str, dict[Stand, int]] = defaultdict(lambda: dict.fromkeys(URGENT, 0))
    for _, _, key, at in _urgent(session, now, only):
        found[key][at] += 1
    return dict(found)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is late, returned or due soon of one milestone: by whom in words, how many times (units
    times periods), and the earliest day for it."""

    task: str
    owers: str
    stand: Stand
    times: int
    due_on: date


def outstanding(session: Session, moment: datetime, *, only: str = "") -> tuple[Outstanding, ...]:
    """What all units, or `only` one by `owers.key`, owed at a moment, the most urgent first. A
    milestone is taken as it is worded today: only what was sent for it has a history."""
    names = {n: party.name for n, party in parties(session).items()}
    days: dict[tuple[int, Stand], list[date]] = defaultdict(list)
    of: dict[int, Milestone] = {}
    for milestone, due_on, _, at in _urgent(session, moment, only):
        number = milestone.id or 0
        of[number] = milestone
        days[number, at].append(due_on)
    order = list(Stand)
    found = [
        Outstanding(
            of[number].task,
            names[owers.unit_of(only)]
            if only and only != owers.OFFICE
            else owers.in_words(of[number], [names[n] for n in of[number].unit_ids if n in names]),
            at,
            len(due),
            min(due),
        )
        for (number, at), due in days.items()
    ]
    return tuple(sorted(found, key=lambda each: (order.index(each.stand), each.due_on)))


def _urgent(
    session: Session, moment: datetime, only: str
) -> Iterator[tuple[Milestone, date, str, Stand]]:
    """Each milestone, day and ower for which something was late, returned or due soon."""
    known = parties(session)
    open_then = {c.id or 0: c for c in _open(session, moment)}
    own = milestones_of(session, open_then)
    states: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    # What was decided on later was still waiting then.
    state = case((col(Submission.decided_at) > moment, str(Sent.SENT)), else_=Submission.state)
    query = select(Submission.milestone_id, Submission.period, Submission.ower, state).where(
        col(Submission.milestone_id).in_([m.id for m in own]), col(Submission.at) <= moment
    )
    if only:
        query = query.where(Submission.ower == only)
    for milestone_id, period, ower, found in session.exec(query):
        states[milestone_id, period, ower].append(found)
    today = clock.local(moment).date()
    soon = deadlines.soon_until(today)
    for milestone in own:
        keys = [key for key in owers.keys_of(milestone, known) if only in ("", key)]
        for each in times_of(milestone, open_then[milestone.campaign_id]):
            if each.due_on > soon:
                break
            for key in keys:
                at = stand(each.due_on, states[milestone.id or 0, each.period, key], today)
                if at in URGENT:
                    yield milestone, each.due_on, key, at


def _open(session: Session, moment: datetime) -> Sequence[Campaign]:
    return session.exec(
        select(Campaign)
        .where(
            col(Campaign.created_at) <= moment,
            col(Campaign.closed_at).is_(None) | (col(Campaign.closed_at) > moment),
        )
        .order_by(col(Campaign.id))
    ).all()


def _worth_showing(times: Sequence[Occurrence], today: date) -> Sequence[Occurrence]:
    """What is due already, and what comes next."""
    past = [each for each in times if each.due_on < today]
    return [*past, *times[len(past) : len(past) + 1]]
