"""A photo beside its neighbours: `a_case_beside(a_shot(5, east_m=300.0))`.

The photo itself stands at `PLACE`, taken at 08:11:09; a neighbour is said by the minutes from then
and the metres from there. The place is written as finely as phones do.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.geo import Position, moved
from models.vocabulary import Grade, PhotoKind
from photos.case import Case, Claim, Shot
from photos.evidence import CameraTime, Reading, Source
from tests.build import RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo

PLACE = Position(112.4300437, 33.4900191, 8.0)
PARCEL = a_parcel(PLACE)
PHONE = "HUAWEI ALN-AL00"
CAMERA = "SONY ILCE-7M3 #4512345"
_SEEN = a_case(a_photo()).evidence


def a_shot(
    minutes: float = 0.0, *, east_m: float = 0.0, north_m: float = 0.0, **given: Any
) -> Shot:
    """Another photo of the same person's phone, of the same parcel unless `parcel` is given."""
    taken_at = TAKEN_AT + timedelta(minutes=minutes)
    at = moved(PLACE, east_m=east_m, north_m=north_m) if east_m or north_m else PLACE
    parcel = given.pop("parcel", "N1")
    facts: dict[str, Any] = {
        "name": f"{minutes:.3f}-{east_m:.0f}-{north_m:.0f}",
        "parcel": parcel,
        "kind": PhotoKind.OVERVIEW,
        "taken_at": taken_at,
        "taken_source": "camera",
        "same_parcel": parcel == "N1",
        "same_inspection": parcel == "N1",
        "same_person": True,
        "same_device": False,
        "grade": Grade.C,
        "position": at,
        "position_source": "exif",
        "fixed_at": taken_at,
        "distance_m": 0.0,
        "device": PHONE,
    }
    return Shot(**facts | given)


def a_case_beside(
    *shots: Shot,
    at: Position | None = PLACE,
    kind: PhotoKind = PhotoKind.OVERVIEW,
    zone: timedelta | None = timedelta(hours=8),
    fix_told: bool = True,
    fix_age: timedelta = timedelta(),
    altitude_m: float | None = None,
    **given: Any,
) -> Case:
    """The case of the photo itself; `fix_told` False: its file has no satellite time."""
    readings = tuple(r for r in _SEEN.readings if not r.name.startswith("GPS"))
    if altitude_m is not None:
        readings += (
            Reading("GPSAltitude", ((round(altitude_m * 100), 100),), "GPS 0x0006", Source.EXIF),
        )
    evidence = replace(
        _SEEN,
        readings=readings,
        position=at,
        camera_time=CameraTime(TAKEN_AT.replace(tzinfo=None), zone, "DateTimeOriginal"),
        gps_time=TAKEN_AT - fix_age if fix_told else None,
    )
    facts: dict[str, Any] = {"claim": Claim(kind), "received_at": RECEIVED_AT, "parcel": "N1"}
    return Case(evidence, PARCEL, shots=shots, **facts | given)
