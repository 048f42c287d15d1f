"""Rows for tests, written straight into the database, with defaults that a test overrides.

The county in small: 留山镇 (二组), 皇后乡 (no team), two bureaus; one parcel, its task, a visit
with photos. Every builder opens its own transaction and returns the id, or a `Who` for a person.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from shapely import Polygon
from shapely.geometry import box
from sqlmodel import Session, select

from field_app import clock
from field_app.db import writing
from field_app.roles import Who
from models import geo
from models.base import Row
from models.geo import Position
from models.tables import (
    Blob,
    Entry,
    EntryUnit,
    Examination,
    Finding,
    Inspection,
    Parcel,
    Person,
    Photo,
    Project,
    Task,
    Team,
    Unit,
)
from models.vocabulary import (
    EntryState,
    InspectionState,
    Outcome,
    Purpose,
    Role,
    Source,
    Verdict,
)

LIUSHAN = "411321101"  # 留山镇, 二组
HUANGHOU = "411321302"  # 皇后乡, of no team
HERE = Position(112.4300137, 33.4899871)
_serial = count(1)

_OUTCOME = {
    Verdict.PASSED: Outcome.PASS,
    Verdict.INCOMPLETE: Outcome.UNKNOWN,
    Verdict.DOUBTFUL: Outcome.DOUBT,
    Verdict.CONTRADICTED: Outcome.FAIL,
}


def _kept(row: Row) -> int:
    with writing() as session:
        session.add(row)
        session.flush()
        made: int = row.id  # type: ignore[attr-defined]
        return made


def _named(session: Session, table: type[Team] | type[Unit], name: str) -> int | None:
    return session.exec(select(table.id).where(table.name == name)).first()


def a_team(name: str = "二组") -> int:
    """The team of that name, made where it is not there yet."""
    with writing() as session:
        found = _named(session, Team, name)
    return found or _kept(Team(name=name))


def a_unit(name: str, *, township_code: str | None = None, team: str = "") -> int:
    """The unit of that name, made where it is not there yet; a township by its code."""
    with writing() as session:
        found = _named(session, Unit, name)
    if found:
        return found
    kind = "乡镇" if township_code else "部门"
    team_id = a_team(team) if team else None
    return _kept(Unit(name=name, kind=kind, township_code=township_code, team_id=team_id))


def units_of_the_plan() -> dict[str, int]:
    """A township of 二组, a township of no team, and the bureaus of category 2, by name."""
    made = {
        "留山镇人民政府": a_unit("留山镇人民政府", township_code=LIUSHAN, team="二组"),
        "皇后乡人民政府": a_unit("皇后乡人民政府", township_code=HUANGHOU),
    }
    for name in ("自然资源局", "农业农村局", "财政局", "林业局"):
        made[name] = a_unit(name, team="一组")
    return made


def a_person(role: Role, display: str = "", *, team: str = "", unit: str = "") -> Who:
    """An account and who it is; `unit` must have been made before."""
    name = f"p{next(_serial)}"
    team_id = a_team(team) if team else None
    unit_id = a_unit(unit) if unit else None
    made = _kept(
        Person(
            name=name,
            display=display or name,
            role=role,
            team_id=team_id,
            unit_id=unit_id,
            password_hash="-",
            created_at=clock.now(),
        )
    )
    return Who(made, name, display or name, role, team_id, unit_id)


def a_square(at: Position = HERE, side_m: float = 50.0) -> Polygon:
    """A square parcel with `at` in its middle."""
    sw = geo.moved(at, east_m=-side_m / 2, north_m=-side_m / 2)
    ne = geo.moved(at, east_m=side_m / 2, north_m=side_m / 2)
    return box(sw.lon, sw.lat, ne.lon, ne.lat)


def a_project(code: str = "411321202005TG01", **columns: Any) -> int:
    given: dict[str, Any] = {"name": "留山镇土地整治项目", "created_at": clock.now()} | columns
    return _kept(Project(code=code, **given))


def a_parcel_row(
    at: Position = HERE, *, side_m: float = 50.0, boundary: Polygon | None = None, **columns: Any
) -> int:
    shape = a_square(at, side_m) if boundary is None else boundary
    bounds = geo.box_of(shape)
    given: dict[str, Any] = {
        "number": f"4113210{next(_serial):05d}",
        "township_code": LIUSHAN,
        "village": "下店村",
        "boundary": shape,
        "min_lon": bounds.min_lon,
        "min_lat": bounds.min_lat,
        "max_lon": bounds.max_lon,
        "max_lat": bounds.max_lat,
        "area_m2": geo.area_m2(shape),
        "source_crs": "EPSG:4525",
        "created_at": clock.now(),
    } | columns
    return _kept(Parcel(**given))


def a_task(
    parcel_id: int | None = None,
    *,
    team: str = "二组",
    person: Who | None = None,
    purpose: Purpose = Purpose.FIRST,
    days: tuple[int, int] = (-7, 30),
) -> int:
    """A task of a team, open from `days` before to after now."""
    now = clock.now()
    return _kept(
        Task(
            parcel_id=parcel_id or a_parcel_row(),
            team_id=a_team(team) if team else None,
            person_id=person.id if person else None,
            purpose=purpose,
            opens_at=now + timedelta(days=days[0]),
            closes_at=now + timedelta(days=days[1]),
            created_at=now,
        )
    )


def an_inspection(
    who: Who,
    task_id: int | None = None,
    *,
    state: InspectionState = InspectionState.SUBMITTED,
    submitted_at: datetime | None = None,
    **columns: Any,
) -> int:
    """A visit of `who`; submitted now unless its state says otherwise."""
    now = clock.now()
    task_id = task_id or a_task()
    with writing() as session:
        parcel_id = session.get_one(Task, task_id).parcel_id
    sent = submitted_at or (None if state == InspectionState.DRAFT else now)
    given: dict[str, Any] = {
        "answers": {"land_class": "0103", "has_problem": "是"},
        "opened_at": now,
        "changed_at": now,
        "submitted_at": sent,
    } | columns
    return _kept(
        Inspection(task_id=task_id, parcel_id=parcel_id, person_id=who.id, state=state, **given)
    )


def a_photo_row(
    inspection_id: int,
    verdict: Verdict = Verdict.PASSED,
    *,
    kind: str = "全景",
    sha256_hex: str = "",
    results: Iterable[dict[str, Any]] | None = None,
    readings: Sequence[dict[str, Any]] = (),
    examined_at: datetime | None = None,
    **columns: Any,
) -> int:
    """A photo of a visit with its blob and one examination whose worst outcome is `verdict`."""
    now = clock.now()
    key = sha256_hex or sha256(f"photo {next(_serial)}".encode()).hexdigest()
    with writing() as session:
        visit = session.get_one(Inspection, inspection_id)
        if session.get(Blob, key) is None:
            session.add(
                Blob(
                    sha256=key,
                    size=1000,
                    media_type="image/jpeg",
                    person_id=visit.person_id,
                    received_at=now,
                )
            )
    given: dict[str, Any] = {
        "grade": "C",
        "lon": HERE.lon,
        "lat": HERE.lat,
        "accuracy_m": 8.0,
        "heading_deg": 90.0,
        "view_deg": 65.0,
        "distance_m": 0.0,
        "taken_at": now - timedelta(hours=1),
        "received_at": now,
    } | columns
    made = _kept(
        Photo(
            inspection_id=inspection_id,
            parcel_id=visit.parcel_id,
            person_id=visit.person_id,
            sha256=key,
            kind=kind,
            verdict=verdict,
            **given,
        )
    )
    an_examination(made, verdict, at=examined_at or now, results=results, readings=readings)
    return made


def an_examination(
    photo_id: int,
    verdict: Verdict,
    *,
    at: datetime | None = None,
    results: Iterable[dict[str, Any]] | None = None,
    readings: Sequence[dict[str, Any]] = (),
) -> int:
    """What the checks said of a photo, and the photo's verdict with it."""
    said = [
        {
            "check": "on_parcel",
            "outcome": str(_OUTCOME[verdict]),
            "measured": {"distance_m": 12.0},
            "threshold": {"tolerance_m": 50.0},
            "message": "拍摄点距地块 12 m",
        }
    ]
    with writing() as session:
        session.get_one(Photo, photo_id).verdict = verdict
    return _kept(
        Examination(
            photo_id=photo_id,
            at=at or clock.now(),
            verdict=verdict,
            results=list(results) if results is not None else said,
            readings=list(readings),
        )
    )


