"""What a form is: questions in order, the lists they choose from, and when each applies.

The words are XLSForm's (https://xlsform.org/en/ref-table/), and so are the expressions, which are
XPath 1.0 with `${name}` for an answer. A form is data: it is read from an Excel file, kept with
each record, and asked by the form page and by the chat page alike.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """The types of XLSForm that a question may have here."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    NOTE = "note"  # words to be read; no answer
    HIDDEN = "hidden"  # a fact of the parcel or the task; filled by the system


CHOOSING = (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE)
UNANSWERED = (Kind.NOTE, Kind.HIDDEN)


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of the `choices` sheet: what is stored, what is shown, everyday words for it (`say`),
    and further columns that a `choice_filter` may look at."""

    value: str
    label: str
    say: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the `survey` sheet. An empty expression says nothing: not required, always
    relevant, no constraint, no default. `section` is the label of the group it stands in."""

    name: str
    kind: Kind
    label: str
    section: str = ""
    hint: str = ""
    required: str = ""
    relevant: str = ""
    constraint: str = ""
    constraint_message: str = ""
    list_name: str = ""
    choice_filter: str = ""
    default: str = ""
    say: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether somebody answers it: a note is read, a hidden fact is known."""
        return self.kind not in UNANSWERED


@dataclass(frozen=True, eq=False)
class Form:
    """A whole definition. Equal where `sha256` is equal."""

    id: str
    title: str
    version: str
    questions: tuple[Question, ...]
    lists: Mapping[str, tuple[Choice, ...]]

    @cached_property
    def by_name(self) -> Mapping[str, Question]:
        return MappingProxyType({q.name: q for q in self.questions})

    def question(self, name: str) -> Question:
        """The question of a name; KeyError where there is none."""
        return self.by_name[name]

    @cached_property
    def sha256(self) -> str:
        """Of the definition's canonical JSON."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The definition as plain JSON values; `from_json` reads it back."""
        return {
            "id": self.id,
            "title": self.title,
            "version": self.version,
            "questions": [
                {k: list(v) if isinstance(v, tuple) else str(v) for k, v in asdict(q).items() if v}
                for q in self.questions
            ],
            "lists": {
                name: [
                    {"value": c.value, "label": c.label}
                    | ({"say": list(c.say)} if c.say else {})
                    | ({"columns": dict(c.columns)} if c.columns else {})
                    for c in choices
                ]
                for name, choices in self.lists.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Form":
        """The form that `as_json` wrote."""
        questions = tuple(
            # What is empty was not written: also the label of a hidden fact.
            Question(
                **({"label": ""} | q | {"kind": Kind(q["kind"]), "say": tuple(q.get("say", ()))})
            )
            for q in stored["questions"]
        )
        lists = {
            name: tuple(
                Choice(
                    c["value"],
                    c["label"],
                    tuple(c.get("say", ())),
                    MappingProxyType(dict(c.get("columns", {}))),
                )
                for c in choices
            )
            for name, choices in stored["lists"].items()
        }
        return cls(
            stored["id"], stored["title"], stored["version"], questions, MappingProxyType(lists)
        )
