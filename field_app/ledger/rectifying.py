"""What the responsible unit does: begins, reports, proves by photos, applies for the close-out."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from field_app import clock
from field_app.db import reading, writing
from field_app.inspections import proofs
from field_app.ledger import evidence, to_prove, workflow
from field_app.ledger.fields import MAX_TEXT
from field_app.ledger.steps import Did, found_entry, reason, take
from field_app.ledger.workflow import Given, Need, Step
from field_app.problems import BAD_INPUT, ENTRY_INCOMPLETE, NOT_YOURS
from field_app.roles import Who, Whose
from field_app.words import clean
from models.tables import Entry, EntryProgress, EntryProof
from models.vocabulary import EntryState


def begin(entry_id: int, edition: int, *, who: Who, now: datetime, why: str = "") -> int:
    """待整改 becomes 整改中, once measure, deadline and unit are known; returns the edition."""
    return take(entry_id, edition, Step.BEGIN, _nothing, why=why, who=who, now=now)


def go_on(entry_id: int, edition: int, *, who: Who, now: datetime, why: str = "") -> int:
    """退回 becomes 整改中 again."""
    return take(entry_id, edition, Step.GO_ON, _nothing, why=why, who=who, now=now)


def _nothing(_session: Session, _entry: Entry) -> Did:
    return Did()


def report(entry_id: int, edition: int, text: str, *, who: Who, now: datetime) -> int:
    """Adds a report of progress; earlier ones stay."""
    text = clean(text).strip()
    if len(text) > MAX_TEXT:
        raise BAD_INPUT(what=f"“进展情况”最多 {MAX_TEXT} 个字，现在有 {len(text)} 个。")

    def work(session: Session, entry: Entry) -> Did:
        if not text:
            return Did()
        assert entry.id is not None
        row = EntryProgress(
            entry_id=entry.id, person_id=who.id, unit_id=who.unit_id, text=text, at=now
        )
        session.add(row)
        session.flush()
        return Did({"progress": text}, given={Given.PROGRESS}, new={"progress_id": row.id})

    return take(entry_id, edition, Step.REPORT, work, who=who, now=now)


def newest_progress(session: Session, entry_id: int) -> str:
    """The newest report that stands; empty where there is none."""
    query = (
        select(EntryProgress.text)
        .where(EntryProgress.entry_id == entry_id, col(EntryProgress.withdrawn_at).is_(None))
        .order_by(col(EntryProgress.id).desc())
        .limit(1)
    )
    return session.exec(query).first() or ""


def open_proof(entry_id: int, *, who: Who, now: datetime) -> int:
    """The visit that takes this person's photos of the rectified parcel; opened at first use.

    Raises what the table raises, ENTRY_INCOMPLETE where the entry has no parcel to hold them
    against.
    """
    with writing() as session:
        return _open_proof(session, entry_id, who, now)


def _open_proof(session: Session, entry_id: int, who: Who, now: datetime) -> int:
    session.get(Entry, entry_id, with_for_update=True)  # two photos at once wait for each other
    entry, unit_ids = found_entry(session, entry_id)
    state = EntryState(entry.state)
    workflow.advance(state, Step.SHOOT, who, workflow.Situation(), Whose(unit_ids=unit_ids))
    if entry.parcel_id is None:
        raise ENTRY_INCOMPLETE(action=str(Step.SHOOT), missing=str(Need.PLACE))
    return proofs.open_proof(
        session, entry_id, entry.parcel_id, who.id, since=entry.evidence_after, now=now
    )


def take_along(who: Who, most: int, *, now: datetime) -> None:
    """Gives this person a task for each entry that they may prove, so that a phone without signal can
    name what it shot for. A visit is opened by the first photo, not by this."""
    with reading() as session:
        if not to_prove.without_task(session, who, most):
            return
    with writing() as session:
        for entry in to_prove.without_task(session, who, most, lock=True):
            assert entry.id is not None
            assert entry.parcel_id is not None
            since = entry.evidence_after
            proofs.task_of(session, entry.id, entry.parcel_id, who.id, since=since, now=now)


def proof_for(session: Session, task_id: int, *, who: Who, now: datetime) -> int:
    """The visit that a photo for this task goes into: this person's open one for the entry, opened
    where there is none. Raises NOT_YOURS and what `open_proof` raises: an entry that has gone on
    takes no photo."""
    proof = session.get(EntryProof, task_id)
    if proof is None or proof.person_id != who.id:
        raise NOT_YOURS(action=str(Step.SHOOT))
    there = proofs.open_of(session, proof.entry_id, who.id)
    return there or _open_proof(session, proof.entry_id, who, now)


def apply(
    entry_id: int, edition: int, done_on: date | None, *, why: str, who: Who, now: datetime
) -> int:
    """Applies for the close-out; `why` says what was done, `done_on` is the day it was finished.

    Whether the photos suffice is said at once (`evidence.closing_of`) and decided by who closes;
    an application without any where photos are required is refused.
    """

    def work(session: Session, entry: Entry) -> Did:
        assert entry.id is not None
        if done_on is not None:
            _check_day(done_on, entry, now)
        has = set()
        if not evidence.required_photos(session, entry) or evidence.after_photos(session, entry):
            has.add(Need.PHOTOS)
        proofs.hand_in(session, entry.id, person_id=who.id, now=now)
        columns = {"rectified_on": done_on, "application": reason(why), "returned_why": ""}
        return Did(columns, {Given.DONE_ON} if done_on else (), has)

    return take(entry_id, edition, Step.APPLY, work, why=why, who=who, now=now)


def _check_day(done_on: date, entry: Entry, now: datetime) -> None:
    if not entry.found_on <= done_on <= clock.local(now).date():
        raise BAD_INPUT(what=f"“整改完成日期”须在发现日期 {entry.found_on} 到今天之间。")
