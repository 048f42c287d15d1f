"""The line of a photo: the contract of `verify --json`, one object a photo, whatever the photo."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from models.vocabulary import Verdict
from photos.case import LikePicture, Recorded
from photos.evidence import CHINA, Evidence, ReadError
from photos.examine import Examination
from photos.likeness.fingerprints import How
from photos.likeness.scenes import LEAST_CORRELATION, LEAST_INLIERS
from photos.verify.given import PhotoFile

Line = dict[str, Any]


def full_line(photo: PhotoFile, number: str, evidence: Evidence, done: Examination) -> Line:
    """The contract's line; rounded to what the numbers can bear (1e-7° is 1 cm)."""
    position = None
    if done.position is not None:
        at = done.position.at
        position = {
            "lon": round(at.lon, 7),
            "lat": round(at.lat, 7),
            "accuracy_m": None if at.accuracy_m is None else round(at.accuracy_m, 2),
            "source": done.position.source,
        }
    line: Line = {
        "file": photo.name,
        "sha256": evidence.sha256,
        "parcel": number,
        "grade": done.grade.value,
        "verdict": done.verdict.value,
        "position": position,
        "distance_m": None if done.distance_m is None else round(done.distance_m, 1),
        "bearing_deg": None if done.bearing_deg is None else round(done.bearing_deg, 1) % 360.0,
        "taken_at": local_text(done.taken_at),
        "zone_assumed": done.zone_assumed,
        "gps": evidence.gps.value,
        "results": [result.as_json() for result in done.results],
        **_claimed(photo),
    }
    if evidence.error is not None:
        line["error"] = {"id": evidence.error.id, "message": evidence.error.message}
    return line


def blank_line(photo: PhotoFile, evidence: Evidence | None, error: ReadError) -> Line:
    """The line of a file that could not be held against any parcel."""
    camera = None if evidence is None else evidence.camera_time
    return {
        "file": photo.name,
        "sha256": None if evidence is None else evidence.sha256,
        "parcel": photo.parcel,
        "grade": None if evidence is None else "D",
        "verdict": Verdict.INCOMPLETE.value,
        "position": None,
        "distance_m": None,
        "bearing_deg": None,
        "taken_at": None if camera is None else local_text(camera.at),
        "results": [],
        **_claimed(photo),
        "error": {"id": error.id, "message": error.message},
    }


def _claimed(photo: PhotoFile) -> Line:
    return {
        "person": photo.person or None,
        "device": photo.device or None,
        "package": None if photo.recorded is None else _recorded(photo.recorded),
    }


def _recorded(said: Recorded) -> Line:
    at = said.position
    return {
        "lon": None if at is None else round(at.lon, 7),
        "lat": None if at is None else round(at.lat, 7),
        "taken_at": local_text(said.taken_at),
        "heading_deg": said.heading_deg,
        "person": said.person or None,
        "digest": said.digest or None,
        "digest_holds": said.digest_holds,
    }


MOST_ALIKE = 20  # of one photo that are named
SURE_BITS = 48
"""Fingerprints that differ in no more are told as alike without a second look."""
_HOW = {
    How.WHOLE: "画面相同",
    How.MIRRORED: "左右翻转",
    How.TURNED: "旋转",
    How.TRIMMED: "去掉边框",
    How.WINDOW: "一张是另一张的局部",
}


def alike_of(likes: Iterable[LikePicture]) -> list[Line]:
    """The photos that show the same picture, for the line: those that a second look confirmed, and
    those so near that it was not asked for. The nearest come first."""
    found: list[Line] = []
    for like in likes:
        if like.inliers is None or like.correlation is None:
            same = like.bits <= SURE_BITS
        else:
            same = like.inliers >= LEAST_INLIERS and like.correlation >= LEAST_CORRELATION
        if same and len(found) < MOST_ALIKE:
            found.append(
                {
                    "file": like.name,
                    "parcel": like.parcel,
                    "how": _HOW[like.how],
                    "bits": like.bits,
                    "inliers": like.inliers,
                    "correlation": like.correlation,
                }
            )
    return found


def first_reasons(line: Line, most: int = 3) -> Sequence[str]:
    """The sentences that made the verdict, the worst first; the error, where nothing was judged."""
    if "error" in line:
        return (line["error"]["message"],)
    order = ["FAIL", "DOUBT", "ERROR", "UNKNOWN"]
    told = [r for r in line["results"] if r["outcome"] in order]
    # What is needed weighs more than what is only shown.
    told.sort(key=lambda r: (order.index(r["outcome"]), not r.get("needed", True)))
    return [r["message"] for r in told[:most]]


def local_text(at: datetime | None) -> str | None:
    """ISO 8601 with the zone: Chinese wall time, to the second."""
    return None if at is None else at.astimezone(CHINA).isoformat(timespec="seconds")
