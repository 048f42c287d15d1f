"""What the name of a file says: a parcel, a day."""

from dataclasses import replace

import pytest

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks import file_number, name_date
from photos.verify import verify_photo
from tests.build import RECEIVED_AT, a_case, a_parcel, a_photo

PARCEL = "N41132120230001000123"


def named(name: str | None, parcel: str = PARCEL) -> Case:
    return replace(a_case(), named=name, parcel=parcel)


def outcome(result: Result | None) -> Outcome | None:
    if result is not None:
        assert result.message.endswith("。")
    return None if result is None else result.outcome


@pytest.mark.parametrize(
    "name",
    [
        "N41132120230001000124_W_001.jpg",
        "000124_G_2.jpg",
        "41132120230001000999_A_012.JPG",
    ],
)
def test_a_photo_named_after_another_parcel_is_doubted(name: str):
    result = file_number(named(name))
    assert outcome(result) is Outcome.DOUBT
    assert result is not None
    assert PARCEL in result.message


@pytest.mark.parametrize(
    "name",
    [
        f"{PARCEL}_W_001.jpg",
        f"{PARCEL.lower()}_全景_1.jpg",
        f"全景-{PARCEL}.heic",
        "41132120230001000123_G_001.jpg",  # without the letter
        "0001000123_G_001.jpg",  # the end of the number
    ],
)
def test_a_photo_named_after_its_own_parcel_passes(name: str):
    assert outcome(file_number(named(name))) is Outcome.PASS


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20260302_081109.jpg",
        "IMG_1234.JPG",
        "20260302_A_001.jpg",
        "WP_20140101_001.jpg",
        "DSC00017.JPG",
        "mmexport1709337069000.jpg",
        "微信图片_20260302081109.jpg",
        "PXL_20260302_001109123.jpg",
        None,
    ],
)
def test_what_a_camera_calls_its_files_states_no_parcel(name: str | None):
    assert file_number(named(name)) is None
    assert file_number(named(name, parcel="")) is None


def test_a_short_number_is_not_found_in_any_name_by_chance():
    assert file_number(named("IMG_12.jpg", parcel="12")) is None


def test_verifying_a_folder_hands_the_name_over_and_a_page_gives_none():
    parcels = [("N1001", a_parcel()), ("N1002", a_parcel())]
    line = verify_photo(
        a_photo(), "核查/N1002_W_001.jpg", parcels, parcel="N1001", received_at=RECEIVED_AT
    )
    found = {r["check"]: r["outcome"] for r in line["results"]}
    assert found["file_number"] == "DOUBT"
    assert a_case().named is None


# --- name_date ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["IMG_20250718_101500.jpg", "20260515_081109.jpg", "PXL_20240101_001109123.jpg"],
)
def test_a_name_of_another_day_than_the_shot_is_told_and_never_doubted(name: str):
    result = name_date(named(name))
    assert result is not None
    assert result.noted
    assert outcome(result) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20260302_081109.jpg",
        "PXL_20260302_001109123.jpg",  # in UTC
        "PXL_20260301_221109123.jpg",
        "微信图片_20260303081109.jpg",
        "WP_20260302_001.jpg",
        "2026-03-02 081109.jpg",
    ],
)
def test_a_name_of_the_same_day_passes(name: str):
    assert outcome(name_date(named(name))) is Outcome.PASS


@pytest.mark.parametrize(
    "name",
    [None, "IMG_1234.JPG", "mmexport1709337069000.jpg", "N41132120230001000123_W_001.jpg", "20261399.jpg"],
)  # fmt: skip
def test_a_name_without_a_day_is_not_asked(name: str | None):
    assert name_date(named(name)) is None


def test_a_file_without_a_camera_time_is_not_asked():
    bare = a_case(a_photo(taken_at=None))
    assert name_date(replace(bare, named="IMG_20250718_101500.jpg")) is None
