"""Random lives of entries, lived through the doors of the pages, with a witness beside them: after
each step the whole ledger is copied, and what was done is noted by hand. What the reports say of a
moment is held to those copies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from field_app import clock, db
from field_app.ledger import (
    carrying,
    closing,
    clues,
    entries,
    handing_over,
    rectifying,
    undoing,
)
from field_app.ledger.entries import Registered
from field_app.ledger.handing_over import Handed
from field_app.ledger.steps import names_of, units_of
from field_app.ledger.workflow import Step
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Entry, Event, Person
from models.vocabulary import EntryState, Nature, Role, Source
from tests import rows

S = EntryState
BEGAN = datetime.fromisoformat("2026-02-02T01:30:00+00:00")
"""A Monday morning."""
Move = tuple[int, int, int, int]
"""Which entry, what is done with it, a number for whatever has to be chosen, hours since the last."""

_BESIDE = (Step.CLASSIFY, Step.MARK_NEW, Step.HAND_OVER, Step.UNDO, Step.AMEND)
_WORK = (Step.CARRY, Step.UNCARRY, *_BESIDE)
_USUAL: dict[EntryState, tuple[Step, ...]] = {
    S.TO_VERIFY: (*[Step.VERIFY] * 5, Step.REFUTE, *_BESIDE),
    S.TO_RECTIFY: (*[Step.BEGIN] * 6, *_WORK),
    S.RECTIFYING: (Step.REPORT, *[Step.APPLY] * 6, *_WORK),
    S.TO_CLOSE: (*[Step.CLOSE] * 6, Step.SEND_BACK, *_BESIDE),
    S.CLOSED: (Step.LOOKED, Step.REOPEN, Step.REOPEN, Step.HAND_OVER, Step.UNDO),
    S.RETURNED: (*[Step.GO_ON] * 3, *[Step.RECHECK] * 3, *_WORK),
}
"""What is tried in a state; what is refused was not done."""
MOST_ENTRIES = 6


@dataclass
class Noted:
    """A step that was done, and when it was taken back."""

    entry_id: int
    step: Step
    at: datetime
    undone_at: datetime | None = None

    def stands(self, since: datetime, until: datetime) -> bool:
        return since <= self.at <= until and (self.undone_at is None or self.undone_at > until)


@dataclass
class Witness:
    """All copies of the ledger with their moments, and all that was done."""

    copies: list[tuple[datetime, dict[int, dict[str, Any]]]] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)

    def at(self, moment: datetime) -> dict[int, dict[str, Any]]:
        """The ledger as it was then, by entry its columns and `units`."""
        before = [copy for at, copy in self.copies if at <= moment]
        return before[-1] if before else {}

    def did(self, step: Step, since: datetime, until: datetime) -> set[int]:
        return {n.entry_id for n in self.noted if n.step == step and n.stands(since, until)}


class Play:
    """The county in small, and what its people do one after the other."""

    def __init__(self) -> None:
        self.units = rows.units_of_the_plan()
        self.office = rows.a_person(Role.OFFICE, "钱主任")
        self.finder = rows.a_person(Role.SUPERVISOR, "周督导")
        self.closer = rows.a_person(Role.SUPERVISOR, "沈督导")
        self.looker = rows.a_person(Role.SUPERVISOR, "陶督导")
        self.unit = rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")
        self.now = BEGAN
        self.witness = Witness()
        self.made: list[int] = []

    def act(self, moves: Sequence[Move]) -> Witness:
        """Makes all moves; those that the rules refuse change nothing."""
        for which, what, choice, hours in moves:
            self.now += timedelta(hours=hours)
            with clock.frozen(self.now):
                if len(self.made) < MOST_ENTRIES and (not self.made or which == len(self.made)):
                    self._register(choice)
                else:
                    self._try(self.made[which % len(self.made)], what, choice)
        return self.witness

    def _register(self, choice: int) -> None:
        category = (4, 5, 6)[choice % 3]
        day = clock.local(self.now).date()
        township = (rows.LIUSHAN, rows.HUANGHOU, None)[choice % 3]
        clue = Registered(
            category,
            f"{category}-1",
            Source.REPORT,
            day,
            "补充耕地资金没有专款专用",
            township_code=township,
            village="下店村",
            measure="限期归还，专款专用",
            due_on=day + timedelta(days=1 + choice % 20) if choice % 5 else None,
            unit_ids=(self.units["留山镇人民政府"], self.units["财政局"])[: 1 + choice % 2],
        )
        made = entries.register(clue, who=self.office, now=self.now)
        self.made.append(made)
        self._done(made, Step.REGISTER)

    def _try(self, entry_id: int, what: int, choice: int) -> None:
        with db.reading() as session:
            entry = session.get_one(Entry, entry_id)
        tried = _USUAL[S(entry.state)]
        step = tried[what % len(tried)]
        try:
            self._take(entry, step, choice)
        except Problem:
            return
        self._done(entry_id, step)

    def _take(self, entry: Entry, step: Step, choice: int) -> None:
        assert entry.id is not None
        key, now = (entry.id, entry.edition), self.now
        today = clock.local(now).date()
        later = today + timedelta(days=1 + choice % 30)
        unit: dict[str, Any] = {"who": self.unit, "now": now}
        office: dict[str, Any] = {"who": self.office, "now": now}
        why = "现场和账目都看过"
        if step == Step.VERIFY:
            clues.verify(*key, why=why, who=self.finder, now=now)
        elif step == Step.REFUTE:
            clues.refute(*key, why=why, who=self.finder, now=now)
        elif step == Step.RECHECK:
            clues.recheck(*key, why=why, **office)
        elif step == Step.BEGIN:
            rectifying.begin(*key, **unit)
        elif step == Step.GO_ON:
            rectifying.go_on(*key, **unit)
        elif step == Step.REPORT:
            rectifying.report(*key, f"进展 {choice}", **unit)
        elif step == Step.APPLY:
            rectifying.apply(*key, today, why=why, **unit)
        elif step == Step.SEND_BACK:
            closing.send_back(*key, why=why, who=self.closer, now=now)
        elif step == Step.CLOSE:
            closing.close(*key, why=why, who=self.closer, now=now)
        elif step == Step.LOOKED:
            closing.looked_again(*key, why=why, who=self.looker, now=now)
        elif step == Step.REOPEN:
            closing.reopen(*key, later, why=why, who=self.looker, now=now)
        elif step == Step.CARRY:
            carrying.carry(*key, later + timedelta(days=30), "县长办公会", why=why, **office)
        elif step == Step.UNCARRY:
            carrying.uncarry(*key, later, why=why, **office)
        elif step == Step.CLASSIFY:
            clues.classify(*key, list(Nature)[choice % 4], why=why, **office)
        elif step == Step.MARK_NEW:
            clues.mark_new(*key, not entry.arose_during, why=why, **office)
        elif step == Step.HAND_OVER:
            handed = Handed("县纪委监委", f"〔2026〕{choice} 号", today, why)
            handing_over.hand_over(*key, handed, **office)
        elif step == Step.AMEND:
            entries.change(*key, self._wishes(choice, later), why=why, **office)
        elif step == Step.UNDO:
            undoing.undo(*key, why=why, who=self._last(entry.id), now=now)

    def _wishes(self, choice: int, later: date) -> dict[str, Any]:
        return (
            {"area_mu": 0.5 + choice % 40},
            {"cultivated_mu": 0.25 * (choice % 8), "due_on": later},
            {"township_code": (rows.HUANGHOU, rows.LIUSHAN)[choice % 2]},
            {"units": (self.units["自然资源局"], self.units["留山镇人民政府"])},
        )[choice % 4]

    def _last(self, entry_id: int) -> Who:
        """Who did the last step of the entry."""
        with db.reading() as session:
            query = select(Event.person_id).where(
                Event.about == "entry", Event.about_id == entry_id
            )
            person_id = session.exec(query.order_by(col(Event.id).desc())).first()
            person = session.get_one(Person, person_id)
        everybody = (self.office, self.finder, self.closer, self.looker, self.unit)
        return next(who for who in everybody if who.id == person.id)

    def _done(self, entry_id: int, step: Step) -> None:
        if step == Step.UNDO:
            mine = [n for n in self.witness.noted if n.entry_id == entry_id]
            mine[-1].undone_at = self.now
        self.witness.noted.append(Noted(entry_id, step, self.now))
        with db.reading() as session:
            copy = {}
            for entry in session.exec(select(Entry)):
                assert entry.id is not None
                names = names_of(session, units_of(session, entry.id))
                copy[entry.id] = entry.model_dump() | {"units": names}
        self.witness.copies.append((self.now, copy))
