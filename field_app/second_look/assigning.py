"""Who goes there the second time: suggested, changed by the office, and made into tasks."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from field_app import events, tasks
from field_app.db import reading, writing
from field_app.problems import BAD_INPUT, HAD_A_HAND, NOT_FOUND
from field_app.roles import Action, Who, require
from field_app.words import day
from models.tables import Draw, DrawnParcel, Parcel, Person, Team
from models.vocabulary import Purpose, Role


@dataclass(frozen=True, slots=True)
class Assignee:
    """A whole team, or one person of it."""

    team_id: int
    person_id: int | None = None

    @property
    def code(self) -> str:
        """`3` or `3-17`, as a choice of a list is kept; `assignee` reads it."""
        return f"{self.team_id}" + (f"-{self.person_id}" if self.person_id else "")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may be sent: the inspectors of each team, and what all are called."""

    teams: Mapping[int, tuple[int, ...]]
    team_names: Mapping[int, str]
    names: Mapping[int, str]

    def called(self, to: Assignee) -> str:
        """`二组`, or `二组 何映`."""
        person = self.names.get(to.person_id or 0, "")
        return f"{self.team_names.get(to.team_id, '')} {person}".strip()


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of making the tasks: how many there are now, the parcels that have an open one
    of this kind already, and how many have nobody to go."""

    made: int
    open_already: tuple[str, ...]
    nobody: int


def suggest(
    barred: Collection[int], staff: Staff, given: Mapping[Assignee, int]
) -> Assignee | None:
    """A team of which nobody had a hand in it; where there is none, a person who had none; None
    where everybody had. Whoever got least so far comes first. Pure."""

    def load(each: Assignee) -> tuple[int, int, int]:
        return given.get(each, 0), each.team_id, each.person_id or 0

    away = [Assignee(team) for team, people in staff.teams.items() if not {*people} & {*barred}]
    if away:
        return min(away, key=load)
    persons = [
        Assignee(team, person)
        for team, people in staff.teams.items()
        for person in people
        if person not in barred
    ]
    return min(persons, key=load, default=None)


def staff_of(session: Session) -> Staff:
    """The inspectors who may be sent now; those of no team see no tasks."""
    query = (
        select(Person.id, Person.display, Person.team_id, Team.name)
        .join(Team, col(Team.id) == Person.team_id)
        .where(Person.role == Role.INSPECTOR, col(Person.active))
        .order_by(col(Person.id))
    )
    teams: dict[int, list[int]] = defaultdict(list)
    team_names, names = {}, {}
    for person_id, display, team_id, team in session.exec(query):
        if person_id and team_id:
            teams[team_id].append(person_id)
            team_names[team_id], names[person_id] = team, display
    return Staff({t: tuple(people) for t, people in sorted(teams.items())}, team_names, names)


def spread(barred: Mapping[int, Collection[int]], staff: Staff) -> dict[int, Assignee | None]:
    """A suggestion for each parcel, the work spread evenly; `barred` by parcel, in the order of
    the draw."""
    given: Counter[Assignee] = Counter()
    found = {}
    for parcel_id, people in barred.items():
        found[parcel_id] = one = suggest(people, staff, given)
        if one is not None:
            given[one] += 1
    return found


def choices(who: Who) -> dict[str, str]:
    """Teams and their people to choose from: `{"3": "二组", "3-17": "二组 何映"}`."""
    require(who, Action.DRAW)
    with reading() as session:
        staff = staff_of(session)
    told = {}
    for team_id, people in staff.teams.items():
        for to in (Assignee(team_id), *(Assignee(team_id, person) for person in people)):
            told[to.code] = staff.called(to)
    return told


def reassign(drawn_id: int, code: str, *, who: Who, now: datetime) -> None:
    """Sends another team or person than was suggested, `code` as `choices` has it.

    Raises HAD_A_HAND where one of them had, WRONG_STATE where the visit has begun.
    """
    require(who, Action.DRAW)
    with writing() as session:
        row = session.get(DrawnParcel, drawn_id, with_for_update=True)
        if row is None:
            raise NOT_FOUND(what="抽中的地块")
        to = _assignee(code, staff := staff_of(session))
        _refuse_first_hands(session, row, to, staff)
        before = Assignee(row.team_id, row.person_id) if row.team_id else None
        session.exec(
            update(DrawnParcel)
            .where(
                col(DrawnParcel.draw_id) == row.draw_id, col(DrawnParcel.parcel_id) == row.parcel_id
            )
            .values(team_id=to.team_id, person_id=to.person_id)
        )
        if row.task_id is not None:
            tasks.hand_to(
                session, row.task_id, team_id=to.team_id, person_id=to.person_id, by=who, now=now
            )
        old = {"去看的人": staff.called(before)} if before else {}
        new = {"编号": row.key, "去看的人": staff.called(to)}
        events.note(
            session, "draw", row.draw_id, "改派", at=now, person_id=who.id, old=old, new=new
        )


def plan(draw_id: int, window: tuple[datetime, datetime], *, who: Who, now: datetime) -> Planned:
    """Makes a task for every drawn parcel that has none yet, for whom it is assigned to. Two that
    lie on one parcel share a task."""
    require(who, Action.DRAW)
    with writing() as session:
        draw = session.get(Draw, draw_id, with_for_update=True)
        if draw is None:
            raise NOT_FOUND(what="这次抽取")
        staff = staff_of(session)
        query = (
            select(DrawnParcel).where(DrawnParcel.draw_id == draw_id).order_by(col(DrawnParcel.id))
        )
        by_parcel: dict[int, list[DrawnParcel]] = defaultdict(list)
        for row in session.exec(query):
            by_parcel[row.parcel_id].append(row)
        made, nobody, there = 0, 0, []
        for parcel_id, rows in by_parcel.items():
            first = rows[0]
            if first.task_id is not None:
                continue
            if first.team_id is None:
                nobody += 1
                continue
            _refuse_first_hands(session, first, Assignee(first.team_id, first.person_id), staff)
            task_id = tasks.assign(
                session, parcel_id, Purpose(draw.purpose), team_id=first.team_id,
                person_id=first.person_id, barred=first.barred, window=window, now=now,
            )  # fmt: skip
            if task_id is None:
                there.append(first.key)
                continue
            made += 1
            for row in rows:
                row.task_id = task_id
        if made:
            new = {"任务": made, "截止": day(window[1])}
            events.note(session, "draw", draw_id, "安排任务", at=now, person_id=who.id, new=new)
        return Planned(made, tuple(there), nobody)


def _assignee(code: str, staff: Staff) -> Assignee:
    team, _, person = code.partition("-")
    if team.isdecimal() and int(team) in staff.teams:
        if not person:
            return Assignee(int(team))
        if person.isdecimal() and int(person) in staff.teams[int(team)]:
            return Assignee(int(team), int(person))
    raise BAD_INPUT(what="所选的组或核查员已不在，请重新选择。")


def _refuse_first_hands(session: Session, row: DrawnParcel, to: Assignee, staff: Staff) -> None:
    going: Sequence[int] = [to.person_id] if to.person_id else staff.teams.get(to.team_id, ())
    known = sorted({*going} & {*row.barred})
    if known:
        names = "、".join(staff.names.get(person, "") for person in known)
        raise HAD_A_HAND(names=names, parcel=session.get_one(Parcel, row.parcel_id).number)
