"""A form as a phone asks it with no signal: expressions already put into plain XPath 1.0.

The phone has an XPath processor but must not read XLSForm's own words: what the server judged when
the office handed the form in is what the phone evaluates, with the same variables.
"""

from functools import lru_cache
from typing import Any

from field_app.forms.definition import Choice, Form, Question
from field_app.forms.xpath import parse

_EXPRESSIONS = ("relevant", "required", "constraint", "choice_filter")


def expression(text: str) -> dict[str, Any] | None:
    """An expression for the phone: `xpath`, the answers it asks for as `refs` ([of the last visit,
    name]; its variable is `a.name` or `last.name`), and whether it asks for `$today`. None where
    nothing is said. Raises WrongExpression.

    >>> expression("${a} > 3 and . != ''")
    {'xpath': "day-of($a.a) > 3 and day-of(.) != ''", 'refs': [[False, 'a']], 'today': False}
    >>> expression("")
    """
    if not text:
        return None
    parsed = parse(text)
    return {
        "xpath": parsed.text,
        "refs": [[last, name] for last, name in dict.fromkeys(parsed.references)],
        "today": parsed.today,
    }


def _question(q: Question) -> dict[str, Any]:
    return {
        "name": q.name,
        "kind": q.kind.value,
        "label": q.label,
        "section": q.section,
        "hint": q.hint,
        "list_name": q.list_name,
        "constraint_message": q.constraint_message,
        **{name: expression(getattr(q, name)) for name in _EXPRESSIONS},
    }


def _choice(c: Choice) -> dict[str, Any]:
    return {"value": c.value, "label": c.label, "columns": dict(c.columns)}


@lru_cache(maxsize=64)
def _compiled(form: Form) -> dict[str, Any]:
    return {
        "sha256": form.sha256,
        "title": form.title,
        "sections": list(dict.fromkeys(q.section for q in form.questions if q.section)),
        "questions": [_question(q) for q in form.questions],
        "lists": {name: [_choice(c) for c in cs] for name, cs in form.lists.items()},
    }


def compiled(form: Form) -> dict[str, Any]:
    """The form of an offline package, as plain JSON values; not to be changed in place.

    `questions` stand in order, hidden facts and notes among them; each of `relevant`, `required`,
    `constraint`, `choice_filter` is an `expression` or None; `lists` holds `value`, `label` and
    the further `columns` of every choice.
    """
    return _compiled(form)
