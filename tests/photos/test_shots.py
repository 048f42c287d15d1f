"""Which photos of a run are neighbours, whatever their order."""

import random
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import Position, moved
from models.vocabulary import PhotoKind
from photos.case import Case, Claim, Shot
from photos.evidence import CameraTime, Evidence, Reading, Source
from photos.shots import (
    MOST_EACH_WAY,
    RunPhoto,
    seconds_apart,
    seconds_between_fixes,
    shots_among,
)
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo
from tests.soak import examples

PARCEL = a_parcel()


def photo(
    n: int,
    minutes: float | None = 0.0,
    *,
    at: Position | None = HERE,
    person: str = "何映",
    parcel: str = "N1",
    serial: str = "",
) -> RunPhoto:
    """The n-th photo of a run, that many minutes after 08:11:09."""
    taken = None
    if minutes is not None:
        wall = (TAKEN_AT + timedelta(minutes=minutes)).replace(tzinfo=None)
        taken = CameraTime(wall, timedelta(hours=8), "DateTimeOriginal")
    tags = {"Make": "SONY", "Model": "ILCE-7M3"} | ({"BodySerialNumber": serial} if serial else {})
    evidence = Evidence(
        f"{n:064x}",
        1,
        "image/jpeg",
        readings=tuple(Reading(k, v, k, Source.EXIF) for k, v in tags.items()),
        position=at,
        camera_time=taken,
    )
    case = Case(
        evidence, PARCEL, Claim(PhotoKind.OVERVIEW), RECEIVED_AT, parcel=parcel,
        named=f"IMG_{n:04d}.JPG",
    )  # fmt: skip
    return RunPhoto(evidence.sha256, case.shot, person, parcel)


def names(shots: tuple[Shot, ...]) -> list[str]:
    return sorted(shot.name for shot in shots)


def test_photos_of_one_person_within_a_day_are_neighbours():
    run = [photo(1), photo(2, 30), photo(3, 24 * 60 - 1), photo(4, 24 * 60 + 1)]
    found = shots_among(run)
    assert names(found[0]) == ["IMG_0002.JPG", "IMG_0003.JPG"]
    assert names(found[3]) == ["IMG_0002.JPG", "IMG_0003.JPG"]
    one = next(s for s in found[0] if s.name == "IMG_0002.JPG")
    assert (one.same_person, one.same_device, one.same_parcel) == (True, False, True)
    assert one.file_number is not None
    assert one.file_number.number == 2


def test_two_people_with_the_same_model_are_no_neighbours():
    assert shots_among([photo(1), photo(2, 1, person="李明")]) == [(), ()]


def test_a_folder_that_names_nobody_is_not_taken_for_one_person():
    assert shots_among([photo(1, person=""), photo(2, 1, person="")]) == [(), ()]


def test_one_device_in_two_hands_is_a_neighbour():
    run = [photo(1, serial="4512345"), photo(2, 1, person="李明", serial="4512345", parcel="N2")]
    found = shots_among(run)
    assert [(s.same_person, s.same_device, s.same_parcel) for s in found[0]] == [
        (False, True, False)
    ]
    assert names(found[1]) == ["IMG_0001.JPG"]


def test_the_same_bytes_and_photos_without_a_time_are_no_neighbours():
    run = [photo(1), photo(1, parcel="N2"), photo(2, None)]
    assert shots_among(run) == [(), (), ()]


def test_a_long_day_is_bounded_and_the_nearest_are_kept():
    run = [photo(n, n, at=moved(HERE, east_m=200.0 * n)) for n in range(3 * MOST_EACH_WAY)]
    found = shots_among(run)[MOST_EACH_WAY]
    assert len(found) == 2 * MOST_EACH_WAY
    assert max(
        abs(s.taken_at - TAKEN_AT - timedelta(minutes=MOST_EACH_WAY)) for s in found
    ) <= timedelta(minutes=MOST_EACH_WAY)


def test_who_comes_back_to_a_place_after_a_long_day_meets_the_shots_of_the_morning():
    there = [photo(n, n, at=moved(HERE, north_m=3_000.0 + 100.0 * n)) for n in range(1, 120)]
    run = [photo(0, at=HERE), *there, photo(200, 600, at=moved(HERE, east_m=8.0, north_m=-8.0))]
    assert "IMG_0000.JPG" in names(shots_among(run)[-1])


@given(st.randoms(use_true_random=False), st.integers(1, 3))
@settings(max_examples=examples(15), deadline=None)
def test_the_order_of_the_input_changes_nothing(chance: random.Random, people: int):
    run = [
        photo(
            n,
            chance.choice([0.0, 1.0, 1.0, 30.0, 1300.0, None]),
            person=f"p{chance.randrange(people)}",
            serial=chance.choice(["", "4512345"]),
            at=chance.choice([HERE, None, moved(HERE, east_m=15.0)]),
        )
        for n in range(60)
    ]
    found = {p.sha256: frozenset(s) for p, s in zip(run, shots_among(run), strict=True)}
    chance.shuffle(run)
    assert found == {p.sha256: frozenset(s) for p, s in zip(run, shots_among(run), strict=True)}


def test_nearness_is_mutual():
    run = [photo(n, 20.0 * n) for n in range(30)]
    found = shots_among(run)
    for n, shots in enumerate(found):
        for shot in shots:
            assert f"IMG_{n:04d}.JPG" in names(found[int(shot.name[4:8])])


def mine(**given) -> Shot:
    shot = a_case(a_photo()).shot
    assert shot is not None
    return replace(shot, **given)


def test_a_photo_seen_as_its_neighbours_see_it():
    shot = mine()
    assert shot.taken_at == TAKEN_AT
    assert (shot.taken_source, shot.position_source, shot.grade) == ("camera", "exif", "C")
    assert shot.fixed_at == TAKEN_AT.replace(microsecond=0)
    assert shot.device == "HUAWEI ALN-AL00"


def test_a_fix_whose_date_is_off_by_weeks_has_no_moment():
    case = a_case(a_photo(gps_time=TAKEN_AT - timedelta(weeks=1024)))
    assert case.fixed_at is None


@pytest.mark.parametrize(
    ("other", "seconds"),
    [
        ({}, 60.0),
        ({"taken_source": "page"}, None),  # another clock
        ({"zone_assumed": True}, None),
    ],
)
def test_only_times_of_one_kind_are_compared(other: dict[str, object], seconds: float | None):
    later = mine(taken_at=TAKEN_AT + timedelta(minutes=1), **other)
    assert seconds_apart(mine(), later) == seconds
    assert seconds_apart(later, mine()) == (None if seconds is None else -seconds)


def test_fixes_of_page_and_file_are_not_compared():
    assert seconds_between_fixes(mine(), mine()) == 0.0
    assert seconds_between_fixes(mine(), mine(position_source="page")) is None
    assert seconds_between_fixes(mine(), mine(fixed_at=None)) is None


def test_the_same_moment_in_another_zone_is_the_same_moment():
    tokyo = mine(taken_at=TAKEN_AT.astimezone(timezone(timedelta(hours=9))))
    assert seconds_apart(mine(), tokyo) == 0.0
