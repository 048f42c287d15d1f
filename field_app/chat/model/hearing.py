"""What is taken from the model's answer: only what the form allows and the message supports.

Nothing here trusts the prompt. Whatever the model was talked into saying, a name that was not
asked for, a value that is no option and words that nobody said do not come through.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from field_app import clock
from field_app.chat.model.briefing import MOST_PROBLEMS, Wanted
from field_app.chat.model.support import numbers, quoted
from field_app.drafts import MAX_TEXT, NO, YES, About, Answers, empty, merged
from field_app.forms import Choice, Form, Kind
from field_app.forms.expressions import holds


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for a person to confirm, and the words it rests on; no words where it was seen in a
    photo."""

    name: str
    value: Any
    words: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model makes of a message: suggestions, problem types to offer, and a sentence for
    the person where it could not be asked."""

    suggestions: tuple[Suggestion, ...] = ()
    problems: tuple[str, ...] = ()
    note: str = ""


def read(content: str) -> dict[str, Any] | None:
    """The JSON object in the text of an answer, also behind its thoughts and between fences."""
    said = content.rpartition("</think>")[2]
    try:
        found = json.loads(said[said.find("{") : said.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def judged(
    found: Mapping[str, Any],
    text: str,
    *,
    form: Form,
    answers: Answers,
    about: About,
    questions: Sequence[Wanted],
    problems: Sequence[Choice],
    pictures: bool,
) -> Heard:
    """What of an answer holds. Each value is judged with those before it; a wrong one costs
    the others nothing."""
    given = found.get("answers")
    by_name = given if isinstance(given, dict) else {}
    draft = dict(answers)
    taken: list[Suggestion] = []
    for wish in questions:
        suggestion = _supported(wish, by_name.get(wish.name), text, pictures=pictures)
        if suggestion is None:
            continue
        try:
            after = merged(form, draft, {wish.name: suggestion.value})
            if not _allowed(wish, after, about):
                continue
        except ValueError:  # of the wrong kind, or a constraint that cannot be worked out
            continue
        if after[wish.name] != answers.get(wish.name):
            taken.append(Suggestion(wish.name, after[wish.name], suggestion.words))
        draft = after
    return Heard(tuple(taken), _codes(found.get("problems"), problems))


def _codes(said: Any, problems: Sequence[Choice]) -> tuple[str, ...]:
    known = {c.value for c in problems}
    codes = [c for c in said if isinstance(c, str) and c in known] if isinstance(said, list) else []
    return tuple(dict.fromkeys(codes))[:MOST_PROBLEMS]


def _allowed(wish: Wanted, draft: Answers, about: About) -> bool:
    """Whether the constraint holds, also of a question that will apply only once another
    suggestion is confirmed."""
    if empty(draft.get(wish.name)):
        return False
    constraint = wish.question.constraint
    values = {**about.facts(), **draft}
    return not constraint or holds(constraint, values, this=draft[wish.name])


def _supported(wish: Wanted, said: Any, text: str, *, pictures: bool) -> Suggestion | None:
    """The value as the message bears it out, or None."""
    if not isinstance(said, dict) or not isinstance(said.get("words"), str):
        return None
    value, words = said.get("value"), quoted(said["words"], text)
    match wish.question.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE:
            value = _chosen(wish, value)
            if not words and not (pictures and _visible(wish)):
                return None
        case Kind.DECIMAL | Kind.INTEGER:
            mu = "亩" in wish.question.label
            if not words or not _number_said(value, words, text, mu=mu):
                return None
        case Kind.DATE:
            if not words or not _date_said(value, text):
                return None
        case _:
            # What was said, letter for letter: not even a comma is the model's.
            value = words = quoted(value, text) if isinstance(value, str) else ""
            if len(words) > MAX_TEXT:
                return None
    return None if empty(value) else Suggestion(wish.name, value, words)


def _chosen(wish: Wanted, value: Any) -> Any:
    """The options among what was named."""
    options = {c.value for c in wish.choices}
    if wish.question.kind is Kind.SELECT_ONE:
        return value if isinstance(value, str) and value in options else None
    named = value if isinstance(value, list) else []
    return [v for v in named if isinstance(v, str) and v in options]


def _visible(wish: Wanted) -> bool:
    """Whether a picture alone may answer: 是 or 否 is a judgement, which wants words."""
    return not {YES, NO} & {c.value for c in wish.choices}


def _number_said(value: Any, words: str, text: str, *, mu: bool) -> bool:
    """Whether the quote says the number, and the whole message too: a quote may cut off a unit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return False
    return round(float(value), 4) in numbers(words, mu=mu) & numbers(text, mu=mu)


def _date_said(value: Any, text: str) -> bool:
    """Whether the day and the month were said; the year too, unless it is this one."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return False
    if day is None:
        return False
    years = numbers(text) | {float(clock.local(clock.now()).year)}
    return {float(day.day), float(day.month)} <= numbers(text) and float(day.year) in years
