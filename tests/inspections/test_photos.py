import hashlib
import struct
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from field_app import inspections
from field_app.clock import local
from field_app.db import reading, writing
from field_app.inspections.photos import store
from field_app.problems import Problem
from models.geo import moved
from models.tables import Event, Examination, Photo
from models.vocabulary import Role
from tests import rows
from tests.inspections.conftest import Visit


def sentence(visit: Visit, photo_id: int | None, check: str) -> tuple[str, str]:
    photo = next(p for p in visit.view().photos if p.id == photo_id)
    result = next(r for r in photo.results if r["check"] == check)
    return result["outcome"], result["message"]


def test_an_honest_photo_passes_and_its_bytes_are_untouched(visit: Visit) -> None:
    data = visit.photo()
    receipt = visit.attach(data)
    assert (receipt.verdict, receipt.grade) == ("核验通过", "C")
    assert store().get(hashlib.sha256(data).hexdigest()) == data


def test_a_photo_taken_in_the_next_village_is_refused(visit: Visit) -> None:
    receipt = visit.shoot(away_m=1240.0)
    assert receipt.verdict == "不符"
    outcome, said = sentence(visit, receipt.photo_id, "on_parcel")
    assert outcome == "FAIL"
    assert "1240 m" in said


def test_a_photo_that_contradicts_does_not_fill_the_want(visit: Visit) -> None:
    visit.shoot(away_m=1240.0)
    wish = next(w for w in visit.view().wishes if w.kind == "全景")
    assert (wish.there, wish.short) == (0, 1)


def test_a_photo_without_a_position_is_not_accused(visit: Visit) -> None:
    for seed, gps in enumerate(("absent", "blanked")):
        receipt = visit.shoot(seed, gps=gps)
        assert (receipt.verdict, receipt.grade) == ("待补证", "D")


def test_the_position_of_our_page_makes_up_for_a_blanked_file(visit: Visit) -> None:
    at = rows.HERE
    moment = (visit.now - timedelta(seconds=20)).isoformat()
    capture = {
        "source": "camera",
        "lon": at.lon,
        "lat": at.lat,
        "accuracy_m": 6.0,
        "fixed_at": moment,
        "chosen_at": moment,
        "device_time": visit.now.isoformat(),
    }
    data = visit.photo(gps="blanked")
    receipt = visit.attach(data, capture=capture)
    assert (receipt.verdict, receipt.grade) == ("核验通过", "B")


def test_where_an_old_file_was_chosen_says_nothing_of_where_it_was_shot(visit: Visit) -> None:
    capture = {"source": "file", "lon": rows.HERE.lon, "lat": rows.HERE.lat, "accuracy_m": 5.0}
    data = visit.photo(gps="absent")
    assert visit.attach(data, capture=capture).grade == "D"


def test_a_fix_of_half_an_hour_ago_is_no_position_of_the_shot(visit: Visit) -> None:
    capture = {
        "source": "camera",
        "lon": rows.HERE.lon,
        "lat": rows.HERE.lat,
        "fixed_at": (visit.now - timedelta(minutes=30)).isoformat(),
        "chosen_at": visit.now.isoformat(),
    }
    data = visit.photo(gps="absent")
    assert visit.attach(data, capture=capture).grade == "D"


