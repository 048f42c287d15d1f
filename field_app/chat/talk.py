"""What passes between the inspector and the chat: where the draft stands, what is pending, what
is asked next, and the buttons that stand under it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from field_app.drafts import About
from field_app.forms import Form
from field_app.inspections import InspectionView

# Not questions of the form, but what the chat may be asking just now.
CONFIRM, PHOTO, SUBMIT, PARCEL = "@confirm", "@photo", "@submit", "@parcel"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a question. `do` is what pressing it does: see `thread.press`."""

    label: str
    do: Mapping[str, Any]
    main: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """The one thing that is asked now. `asked` is a question's name, or one of the words above;
    `photo` the kind that is to be shot."""

    text: str
    buttons: tuple[Button, ...] = ()
    asked: str | None = None
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the chat's last answer left open. Kept with that answer, so that it survives reload
    and restart."""

    unsure: tuple[dict[str, Any], ...] = ()  # name, values, words
    problems: tuple[str, ...] = ()
    ask: str = ""  # a question that the inspector wants to be asked
    skip: tuple[str, ...] = ()
    clear: bool = False
    tasks: tuple[dict[str, Any], ...] = ()  # id, label: parcels to choose from
    text: str = ""  # said with a parcel still to be chosen; heard once it is
    sent: tuple[str, ...] = ()  # photos (sha256) that came with it
    photos: tuple[int, ...] = ()  # those of the last message, in order

    def as_json(self) -> dict[str, Any]:
        return {k: v for k, v in asdict(self).items() if v}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Pending":
        """What `as_json` wrote."""
        known: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v
            for k, v in (stored or {}).items()
            if k in cls.__slots__
        }
        return cls(**known)

    def after(self, **changes: Any) -> "Pending":
        return replace(self, **changes)

    @property
    def settled(self) -> "Pending":
        """Once it is known which parcel was meant."""
        return replace(self, tasks=(), text="", sent=())

    @property
    def waiting(self) -> dict[str, Any]:
        """What a button passes on that chooses the parcel: the words and photos that wait."""
        sent = {"photos": list(self.sent)} if self.sent else {}
        return {"text": self.text} | sent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a visit's draft stands, as far as the chat needs it."""

    form: Form
    answers: Mapping[str, Any]
    about: About
    wrongs: Mapping[str, str]
    unconfirmed: tuple[str, ...] = ()
    reshoot: tuple[tuple[str, str], ...] = ()  # kind, why
    short: tuple[tuple[str, int, str], ...] = ()  # kind, how many, how to shoot it
    missing: tuple[str, ...] = ()
    spoken: str = ""  # what the inspector told of the parcel, in his words
    photos: int = 0
    marks: Mapping[str, Any] = field(default_factory=dict)


def standing(view: InspectionView, *, spoken: str = "") -> Standing:
    """The standing of an open visit."""
    may_go_without = bool(view.answers.get("no_photo_reason"))
    return Standing(
        view.form,
        view.answers,
        view.about,
        view.wrongs,
        tuple(view.unconfirmed),
        tuple((p.kind, p.reshoot_why) for p in view.photos if p.reshoot_why),
        () if may_go_without else tuple((w.kind, w.short, w.hint) for w in view.wishes if w.short),
        tuple(view.missing),
        spoken,
        len(view.photos),
        view.marks,
    )
