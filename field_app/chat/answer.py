"""An answer in the making: what is said, what was changed, what is left open."""

from dataclasses import dataclass, field
from typing import Any

from field_app.chat.talk import Pending


@dataclass(slots=True)
class Answer:
    """An answer in the making."""

    lines: list[str] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)  # name: old, new, old mark
    photos: list[int] = field(default_factory=list)
    pending: Pending = field(default_factory=Pending)
    told: str = ""  # what was said of the parcel, in the inspector's words
    undone: int | None = None
    note: str = ""

    def payload(self) -> dict[str, Any]:
        found = {
            "changes": self.changes,
            "photos": self.photos,
            "pending": self.pending.as_json(),
            "told": self.told,
            "note": self.note,
        }
        return {k: v for k, v in found.items() if v}
