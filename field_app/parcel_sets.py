"""The photos of a visit as one piece of evidence: gathered for `photos.sets.examine`, and drawn.

Nothing is written: the verdict of the set follows from the photos, people's words on them and the
thresholds, and is worked out at each look.
"""

from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

from sqlmodel import Session

from field_app import drafts
from field_app.db import reading
from field_app.forms import versions
from field_app.inspections.examining import boundary_of
from field_app.inspections.ownership import whose_photo, whose_visit
from field_app.inspections.wanted import wanted
from field_app.problems import NOT_FOUND
from field_app.review import records
from field_app.review.standing import Decision
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.geo import MU_M2, Position
from models.tables import Inspection, Parcel, Photo, Task
from models.vocabulary import Verdict
from photos.sets.case import SetCase, SetPhoto
from photos.sets.examine import SetExamination, examine_set
from photos.sketches.one_photo import photo_sketch, photo_words
from photos.sketches.whole_set import set_sketch, set_words


@dataclass(frozen=True)
class SetShown:
    """The set of one visit. `numbers` are those of the photos on sketches and in sentences, by
    the photo's id."""

    inspection_id: int
    case: SetCase
    examined: SetExamination
    numbers: dict[int, int]

    @property
    def sketch_url(self) -> str:
        """Where the sketch is served; another one as soon as anything on it changes."""
        return f"/evidence/visits/{self.inspection_id}/sketch?v={self._stamp(self.case.photos)}"

    def photo_sketch_url(self, photo_id: int) -> str:
        return f"/evidence/{photo_id}/sketch?v={self._stamp(self.photo(photo_id))}"

    def photo(self, photo_id: int) -> SetPhoto:
        return self.case.photos[self.numbers[photo_id] - 1]

    def photo_words(self, photo_id: int) -> str:
        """What the sketch of a photo shows, in words."""
        return photo_words(self.case.boundary, self.photo(photo_id))

    @cached_property
    def words(self) -> str:
        """What the sketch of the set shows, in words."""
        return set_words(self.case, self.examined)

    @staticmethod
    def _stamp(drawn: object) -> str:
        return f"{crc32(repr(drawn).encode()):08x}"


def of_visit(inspection_id: int, who: Who) -> SetShown:
    """The set of a visit, for those who may see it. Raises NOT_FOUND, NOT_ALLOWED, NOT_YOURS."""
    with reading() as session:
        visit = session.get(Inspection, inspection_id)
        if visit is None:
            raise NOT_FOUND(what="核查记录")
        require(who, Action.SEE_INSPECTION, whose_visit(session, visit))
        photos = records.photos_of(session, inspection_id)
        case = _case(session, visit, photos)
    numbers = {p.id: n for n, p in enumerate(photos, 1) if p.id is not None}
    examined = examine_set(case, settings().set_thresholds)
    return SetShown(inspection_id, case, examined, numbers)


def sketch_of_visit(inspection_id: int, who: Who) -> str:
    """The SVG of the set."""
    shown = of_visit(inspection_id, who)
    return set_sketch(shown.case, shown.examined)


def sketch_of_photo(photo_id: int, who: Who) -> str:
    """The SVG of one photo beside its parcel, by the shape of the visit's day."""
    with reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise NOT_FOUND(what="照片")
        require(who, Action.SEE_INSPECTION, whose_photo(session, photo))
        visit = session.get_one(Inspection, photo.inspection_id)
        ids = [p.id for p in records.photos_of(session, photo.inspection_id)]
        parcel = session.get_one(Parcel, visit.parcel_id)
        boundary = boundary_of(session, parcel, visit.shape_no)
        number = ids.index(photo_id) + 1 if photo_id in ids else 0  # 0: taken out meanwhile
        return photo_sketch(boundary, _photo(number, photo, None))


def _case(session: Session, visit: Inspection, photos: list[Photo]) -> SetCase:
    parcel = session.get_one(Parcel, visit.parcel_id)
    task = session.get_one(Task, visit.task_id)
    said = records.standings(session, [p.id for p in photos if p.id is not None])
    area_mu = parcel.area_m2 / MU_M2
    return SetCase(
        boundary=boundary_of(session, parcel, visit.shape_no),
        area_mu=area_mu,
        wanted=wanted(task.purpose, area_mu, four_sides_above_mu=settings().four_sides_above_mu),
        photos=[_photo(n, p, said[p.id or 0]) for n, p in enumerate(photos, 1)],
        cannot=_why_not(session, visit),
    )


def _why_not(session: Session, visit: Inspection) -> str:
    """Why photos could not be taken, as the form says it; empty where that was not answered."""
    given = visit.answers.get("no_photo_reason")
    if drafts.empty(given):
        return ""
    form = versions.of(session, visit.form)
    asked = form.by_name.get("no_photo_reason")
    return drafts.said(form, asked, given) if asked else str(given)


def _photo(number: int, photo: Photo, standing: Decision | None) -> SetPhoto:
    at = None
    if photo.lon is not None and photo.lat is not None:
        at = Position(photo.lon, photo.lat, photo.accuracy_m)
    return SetPhoto(
        number=number,
        kind=photo.kind,
        verdict=Verdict(photo.verdict),
        trusted=None if standing is None else standing == Decision.TRUSTED,
        reshoot_why=photo.reshoot_why,
        at=at,
        heading_deg=photo.heading_deg,
        view_deg=photo.view_deg,
        taken_at=photo.taken_at,
    )
