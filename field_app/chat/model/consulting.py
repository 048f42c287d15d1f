"""One question to the model about one message: what to ask, the call, what to take from it."""

import logging
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from field_app import clock
from field_app.chat.model import briefing, hearing
from field_app.chat.model.breaker import Breaker
from field_app.chat.model.hearing import Heard
from field_app.chat.model.outcome import Outcome
from field_app.drafts import About, Answers
from field_app.forms import Form
from field_app.pictures import picture
from field_app.problems import Problem
from field_app.settings import settings

if TYPE_CHECKING:
    from field_app.chat.model.line import Line

log = logging.getLogger(__name__)

MOST_PHOTOS = 3
LONGEST_PX = 1024
_QUALITY = 80


def ask(
    text: str,
    *,
    form: Form,
    answers: Answers,
    about: About,
    asked: str | None,
    unfilled: Iterable[str],
    photos: Sequence[bytes] = (),
) -> Heard:
    """What the model makes of a message, for the `unfilled` questions only. Never raises; takes
    `MODEL_TIMEOUT_S` at most. Everything in it is a suggestion that a person has to confirm.

    Nothing is heard, and nothing leaves the house, where no model is set, where nothing is left
    to fill, and while a model that failed is left alone.
    """
    text, said = text[: briefing.MAX_SAID], settings()
    questions = briefing.wanted(form, answers, unfilled) if said.model_url else []
    if not questions or not text.strip():
        return Heard()
    line, breaker = _model(said.model_url, said.model_key.get_secret_value(), said.model_name)
    if not breaker.may_call(clock.now()):
        return _failed(Outcome.RESTING, 0)
    began = time.perf_counter()
    problems = briefing.problem_types(form)
    pictures = _pictures(photos) if said.model_sees_photos else []
    outcome, content = line.call(
        briefing.messages(
            text,
            questions=questions,
            problems=problems,
            asked=form.by_name.get(asked or ""),
            pictures=pictures,
        ),
        briefing.schema(questions, problems),
        seconds=max(0.0, said.model_timeout_s - (time.perf_counter() - began)),
    )
    if outcome.failure:
        breaker.failed(clock.now())
    else:
        breaker.worked()
    took_ms = round((time.perf_counter() - began) * 1000)
    found = hearing.read(content) if outcome is Outcome.ANSWERED else None
    if found is None:
        return _failed(Outcome.UNREADABLE if outcome is Outcome.ANSWERED else outcome, took_ms)
    log.info("model: %s, %d ms", outcome.logged, took_ms)
    return hearing.judged(
        found,
        text,
        form=form,
        answers=answers,
        about=about,
        questions=questions,
        problems=problems,
        pictures=bool(pictures),
    )


def _failed(outcome: Outcome, took_ms: int) -> Heard:
    """Neither the message nor the answer is logged: they may name people."""
    log.warning("model: %s, %d ms", outcome.logged, took_ms)
    return Heard(note=outcome.note)


@lru_cache(maxsize=4)
def _model(url: str, key: str, name: str) -> "tuple[Line, Breaker]":
    """The line of these settings, and what has become of its last calls."""
    # The client takes 0.4 s and 25 MB to load, which no county without a model shall pay.
    from field_app.chat.model.line import Line

    return Line(url, key, name), Breaker()


def _pictures(photos: Sequence[bytes]) -> list[bytes]:
    """The last photos, small and bare; one that cannot be seen is left out."""
    found = []
    for photo in photos[-MOST_PHOTOS:]:
        try:
            found.append(picture(photo, LONGEST_PX, _QUALITY))
        except Problem:
            continue
    return found
