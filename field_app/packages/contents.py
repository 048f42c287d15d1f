"""What was gathered as files for machines: the entry with its history, the results of each photo,
the captures as they were signed. Pure."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import shapely

from field_app.packages import manifest
from field_app.packages.gathering import Gathered, Shot, Visit
from models.base import Row
from models.geo import MU_M2
from models.taxonomy import categories, township_name

FORMAT = "shidi-hecha/entry/1"
ENDINGS = {
    "image/jpeg": "jpg",
    "image/heic": "heic",
    "image/png": "png",
    "image/webp": "webp",
    "image/tiff": "tif",
}
_HEAVY = {"boundary", "attributes", "min_lon", "min_lat", "max_lon", "max_lat"}


def photo_name(shot: Shot) -> str:
    """The name of a photo's bytes: the same bytes have one name, however often they are used."""
    return f"photos/{shot.row.sha256}.{ENDINGS.get(shot.media_type, 'bin')}"


def files(found: Gathered) -> Iterator[tuple[str, bytes]]:
    """The files with their names, in their order in the package."""
    yield manifest.ENTRY, _bytes(_entry(found))
    for shot in found.shots:
        yield f"results/{shot.row.id}.json", _bytes(_results(shot, found))
    for capture in found.captures:
        yield f"captures/{capture.id}.record", capture.record
        yield f"captures/{capture.id}.sig", capture.signature
    for device in found.devices:
        yield f"devices/{device.key_id}.der", device.public_key


def _entry(found: Gathered) -> dict[str, Any]:
    entry = found.entry
    category = categories().get(entry.category)
    return {
        "format": FORMAT,
        "invented": found.invented,
        "entry": _row(entry)
        | {
            "category_name": category.name if category else "",
            "problem": found.problem,
            "township": township_name(entry.township_code),
            "units": list(found.units),
        },
        "parcel": _parcel(found),
        "project": _row(found.project) if found.project else None,
        "finding": _row(found.finding) if found.finding else None,
        "inspections": [_visit(visit) for visit in found.visits],
        "photos": [_photo(shot, found) for shot in found.shots],
        "captures": [_row(c, {"record", "signature"}) for c in found.captures],
        "devices": [_row(d, {"public_key"}) for d in found.devices],
        "progress": [_row(r.row) | {"unit": r.unit} for r in found.reports],
        "hand_overs": [_row(h) for h in found.hand_overs],
        "events": [_plain(asdict(event)) for event in found.history],
        "rules": [_row(book) for book in found.rule_books],
        "people": {str(person_id): name for person_id, name in sorted(found.people.items())},
    }


def _parcel(found: Gathered) -> dict[str, Any] | None:
    if found.parcel is None or found.boundary is None:
        return None
    return _row(found.parcel, _HEAVY) | {
        "area_mu": round(found.parcel.area_m2 / MU_M2, 4),
        "crs": "EPSG:4490",
        "boundary": json.loads(shapely.to_geojson(found.boundary)),
    }


def _visit(visit: Visit) -> dict[str, Any]:
    told = [asdict(answer) for answer in visit.answers]
    return _row(visit.row) | {"purpose": visit.purpose, "answers_in_words": told}


def _photo(shot: Shot, found: Gathered) -> dict[str, Any]:
    return _row(shot.row) | {
        "number": shot.number,
        "stage": shot.stage,
        "by": found.name_of(shot.row.person_id),
        "media_type": shot.media_type,
        "size": shot.size,
        "file": photo_name(shot),
        "results": f"results/{shot.row.id}.json",
        "standing": shot.opinions.standing,
    }


def _results(shot: Shot, found: Gathered) -> dict[str, Any]:
    return {
        "photo": shot.row.id,
        "sha256": shot.row.sha256,
        "verdict": shot.row.verdict,
        "grade": shot.row.grade,
        "examinations": [_row(exam) for exam in shot.examinations],
        "decisions": [_row(d) | {"by": found.name_of(d.person_id)} for d in shot.decisions],
        "record_in_words": [asdict(line) for line in shot.recorded],
        "for_close_out": asdict(shot.judged) if shot.judged else None,
    }


def _row(row: Row, leave: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    return {
        name: _plain(getattr(row, name)) for name in type(row).model_fields if name not in leave
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _bytes(body: dict[str, Any]) -> bytes:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"
