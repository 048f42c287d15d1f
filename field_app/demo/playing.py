"""Carries the script out through the doors that the pages use, in the order of the clock."""

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from sqlmodel import select

from field_app import inspections, review, tasks
from field_app.db import reading
from field_app.demo import ledger_steps
from field_app.demo.script import (
    Clue,
    Confirm,
    Decide,
    OnEntry,
    Reject,
    SendBack,
    ShootAgain,
    Step,
    Submit,
    Visit,
    on_day,
)
from field_app.demo.shots import Shot
from field_app.ledger import rectifying
from field_app.ledger.workflow import Step as LedgerStep
from field_app.review import Decision
from field_app.roles import Who
from models.tables import Entry, Inspection, Task
from models.vocabulary import Purpose

_RECTIFY_DAYS = 30


class Player:
    """Plays visits. `people` are by account name, `parcel_ids` by number; `bytes_of` gives the
    file of a shot."""

    def __init__(
        self,
        people: dict[str, Who],
        parcel_ids: dict[str, int],
        bytes_of: Callable[[Shot], bytes],
        now: datetime,
    ) -> None:
        self._people, self._parcel_ids = people, parcel_ids
        self._bytes_of, self._now = bytes_of, now
        with reading() as session:
            rows = session.exec(select(Task.parcel_id, Task.id)).all()
        self._task_of = {parcel: task for parcel, task in rows if task is not None}

    def play(
        self,
        visits: Iterable[Visit],
        clues: Iterable[Clue],
        done: Callable[[int], None],
        beside: Iterable[Iterator[datetime]] = (),
    ) -> None:
        """Every step of every visit and clue, and of what happens `beside`, at its moment. `done`
        hears how many are over."""
        courses = [self.course(visit) for visit in visits]
        courses += [_ClueCourse(self, clue).run() for clue in clues]
        courses += beside
        for _ in in_order(courses, done):
            pass

    def course(self, visit: Visit, *, task: int = 0, entry: int = 0) -> Iterator[datetime]:
        """A visit on its way, yielding the moment of what it does next: of the parcel's first task,
        or of `task`, which was made to look at `entry` again."""
        return _Course(self, visit, task or self.task_of(visit), entry).run()

    def who(self, name: str) -> Who:
        return self._people[name]

    def task_of(self, visit: Visit) -> int:
        return self._task_of[self._parcel_ids[visit.field.number]]

    def bytes_of(self, shot: Shot) -> bytes:
        return self._bytes_of(shot)

    def day(self, days_ago: float) -> datetime:
        return on_day(self._now, days_ago)

    def plan_rectified(self, visit: Visit, who: Who, at: datetime) -> None:
        """The office wants to see what became of it."""
        team_id = self.who(visit.who).team_id
        assert team_id is not None
        tasks.plan(
            [self._parcel_ids[visit.field.number]],
            team_id=team_id,
            purpose=Purpose.RECTIFIED,
            opens_at=at,
            closes_at=at + timedelta(days=_RECTIFY_DAYS),
            who=who,
            now=at,
        )


def in_order(
    courses: list[Iterator[datetime]], done: Callable[[int], None] = lambda _over: None
) -> Iterator[datetime]:
    """Goes all these ways at once, each thing at its moment, and is itself one more such way.
    `done` hears how many are over."""
    queue = [(next(course), n) for n, course in enumerate(courses)]
    heapq.heapify(queue)
    while queue:
        at, n = heapq.heappop(queue)
        yield at
        following = next(courses[n], None)
        if following is None:
            done(len(courses) - len(queue))
        else:
            heapq.heappush(queue, (following, n))


