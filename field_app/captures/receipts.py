"""The receipt of a capture: that it is held, and what became of it as far as that is known."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from field_app.captures.keeping import bytes_for
from field_app.captures.states import State
from field_app.findings import grade_reasons, told
from field_app.inspections.examining import newest_results
from models.tables import Capture, Photo
from photos.reasons import Reason


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told. `photo_held`: the bytes that the record names are in the store;
    `grade_reasons` are codes, `grade_words` the same in Chinese."""

    uuid: str
    received_at: datetime
    type: str
    sha256: str | None
    photo_held: bool
    photo_id: int | None
    inspection: int | None
    grade: str
    grade_reasons: tuple[str, ...]
    verdict: str
    sentences: tuple[str, ...]
    state: str
    hold: str
    why: str

    @property
    def grade_words(self) -> list[str]:
        return [Reason(code).said for code in self.grade_reasons]

    def as_json(self) -> dict[str, Any]:
        return {
            "uuid": self.uuid,
            "received_at": self.received_at.isoformat(),
            "type": self.type,
            "sha256": self.sha256,
            "photo_held": self.photo_held,
            "photo_id": self.photo_id,
            "inspection": self.inspection,
            "grade": self.grade,
            "grade_reasons": list(self.grade_reasons),
            "grade_words": self.grade_words,
            "verdict": self.verdict,
            "sentences": list(self.sentences),
            "state": self.state,
            "hold": self.hold,
            "why": self.why,
        }


def receipt_of(session: Session, capture: Capture) -> Receipt:
    """The receipt of a capture as it is now."""
    photo = session.get(Photo, capture.photo_id) if capture.photo_id else None
    results = newest_results(session, [photo.id or 0]).get(photo.id or 0, []) if photo else []
    said = told(results)
    why = capture.why
    if capture.decision:
        why = "；".join(filter(None, [f"督导已{capture.decision}：{capture.decided_why}", why]))
    state = State(capture.state)
    if state == State.KEPT:  # it was cut off before it was placed; the sweep goes on
        state, why = State.HELD, "已收存，正在归入核查"
    return Receipt(
        uuid=capture.uuid,
        received_at=capture.received_at,
        type=capture.type,
        sha256=capture.sha256,
        photo_held=capture.type == "photo" and bytes_for(session, capture) == capture.sha256,
        photo_id=capture.photo_id,
        inspection=capture.inspection_id,
        grade=photo.grade if photo else "",
        grade_reasons=tuple(str(reason) for reason in grade_reasons(results)),
        verdict=photo.verdict if photo else "",
        sentences=tuple(str(r["message"]) for r in (*said.first, *said.further)),
        state=state,
        hold=capture.hold,
        why=why,
    )
