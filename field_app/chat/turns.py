"""The thread of a chat: what was said, kept before anything is done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from field_app.chat.talk import Pending
from field_app.db import reading, writing
from models.tables import ChatTurn

MOST_SHOWN = 60
_MOST_SPOKEN = 1000


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. Of the inspector's, `payload` has the question that stood before it
    (`asked`), the photos that came with it (`photos`, sha256) and what a button does (`do`); of
    the chat's, see `answering`."""

    id: int
    mine: bool
    text: str
    payload: Mapping[str, Any]
    at: datetime
    answers_id: int | None = None


def _turn(row: ChatTurn) -> Turn:
    assert row.id is not None
    return Turn(row.id, row.mine, row.text, row.payload, row.at, row.answers_id)


def of(person_id: int, visit: int | None, *, limit: int = MOST_SHOWN) -> list[Turn]:
    """The newest turns of a person's thread on a visit, or of the one before any visit."""
    with reading() as session:
        query = (
            select(ChatTurn)
            .where(ChatTurn.person_id == person_id, ChatTurn.inspection_id == visit)
            .order_by(col(ChatTurn.id).desc())
            .limit(limit)
        )
        return [_turn(row) for row in reversed(session.exec(query).all())]


def hear(
    person_id: int, visit: int | None, text: str, payload: Mapping[str, Any], *, now: datetime
) -> Turn:
    """Keeps what the inspector said or pressed, before anything is done with it."""
    with writing() as session:
        row = ChatTurn(
            person_id=person_id,
            inspection_id=visit,
            mine=True,
            text=text,
            payload=dict(payload),
            at=now,
        )
        session.add(row)
        session.flush()
        return _turn(row)


def answer(
    heard: Turn,
    person_id: int,
    visit: int | None,
    text: str,
    payload: Mapping[str, Any],
    *,
    undone: int | None = None,
    now: datetime,
) -> None:
    """Keeps the chat's answer, once; both turns stand with the visit that they led to. `undone`
    is the chat's turn that this one took back."""
    with writing() as session:
        asked = session.get_one(ChatTurn, heard.id, with_for_update=True)
        if visit != asked.inspection_id:
            _settle_parcel(session, asked)
        if visit is not None and asked.inspection_id is None:
            _bring_along(session, asked, visit)
        asked.inspection_id = visit
        if _answered(session, heard.id):
            return
        session.add(
            ChatTurn(
                person_id=person_id,
                inspection_id=visit,
                mine=False,
                text=text,
                payload=dict(payload),
                answers_id=heard.id,
                at=now,
            )
        )
        if undone is not None:
            back = session.get_one(ChatTurn, undone)
            back.payload = {**back.payload, "undone": True}


def _settle_parcel(session: Session, asked: ChatTurn) -> None:
    """Where another visit was opened from, the choice of a parcel is no longer open: what waited
    for it went there."""
    query = (
        select(ChatTurn)
        .where(
            ChatTurn.person_id == asked.person_id,
            ChatTurn.inspection_id == asked.inspection_id,
            col(ChatTurn.mine).is_(False),
            col(ChatTurn.id) < asked.id,
        )
        .order_by(col(ChatTurn.id).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    if last is not None:
        pending = Pending.from_json(last.payload.get("pending"))
        left = pending.after(tasks=(), text="", sent=())
        last.payload = {**last.payload, "pending": left.as_json()}


def _bring_along(session: Session, asked: ChatTurn, visit: int) -> None:
    """What was said before a parcel was known stands with the visit that it led to."""
    session.exec(
        update(ChatTurn)
        .where(
            col(ChatTurn.person_id) == asked.person_id,
            col(ChatTurn.inspection_id).is_(None),
            col(ChatTurn.id) < asked.id,
        )
        .values(inspection_id=visit)
    )


def _answered(session: Session, heard: int) -> bool:
    query = select(ChatTurn.id).where(ChatTurn.answers_id == heard)
    return session.exec(query).first() is not None


def answered(heard: int) -> tuple[bool, int | None]:
    """Whether a message was answered, and the visit that it led to."""
    with reading() as session:
        return _answered(session, heard), session.get_one(ChatTurn, heard).inspection_id


def unanswered(thread: Sequence[Turn]) -> Turn | None:
    """What the inspector said last and nobody answered: the server stopped in between."""
    return thread[-1] if thread and thread[-1].mine else None


def pending(thread: Sequence[Turn]) -> Pending:
    """What the chat's last answer left open."""
    last = next((t for t in reversed(thread) if not t.mine), None)
    return Pending.from_json(last.payload.get("pending") if last else None)


def last_changing(thread: Sequence[Turn]) -> Turn | None:
    """The chat's last turn that changed something and was not taken back."""
    return next(
        (
            t
            for t in reversed(thread)
            if not t.mine
            and (t.payload.get("changes") or t.payload.get("photos"))
            and not _undone(t)
        ),
        None,
    )


def last_filled(thread: Sequence[Turn]) -> tuple[str, ...]:
    """The names that the last answer filled: what “不对” speaks of."""
    last = next((t for t in reversed(thread) if not t.mine), None)
    return tuple(last.payload.get("changes", ())) if last else ()


def spoken(thread: Sequence[Turn]) -> str:
    """What the inspector told of the parcel, in his own words."""
    told = [str(t.payload["told"]) for t in thread if t.payload.get("told") and not _undone(t)]
    said = [text.strip("。，, ") for text in told]
    return "。".join(said)[:_MOST_SPOKEN] + ("。" if said else "")


def _undone(turn: Turn) -> bool:
    return bool(turn.payload.get("undone"))
