"""报送: what a unit sends for a milestone, and what the office says to it. The one writing module of
submissions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, update

from field_app import clock
from field_app.db import reading, writing
from field_app.inspections.held import store, store_answers
from field_app.milestones import files, owers
from field_app.milestones.noting import note
from field_app.milestones.owers import Party
from field_app.milestones.rhythm import Occurrence, occurrences
from field_app.problems import (
    BAD_INPUT,
    CHANGED_MEANWHILE,
    NOT_FOUND,
    NOT_YOURS,
    REASON_NEEDED,
    SENT_ALREADY,
)
from field_app.roles import Action, Scope, Who, Whose, require, scope
from field_app.words import clean
from models.tables import Campaign, Milestone, Submission, Unit
from models.vocabulary import Rhythm, Sent

NOTE_MAX, DOCUMENT_MAX, WHY_MAX = 1000, 80, 1000


@dataclass(frozen=True, slots=True)
class Given:
    """What is sent: at least one of note, document and file."""

    note: str = ""
    document_no: str = ""
    document_on: date | None = None
    file: bytes | None = None


def send(milestone_id: int, period: str, given: Given, *, who: Who, now: datetime) -> int:
    """Sends something for one period of a milestone, in the name of the person's unit, or of the
    office; returns its id. What is sent at need goes by the day of today.

    Raises NOT_FOUND, NOT_YOURS where it is not theirs to send, BAD_INPUT, ATTACHMENT_REFUSED, and
    SENT_ALREADY where it was sent and not returned.
    """
    require(who, Action.SEND_MILESTONE)
    unit_id = _sender(who)
    given = _checked(given, clock.local(now).date())
    kind = files.kind_of(given.file) if given.file is not None else ""
    sha256 = None
    if given.file is not None:
        with store_answers():
            sha256 = store().put(given.file)  # first the bytes: an orphan is harmless
    ower = owers.key(unit_id)
    try:
        with writing() as session:
            milestone, campaign = _open(session, milestone_id)
            _theirs(session, milestone, unit_id)
            found = _occurrence(milestone, campaign, period, clock.local(now).date())
            submission = Submission(
                milestone_id=milestone_id,
                period=found.period,
                due_on=found.due_on if milestone.rhythm != Rhythm.AT_NEED else None,
                ower=ower,
                unit_id=unit_id,
                person_id=who.id,
                note=given.note,
                document_no=given.document_no,
                document_on=given.document_on,
                file_sha256=sha256,
                file_type=kind,
                file_size=len(given.file or b""),
                at=now,
                # The office takes nothing from itself: what it notes of its own work stands.
                state=Sent.SENT if unit_id is not None else Sent.TAKEN,
            )
            session.add(submission)
            session.flush()
            assert submission.id is not None
            note(session, "submission", submission.id, "报送", who, now, new=_plain(submission))
            return submission.id
    except IntegrityError:
        raise SENT_ALREADY(state=_standing(milestone_id, period, ower)) from None


def decide(submission_id: int, *, take: bool, why: str = "", who: Who, now: datetime) -> None:
    """Takes what was sent, or returns it with a reason, so that it is owed again. What was taken can
    still be returned. Raises NOT_FOUND, REASON_NEEDED, CHANGED_MEANWHILE."""
    require(who, Action.DECIDE_MILESTONE)
    why = clean(why).strip()
    if not take and not why:
        raise REASON_NEEDED(action="退回报送")
    if len(why) > WHY_MAX:
        raise BAD_INPUT(what=f"理由最多 {WHY_MAX} 个字。")
    before = (Sent.SENT,) if take else (Sent.SENT, Sent.TAKEN)
    with writing() as session:
        submission = session.get(Submission, submission_id)
        if submission is None:
            raise NOT_FOUND(what="这次报送")
        old = submission.state
        if old not in before:
            raise CHANGED_MEANWHILE()
        state = Sent.TAKEN if take else Sent.RETURNED
        written = session.exec(
            update(Submission)
            .where(Submission.id == submission_id, Submission.state == old)  # type: ignore[arg-type]
            .values(state=str(state), decided_at=now, decided_by=who.id or None, decided_why=why)
            .execution_options(synchronize_session=False)
        )
        if written.rowcount != 1:
            raise CHANGED_MEANWHILE()
        action = "接收报送" if take else "退回报送"
        note(
            session, "submission", submission_id, action, who, now,
            old={"state": old}, new={"state": str(state)}, why=why,
        )  # fmt: skip


def file_of(submission_id: int, who: Who) -> tuple[str, str]:
    """The sha256 and the type of an attachment. Raises NOT_FOUND, NOT_YOURS."""
    with reading() as session:
        submission = session.get(Submission, submission_id)
        if submission is None or submission.file_sha256 is None:
            raise NOT_FOUND(what="附件")
        unit_ids = (submission.unit_id,) if submission.unit_id is not None else ()
        require(who, Action.SEE_MILESTONES, Whose(unit_ids=unit_ids))
        return submission.file_sha256, submission.file_type


def _sender(who: Who) -> int | None:
    """The unit in whose name a person sends, None for the office."""
    if scope(who, Action.SEND_MILESTONE) == Scope.ALL:
        return None
    if who.unit_id is None:
        raise NOT_YOURS(action=str(Action.SEND_MILESTONE))
    return who.unit_id


def _open(session: Session, milestone_id: int) -> tuple[Milestone, Campaign]:
    milestone = session.get(Milestone, milestone_id)
    if milestone is None or milestone.removed_at is not None:
        raise NOT_FOUND(what="节点")
    campaign = session.get_one(Campaign, milestone.campaign_id)
    if campaign.closed_at is not None:
        raise BAD_INPUT(what="这个整治行动已经结束，不再报送。")
    return milestone, campaign


def _theirs(session: Session, milestone: Milestone, unit_id: int | None) -> None:
    if unit_id is None:
        owed = owers.by_office(milestone)
    else:
        unit = session.get_one(Unit, unit_id)
        owed = bool(owers.units_of(milestone, {unit_id: Party(unit_id, unit.name, unit.kind)}))
    if not owed:
        raise NOT_YOURS(action=str(Action.SEND_MILESTONE))


def _occurrence(milestone: Milestone, campaign: Campaign, period: str, today: date) -> Occurrence:
    if milestone.rhythm == Rhythm.AT_NEED:
        return Occurrence(today.isoformat(), today)
    for each in occurrences(
        Rhythm(milestone.rhythm),
        due_on=milestone.due_on,
        day=milestone.day,
        first=campaign.starts_on,
        last=campaign.ends_on,
    ):
        if each.period == period:
            return each
    raise BAD_INPUT(what="这个节点没有这一期，请刷新页面后再报送。")


def _standing(milestone_id: int, period: str, ower: str) -> str:
    with reading() as session:
        query = select(Submission.state).where(
            Submission.milestone_id == milestone_id,
            Submission.period == period,
            Submission.ower == ower,
            Submission.state != Sent.RETURNED,
        )
        return session.exec(query).first() or str(Sent.SENT)


def _checked(given: Given, today: date) -> Given:
    note, number = clean(given.note).strip(), clean(given.document_no).strip()
    if len(note) > NOTE_MAX or len(number) > DOCUMENT_MAX:
        raise BAD_INPUT(what=f"说明最多 {NOTE_MAX} 个字，文号最多 {DOCUMENT_MAX} 个字。")
    if not (note or number or given.file is not None):
        raise BAD_INPUT(what="请填写说明或文号，或者附上文件。")
    if given.document_on is not None and given.document_on > today:
        raise BAD_INPUT(what="“行文日期”不能晚于今天。")
    return Given(note, number, given.document_on, given.file)


def _plain(submission: Submission) -> dict[str, Any]:
    return {
        "milestone_id": submission.milestone_id,
        "period": submission.period,
        "unit_id": submission.unit_id,
        "note": submission.note,
        "document_no": submission.document_no,
        "document_on": submission.document_on.isoformat() if submission.document_on else None,
        "file_sha256": submission.file_sha256,
        "state": str(submission.state),
    }
