"""Those that were drawn, one by one: who goes there, what was found, and what was decided since."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from field_app.clock import local
from field_app.ledger.workflow import Step
from field_app.roles import Action, Who, may
from field_app.second_look.outcomes import DECIDED, Far, Outcome, settled
from models.tables import DrawnParcel, Entry, Event, Finding, Inspection, Parcel, Person, Team
from models.taxonomy import township_name


@dataclass(frozen=True, slots=True)
class Looked:
    """One that was drawn, as its card shows it. `visit_id` is the visit that counts, `facts` what
    it found; `settled` says that a person has decided on the entry since."""

    id: int
    key: str
    stratum: str
    place: int
    parcel_id: int
    parcel: str
    where: str
    assigned: str
    first_hands: tuple[str, ...]
    may_change: bool
    outcome: Outcome
    visit_id: int | None
    by: str
    decided_at: datetime | None
    facts: str
    entry_id: int | None
    entry_edition: int
    entry_state: str
    entry_due: date | None
    settled: str
    closed_by_me: bool
    new_entry: tuple[int, str] | None  # that was made of what the visit found

    def reason(self, number: str) -> str:
        """What the decision on the entry may rest on, for a person to change; `number` of the
        draw."""
        day = local(self.decided_at).date() if self.decided_at else ""
        said = f"{number}，{self.by} 现场核查，{day} 审核确认"
        if self.outcome == Outcome.OTHERWISE:
            return f"{said}，与销号时不一致：{self.facts}"
        return f"{said}，与销号时一致。"


def cards(
    session: Session, drawn_ids: list[int], far: Mapping[int, Far], who: Who
) -> Iterable[Looked]:
    """The cards of these rows, in the order of the draw."""
    query = (
        select(DrawnParcel, Entry, Team)
        .outerjoin(Entry, col(Entry.id) == DrawnParcel.entry_id)
        .outerjoin(Team, col(Team.id) == DrawnParcel.team_id)
        .where(col(DrawnParcel.id).in_(drawn_ids))
        .order_by(col(DrawnParcel.id))
    )
    rows = session.exec(query).all()
    # Not whole parcels: their boundaries are heavy.
    places = select(Parcel.id, Parcel.number, Parcel.township_code, Parcel.village).where(
        col(Parcel.id).in_([row[0].parcel_id for row in rows])
    )
    where = {
        parcel_id: (number, f"{township_name(township)} {village}".strip())
        for parcel_id, number, township, village in session.exec(places)
    }
    ids = [v for n in drawn_ids if (v := far[n].visit_id) is not None]
    visits = {v.id: v for v in session.exec(select(Inspection).where(col(Inspection.id).in_(ids)))}
    found = select(Finding.inspection_id, Finding.facts).where(col(Finding.inspection_id).in_(ids))
    facts = dict(session.exec(found).all())
    made = select(Entry.inspection_id, Entry.id, Entry.number).where(
        col(Entry.inspection_id).in_(ids)
    )
    posted = {visit: (entry_id or 0, number) for visit, entry_id, number in session.exec(made)}
    people = {p for row in rows for p in (*row[0].barred, row[0].person_id) if p}
    names = names_of(session, people | {v.person_id for v in visits.values()})
    mine = _closed_by(session, who, [row[0].entry_id for row in rows if row[0].entry_id])
    for drawn, entry, team in rows:
        assert drawn.id is not None
        outcome, visit = far[drawn.id].outcome, visits.get(far[drawn.id].visit_id)
        decided = outcome in DECIDED and visit is not None
        yield Looked(
            id=drawn.id,
            key=drawn.key,
            stratum=drawn.stratum,
            place=drawn.place,
            parcel_id=drawn.parcel_id,
            parcel=where[drawn.parcel_id][0],
            where=where[drawn.parcel_id][1],
            assigned=" ".join(
                w for w in (team.name if team else "", names.get(drawn.person_id, "")) if w
            ),
            first_hands=tuple(names[p] for p in drawn.barred if p in names),
            may_change=visit is None and may(who, Action.DRAW),
            outcome=outcome,
            visit_id=visit.id if visit else None,
            by=names.get(visit.person_id, "") if visit else "",
            decided_at=visit.decided_at if visit and decided else None,
            facts=facts.get(visit.id or 0, "") if visit and decided else "",
            entry_id=drawn.entry_id,
            entry_edition=entry.edition if entry else 0,
            entry_state=entry.state if entry else "",
            entry_due=entry.due_on if entry else None,
            settled=entry.second_look
            if entry and visit and decided and settled(entry.second_look, visit.decided_at)
            else "",
            closed_by_me=drawn.entry_id in mine,
            new_entry=posted.get(visit.id) if visit else None,
        )


def _closed_by(session: Session, who: Who, entry_ids: list[int]) -> set[int]:
    """The entries that `who` closed: the second look is another person's."""
    query = select(Event.about_id).where(
        Event.about == "entry",
        col(Event.about_id).in_(entry_ids),
        Event.action == str(Step.CLOSE),
        Event.person_id == who.id,
    )
    return set(session.exec(query))


def names_of(session: Session, person_ids: Collection[int]) -> dict[int | None, str]:
    """What these people are called."""
    query = select(Person.id, Person.display).where(col(Person.id).in_(sorted(person_ids)))
    return dict(session.exec(query).all())
