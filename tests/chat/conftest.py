"""The inspector 何映 talking to the chat about one parcel, or about none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from field_app import inspections
from field_app.chat import answering
from field_app.chat.talk import Ask
from field_app.chat.turns import Turn
from field_app.inspections import InspectionView
from field_app.roles import Who
from models.geo import Position
from models.vocabulary import Role
from tests import rows
from tests.inspections.conftest import Visit, visit

__all__ = ["visit"]


@dataclass
class Talker:
    """Somebody who talks; `visit` is what he talks about, None before a parcel is known."""

    who: Who
    now: datetime
    visit: int | None = None
    at: Position | None = None

    def says(self, text: str, photos: Sequence[bytes] = ()) -> str:
        """Says something; returns what the chat answers."""
        self.visit = answering.say(
            self.visit, text, self.who, photos=photos, at=self.at, now=self.now
        )
        return self.last.text

    def presses(self, label: str) -> str:
        """Presses the button whose label begins so; returns what the chat answers."""
        button = next(b for b in self.ask.buttons if b.label.startswith(label))
        self.visit = answering.press(
            self.visit, button.label, button.do, self.who, at=self.at, now=self.now
        )
        return self.last.text

    @property
    def view(self) -> InspectionView:
        assert self.visit is not None
        return inspections.view(self.visit, self.who)

    @property
    def talk(self) -> answering.Talk:
        return answering.talk(self.view if self.visit else None, self.who)

    @property
    def ask(self) -> Ask:
        return self.talk.ask

    @property
    def labels(self) -> list[str]:
        return [b.label for b in self.ask.buttons]

    @property
    def last(self) -> Turn:
        return self.talk.thread[-1]

    @property
    def answers(self) -> dict[str, object]:
        return self.view.answers


@pytest.fixture
def talker(visit: Visit) -> Talker:
    """何映 with an open visit."""
    return Talker(visit.who, visit.now, visit.id)


@pytest.fixture
def arriving(database: str, noon: datetime) -> Talker:
    """何映 with tasks, and no visit yet."""
    return Talker(rows.a_person(Role.INSPECTOR, "何映", team="二组"), noon)
