"""和上次一样: what a form may begin with: what the person's last submitted visit said, and what the county
presets. Offered, never put in unasked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from field_app import drafts
from field_app.clock import local
from field_app.drafts import About
from field_app.forms import Form
from models.tables import Inspection, Parcel


def like_last(
    session: Session, visit: Inspection, form: Form, known: About
) -> tuple[dict[str, Any], str]:
    """What the form begins with by its `default` column, and the number of the parcel whose
    visit, the last that this person submitted, `${last-saved#…}` speaks of."""
    last = next(
        (s for s in last_said(session, visit.person_id) if s.visit != visit.id), NOTHING_SAID
    )
    today = local(visit.opened_at).date()
    return drafts.defaults(form, last.answers, known, today=today), last.number


@dataclass(frozen=True, slots=True)
class Said:
    """What a submitted visit said, and the number of its parcel."""

    visit: int | None
    number: str
    answers: Mapping[str, Any]


NOTHING_SAID = Said(None, "", {})


def last_said(session: Session, person_id: int) -> list[Said]:
    """The person's last two submitted visits, newest first: a visit that was sent back does not
    speak of itself, so that the one before it may have to."""
    query = (
        select(Inspection.id, Parcel.number, Inspection.answers)
        .join(Parcel, col(Parcel.id) == Inspection.parcel_id)
        .where(Inspection.person_id == person_id, col(Inspection.submitted_at).is_not(None))
        .order_by(col(Inspection.submitted_at).desc(), col(Inspection.id).desc())
        .limit(2)
    )
    return [Said(*found) for found in session.exec(query)]


def suggested(
    session: Session, visit: Inspection, form: Form, known: About
) -> tuple[dict[str, Any], str]:
    """Of `like_last`, what this visit has not answered and what fits what it has; and the
    parcel's number."""
    found, number = like_last(session, visit, form, known)
    left = {n: v for n, v in found.items() if n not in visit.answers}
    fits = drafts.settled(form, drafts.merged(form, visit.answers, left), known)
    return {n: v for n, v in left.items() if fits.get(n) == v}, number
