"""The photos that one photo is judged beside, gathered from either database."""

from datetime import timedelta

from sqlalchemy import inspect
from sqlmodel import Session

from field_app import db, inspections
from field_app.clock import local
from field_app.db import reading
from field_app.inspections.neighbours import known_devices, shots_of
from models.geo import moved
from models.tables import Photo
from models.vocabulary import PhotoKind, Role, Verdict
from photos.case import DeviceUse, Shot
from tests import build, rows
from tests.inspections.conftest import Visit

CANON = {"device": "Canon EOS 90D #0123456", "taken_source": "camera"}


def neighbours(photo_id: int) -> list[Shot]:
    with reading() as session:
        photo = session.get_one(Photo, photo_id)
        return _of(session, photo)


def _of(session: Session, photo: Photo) -> list[Shot]:
    assert photo.taken_at is not None
    mine = Shot(
        "", "", PhotoKind(photo.kind), photo.taken_at, photo.taken_source or "camera", True, True, True, True,
        device=photo.device,
        position=rows.HERE,
    )  # fmt: skip
    return sorted(shots_of(session, photo, mine), key=lambda shot: (shot.taken_at, shot.name))


def test_an_attached_photo_keeps_what_its_neighbours_compare(visit: Visit) -> None:
    receipt = visit.shoot(make="HUAWEI", model="ALN-AL00")
    with reading() as session:
        photo = session.get_one(Photo, receipt.photo_id)
    assert (photo.device, photo.taken_source, photo.zone_assumed) == (
        "HUAWEI ALN-AL00",
        "camera",
        False,
    )
    assert photo.software == "ALN-AL00 4.2.0.130"
    assert photo.fixed_at == visit.now - timedelta(minutes=5)


def test_removed_photos_and_those_of_other_visits_are_neighbours(visit: Visit) -> None:
    receipts = [visit.shoot(seed) for seed in range(3)]
    assert receipts[0].photo_id is not None
    assert receipts[2].photo_id is not None
    inspections.remove_photo(receipts[0].photo_id, visit.who, now=visit.now)
    parcel = rows.a_parcel_row(moved(rows.HERE, east_m=500.0))
    other = inspections.open_visit(rows.a_task(parcel), visit.who, now=visit.now)
    there = rows.a_photo_row(other, taken_source="camera")
    found = neighbours(receipts[2].photo_id)
    assert len(found) == 3
    assert [s.same_parcel for s in found] == [False, True, True]
    assert [s.same_inspection for s in found] == [False, True, True]
    assert all(s.same_person and not s.same_device for s in found)
    assert len(neighbours(there)) == 3


def test_the_same_device_in_other_hands_is_found_and_the_same_model_is_not(visit: Visit) -> None:
    other = rows.a_person(Role.INSPECTOR, "李明", team="二组")
    theirs = rows.an_inspection(other)
    mine = rows.a_photo_row(visit.id, **CANON)
    rows.a_photo_row(theirs, **CANON)
    (shot,) = neighbours(mine)
    assert (shot.same_person, shot.same_device) == (False, True)
    model = {**CANON, "device": "Apple iPhone 13", "taken_at": visit.now - timedelta(days=5)}
    alone = rows.a_photo_row(visit.id, **model)
    rows.a_photo_row(theirs, **model)
    assert neighbours(alone) == []


def test_photos_of_another_day_and_of_unknown_clock_are_left_out(visit: Visit) -> None:
    mine = rows.a_photo_row(visit.id, **CANON)
    rows.a_photo_row(visit.id, taken_at=visit.now - timedelta(days=3), taken_source="camera")
    rows.a_photo_row(visit.id)  # from before anybody noted whose clock it was
    assert neighbours(mine) == []


def test_a_photo_that_arrives_late_sees_the_same_neighbours(visit: Visit) -> None:
    times = [visit.now - timedelta(minutes=m) for m in (50, 40, 30)]
    first, last = (
        rows.a_photo_row(visit.id, taken_at=t, taken_source="camera") for t in (times[0], times[2])
    )
    late = rows.a_photo_row(visit.id, taken_at=times[1], taken_source="camera")
    assert [s.taken_at for s in neighbours(late)] == [times[0], times[2]]
    assert [s.taken_at for s in neighbours(first)] == times[1:]
    assert [s.taken_at for s in neighbours(last)] == times[:2]


