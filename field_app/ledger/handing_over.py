"""移送: to whom, under which number, as what, and what came back. The papers themselves are made
elsewhere; here is what the ledger keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from field_app import clock
from field_app.ledger.steps import Did, take
from field_app.ledger.workflow import Given, Step
from field_app.problems import BAD_INPUT, NOT_FOUND
from field_app.roles import Who
from field_app.words import clean
from models.tables import Entry, HandOver

NAME_MAX, TEXT_MAX = 80, 2000
ORGANS = ("县纪委监委", "县公安局", "县人民检察院", "县自然资源局", "县财政局", "县审计局")
"""Offered first (方案 三(一)4: 纪检监察机关, 司法机关; 三(二)2: 主管部门); any other may be typed."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed over: the organ, the document, and the clue in words."""

    organ: str
    document_no: str
    on: date
    clue: str


def hand_over(entry_id: int, edition: int, handed: Handed, *, who: Who, now: datetime) -> int:
    """Notes a hand-over. The nature that a person gave the entry goes with it."""
    organ, document = clean(handed.organ).strip(), clean(handed.document_no).strip()
    clue = clean(handed.clue).strip()
    if max(len(organ), len(document)) > NAME_MAX or len(clue) > TEXT_MAX:
        raise BAD_INPUT(
            what=f"接收机关、移送文号各最多 {NAME_MAX} 个字，移送事由最多 {TEXT_MAX} 个字。"
        )

    def work(session: Session, entry: Entry) -> Did:
        if not entry.found_on <= handed.on <= clock.local(now).date():
            raise BAD_INPUT(what=f"“移送日期”须在发现日期 {entry.found_on} 到今天之间。")
        given = [g for g, there in ((Given.ORGAN, organ), (Given.DOCUMENT, document)) if there]
        if len(given) < 2 or not clue or not entry.nature:
            return Did(given=given)
        assert entry.id is not None
        row = HandOver(
            entry_id=entry.id,
            organ=organ,
            document_no=document,
            nature=entry.nature,
            handed_on=handed.on,
            clue=clue,
            person_id=who.id,
            at=now,
        )
        session.add(row)
        session.flush()
        return Did({"handed_to": summary(session, entry.id)}, given, new={"hand_over_id": row.id})

    return take(entry_id, edition, Step.HAND_OVER, work, why=clue[:1000], who=who, now=now)


def feedback(
    entry_id: int,
    edition: int,
    hand_over_id: int,
    text: str,
    on: date,
    *,
    who: Who,
    now: datetime,
) -> int:
    """Notes what the organ answered; a later answer takes the place of an earlier one, which
    stays in the event."""
    text = clean(text).strip()
    if len(text) > TEXT_MAX:
        raise BAD_INPUT(what=f"“反馈情况”最多 {TEXT_MAX} 个字。")

    def work(session: Session, entry: Entry) -> Did:
        row = session.get(HandOver, hand_over_id)
        if row is None or row.entry_id != entry.id or row.withdrawn_at is not None:
            raise NOT_FOUND(what="这次移送")
        if not row.handed_on <= on <= clock.local(now).date():
            raise BAD_INPUT(what=f"“反馈日期”须在移送日期 {row.handed_on} 到今天之间。")
        old = {"feedback": row.feedback, "feedback_on": row.feedback_on}
        if text:
            row.feedback, row.feedback_on = text, on
        new = {"feedback": text, "feedback_on": on, "hand_over_id": row.id}
        return Did(given={Given.FEEDBACK} if text else (), old=old, new=new)

    return take(entry_id, edition, Step.FEEDBACK, work, who=who, now=now)


def standing(session: Session, entry_id: int) -> Sequence[HandOver]:
    """The hand-overs that were not undone, oldest first."""
    query = (
        select(HandOver)
        .where(HandOver.entry_id == entry_id, col(HandOver.withdrawn_at).is_(None))
        .order_by(col(HandOver.id))
    )
    return session.exec(query).all()


def summary(session: Session, entry_id: int) -> str:
    """移送机关及文号 of all that stand, as the ledger's column says it."""
    return "；".join(f"{h.organ}（{h.document_no}）" for h in standing(session, entry_id))
