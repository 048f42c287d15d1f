"""Photos as pages show them, with what examination and people said of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app.findings import Told, told
from field_app.inspections.examining import newest_examinations
from models.tables import Examination, Person, Photo, PhotoDecision
from models.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo with what examination and people said of it."""

    id: int
    kind: str
    verdict: str
    grade: str
    sha256: str
    received_at: datetime
    taken_at: datetime | None
    person: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    heading_deg: float | None
    view_deg: float | None
    distance_m: float | None
    bearing_deg: float | None
    reshoot_why: str
    claim: dict[str, Any]
    results: list[dict[str, Any]]
    readings: list[dict[str, Any]]
    decisions: list[tuple[str, str, str, datetime]]  # decision, why, who, when

    @property
    def told(self) -> Told:
        """What the checks found, in the order in which it is read."""
        return told(self.results)

    @property
    def why(self) -> str:
        """The first reason why it did not pass; empty where nothing speaks against it."""
        first = self.told.first or self.told.further
        return str(first[0]["message"]) if first and self.verdict != Verdict.PASSED else ""


def photo_views(session: Session, photos: Sequence[Photo]) -> list[PhotoView]:
    """The photos with examinations and decisions, three queries however many they are."""
    ids = [p.id for p in photos if p.id is not None]
    examined = newest_examinations(session, ids)
    people = {
        p.id: p.display
        for p in session.exec(
            select(Person).where(col(Person.id).in_({p.person_id for p in photos}))
        )
    }
    decided: dict[int, list[tuple[str, str, str, datetime]]] = {}
    query = (
        select(PhotoDecision, Person.display)
        .join(Person, col(Person.id) == PhotoDecision.person_id)
        .where(col(PhotoDecision.photo_id).in_(ids))
        .order_by(col(PhotoDecision.id))
    )
    for d, display in session.exec(query):
        decided.setdefault(d.photo_id, []).append((d.decision, d.why, display, d.at))
    return [
        _photo_view(
            p, examined.get(p.id or 0), people.get(p.person_id, ""), decided.get(p.id or 0, [])
        )
        for p in photos
    ]


def _photo_view(
    p: Photo,
    examined: Examination | None,
    person: str,
    decisions: list[tuple[str, str, str, datetime]],
) -> PhotoView:
    assert p.id is not None
    return PhotoView(
        p.id,
        p.kind,
        p.verdict,
        p.grade,
        p.sha256,
        p.received_at,
        p.taken_at,
        person,
        p.lon,
        p.lat,
        p.accuracy_m,
        p.heading_deg,
        p.view_deg,
        p.distance_m,
        p.bearing_deg,
        p.reshoot_why,
        p.claim,
        list(examined.results) if examined else [],
        list(examined.readings) if examined else [],
        decisions,
    )
