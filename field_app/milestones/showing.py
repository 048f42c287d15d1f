"""Reading the milestones: for the office who has sent what, for a unit what it owes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines
from field_app.milestones import owers
from field_app.milestones.owers import Party
from field_app.milestones.rhythm import Occurrence, occurrences
from field_app.milestones.standing import Stand, stand
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from models.tables import Campaign, Milestone, Person, Submission, Unit
from models.vocabulary import Rhythm, Sent


@dataclass(frozen=True, slots=True)
class SentShown:
    """One thing that was sent. `late` says that it came after its day."""

    id: int
    at: datetime
    by: str
    state: Sent
    note: str
    document_no: str
    document_on: date | None
    file_type: str
    file_size: int
    decided_at: datetime | None
    decided_why: str
    late: bool

    @property
    def url(self) -> str:
        """Where the attachment is served, to those who may see it."""
        return f"/milestones/files/{self.id}"


@dataclass(frozen=True, slots=True)
class Row:
    """One ower in one period: `sent` holds all that came, the newest first."""

    name: str
    stand: Stand
    sent: tuple[SentShown, ...]


@dataclass(frozen=True, slots=True)
class MilestoneShown:
    """One milestone in one period, with all who owe it. `arrears` are units times earlier periods
    for which nothing stands; `at_need` is what was sent without being owed by a day."""

    milestone: Milestone
    units: tuple[str, ...]  # names of the single units besides the kinds
    period: str
    due_on: date | None
    periods: tuple[Occurrence, ...]
    rows: tuple[Row, ...]
    arrears: int
    at_need: tuple[Row, ...]

    def count(self, *stands: Stand) -> int:
        return sum(row.stand in stands for row in self.rows)


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """A campaign whole, as the office and the supervisors see it."""

    campaign: Campaign
    milestones: tuple[MilestoneShown, ...]
    caution: str


def campaigns(who: Who) -> dict[int, str]:
    """The names of all campaigns by id, the open ones first, then the newest."""
    require(who, Action.SEE_OWING)
    with reading() as session:
        found = session.exec(select(Campaign).order_by(col(Campaign.starts_on).desc())).all()
        return {
            c.id or 0: c.name + ("（已结束）" if c.closed_at else "")
            for c in sorted(found, key=lambda c: c.closed_at is not None)
        }


def campaign(
    campaign_id: int, who: Who, *, asked: Mapping[int, str], now: datetime
) -> CampaignShown:
    """A campaign with its milestones by their days. `asked` names the period to show of milestones
    by id; otherwise it is the one that is due next, or the last. Refuses who sees only one unit."""
    require(who, Action.SEE_OWING)
    today = clock.local(now).date()
    with reading() as session:
        found = session.get(Campaign, campaign_id)
        if found is None:
            raise NOT_FOUND(what="整治行动")
        known = parties(session)
        own = milestones_of(session, [campaign_id])
        times = {m.id or 0: times_of(m, found) for m in own}
        at = {n: _asked(times[n], asked.get(n, ""), today) for n in times}
        sent = _sent(session, {n: t.period for n, t in at.items() if t}, own)
        counts = _counts(session, list(times))
        shown = [
            _shown(m, known, at[m.id or 0], times[m.id or 0], sent[m.id or 0], counts, today)
            for m in own
        ]
        shown.sort(key=lambda s: (s.due_on is None, s.due_on or today, s.milestone.id or 0))
        return CampaignShown(found, tuple(shown), deadlines.caution(s.due_on for s in shown))


def parties(session: Session) -> dict[int, Party]:
    """All units by id: townships in the order of their codes, then the bureaus."""
    query = select(Unit).order_by(
        col(Unit.township_code).is_(None), col(Unit.township_code), col(Unit.id)
    )
    return {u.id: Party(u.id, u.name, u.kind) for u in session.exec(query) if u.id}


def times_of(milestone: Milestone, frame: Campaign) -> tuple[Occurrence, ...]:
    """All times that a milestone is owed in its campaign."""
    return occurrences(
        Rhythm(milestone.rhythm),
        due_on=milestone.due_on,
        day=milestone.day,
        first=frame.starts_on,
        last=frame.ends_on,
    )


def milestones_of(session: Session, campaign_ids: Iterable[int]) -> Sequence[Milestone]:
    """The milestones of these campaigns that were not taken out."""
    query = (
        select(Milestone)
        .where(
            col(Milestone.campaign_id).in_(list(campaign_ids)), col(Milestone.removed_at).is_(None)
        )
        .order_by(col(Milestone.id))
    )
    return session.exec(query).all()


def _asked(times: Sequence[Occurrence], asked: str, today: date) -> Occurrence | None:
    named = next((each for each in times if each.period == asked), None)
    coming = next((each for each in times if each.due_on >= today), None)
    return named or coming or (times[-1] if times else None)


def _sent(
    session: Session, periods: Mapping[int, str], own: Sequence[Milestone]
) -> dict[int, dict[str, list[SentShown]]]:
    """What was sent for these periods, by milestone and ower; of what is at need, all of it."""
    at_need = [m.id or 0 for m in own if m.rhythm == Rhythm.AT_NEED]
    query = (
        select(Submission, Person.display)
        .join(Person, col(Person.id) == Submission.person_id)
        .where(
            col(Submission.milestone_id).in_([*periods, *at_need]),
            col(Submission.period).in_(sorted(set(periods.values())))
            | col(Submission.milestone_id).in_(at_need),
        )
        .order_by(col(Submission.id).desc())
        .limit(2000)
    )
    found: dict[int, dict[str, list[SentShown]]] = defaultdict(lambda: defaultdict(list))
    for submission, by in session.exec(query):
        number = submission.milestone_id
        if number in at_need or periods.get(number) == submission.period:
            found[number][submission.ower].append(sent_shown(submission, by))
    return found


def _counts(session: Session, milestone_ids: list[int]) -> dict[tuple[int, str], int]:
    """How many have something standing, by milestone and period."""
    query = (
        select(Submission.milestone_id, Submission.period, func.count())
        .where(col(Submission.milestone_id).in_(milestone_ids), Submission.state != Sent.RETURNED)
        .group_by(col(Submission.milestone_id), col(Submission.period))
    )
    return {(number, period): count for number, period, count in session.exec(query)}


def _shown(
    milestone: Milestone,
    known: Mapping[int, Party],
    at: Occurrence | None,
    times: tuple[Occurrence, ...],
    sent: Mapping[str, list[SentShown]],
    counts: Mapping[tuple[int, str], int],
    today: date,
) -> MilestoneShown:
    units = owers.units_of(milestone, known)
    who = [(unit.name, owers.key(unit.id)) for unit in units]
    if owers.by_office(milestone):
        who.append(("县专项整治办", owers.key(None)))
    number = milestone.id or 0
    rows = [
        Row(name, stand(at.due_on, [s.state for s in of_it], today), of_it)
        for name, key in who
        for of_it in [tuple(sent.get(key, ()))]
        if at is not None
    ]
    late = [t for t in times if t.due_on < today and (at is None or t.due_on < at.due_on)]
    return MilestoneShown(
        milestone,
        tuple(known[n].name for n in milestone.unit_ids if n in known),
        at.period if at else "",
        at.due_on if at else None,
        times,
        tuple(rows),
        sum(max(0, len(who) - counts.get((number, t.period), 0)) for t in late),
        tuple(Row(name, Stand.TAKEN, tuple(sent[key])) for name, key in who if sent.get(key))
        if at is None
        else (),
    )


def sent_shown(row: Submission, by: str) -> SentShown:
    """What was sent as a page shows it."""
    return SentShown(
        row.id or 0,
        row.at,
        by,
        Sent(row.state),
        row.note,
        row.document_no,
        row.document_on,
        row.file_type,
        row.file_size,
        row.decided_at,
        row.decided_why,
        row.due_on is not None and clock.local(row.at).date() > row.due_on,
    )