def a_finding(
    inspection_id: int, photo_ids: Sequence[int], *, category: int = 2, **columns: Any
) -> int:
    given: dict[str, Any] = {
        "problem_type": f"{category}-1" if category in (1, 2, 3, 4, 5, 6) else "2-1",
        "facts": "地块内全部为林木，没有耕种痕迹。",
        "area_mu": 3.2,
        "created_at": clock.now(),
    } | columns
    return _kept(
        Finding(inspection_id=inspection_id, category=category, photo_ids=list(photo_ids), **given)
    )


def a_finding_of(inspection_id: int) -> int:
    """The id of the finding that a visit reported."""
    with writing() as session:
        found = session.exec(select(Finding.id).where(Finding.inspection_id == inspection_id)).one()
    return found or 0


def a_submitted_inspection(
    who: Who,
    verdicts: Sequence[Verdict] = (Verdict.PASSED, Verdict.PASSED),
    *,
    task_id: int | None = None,
    category: int | None = 2,
    **finding: Any,
) -> tuple[int, list[int]]:
    """A visit waiting for review, with a photo for each of `verdicts` and a finding that cites
    them all; `category` None is a visit that found nothing. Returns (inspection, photos)."""
    answers = {"land_class": "0301", "has_problem": "否" if category is None else "是"}
    inspection_id = an_inspection(who, task_id, answers=answers)
    kinds = ("全景", "近景", "利用特征", "利用特征")
    photos = [
        a_photo_row(inspection_id, verdict, kind=kinds[n % len(kinds)])
        for n, verdict in enumerate(verdicts)
    ]
    if category is not None:
        a_finding(inspection_id, photos, category=category, **finding)
    return inspection_id, photos


def an_entry(
    units: Sequence[str] = (), *, number: str = "", category: int = 2, **columns: Any
) -> int:
    """An entry as if it had been posted, answered by the named units, the first leading."""
    now = clock.now()
    given: dict[str, Any] = {
        "problem_type": f"{category}-1",
        "township_code": LIUSHAN,
        "village": "下店村",
        "source": Source.FIELD,
        "found_on": clock.local(now).date(),
        "description": "地块内全部为林木，没有耕种痕迹。",
        "measure": "清除林木，恢复耕种。",
        "due_on": clock.local(now).date() + timedelta(days=30),
        "state": EntryState.TO_RECTIFY,
        "state_since": now,
        "verified_at": now,
        "evidence_after": now,
        "created_at": now,
    } | columns
    made = _kept(
        Entry(
            number=number or f"411321-{category}-2026-{9000 + next(_serial)}",
            category=category,
            **given,
        )
    )
    unit_ids = [a_unit(name) for name in units]
    with writing() as session:
        session.add_all(
            EntryUnit(entry_id=made, unit_id=unit_id, place=place)
            for place, unit_id in enumerate(unit_ids)
        )
    return made
