"""The tasks of an 离线包 with all that is needed at each parcel: read for all of them together, in a handful
of queries whatever their number."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import clock, drafts
from field_app.drafts import About
from field_app.forms import Form, versions
from field_app.inspections.examining import boundary_of
from field_app.inspections.last_time import NOTHING_SAID, last_said
from field_app.inspections.visits import EDITABLE
from field_app.inspections.wanted import wanted
from field_app.parcels.search import ids_in_box
from field_app.roles import Action, Who, Whose, may
from field_app.settings import settings
from models import geo, taxonomy
from models.base import words
from models.geo import LocalPlane, Position
from models.tables import Inspection, Parcel, Person, Photo, Project, Task
from models.vocabulary import InspectionState

MOST_NEIGHBOURS, NEIGHBOURS_M = 8, 60.0
MOST_EARLIER = 6
_DECIMALS = 7  # of a degree: about 1 cm
_SIMPLER_DEG = 5e-6  # about half a metre: neighbours are drawn, never judged
_MINE = (InspectionState.DRAFT, InspectionState.RETURNED, InspectionState.SUBMITTED)
_AT_ONCE = 400


class Row(Protocol):
    """What is asked of a row of the list of tasks."""

    @property
    def id(self) -> int: ...
    @property
    def parcel_id(self) -> int: ...
    @property
    def progress(self) -> StrEnum: ...


class Gathering:
    """What the tasks need, read for all of them together."""

    def __init__(
        self, session: Session, who: Who, rows: Sequence[Row], form: Form, now: datetime
    ) -> None:
        self.session, self.who, self.form = session, who, form
        self.today = clock.local(now).date()
        self.said = last_said(session, who.id)
        self.tasks = {t.id: t for t in _by_id(session, Task, [r.id for r in rows])}
        self.parcels = {p.id: p for p in _by_id(session, Parcel, [r.parcel_id for r in rows])}
        projects = [p.project_id for p in self.parcels.values() if p.project_id]
        self.projects = {p.id: p for p in _by_id(session, Project, projects)}
        self.visits = self._my_visits([r.id for r in rows])
        self.photos = self._photos([v.id or 0 for v in self.visits.values()])
        self.earlier = self._earlier(rows)

    def _my_visits(self, task_ids: Sequence[int]) -> dict[int, Inspection]:
        found: dict[int, Inspection] = {}
        for part in _parts(task_ids):
            query = (
                select(Inspection)
                .where(
                    col(Inspection.task_id).in_(part),
                    Inspection.person_id == self.who.id,
                    col(Inspection.state).in_(words(_MINE)),
                )
                .order_by(col(Inspection.id))
            )
            found |= {visit.task_id: visit for visit in self.session.exec(query)}
        return found

    def _photos(self, visit_ids: Sequence[int]) -> dict[int, list[Photo]]:
        found: dict[int, list[Photo]] = defaultdict(list)
        for part in _parts(visit_ids):
            query = (
                select(Photo)
                .where(col(Photo.inspection_id).in_(part), col(Photo.removed_at).is_(None))
                .order_by(col(Photo.id))
            )
            for photo in self.session.exec(query):
                found[photo.inspection_id].append(photo)
        return found

    def _earlier(self, rows: Sequence[Row]) -> dict[int, list[Photo]]:
        """By parcel: the newest photos of visits that were handed in, as far as the person may see
        them."""
        mine = {visit.id for visit in self.visits.values()}
        found: dict[int, list[Photo]] = defaultdict(list)
        for part in _parts([r.parcel_id for r in rows]):
            query = (
                select(Inspection.id, Inspection.person_id, Task.team_id, Person.team_id)
                .join(Task, col(Task.id) == Inspection.task_id)
                .join(Person, col(Person.id) == Inspection.person_id)
                .where(
                    col(Inspection.parcel_id).in_(part), col(Inspection.submitted_at).is_not(None)
                )
            )
            visible = [
                visit_id
                for visit_id, person_id, team_id, own_team_id in self.session.exec(query)
                if visit_id is not None
                and visit_id not in mine
                and may(self.who, Action.SEE_INSPECTION, Whose(person_id, team_id or own_team_id))
            ]
            for few in _parts(visible):
                place = func.row_number().over(
                    partition_by=col(Photo.parcel_id), order_by=col(Photo.id).desc()
                )
                numbered = (
                    select(Photo.id, place.label("place"))
                    .where(col(Photo.inspection_id).in_(few), col(Photo.removed_at).is_(None))
                    .subquery()
                )
                newest = (
                    select(Photo)
                    .join(numbered, numbered.c.id == Photo.id)
                    .where(numbered.c.place <= MOST_EARLIER)
                    .order_by(col(Photo.id).desc())
                )
                for photo in self.session.exec(newest):
                    found[photo.parcel_id].append(photo)
        return found

    def known(self, row: Row) -> tuple[Any, ...]:
        """What was read that `task` is made from: the same again makes the same task."""
        parcel, visit = self.parcels[row.parcel_id], self.visits.get(row.id)
        project = self.projects.get(parcel.project_id)
        return (
            row,
            (parcel.name, parcel.land_class, parcel.use, parcel.declared_area_m2, parcel.flags),
            (parcel.shape_no, parcel.boundary.wkb, project and (project.name, project.code)),
            visit and (self._visit(visit), visit.shape_no, clock.local(visit.opened_at).date()),
            self._earlier_of(row.parcel_id),
        )

    def task(self, row: Row) -> dict[str, Any]:
        """One task with its parcel, what surrounds it, and what was done for it."""
        task, parcel = self.tasks[row.id], self.parcels[row.parcel_id]
        visit = self.visits.get(row.id)
        shape_no = visit.shape_no if visit else parcel.shape_no
        boundary = boundary_of(self.session, parcel, shape_no)
        about = About(parcel.area_m2, parcel.land_class, parcel.number, task.purpose)
        need = wanted(
            task.purpose, about.area_mu, four_sides_above_mu=settings().four_sides_above_mu
        )
        begin, begin_from = self._begin(visit, about)
        return {
            "id": row.id,
            "purpose": task.purpose,
            "opens_at": task.opens_at.isoformat(),
            "closes_at": task.closes_at.isoformat(),
            "progress": str(row.progress),
            "parcel": self._parcel(parcel, boundary, shape_no),
            "neighbours": self._neighbours(parcel, boundary),
            "wanted": [
                {"kind": k.name, "wanted": need[k.name], "hint": k.hint}
                for k in taxonomy.photo_kinds().values()
                if k.name in need
            ],
            "facts": about.facts(),
            "begin": begin,
            "begin_from": begin_from,
            "visit": self._visit(visit) if visit else None,
            "earlier": self._earlier_of(row.parcel_id),
        }

    def _earlier_of(self, parcel_id: int) -> list[dict[str, Any]]:
        earlier = sorted(self.earlier.get(parcel_id, ()), key=lambda p: -(p.id or 0))
        return [shown(p) for p in earlier[:MOST_EARLIER]]

    def _begin(self, visit: Inspection | None, about: About) -> tuple[dict[str, Any], str]:
        """What the form offers to begin with, as online (`visits.like_last`), and the number of the
        parcel that it was last said of."""
        if visit is not None and visit.state not in EDITABLE:
            return {}, ""
        number = visit.id if visit else None
        last = next((s for s in self.said if number is None or s.visit != number), NOTHING_SAID)
        form = versions.of(self.session, visit.form) if visit else self.form
        today = clock.local(visit.opened_at).date() if visit else self.today
        return drafts.defaults(form, last.answers, about, today=today), last.number

    def _parcel(self, parcel: Parcel, boundary: BaseGeometry, shape_no: int) -> dict[str, Any]:
        project = self.projects.get(parcel.project_id)
        declared = parcel.declared_area_m2
        return {
            "id": parcel.id,
            "number": parcel.number,
            "name": parcel.name,
            "project": project.name if project else "",
            "project_code": project.code if project else "",
            "township": taxonomy.township_name(parcel.township_code),
            "village": parcel.village,
            "area_mu": parcel.area_m2 / geo.MU_M2,
            "declared_area_mu": None if declared is None else declared / geo.MU_M2,
            "land_class": parcel.land_class,
            "use": parcel.use,
            "flags": [
                {"label": str(f.get("label", "")), "text": str(f.get("text", ""))}
                for f in parcel.flags
            ],
            "shape_no": shape_no,
            "boundary": _geojson(boundary),
        }

    def _neighbours(self, parcel: Parcel, boundary: BaseGeometry) -> list[dict[str, Any]]:
        middle = geo.inside_point(boundary)
        plane, reach = LocalPlane(middle), _reach_m(boundary, middle) + NEIGHBOURS_M
        around = ids_in_box(self.session, geo.box_around(middle, reach))
        query = select(Parcel.id, Parcel.number, Parcel.boundary).where(
            col(Parcel.id).in_([i for i in around if i != parcel.id][:_AT_ONCE])
        )
        mine = plane.to_metres(boundary)
        near = [
            (mine.distance(plane.to_metres(shape)), number, shape)
            for _, number, shape in self.session.exec(query)
        ]
        near = sorted((n for n in near if n[0] <= NEIGHBOURS_M), key=lambda n: (n[0], n[1]))
        return [
            {"number": number, "boundary": _geojson(shape.simplify(_SIMPLER_DEG))}
            for _, number, shape in near[:MOST_NEIGHBOURS]
        ]

    def _visit(self, visit: Inspection) -> dict[str, Any]:
        return {
            "inspection": visit.id,
            "edition": visit.edition,
            "state": visit.state,
            "form": visit.form,
            "returned_why": visit.returned_why,
            "answers": visit.answers,
            "marks": visit.marks,
            "photos": [
                {
                    "kind": p.kind,
                    "verdict": p.verdict,
                    "sha256": p.sha256,
                    "reshoot_why": p.reshoot_why,
                }
                for p in self.photos.get(visit.id or 0, ())
            ],
        }


def shown(photo: Photo) -> dict[str, Any]:
    """An earlier photo as a phone shows it."""
    return {
        "photo_id": photo.id,
        "kind": photo.kind,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "verdict": photo.verdict,
        "thumb": f"/evidence/{photo.id}?size=thumb",
    }


def _reach_m(boundary: BaseGeometry, middle: Position) -> float:
    """Metres from the middle to the farthest corner of the parcel's box."""
    box = geo.box_of(boundary)
    corners = ((box.min_lon, box.min_lat), (box.max_lon, box.max_lat))
    return max(geo.distance_between_m(middle, Position(lon, lat)) for lon, lat in corners)


def _geojson(boundary: BaseGeometry) -> Any:
    rounded = shapely.transform(boundary, lambda at: np.round(at, _DECIMALS))
    return json.loads(shapely.to_geojson(rounded))


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[n : n + _AT_ONCE] for n in range(0, len(ids), _AT_ONCE)]


def _by_id(session: Session, table: Any, ids: Sequence[int]) -> list[Any]:
    return [
        row
        for part in _parts(sorted(set(ids)))
        for row in session.exec(select(table).where(col(table.id).in_(part)))
    ]
