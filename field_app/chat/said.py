"""What a message is understood to say, and what it has to be known for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from field_app.drafts import About
from field_app.forms import Form


class Intent(StrEnum):
    """What a message wants done, beside what it fills."""

    YES = "yes"  # an answer: 对, 是的, 有
    NO = "no"  # 不是, 不对, 没有
    CONFIRM = "confirm"  # 都对, 全部确认
    UNDO = "undo"
    RESTART = "restart"
    SUBMIT = "submit"
    HELP = "help"
    STATUS = "status"
    SKIP = "skip"
    REMOVE_PHOTO = "remove_photo"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Said:
    """Where a message is said: the form, the draft so far, the question asked last, what the last
    message filled, and the day."""

    form: Form
    answers: Mapping[str, Any]
    about: About
    asked: str | None
    last: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Fill:
    """A value for a question, and the words it is taken from; `about` where it is a rough one."""

    name: str
    value: Any
    words: str
    about: bool = False


@dataclass(frozen=True, slots=True)
class Unsure:
    """Words that may mean several values: offered, never chosen for the person."""

    name: str
    values: tuple[Any, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ParcelSaid:
    """Which parcel is spoken of: by its number, by its last digits, or the nearest one."""

    number: str = ""
    tail: str = ""
    nearest: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """All that was understood of a message. `problems` are suggestions, best first; `denied` is
    what was said not to be there; `rest` is what nothing was made of."""

    intents: tuple[Intent, ...] = ()
    fills: tuple[Fill, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    problems: tuple[str, ...] = ()
    parcel: ParcelSaid | None = None
    photo_kinds: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    rest: str = ""

    @property
    def nonsense(self) -> bool:
        """Nothing was understood. A question that takes free text is filled by any words, so
        there this is false."""
        return not (
            self.intents
            or self.fills
            or self.unsure
            or self.problems
            or self.parcel
            or self.photo_kinds
            or self.denied
        )
