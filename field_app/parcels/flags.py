"""The flags of parcels that come in or change, and of those that they overlap."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlmodel import Session, col, select, update

from field_app.parcels import screening
from field_app.parcels.formats import ReadParcel
from field_app.parcels.search import ids_in_box
from models.geo import Box
from models.tables import Parcel, Project

Flags = list[dict[str, Any]]
_Stored = tuple[int, str, str, BaseGeometry, Flags]  # id, number, project code, boundary, flags


def of_new(session: Session, fresh: Sequence[ReadParcel], codes: Sequence[str]) -> list[Flags]:
    """The flags of new parcels, whose projects have these codes; parcels that are there already
    and that they overlap get theirs here, too."""
    flags: list[Flags] = [[] for _ in fresh]
    for parcel, mine in zip(fresh, flags, strict=True):
        steep = screening.slope_flag(parcel.slope_grade)
        if steep:
            mine.append(steep)
    shapes = [p.boundary for p in fresh if p.boundary is not None]
    if not shapes:
        return flags
    old = _around(session, shapes)
    for a, b, common in screening.overlaps(shapes, [o[3] for o in old]):
        if b < len(fresh):
            flags[a].append(screening.overlap_flag(fresh[b].number, codes[b], common))
            flags[b].append(screening.overlap_flag(fresh[a].number, codes[a], common))
            continue
        parcel_id, number, code, _shape, had = old[b - len(fresh)]
        flags[a].append(screening.overlap_flag(number, code, common))
        had.append(screening.overlap_flag(fresh[a].number, codes[a], common))
        _keep(session, parcel_id, had)
    return flags


def renew(session: Session, changed: Collection[int], former: Sequence[BaseGeometry]) -> None:
    """The overlaps of parcels that have another shape now, and of all that their new shapes or
    their `former` ones meet, told anew."""
    now = [o[3] for o in _stored(session, sorted(changed))]
    moved = [*former, *now]
    near = _around(session, moved)
    met = shapely.STRtree([o[3] for o in near]).query(moved, predicate="intersects")[1]
    told = [near[n] for n in np.unique(met)]
    shapes = [o[3] for o in told]
    ids = {o[0] for o in told}
    others = [o for o in _around(session, shapes) if o[0] not in ids]
    flags: list[Flags] = [[f for f in o[4] if f["kind"] != "overlap"] for o in told]
    everybody = [*told, *others]
    for a, b, common in screening.overlaps(shapes, [o[3] for o in others]):
        flags[a].append(screening.overlap_flag(everybody[b][1], everybody[b][2], common))
        if b < len(told):
            flags[b].append(screening.overlap_flag(told[a][1], told[a][2], common))
    for one, mine in zip(told, flags, strict=True):
        if mine != one[4]:
            _keep(session, one[0], mine)


def _keep(session: Session, parcel_id: int, flags: Flags) -> None:
    session.exec(update(Parcel).where(col(Parcel.id) == parcel_id).values(flags=flags))


def _around(session: Session, shapes: Sequence[BaseGeometry]) -> list[_Stored]:
    """The parcels in the box that holds all of `shapes`."""
    session.flush()  # the index is asked past the session
    west, south, east, north = shapely.total_bounds(shapes)
    return _stored(session, ids_in_box(session, Box(west, south, east, north)))


def _stored(session: Session, ids: Sequence[int]) -> list[_Stored]:
    found: list[_Stored] = []
    for start in range(0, len(ids), 500):
        query = (
            select(Parcel, Project.code)
            .outerjoin(Project, col(Project.id) == Parcel.project_id)
            .where(col(Parcel.id).in_(ids[start : start + 500]))
        )
        for one, code in session.exec(query):
            assert one.id is not None
            found.append((one.id, one.number, code or "", one.boundary, list(one.flags)))
    return found
