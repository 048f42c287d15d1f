"""How the same kind of device wrote its earlier photos: gathered for one photo, bounded."""

from sqlmodel import Session, col, select

from models.base import words
from models.tables import Photo
from models.vocabulary import Verdict
from photos.case import Case
from photos.devices import software_of
from photos.profile import Profile, learn, signature

LAST = 40
"""A profile is learnt from so many photos at most …"""
_LOOKED_AT = 120
"""… found among so many: those of another way of handing in are left out."""
_TRUSTED = words((Verdict.PASSED, Verdict.INCOMPLETE))


def profile_of(session: Session, photo: Photo, case: Case) -> Profile | None:
    """The profile of the photo's device and software, from photos that came before it.

    Of all people: phones of one model and software write alike, and nothing is concluded about
    whose it is. What was doubted teaches nothing. A photo that was chosen from the gallery is
    compared with such alone: systems turn pictures into JPEG when they hand them over.
    """
    written = signature(case.evidence)
    if case.device is None or not written:
        return None
    query = (
        select(Photo.file_signature, Photo.claim)
        .where(
            col(Photo.device) == case.device.key,
            col(Photo.software) == software_of(case.evidence),
            col(Photo.verdict).in_(_TRUSTED),
            col(Photo.sha256) != photo.sha256,
        )
        .order_by(col(Photo.id).desc())
        .limit(_LOOKED_AT)
    )
    if photo.id is not None:
        query = query.where(col(Photo.id) < photo.id)
    way = photo.claim.get("source")
    earlier = [kept for kept, claim in session.exec(query) if claim.get("source") == way]
    container = written["container"]
    fitting = [kept for kept in earlier if kept.get("container") == container]
    return learn(container, fitting[:LAST])
