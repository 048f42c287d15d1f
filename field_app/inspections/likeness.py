"""The same picture among all photos: looked for before a photo is written, told to its case.

`look` takes time and happens before any transaction; `likes_of` and `keep` are quick and happen
within one. Two copies that arrive in the same moment do not see each other; whichever is examined
again does.
"""

import logging
from dataclasses import dataclass
from typing import Any

from PIL import Image
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from field_app.db import add_if_new, reading, writing
from field_app.inspections.held import store
from field_app.inspections.memory import memory
from models.geo import Position
from models.tables import Blob, Inspection, Parcel, Photo, metadata
from models.tables import Fingerprint as Row
from photos.case import LikePicture
from photos.evidence import Evidence
from photos.likeness.archive import Hit
from photos.likeness.fingerprints import Fingerprint, fingerprint_of
from photos.likeness.scenes import SceneMatch, same_scene, scene_picture
from photos.reading import read_evidence
from photos.stores import StoreError

log = logging.getLogger(__name__)

MOST_LOOKED_AT = 6
"""Pictures that are laid over the new one: each takes about 150 ms, and the nearest come first."""

_FILLED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A photo that looks the same, by the digest of its bytes. `scene` is None where the two were
    not laid over each other: not needed within one visit, or the other's bytes cannot be had."""

    sha256: str
    hit: Hit
    scene: SceneMatch | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was found of a picture; `compared` with how many, None where it has no fingerprint."""

    fingerprint: Fingerprint | None
    found: tuple[Found, ...] = ()
    compared: int | None = None


def look(evidence: Evidence, data: bytes, *, inspection_id: int | None = None) -> Likeness:
    """The photos that look like this one, whoever filed them. Never within a transaction.

    Photos of the visit itself are found, and not laid over: nothing follows from it.
    """
    made = fingerprint_of(evidence)
    if made is None:
        return Likeness(None)
    try:
        return _looked(made, evidence.sha256, data, inspection_id)
    except SQLAlchemyError:
        raise  # the database's trouble: nothing could be written now anyway
    except Exception:
        # A fault of ours must not keep a photo out of the archive: that it was not compared is
        # told by its check, and never a pass.
        log.exception("the search for the picture of %s broke", evidence.sha256)
        return Likeness(made)


def _looked(made: Fingerprint, sha256: str, data: bytes, inspection_id: int | None) -> Likeness:
    hits, compared = memory().search(made)
    if not hits:
        return Likeness(made, (), compared)
    with reading() as session:
        digests = _digests(session, hits)
        mine = _only_here(session, digests, inspection_id)
    others = [(digests[hit.key], hit) for hit in hits if digests[hit.key] != sha256]
    compared -= len(others) < len(hits)  # itself is no other
    own = None
    found = []
    looked_at = 0
    for other, hit in others:
        scene = None
        if other not in mine and looked_at < MOST_LOOKED_AT:
            looked_at += 1
            own = own or scene_picture(data)
            scene = _laid_over(own, other, mirrored=hit.mirrored)
        elif other not in mine:
            continue
        found.append(Found(other, hit, scene))
    return Likeness(made, tuple(found), compared)


def _digests(session: Session, hits: list[Hit]) -> dict[int, str]:
    query = select(Row.id, Row.sha256).where(col(Row.id).in_([hit.key for hit in hits]))
    return {number: sha256 for number, sha256 in session.exec(query) if number is not None}


def _only_here(session: Session, digests: dict[int, str], inspection_id: int | None) -> set[str]:
    """Those that are used in this visit and nowhere else."""
    if inspection_id is None:
        return set()
    uses = select(Photo.sha256, Photo.inspection_id).where(col(Photo.sha256).in_(digests.values()))
    where: dict[str, set[int]] = {}
    for sha256, inspection in session.exec(uses):
        where.setdefault(sha256, set()).add(inspection)
    return {sha256 for sha256, inspections in where.items() if inspections == {inspection_id}}


def _laid_over(own: Image.Image | None, sha256: str, *, mirrored: bool) -> SceneMatch | None:
    if own is None:
        return None
    try:
        other = scene_picture(store().get(sha256))
    except StoreError:
        log.warning("the photo %s that looks like a new one could not be had", sha256)
        return None
    return None if other is None else same_scene(own, other, mirrored=mirrored)


def likes_of(
    session: Session, photo: Photo, visit: Inspection, likeness: Likeness
) -> tuple[LikePicture, ...]:
    """`Case.likes` of a photo: uses of the pictures found that came before it, removed ones
    included, so that a photo examined again is judged by what there was when it came."""
    found = {each.sha256: each for each in likeness.found}
    if not found:
        return ()
    query = (
        select(Photo, Parcel.number, Inspection.task_id)
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .where(col(Photo.sha256).in_(found), col(Photo.sha256) != photo.sha256)
        .order_by(col(Photo.id))
    )
    if photo.id is not None:
        query = query.where(col(Photo.id) < photo.id)
    return tuple(
        _like(found[other.sha256], other, number, task_id == visit.task_id, photo)
        for other, number, task_id in session.exec(query)
    )


def _like(found: Found, other: Photo, number: str, same_task: bool, photo: Photo) -> LikePicture:
    placed = other.lon is not None and other.lat is not None
    return LikePicture(
        name=other.sha256[:12],
        parcel=number,
        same_parcel=other.parcel_id == photo.parcel_id,
        same_task=same_task,
        same_inspection=other.inspection_id == photo.inspection_id,
        same_person=other.person_id == photo.person_id,
        bits=found.hit.bits,
        how=found.hit.how,
        mirrored=found.hit.mirrored,
        inliers=None if found.scene is None else found.scene.inliers,
        correlation=None if found.scene is None else found.scene.correlation,
        at=other.received_at,
        taken_at=other.taken_at,
        position=Position(other.lon, other.lat, other.accuracy_m)
        if placed and other.lon is not None and other.lat is not None
        else None,
    )


def keep(session: Session, sha256: str, made: Fingerprint | None) -> None:
    """Writes the fingerprint of a photo's bytes, once; a picture without one is noted as such, so
    that nobody reads it again."""
    there = session.exec(select(Row.id).where(Row.sha256 == sha256)).first()
    if there is not None:
        return
    row: dict[str, Any] = {"sha256": sha256, "whole": b"", "trimmed": b"", "windows": b""}
    if made is not None:
        row |= {"whole": made.whole, "trimmed": made.trimmed, "windows": made.windows}
    add_if_new(session, metadata.tables["fingerprint"], row)


def fill_fingerprints(limit: int | None = None) -> int:
    """Fingerprints of photos from before there were any; how many were written, `limit` at most.

    Photos that cannot be had now are left for the next time. Harmless while serving, and harmless
    when several servers do it at once.
    """
    written, after = 0, ""
    while limit is None or written < limit:
        room = _FILLED_AT_ONCE if limit is None else min(_FILLED_AT_ONCE, limit - written)
        with reading() as session:
            query = (
                select(Blob.sha256)
                .where(
                    col(Blob.sha256) > after,
                    col(Blob.sha256).in_(select(Photo.sha256)),
                    col(Blob.sha256).not_in(select(Row.sha256)),
                )
                .order_by(col(Blob.sha256))
                .limit(room)
            )
            missing = list(session.exec(query))
        if not missing:
            break
        after = missing[-1]
        made = {}
        for sha256 in missing:
            try:
                made[sha256] = fingerprint_of(read_evidence(store().get(sha256)))
            except StoreError:
                log.warning("no fingerprint of %s: the photo could not be had", sha256)
        with writing() as session:
            for sha256, one in made.items():
                keep(session, sha256, one)
        written += len(made)
    return written


def get_ready() -> None:
    """Fills what is missing and reads all into memory: not when the first photo comes."""
    filled = fill_fingerprints()
    if filled:
        log.info("fingerprints of %d photos from before were made", filled)
    memory().catch_up()