class _Course:
    """One visit on its way. `run` yields the moment of what it does next."""

    def __init__(self, player: Player, visit: Visit, task: int, entry: int) -> None:
        self._player, self._visit, self._task = player, visit, task
        self._who = player.who(visit.who)
        self._at = visit.at
        self._id = 0
        self._photos: list[int] = []
        self._entry = entry

    def run(self) -> Iterator[datetime]:
        yield self._at
        self._id = inspections.open_visit(self._task, self._who, now=self._at)
        yield from self._shoot(self._visit.shots)
        if self._visit.answers:
            yield self._later(2)
            inspections.save(self._id, self._visit.answers, self._who, seen={}, now=self._at)
        for step in self._visit.then:
            if isinstance(step, Submit):
                yield self._later(3)
                self._submit()
            elif isinstance(step, ShootAgain):
                self._at = self._player.day(step.days_ago)
                yield from self._shoot(step.shots)
                yield self._later(2)
                self._submit()
            elif isinstance(step, OnEntry):
                yield from _on_entry(self._player, self._entry, step)
            else:
                self._at = self._player.day(step.days_ago)
                yield self._at
                number = self._judge(step)
                if number is not None:
                    self._entry = _entry_of(number)
                if number is not None and isinstance(step, Confirm) and step.begin:
                    yield self._later(60)
                    self._begin()

    def _later(self, minutes: float) -> datetime:
        self._at += timedelta(minutes=minutes)
        return self._at

    def _shoot(self, shots: Iterable[Shot]) -> Iterator[datetime]:
        for shot in shots:
            # Delivered a little later; a photo out of the gallery may be much older.
            self._at = max(self._at, shot.taken_at) + timedelta(seconds=25)
            yield self._at
            data = self._player.bytes_of(shot)
            receipt = inspections.attach_photo(
                data,
                sha256=hashlib.sha256(data).hexdigest(),
                inspection_id=self._id,
                kind=shot.kind,
                capture=shot.capture(self._at),
                who=self._who,
                now=self._at,
            )
            assert receipt.photo_id is not None
            self._photos.append(receipt.photo_id)

    def _edition(self) -> int:
        with reading() as session:
            return session.get_one(Inspection, self._id).edition

    def _submit(self) -> None:
        inspections.submit(self._id, self._edition(), self._who, now=self._at)

    def _judge(self, step: Step) -> str | None:
        """A supervisor's step; the number of the entry that it makes, if any."""
        assert isinstance(step, Decide | Confirm | SendBack | Reject)
        by, at = self._player.who(step.by), self._at
        if isinstance(step, Decide):
            word = Decision.TRUSTED if step.trusted else Decision.NOT_TRUSTED
            review.decide_photo(self._photos[step.photo], word, why=step.why, who=by, now=at)
        elif isinstance(step, SendBack):
            whys = {self._photos[n]: why for n, why in step.photos.items()}
            review.send_back(self._id, self._edition(), whys, why=step.why, who=by, now=at)
        elif isinstance(step, Reject):
            review.reject(self._id, self._edition(), why=step.why, who=by, now=at)
        else:
            new = not self._entry  # what a second look finds is of the entry that it looks at
            return review.confirm(self._id, self._edition(), as_new=new, who=by, now=at)
        return None

    def _begin(self) -> None:
        """The office starts the work and plans the visit that will look at it."""
        office = self._player.who("xianban1")
        with reading() as session:
            edition = session.get_one(Entry, self._entry).edition
        rectifying.begin(self._entry, edition, who=office, now=self._at)
        self._player.plan_rectified(self._visit, office, self._at)


class _ClueCourse:
    """A clue on its way."""

    def __init__(self, player: Player, clue: Clue) -> None:
        self._player, self._clue = player, clue

    def run(self) -> Iterator[datetime]:
        at = self._player.day(self._clue.days_ago)
        yield at
        entry = ledger_steps.registered(self._clue, self._player.who(self._clue.by), at)
        for step in self._clue.then:
            yield from _on_entry(self._player, entry, step)


def _entry_of(number: str) -> int:
    with reading() as session:
        return session.exec(select(Entry.id).where(Entry.number == number)).one() or 0


def _on_entry(player: Player, entry: int, step: OnEntry) -> Iterator[datetime]:
    """One step on an entry, at its moment; photos one after the other."""
    who, at = player.who(step.by), player.day(step.days_ago)
    yield at
    if step.step != LedgerStep.SHOOT:
        ledger_steps.take(entry, step, who, at)
        return
    visit = rectifying.open_proof(entry, who=who, now=at)
    for shot in step.shots:
        at = shot.taken_at + timedelta(seconds=25)
        yield at
        data = player.bytes_of(shot)
        inspections.attach_photo(
            data,
            sha256=hashlib.sha256(data).hexdigest(),
            inspection_id=visit,
            kind=shot.kind,
            capture=shot.capture(at),
            who=who,
            now=at,
        )
