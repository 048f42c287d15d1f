"""对话: what was said to the chat, and what it answered and did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class ChatTurn(Row, table=True):
    """One thing said, by the inspector or by the chat.

    `payload` of a chat's turn: what it changed (`changes`, so that it can be taken back), what it
    asked (`asked`), the buttons it offered. A turn before any visit is open has no inspection.
    """

    __tablename__ = "chat_turn"
    __table_args__ = (Index("ix_chat_turn_person_inspection", "person_id", "inspection_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    inspection_id: int | None = Field(default=None, foreign_key="inspection.id", index=True)
    mine: bool  # said by the inspector
    # The message that a chat's turn answers: each is answered once, even when two pages of one
    # person, or a restart, try it twice.
    answers_id: int | None = Field(default=None, foreign_key="chat_turn.id", unique=True)
    text: str = ""
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    at: datetime = Field(sa_type=UtcDateTime)
