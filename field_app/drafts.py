"""What a visit says: the answers to a form, edited, judged and settled by its definition.

One set of rules; the form asks by it, the chat asks by it, `submit` refuses by it, and every way
of filling a draft goes through it. Answers are stored by the question's name, as plain JSON
values: str, float, int, a list of str (several chosen), `YYYY-MM-DD`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from field_app.forms import Choice, Form, Kind, Question
from field_app.forms.expressions import evaluate, filled, holds
from models.geo import MU_M2

Answers = Mapping[str, Any]
YES, NO = "是", "否"
MAX_TEXT = 2000
# What no XML holds, and so no expression can judge: control characters and halves of characters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LARGEST = 1e9  # no count and no area of a county is larger


@dataclass(frozen=True, slots=True)
class About:
    """What the questions may know of the parcel and the task: the hidden facts of the form."""

    area_m2: float
    land_class: str = ""
    number: str = ""
    purpose: str = ""

    @property
    def area_mu(self) -> float:
        return self.area_m2 / MU_M2

    def facts(self) -> dict[str, Any]:
        """By the names of the hidden questions."""
        return {
            "parcel_number": self.number,
            "parcel_area_mu": self.area_mu,
            "parcel_land_class": self.land_class,
            "task_purpose": self.purpose,
        }


def empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def applicable(form: Form, answers: Answers, about: About) -> list[Question]:
    """The questions that apply now and want an answer, in order."""
    return [q for q in shown(form, answers, about) if q.answered]


def shown(form: Form, answers: Answers, about: About) -> list[Question]:
    """What the form shows now, in order: the questions that apply, and notes to be read.

    What does not apply says nothing: its answer, still kept, does not make others apply.
    """
    return list(_walk(form, answers, about, {}))


def _walk(form: Form, answers: Answers, about: About, values: dict[str, Any]) -> Iterator[Question]:
    values |= about.facts()
    for q in form.questions:
        if q.kind is Kind.HIDDEN or (q.relevant and not holds(q.relevant, values)):
            continue
        values[q.name] = answers.get(q.name)
        yield q


def counting(form: Form, answers: Answers, about: About) -> dict[str, Any]:
    """The answers that count, and the facts, by name: what `options` are offered by. An answer
    that is kept though its question no longer applies offers nothing."""
    values: dict[str, Any] = {}
    for _ in _walk(form, answers, about, values):
        pass
    return values


def options(form: Form, q: Question, answers: Answers) -> list[Choice]:
    """The choices of a question given the other answers; empty for what is not chosen."""
    choices = form.lists.get(q.list_name, ())
    if not q.choice_filter:
        return list(choices)
    return [c for c in choices if holds(q.choice_filter, answers, choice=c)]


def said(form: Form, q: Question, value: Any, *, sep: str = "、") -> str:
    """An answer as a person reads it: labels for what was chosen."""
    labels = {c.value: c.label for c in form.lists.get(q.list_name, ())}
    if isinstance(value, list):
        return sep.join(str(labels.get(v, v)) for v in value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return labels.get(str(value), str(value))


def merged(form: Form, answers: Answers, changes: Answers) -> dict[str, Any]:
    """The answers after an edit. An emptied field is forgotten; what no longer fits its options
    (another 大类 was chosen) is forgotten too. Raises KeyError on an unknown name and ValueError
    on a value of the wrong type."""
    result = dict(answers)
    for name, value in changes.items():
        q = form.question(name)
        if not q.answered:
            raise KeyError(name)
        if empty(value):
            result.pop(name, None)
        else:
            result[name] = _typed(q, value)
    for q in form.questions:
        if q.list_name and q.name in result:
            allowed = {c.value for c in options(form, q, result)}
            kept = _allowed(result[q.name], allowed)
            if empty(kept):
                del result[q.name]
            else:
                result[q.name] = kept
    return result


def _allowed(value: Any, allowed: set[str]) -> Any:
    if isinstance(value, list):
        return [v for v in value if v in allowed]
    return value if value in allowed else None


def _typed(q: Question, value: Any) -> Any:
    """The value as it is stored. Raises ValueError."""
    if q.kind in (Kind.DECIMAL, Kind.INTEGER):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{q.name} wants a number")
        if not abs(value) <= _LARGEST:  # also NaN
            raise ValueError(f"{q.name} wants a number that can be")
        if q.kind is Kind.DECIMAL:
            return round(float(value), 4)
        if value != int(value):
            raise ValueError(f"{q.name} wants a whole number")
        return int(value)
    if q.kind is Kind.SELECT_MULTIPLE:
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise ValueError(f"{q.name} wants a list")
        return sorted(dict.fromkeys(value))
    if q.kind is Kind.DATE:
        return date.fromisoformat(str(value)).isoformat()
    return _NOT_XML.sub("", str(value))[:MAX_TEXT]


def settled(form: Form, answers: Answers, about: About) -> dict[str, Any]:
    """Only the answers whose question applies, in the form's order: what is submitted."""
    return {q.name: answers[q.name] for q in applicable(form, answers, about) if q.name in answers}


def wrongs(form: Form, answers: Answers, about: About) -> dict[str, str]:
    """What refuses the draft, by the question's name: missing answers and wrong values."""
    found: dict[str, str] = {}
    values: dict[str, Any] = {}
    applying = [q for q in _walk(form, answers, about, values) if q.answered]
    for q in applying:
        value = answers.get(q.name)
        if empty(value):
            if q.required and holds(q.required, values):
                found[q.name] = f"请填写“{q.label}”"
            continue
        if q.list_name and _allowed(value, {c.value for c in options(form, q, values)}) != value:
            found[q.name] = f"“{q.label}”的选项已失效，请重新选择"
        elif q.constraint and not holds(q.constraint, values, this=value):
            sentence = filled(q.constraint_message, values) or "的内容不符合要求，请修改"
            found[q.name] = f"“{q.label}”{sentence}"
    return found


def required(form: Form, answers: Answers, about: About) -> list[Question]:
    """The questions that must be answered as things stand, in order."""
    values: dict[str, Any] = {}
    applying = [q for q in _walk(form, answers, about, values) if q.answered]
    return [q for q in applying if q.required and holds(q.required, values)]


def progress(form: Form, answers: Answers, about: About) -> tuple[int, int]:
    """How many of the required questions are answered well, of how many."""
    wanted = required(form, answers, about)
    bad = wrongs(form, answers, about)
    return sum(1 for q in wanted if q.name not in bad), len(wanted)


def defaults(form: Form, last: Answers, about: About, *, today: date) -> dict[str, Any]:
    """What the form would begin with: fixed defaults, and what the last visit said
    (`${last-saved#name}`); only values that fit."""
    found: dict[str, Any] = {}
    for q in form.questions:
        if not q.answered or not q.default:
            continue
        value: Any = q.default
        if "${" in q.default:
            value = evaluate(q.default, about.facts(), last=last, today=today)
        if q.kind in (Kind.DECIMAL, Kind.INTEGER):
            try:
                value = float(value)
            except ValueError:
                continue
        if q.kind is Kind.SELECT_MULTIPLE:
            value = str(value).split()
        try:
            found = merged(form, found, {q.name: value})
        except ValueError:
            continue
    bad = wrongs(form, found, about)
    return {n: v for n, v in settled(form, found, about).items() if not empty(v) and n not in bad}
