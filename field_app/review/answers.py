"""What the inspector said, in words, as the supervisor reads it."""

from dataclasses import dataclass

from sqlmodel import Session

from field_app import drafts
from field_app.forms import versions
from field_app.inspections.visits import about
from models.tables import Inspection


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `by` is empty where the inspector filled it by hand, else who did."""

    label: str
    text: str
    by: str = ""


def answers_of(session: Session, inspection: Inspection) -> tuple[Answer, ...]:
    """The answers in the order they are asked, by the form that the visit was asked by."""
    form = versions.of(session, inspection.form)
    shown = []
    for question in drafts.applicable(form, inspection.answers, about(session, inspection)):
        value = inspection.answers.get(question.name)
        if not drafts.empty(value):
            by = str(inspection.marks.get(question.name, {}).get("by", ""))
            shown.append(Answer(question.label, drafts.said(form, question, value), by))
    return tuple(shown)
