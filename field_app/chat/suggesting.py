"""Where a language model may add to what the rules understood."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from field_app import drafts, inspections
from field_app.chat import model
from field_app.chat.answer import Answer
from field_app.chat.deciding import Act, Decision
from field_app.chat.talk import Ask
from field_app.chat.understanding import Understood
from field_app.inspections import InspectionView
from field_app.inspections.marks import mark
from field_app.problems import Problem
from field_app.roles import Who
from field_app.settings import settings
from models.vocabulary import FilledBy

_WORTH_ASKING = 4  # letters that no rule understood


def with_model(
    made: Answer,
    decided: Decision,
    u: Understood,
    text: str,
    view: InspectionView,
    asked: Ask,
    sent: Sequence[str],
    who: Who,
) -> Decision:
    """What a language model adds, where one is set up and the rules left something over. It
    fills only what is empty, under its own mark, and what is wrong with it is refused like
    anything else."""
    if decided.act is not Act.NONE or not (u.nonsense or len(u.rest) >= _WORTH_ASKING):
        return decided
    names = [
        q.name
        for q in drafts.applicable(view.form, view.answers, view.about)
        if q.name not in decided.changes and drafts.empty(view.answers.get(q.name))
    ]
    photos = _pictures(sent, who) if settings().model_sees_photos else []
    said = model.ask(
        text,
        form=view.form,
        answers=view.answers,
        about=view.about,
        asked=asked.asked,
        unfilled=names,
        photos=photos,
    )
    made.note = said.note
    if not (said.suggestions or said.problems):
        return decided
    changes = {x.name: x.value for x in said.suggestions}
    marks = {x.name: mark(FilledBy.MODEL, x.words) for x in said.suggestions}
    found = decided.pending.problems or said.problems
    return replace(
        decided,
        changes={**changes, **decided.changes},
        marks={**marks, **decided.marks},
        # It was understood after all.
        lines=() if decided.lost else decided.lines,
        pending=decided.pending.after(problems=tuple(found), ask=""),
        told=True,
    )


def _pictures(sent: Sequence[str], who: Who) -> list[bytes]:
    """The photos of a message, as many as the store gives just now: the model only adds."""
    found = []
    for sha256 in sent:
        with suppress(Problem):
            found.append(inspections.held_photo(sha256, who))
    return found