@pytest.mark.parametrize(
    "bad",
    [
        {"lon": 500.0},
        {"source": "magic"},
        {"lat": "nan"},
        {"fixed_at": "yesterday"},
        {"lon": "x"},
        {"shot_at": "9999-12-31T23:59:59Z"},
        {"chosen_at": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_capture_of_the_wrong_shape_is_refused_before_anything_is_kept(
    bad: dict[str, object], visit: Visit
) -> None:
    with pytest.raises(Problem) as told:
        visit.attach(visit.photo(), capture={"source": "camera", **bad})
    assert told.value.id == "bad-capture"
    assert visit.view().photos == []


def test_sending_a_photo_twice_gives_the_same_receipt(visit: Visit) -> None:
    data = visit.photo()
    first, second = visit.attach(data), visit.attach(data)
    assert first.photo_id == second.photo_id
    assert (first.first, second.first) == (True, False)
    assert len(visit.view().photos) == 1


def test_the_same_bytes_for_another_parcel_contradict(visit: Visit) -> None:
    other_parcel = rows.a_parcel_row(moved(rows.HERE, east_m=10.0))
    other = inspections.open_visit(rows.a_task(other_parcel), visit.who, now=visit.now)
    data = visit.photo()
    assert visit.attach(data).verdict == "核验通过"
    second = Visit(visit.who, other_parcel, 0, other, visit.now).attach(data)
    assert second.verdict == "不符"
    assert (
        sentence(
            Visit(visit.who, other_parcel, 0, other, visit.now), second.photo_id, "same_bytes"
        )[0]
        == "FAIL"
    )
    # The first use stays what it was: it came first.
    assert visit.view().photos[0].verdict == "核验通过"


def test_removing_a_photo_does_not_make_its_bytes_fresh_again(visit: Visit) -> None:
    data = visit.photo()
    receipt = visit.attach(data)
    assert receipt.photo_id is not None
    inspections.remove_photo(receipt.photo_id, visit.who, now=visit.now)
    assert visit.view().photos == []
    other = inspections.open_visit(
        rows.a_task(rows.a_parcel_row(moved(rows.HERE, east_m=10.0))), visit.who, now=visit.now
    )
    assert Visit(visit.who, 0, 0, other, visit.now).attach(data).verdict == "不符"


def test_a_removed_photo_that_is_sent_again_is_back(visit: Visit) -> None:
    data = visit.photo()
    receipt = visit.attach(data)
    assert receipt.photo_id is not None
    inspections.remove_photo(receipt.photo_id, visit.who, now=visit.now)
    again = visit.attach(data)
    assert again.photo_id == receipt.photo_id
    assert [p.verdict for p in visit.view().photos] == ["核验通过"]


def test_another_kind_is_judged_by_its_own_distance(visit: Visit) -> None:
    receipt = visit.shoot(away_m=45.0, kind="全景")
    assert receipt.verdict == "核验通过"
    assert receipt.photo_id is not None
    inspections.change_kind(receipt.photo_id, "近景", visit.who, now=visit.now)
    photo = visit.view().photos[0]
    assert (photo.kind, photo.verdict) == ("近景", "存疑")
    with reading() as session:
        history = session.exec(select(Examination).order_by(Examination.id)).all()  # type: ignore[arg-type]
    assert [e.verdict for e in history] == ["核验通过", "存疑"]  # the old result stays


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0broken", b"\x89PNG\r\n\x1a\nxx"])
def test_what_is_no_photo_is_kept_and_named(data: bytes, visit: Visit) -> None:
    receipt = visit.attach(data)
    assert receipt.verdict == "待补证"
    assert receipt.sentences


def test_an_unknown_kind_is_refused(visit: Visit) -> None:
    with pytest.raises(Problem) as told:
        visit.attach(visit.photo(), "自拍")
    assert told.value.id == "no-such-kind"


def test_who_may_see_a_photo(visit: Visit) -> None:
    receipt = visit.shoot()
    assert receipt.photo_id is not None
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    outsider = rows.a_person(Role.INSPECTOR, team="一组")
    supervisor = rows.a_person(Role.SUPERVISOR)
    rows.units_of_the_plan()
    township = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    for may in (visit.who, mate, supervisor):
        assert inspections.photo_bytes(receipt.photo_id, may)[1] == "image/jpeg"
    for may_not in (outsider, township):
        with pytest.raises(Problem) as told:
            inspections.photo_bytes(receipt.photo_id, may_not)
        assert told.value.id == "not-yours"


def test_every_photo_leaves_an_event(visit: Visit) -> None:
    receipt = visit.shoot()
    with reading() as session:
        said = session.exec(select(Event).where(Event.about == "photo")).one()
    assert (said.about_id, said.action, said.person_id) == (
        receipt.photo_id,
        "收到照片",
        visit.who.id,
    )


def test_a_lost_store_loses_no_row_and_a_retry_mends_it(visit: Visit, tmp_path: Path) -> None:
    data = visit.photo()
    receipt = visit.attach(data)
    with writing() as session:
        photo = session.exec(select(Photo)).one()
    assert photo.sha256 == receipt.sha256
    assert store().exists(photo.sha256)


def by_the_page(visit: Visit, *, clock_off_s: float = 0.0) -> dict[str, object]:
    """What our page tells of a shot a minute ago, on a phone whose clock is off."""
    off = timedelta(seconds=clock_off_s)
    shot = (visit.now - timedelta(minutes=1) + off).isoformat()
    return {
        "source": "camera",
        "lon": rows.HERE.lon,
        "lat": rows.HERE.lat,
        "accuracy_m": 6.0,
        "fixed_at": shot,
        "shot_at": shot,
        "chosen_at": shot,
        "device_time": (visit.now + off).isoformat(),
    }


@pytest.mark.parametrize(
    ("off_s", "verdict"), [(0.0, "核验通过"), (360.0, "存疑"), (7200.0, "存疑"), (-7200.0, "存疑")]
)
def test_an_honest_phone_with_a_wrong_clock_is_doubted_never_contradicted(
    off_s: float, verdict: str, visit: Visit
) -> None:
    moment = local(visit.now + timedelta(seconds=off_s - 60))
    data = visit.photo(gps="absent", taken_at=moment)
    receipt = visit.attach(data, capture=by_the_page(visit, clock_off_s=off_s))
    assert receipt.verdict == verdict


def test_a_file_from_the_future_contradicts_whatever_the_phone_says_of_its_clock(
    visit: Visit,
) -> None:
    data = visit.photo(taken_at=local(visit.now + timedelta(hours=2)))
    sent = (visit.now + timedelta(hours=2)).isoformat()
    receipt = visit.attach(data, capture={"source": "file", "device_time": sent})
    assert receipt.verdict == "不符"


def test_what_is_claimed_at_the_second_sending_is_what_is_judged_and_kept(visit: Visit) -> None:
    data = visit.photo(gps="absent", taken_at=local(visit.now - timedelta(minutes=1)))
    first = visit.attach(data, capture={"source": "file"})
    assert first.grade == "D"
    assert first.photo_id is not None
    inspections.remove_photo(first.photo_id, visit.who, now=visit.now)
    again = visit.attach(data, capture=by_the_page(visit))
    assert (again.photo_id, again.grade) == (first.photo_id, "B")
    assert visit.view().photos[0].claim["source"] == "camera"
    inspections.change_kind(first.photo_id, "近景", visit.who, now=visit.now)
    assert visit.view().photos[0].grade == "B"  # judged by the same claim


def test_a_photo_with_numbers_that_are_none_is_kept_on_both_databases(visit: Visit) -> None:
    # TIFF type 11 (FLOAT) can hold NaN; in GPSImgDirection it once met a JSON column.
    data = bytearray(visit.photo())
    nan = struct.pack(">f", float("nan"))
    spot = data.find(b"\x00\x11\x00\x05\x00\x00\x00\x01")  # GPSImgDirection, RATIONAL, one
    if spot < 0:
        spot = data.find(b"\x11\x00\x05\x00\x01\x00\x00\x00")
        nan = struct.pack("<f", float("nan"))
        data[spot + 2 : spot + 4] = b"\x0b\x00"
    else:
        data[spot + 2 : spot + 4] = b"\x00\x0b"
    assert spot > 0
    data[spot + 8 : spot + 12] = nan
    receipt = visit.attach(bytes(data))
    photo = visit.view().photos[0]
    assert photo.heading_deg is None
    assert receipt.verdict == "核验通过"  # the heading is missing, no more


def test_the_same_photo_twice_at_the_same_moment_is_one(visit: Visit) -> None:
    data, receipts, errors = visit.photo(), [], []

    def send() -> None:
        try:
            receipts.append(visit.attach(data).photo_id)
        except Exception as error:  # noqa: BLE001 — whatever it is, the test wants to see it
            errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(receipts)) == 1
    assert len(visit.view().photos) == 1
