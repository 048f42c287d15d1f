"""The course of one entry as its page shows it: what it waits for and by when, what this person may
do next, the pictures before and after, reports, hand-overs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from field_app.inspections import proofs
from field_app.ledger import evidence, handing_over, undo_rules, undoing, workflow
from field_app.ledger.closeout import Closing, Judged
from field_app.ledger.hands import hands_of
from field_app.ledger.owing import owed_by
from field_app.ledger.workflow import TRANSITIONS, Owed, Step
from field_app.review import records
from field_app.review.standing import Decision
from field_app.roles import Who, Whose
from models.tables import Entry, EntryProgress, HandOver, Person, Photo, Unit
from models.vocabulary import EntryState, Grade, Verdict


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo from before or after; `judged` says what an after-picture counts for."""

    id: int
    inspection_id: int
    kind: str
    grade: Grade
    verdict: Verdict
    standing: Decision | None
    taken_at: datetime | None
    by: str
    lon: float | None
    lat: float | None
    heading_deg: float | None
    judged: Judged | None

    @property
    def url(self) -> str:
        """Where the whole picture is served, to those who may see it."""
        return f"/evidence/{self.id}"

    @property
    def small_url(self) -> str:
        return f"/evidence/{self.id}?size=small"


@dataclass(frozen=True, slots=True)
class Report:
    """One report of progress; one that was taken back is shown as such."""

    at: datetime
    by: str
    unit: str
    text: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CourseShown:
    """Where an entry stands. `owed_by` is the day by which its next step is due, `next_step` the
    one thing that this person should do now, if any; `not_mine` names the hands that keep this
    person from closing it; `undo` the step that this person may take back; `proof` this person's
    open visit that takes photos of kind 整改后."""

    owed: Owed | None
    owed_by: date | None
    next_step: Step | None
    undo: Step | None
    not_mine: str
    proof: int | None
    required: int
    closing: Closing
    before: tuple[Picture, ...]
    after: tuple[Picture, ...]
    reports: tuple[Report, ...]
    handed: tuple[HandOver, ...]


def course_of(
    session: Session,
    entry: Entry,
    unit_ids: tuple[int, ...],
    steps: Collection[Step],
    who: Who,
    now: datetime,
) -> CourseShown:
    """The course of an entry; `steps` are those that are offered to `who`."""
    assert entry.id is not None
    state = EntryState(entry.state)
    waits = workflow.owed(state, verified=entry.verified_at is not None)
    before, after = evidence.before_photos(session, entry), evidence.after_photos(session, entry)
    closing = evidence.closing_of(session, entry)
    people = _displays(session, {p.person_id for p in (*before, *after)})
    words = records.standings(session, [p.id for p in (*before, *after) if p.id])
    hands = hands_of(session, entry, who.id)
    never = [h for h in TRANSITIONS[EntryState.TO_CLOSE, Step.CLOSE].never if h in hands]
    judged = {j.id: j for j in closing.photos}
    done = undoing.done(undoing.last_event(session, entry.id))
    not_undoable = undo_rules.undoable(done, who, Whose(unit_ids=unit_ids), now)
    return CourseShown(
        owed=waits,
        owed_by=owed_by(waits, entry.due_on, entry.state_since),
        next_step=next_step(
            state,
            waits,
            steps,
            reported=bool(entry.progress),
            short=bool(closing.required)
            and sum(p.counts for p in closing.photos) < closing.required,
            closable=not closing.reasons and not never,
        ),
        undo=done.step if done and not not_undoable else None,
        not_mine="和".join(map(str, never)),
        proof=proofs.open_of(session, entry.id, who.id) if Step.SHOOT in steps else None,
        required=closing.required,
        closing=closing,
        before=tuple(_picture(p, people, words, None) for p in before),
        after=tuple(_picture(p, people, words, judged.get(p.id or 0)) for p in after),
        reports=_reports(session, entry.id),
        handed=tuple(handing_over.standing(session, entry.id)),
    )


def next_step(
    state: EntryState,
    owed: Owed | None,
    steps: Collection[Step],
    *,
    reported: bool,
    short: bool,
    closable: bool,
) -> Step | None:
    """The one thing to do now, of those that are offered: the step that the state waits for, or
    what has to come before it."""
    wanted: Sequence[Step] = () if owed is None else (owed.step,)
    if state == EntryState.RECTIFYING:
        wanted = (Step.SHOOT,) if short else (Step.APPLY,)
        wanted = wanted if reported else (Step.REPORT,)
    elif state == EntryState.TO_CLOSE and not closable:
        wanted = (Step.SEND_BACK,)
    return next((step for step in wanted if step in steps), None)


def _displays(session: Session, ids: Collection[int]) -> dict[int, str]:
    found = session.exec(select(Person).where(col(Person.id).in_(list(ids))))
    return {p.id: p.display for p in found if p.id is not None}


def _picture(
    photo: Photo,
    people: dict[int, str],
    words: dict[int, Decision | None],
    judged: Judged | None,
) -> Picture:
    number = photo.id or 0
    return Picture(
        number,
        photo.inspection_id,
        photo.kind,
        Grade(photo.grade),
        Verdict(photo.verdict),
        words.get(number),
        photo.taken_at,
        people.get(photo.person_id, ""),
        photo.lon,
        photo.lat,
        photo.heading_deg,
        judged,
    )


def _reports(session: Session, entry_id: int) -> tuple[Report, ...]:
    query = (
        select(EntryProgress, Person.display, Unit.name)
        .join(Person, col(Person.id) == EntryProgress.person_id)
        .outerjoin(Unit, col(Unit.id) == EntryProgress.unit_id)
        .where(EntryProgress.entry_id == entry_id)
        .order_by(col(EntryProgress.id))
    )
    return tuple(
        Report(row.at, by, unit or "", row.text, row.withdrawn_at is not None)
        for row, by, unit in session.exec(query)
    )
