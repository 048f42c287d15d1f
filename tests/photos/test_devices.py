"""What a file says of the device that made it, and what that is worth."""

import pytest

from photos.devices import (
    Device,
    FileNumber,
    device_of,
    file_number_in,
    is_one_device,
    lens_of,
    software_of,
)
from photos.evidence import Evidence, Reading, Source
from tests.build import a_case, a_photo


def file_with(**tags: str) -> Evidence:
    readings = tuple(Reading(name, value, name, Source.EXIF) for name, value in tags.items())
    return Evidence("0" * 64, 1, "image/jpeg", readings=readings)


def test_a_phone_names_its_model_and_that_is_no_one_device():
    device = a_case(a_photo()).device
    assert device == Device("HUAWEI", "ALN-AL00")
    assert not is_one_device(device.key)


def test_a_serial_number_makes_it_one_device():
    device = device_of(file_with(Make="SONY", Model="ILCE-7M3", BodySerialNumber=" 4512345\0"))
    assert device is not None
    assert device.key == "SONY ILCE-7M3 #4512345"
    assert is_one_device(device.key)


@pytest.mark.parametrize(
    "unset", ["", "0", "00000000", "0000000000000001", "12", "----", "123456789"]
)
def test_a_serial_number_that_was_never_set_identifies_nothing(unset: str):
    device = device_of(file_with(Make="SONY", Model="ILCE-7M3", BodySerialNumber=unset))
    assert device is not None
    assert not is_one_device(device.key)


def test_a_model_that_contains_the_mark_of_a_serial_number_is_still_a_model():
    device = device_of(file_with(Make="X", Model="Camera #4512345"))
    assert device is not None
    assert not is_one_device(device.key)


def test_a_picture_number_or_a_camera_modules_part_number_is_no_device():
    device = device_of(file_with(Make="samsung", Model="SM-G930F", ImageUniqueID="E12LLKL01GM"))
    assert device is not None
    assert device.key == "samsung SM-G930F"


def test_a_file_that_names_no_model_names_no_device():
    assert device_of(file_with(Make="HUAWEI")) is None
    assert lens_of(file_with()) is software_of(file_with()) is None


def test_lens_and_software_are_as_the_file_says():
    one = file_with(LensModel="iPhone 7 back camera 3.99mm f/1.8 ", Software="13.1.2")
    assert lens_of(one) == "iPhone 7 back camera 3.99mm f/1.8"
    assert software_of(one) == "13.1.2"


@pytest.mark.parametrize(
    ("name", "series", "number"),
    [
        ("IMG_1234.JPG", "IMG_", 1234),
        ("img_1234.heic", "IMG_", 1234),
        ("photos/2026/DSC00017.jpg", "DSC", 17),
        ("D:\\DCIM\\DSCN0010.jpg", "DSCN", 10),
        ("DJI_0123.JPG", "DJI_", 123),
        ("100_0042.JPG", "100_", 42),
    ],
)
def test_a_cameras_running_number_is_read(name: str, series: str, number: int):
    assert file_number_in(name) == FileNumber(series, number)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20260302_081109.jpg",  # a date is no count
        "20260302_081109.jpg",
        "IMG20260302081109.jpg",
        "PXL_20260302_001109123.jpg",
        "mmexport1582342342123.jpg",  # saved from a chat: the moment of saving
        "微信图片_20260302081109.jpg",
        "IMG_E1234.JPG",  # the edited copy beside IMG_1234
        "IMG_1234(1).JPG",
        "IMG_1234_1.JPG",
        "IMG_1234 副本.JPG",
        "411321101001_全景_001.jpg",
        "P1010012.JPG",
        "1234.jpg",
        "",
        None,
    ],
)
def test_what_a_camera_did_not_count_has_no_number(name: str | None):
    assert file_number_in(name) is None
