"""What a device wrote before stands beside its next photo, in either database."""

import io
from datetime import timedelta

from PIL import Image
from sqlmodel import Session

from field_app.clock import local
from field_app.db import reading
from field_app.inspections.examining import newest_results
from field_app.inspections.profiles import LAST, profile_of
from models.tables import Photo
from models.vocabulary import Verdict
from photos.case import Case
from photos.profile import signature
from tests import build, rows
from tests.inspections.conftest import Visit

PHONE = {"device": "HUAWEI ALN-AL00", "software": "ALN-AL00 4.2.0.130"}
CAPTURE = {"source": "file"}


def written_before(visit: Visit, n: int, **columns: object) -> None:
    """So many photos of the phone in the archive, as it writes them."""
    known = signature(build.a_case(visit.photo()).evidence)
    for _ in range(n):
        given = {"file_signature": known, "claim": CAPTURE, **PHONE, **columns}
        rows.a_photo_row(visit.id, **given)  # type: ignore[arg-type]


def saved_again(photo: bytes) -> bytes:
    picture = Image.open(io.BytesIO(photo))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=93, exif=picture.info["exif"])
    return out.getvalue()


def off_profile(visit: Visit, data: bytes) -> dict[str, object] | None:
    receipt = visit.attach(data, capture=CAPTURE)
    assert receipt.photo_id is not None
    with reading() as session:
        results = newest_results(session, [receipt.photo_id])[receipt.photo_id]
    return next((r for r in results if r["check"] == "off_profile"), None)


def test_a_photo_that_was_saved_again_is_doubted_beside_eight_of_the_same_phone(visit: Visit):
    written_before(visit, 8)
    found = off_profile(visit, saved_again(visit.photo(seed=7)))
    assert found is not None
    assert found["outcome"] == "DOUBT"


def test_the_next_photo_of_the_same_phone_passes_and_is_learnt(visit: Visit):
    written_before(visit, 8)
    found = off_profile(visit, visit.photo(seed=7))
    assert found is not None
    assert (found["outcome"], found["measured"]["photos"]) == ("PASS", 8)  # type: ignore[index]
    again = off_profile(visit, visit.photo(seed=8))
    assert again is not None
    assert again["measured"]["photos"] == 9  # type: ignore[index]


def test_seven_photos_are_too_few_to_say_anything(visit: Visit):
    written_before(visit, 7)
    assert off_profile(visit, saved_again(visit.photo(seed=7))) is None


def test_other_software_another_way_in_and_doubted_photos_teach_nothing(visit: Visit):
    written_before(visit, 8, software="ALN-AL00 5.0.0.1")
    written_before(visit, 8, claim={"source": "camera"})
    written_before(visit, 8, verdict=Verdict.DOUBTFUL)
    written_before(visit, 8, file_signature={})
    assert off_profile(visit, saved_again(visit.photo(seed=7))) is None


def test_a_long_archive_is_looked_at_from_its_end_and_only_so_far(visit: Visit):
    written_before(visit, LAST + 5)
    with reading() as session:
        assert _photos(session, visit) == LAST


def _photos(session: Session, visit: Visit) -> int:
    taken = local(visit.now - timedelta(minutes=5))
    case: Case = build.a_case(build.a_photo(taken_at=taken))
    fresh = Photo(
        inspection_id=visit.id, parcel_id=visit.parcel, person_id=visit.who.id, sha256="f" * 64,
        kind="全景", claim=CAPTURE, received_at=visit.now, grade="C", verdict="",
    )  # fmt: skip
    profile = profile_of(session, fresh, case)
    assert profile is not None
    return profile.photos
