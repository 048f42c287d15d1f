"""The other photos that one photo is judged beside: gathered once, by indexes, and bounded.

Who came first does not matter for `shots`: a photo that was taken in between and arrives a week
later sees the same neighbours as if it had arrived at once, and looks both ways in time.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Row, Select, bindparam, func
from sqlmodel import Session, col, select

from models.geo import Position, box_around
from models.tables import Parcel, Photo
from models.vocabulary import Grade, PhotoKind
from photos.case import Case, DeviceUse, PriorUse, Shot
from photos.devices import FileNumber, file_number_in, is_one_device, lens_of, software_of
from photos.profile import signature
from photos.shots import MOST_EACH_WAY, PLACE_M, REACH

HABIT = timedelta(days=90)
"""How far back a person's earlier devices are looked for …"""
HABIT_PHOTOS = 200
"""… and in how many photos at most."""

_COLUMNS = (
    "id", "sha256", "parcel_id", "inspection_id", "person_id", "kind", "taken_at", "taken_source",
    "zone_assumed", "grade", "lon", "lat", "accuracy_m", "fixed_at", "altitude_m", "distance_m",
    "heading_deg", "device", "lens", "file_series", "file_number",
)  # fmt: skip
_OF_PERSON = col(Photo.person_id) == bindparam("person_id")
_OF_DEVICE = (col(Photo.device) == bindparam("device")) & (
    col(Photo.person_id) != bindparam("person_id")
)
_AT_PLACE = (
    _OF_PERSON
    & col(Photo.lon).between(bindparam("min_lon"), bindparam("max_lon"))
    & col(Photo.lat).between(bindparam("min_lat"), bindparam("max_lat"))
)


def _both_ways(which: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """The searches before and after a moment, nearest first. Built once: building one takes longer
    than the database needs to answer it."""
    taken = col(Photo.taken_at)
    query = (
        sqlalchemy.select(*(col(getattr(Photo, name)) for name in _COLUMNS), col(Parcel.number))
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
        .where(
            which,
            col(Photo.sha256) != bindparam("sha256"),
            col(Photo.id) != bindparam("id"),
            col(Photo.taken_source).is_not(None),
        )
        .limit(MOST_EACH_WAY)
    )
    # Of equal seconds the content decides who is kept, not who came first.
    return (
        query.where(taken >= bindparam("earliest"), taken < bindparam("at")).order_by(
            taken.desc(), col(Photo.sha256)
        ),
        query.where(taken >= bindparam("at"), taken <= bindparam("latest")).order_by(
            taken, col(Photo.sha256)
        ),
    )


_PERSONS, _DEVICES, _PLACES = (_both_ways(which) for which in (_OF_PERSON, _OF_DEVICE, _AT_PLACE))


def note_columns(photo: Photo, case: Case) -> None:
    """Writes into the photo's row what its neighbours will compare it by."""
    shot = case.shot
    photo.taken_source = None if shot is None else shot.taken_source
    photo.zone_assumed = shot is not None and shot.zone_assumed
    photo.fixed_at = case.fixed_at
    photo.altitude_m = None if shot is None else shot.altitude_m
    photo.device = None if case.device is None else case.device.key
    photo.lens = lens_of(case.evidence)
    photo.software = software_of(case.evidence)
    photo.file_signature = signature(case.evidence)
    number = file_number_in(case.named)
    photo.file_series = None if number is None else number.series
    photo.file_number = None if number is None else number.number


def shots_of(session: Session, photo: Photo, shot: Shot | None) -> tuple[Shot, ...]:
    """`Case.shots` of a photo: those of the same person, of the same single device, and of the
    same person at the same place, within a day, removed ones included, the same bytes left out.

    `shot` is the photo itself as its neighbours see it; without a time it has none.
    """
    if shot is None:
        return ()
    given = {
        "id": photo.id or 0,
        "sha256": photo.sha256,
        "person_id": photo.person_id,
        "device": shot.device,
        "at": shot.taken_at,
        "earliest": shot.taken_at - REACH,
        "latest": shot.taken_at + REACH,
    }
    box = None if shot.position is None else box_around(shot.position, PLACE_M)
    found: dict[int, Row[Any]] = {}
    for persons, devices, places in zip(_PERSONS, _DEVICES, _PLACES, strict=True):
        rows = session.execute(persons, given).all()
        # Fewer than asked for are all of that day, those of the place among them.
        if box is not None and len(rows) == MOST_EACH_WAY:
            rows = [*rows, *session.execute(places, given | asdict(box))]
        if is_one_device(shot.device):
            rows = [*rows, *session.execute(devices, given)]
        found |= {row.id: row for row in rows}
    return tuple(_shot(row, photo, shot) for row in found.values())


def _shot(row: Row[Any], photo: Photo, mine: Shot) -> Shot:
    number = None
    if row.file_number is not None:
        number = FileNumber(row.file_series or "", row.file_number)
    placed = row.lon is not None and row.lat is not None
    return Shot(
        name=row.sha256[:12],
        parcel=row.number,
        kind=PhotoKind(row.kind),
        taken_at=row.taken_at,
        taken_source=row.taken_source,
        same_parcel=row.parcel_id == photo.parcel_id,
        same_inspection=row.inspection_id == photo.inspection_id,
        same_person=row.person_id == photo.person_id,
        same_device=is_one_device(row.device) and row.device == mine.device,
        zone_assumed=row.zone_assumed,
        grade=Grade(row.grade),
        position=Position(row.lon, row.lat, row.accuracy_m) if placed else None,
        position_source="" if not placed else "exif" if row.grade == Grade.C else "page",
        fixed_at=row.fixed_at,
        altitude_m=row.altitude_m,
        distance_m=row.distance_m,
        heading_deg=row.heading_deg,
        device=row.device,
        lens=row.lens,
        file_number=number,
    )


def known_devices(session: Session, photo: Photo, at: datetime | None) -> tuple[DeviceUse, ...]:
    """`Case.known_devices`: what the person's last photos before `at` were taken with."""
    if at is None:
        return ()
    earlier = (
        select(Photo.device, Photo.lens)
        .where(
            Photo.person_id == photo.person_id,
            col(Photo.taken_at) < at,
            col(Photo.taken_at) >= at - HABIT,
            col(Photo.device).is_not(None),
        )
        .order_by(col(Photo.taken_at).desc())
        .limit(HABIT_PHOTOS)
        .subquery()
    )
    query = select(earlier.c.device, earlier.c.lens, func.count()).group_by(
        earlier.c.device, earlier.c.lens
    )
    return tuple(DeviceUse(device, lens, n) for device, lens, n in session.execute(query))


def prior_uses(session: Session, photo: Photo) -> tuple[PriorUse, ...]:
    """Where the same bytes stand already, removed uses included: removing hides nothing."""
    query = (
        select(Photo, Parcel.number)
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
        .where(Photo.sha256 == photo.sha256)
        .order_by(col(Photo.received_at), col(Photo.id))
    )
    return tuple(
        PriorUse(
            parcel=number,
            same_parcel=other.parcel_id == photo.parcel_id,
            same_inspection=other.inspection_id == photo.inspection_id,
            same_person=other.person_id == photo.person_id,
            at=other.received_at,
        )
        for other, number in session.exec(query)
        if other.id != photo.id and (photo.id is None or (other.id or 0) < photo.id)
    )