def test_what_a_person_used_before_is_counted(visit: Visit) -> None:
    for days, device in ((20, "Apple iPhone 13"), (10, "Apple iPhone 13"), (200, "old")):
        rows.a_photo_row(visit.id, taken_at=visit.now - timedelta(days=days), device=device)
    photo_id = rows.a_photo_row(visit.id, Verdict.PASSED, device="HUAWEI ALN-AL00")
    with reading() as session:
        photo = session.get_one(Photo, photo_id)
        found = known_devices(session, photo, photo.taken_at)
    assert found == (DeviceUse("Apple iPhone 13", None, 2),)


def test_the_search_has_its_indexes(database: str) -> None:
    found = {i["name"]: i["column_names"] for i in inspect(db.engine()).get_indexes("photo")}
    assert found["ix_photo_person_taken"] == ["person_id", "taken_at"]
    assert found["ix_photo_device_taken"] == ["device", "taken_at"]


# --- from the file to the verdict ------------------------------------------------------------------


def _elsewhere(visit: Visit, north_m: float) -> Visit:
    """A visit of the same person to a parcel that far north."""
    at = moved(rows.HERE, north_m=north_m)
    parcel = rows.a_parcel_row(at)
    task = rows.a_task(parcel)
    return Visit(
        visit.who,
        parcel,
        task,
        inspections.open_visit(task, visit.who, now=visit.now),
        visit.now,
    )


def _shot_at(visit: Visit, north_m: float, minutes_ago: float, seed: int) -> bytes:
    taken_at = local(visit.now - timedelta(minutes=minutes_ago))
    return build.a_photo(
        rows.a_square(moved(rows.HERE, north_m=north_m)), taken_at=taken_at, seed=seed
    )


def test_who_photographs_two_parcels_thirty_kilometres_apart_within_minutes_is_asked(
    visit: Visit,
) -> None:
    visit.attach(_shot_at(visit, 0.0, 9.0, 1))
    there = _elsewhere(visit, 30_000.0)
    receipt = there.attach(_shot_at(visit, 30_000.0, 6.0, 2))
    assert receipt.verdict == Verdict.CONTRADICTED
    assert any("折合每小时" in sentence for sentence in receipt.sentences)


def test_a_days_round_by_motorbike_passes(visit: Visit) -> None:
    for n in range(4):
        place = _elsewhere(visit, 5_000.0 * n)
        receipt = place.attach(_shot_at(visit, 5_000.0 * n, 80.0 - 20.0 * n, n))
        assert receipt.verdict == Verdict.PASSED, receipt.sentences


def test_a_photo_is_judged_alike_whenever_it_arrives(visit: Visit) -> None:
    """The one in the middle comes last, as from a phone that had no signal."""
    here, there = visit, _elsewhere(visit, 30_000.0)
    first = here.attach(_shot_at(visit, 0.0, 60.0, 1))
    last = here.attach(_shot_at(visit, 0.0, 50.0, 2))
    middle = there.attach(_shot_at(visit, 30_000.0, 55.0, 3))
    assert (first.verdict, last.verdict) == (Verdict.PASSED, Verdict.PASSED)
    assert middle.verdict == Verdict.DOUBTFUL
    # A later one of the honest place is not dragged down by the one that does not fit.
    assert here.attach(_shot_at(visit, 0.0, 45.0, 4)).verdict == Verdict.PASSED


def test_numbers_of_files_that_run_against_the_clock_are_asked_about(visit: Visit) -> None:
    """The phone's date was set back before the third photo."""
    for n, minutes_ago in enumerate((200.0, 190.0)):
        data = _shot_at(visit, 0.0, minutes_ago, n)
        assert visit.attach(data, capture=_file(f"IMG_{n + 101:04d}.JPG")).verdict == Verdict.PASSED
    receipt = visit.attach(_shot_at(visit, 0.0, 900.0, 5), capture=_file("IMG_0104.JPG"))
    assert any("文件编号 104" in sentence for sentence in receipt.sentences)
    with reading() as session:
        photo = session.get_one(Photo, receipt.photo_id)
    assert (photo.file_series, photo.file_number) == ("IMG_", 104)


def test_a_name_that_no_database_takes_is_no_reason_to_refuse_a_photo(visit: Visit) -> None:
    for n, name in enumerate(("a\x00b.jpg", "\ud800.jpg", "照" * 5000 + ".jpg", "")):
        assert visit.attach(visit.photo(seed=n), capture=_file(name)).verdict == Verdict.PASSED


def _file(name: str) -> dict[str, object]:
    return {"source": "file", "file_name": name}
