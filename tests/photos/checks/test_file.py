"""The file itself: can it be seen, was it edited, is it a crop, was it made, was it used before."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from models.vocabulary import Outcome, Verdict
from photos.case import PriorUse
from photos.checks import (
    camera_format,
    declared_ai,
    editing_software,
    frame_size,
    readable,
    same_bytes,
)
from photos.evidence import Reading, Source
from photos.examine import examine
from tests.build import RECEIVED_AT, a_case, a_photo, a_scene

HONEST = a_case(a_photo())


def outcome(result) -> Outcome:
    assert result is not None
    assert result.message.endswith("。")
    return result.outcome


def with_reading(name: str, value: str, source: Source = Source.XMP):
    readings = (*HONEST.evidence.readings, Reading(name, value, name, source))
    return replace(HONEST, evidence=replace(HONEST.evidence, readings=readings))


# --- readable -------------------------------------------------------------------------------------


def test_a_photo_that_can_be_seen_passes_with_its_size():
    result = readable(HONEST)
    assert outcome(result) is Outcome.PASS
    assert result is not None
    assert (result.measured["width"], result.measured["height"]) == (1280, 960)


@pytest.mark.parametrize("data", [b"", b"text", a_photo()[:5000]])
def test_a_file_that_cannot_be_seen_is_unknown_and_not_an_accusation(data: bytes):
    result = readable(a_case(data))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert result.needed
    assert result.measured["error"].startswith("photo-")


# --- editing_software -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "software",
    [
        "Adobe Photoshop 25.1 (Windows)",
        "GIMP 2.4.5",
        "Snapseed 2.21",
        "美图秀秀 10.1",
        "meitu",
        "Image::ExifTool 12.40",
        "exiv2 0.27",
        "Adobe Photoshop Lightroom Classic 13.0",
        "LuminarAI",
        "Canva",
        "paint.net 4.2.13",
    ],
)
def test_an_editor_is_named(software: str):
    result = editing_software(a_case(a_photo(software=software, xmp=None)))
    if software.isascii():
        assert outcome(result) is Outcome.DOUBT
        assert result is not None
        assert software in result.message
    assert outcome(editing_software(with_reading("CreatorTool", software))) is Outcome.DOUBT


@pytest.mark.parametrize(
    "software",
    [
        "ALN-AL00 4.2.0.130",
        "8.3",
        "HDR+ 1.0.199571065z",
        "Nikon Transfer 1.1 W",
        "00WW_3_380_SP02",
        "G930FXXU1APG8",
        "MediaTek Camera Application",
        "今日水印相机",
        "Windows Photo Editor 10.0",
        "vivo X100 Pro",
        "Version 1.00",
        "Hexiv2000",
        "Picasa",
        "Canvas 2",
        "17.5.1",
        "Adobe XMP Core 5.1.0-jc003",
        "A536EXXU5AVE2",
        "MP1603",
    ],
)
def test_cameras_and_watermark_cameras_are_no_editors(software: str):
    case = with_reading("CreatorTool", software)
    assert outcome(editing_software(case)) is Outcome.PASS


def test_a_file_that_names_no_software_is_unknown():
    result = editing_software(a_case(a_photo(software=None)))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert not result.needed


# --- frame_size -----------------------------------------------------------------------------------


def test_a_crop_that_kept_its_exif_is_a_doubt():
    assert outcome(frame_size(a_case(a_photo(stated_size=(4000, 3000))))) is Outcome.DOUBT


def test_a_turned_picture_and_a_whole_one_pass():
    assert outcome(frame_size(HONEST)) is Outcome.PASS
    assert outcome(frame_size(a_case(a_photo(stated_size=(960, 1280))))) is Outcome.PASS


def test_a_file_that_states_no_size_is_unknown():
    bare = replace(HONEST, evidence=replace(HONEST.evidence, readings=()))
    assert outcome(frame_size(bare)) is Outcome.UNKNOWN


# --- declared_ai ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (
            "DigitalSourceType",
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        ),
        ("AIGC", '{"Label":"1","ContentProducer":"001191"}'),
        ("UserComment", '{"AIGC":{"Label":"2"}}'),
        ("DigitalSourceType", "compositeWithTrainedAlgorithmicMedia"),
        ("UserComment", "wheat field, sunny\nSteps: 20, Sampler: Euler a, CFG scale: 7"),
        ("GeneratorParameters", "wheat\nNegative prompt: blurry\nSteps: 9"),
        ("GeneratorPrompt", '{"3": {"class_type": "KSampler", "inputs": {}}}'),
        ("Comment", '{"steps": 28, "sampler": "k_euler", "uncond_scale": 1.0}'),
        ("ImageDescription", "a field --v 6 Job ID: 0a1b2c3d-1234-4321-aaaa-000000000000"),
    ],
)
def test_a_picture_that_says_it_was_generated_is_contradicted(name: str, value: str):
    assert outcome(declared_ai(with_reading(name, value))) is Outcome.FAIL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"),
        ("AIGC", '{"Label":"0"}'),
        ("UserComment", 'filter: 0; "Label": "1"'),
        ("DigitalSourceType", "computationalCapture"),
        ("UserComment", "Steps: 4210 today, walked from the road"),
        ("ImageDescription", "Job ID 17, sampler of soil: Wang"),
        ("GeneratorPrompt", "拍摄提示：请对准地块"),
    ],
)
def test_a_picture_that_says_it_was_captured_is_left_alone(name: str, value: str):
    assert declared_ai(with_reading(name, value)) is None


def test_a_photo_without_a_mark_gives_no_pass_either():
    assert declared_ai(HONEST) is None


def test_the_mark_is_found_in_a_real_xmp_packet_and_in_a_c2pa_block():
    xmp = b'<rdf:Description Iptc4xmpExt:DigitalSourceType="http://x/trainedAlgorithmicMedia"/>'
    assert outcome(declared_ai(a_case(a_photo(xmp=xmp)))) is Outcome.FAIL
    photo = a_photo()
    block = b"jumb c2pa.actions digitalsourcetype/trainedAlgorithmicMedia"
    segment = b"\xff\xeb" + (len(block) + 2).to_bytes(2, "big") + block
    assert outcome(declared_ai(a_case(photo[:2] + segment + photo[2:]))) is Outcome.FAIL


# --- same_bytes -----------------------------------------------------------------------------------


def used(
    parcel: str = "N2", *, same_parcel: bool = False, same_inspection: bool = False, hours: int = 1
):
    at = RECEIVED_AT - timedelta(hours=hours)
    return PriorUse(parcel, same_parcel, same_inspection, same_person=True, at=at)


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ((), Outcome.PASS),
        ((used("N1", same_parcel=True, same_inspection=True),), Outcome.PASS),
        ((used("N1", same_parcel=True),), Outcome.DOUBT),
        ((used("N2"),), Outcome.FAIL),
        ((used("N2", same_inspection=True),), Outcome.FAIL),
        ((used("N1", same_parcel=True), used("N2")), Outcome.FAIL),
    ],
)
def test_the_same_bytes_elsewhere_contradict_and_here_earlier_are_a_doubt(uses, expected):
    assert outcome(same_bytes(replace(HONEST, neighbours=uses))) is expected


def test_the_earliest_other_use_is_named():
    case = replace(HONEST, neighbours=(used("N3", hours=1), used("N2", hours=9)))
    result = same_bytes(case)
    assert result is not None
    assert "N2" in result.message
    assert result.measured["elsewhere"] == ["N2", "N3"]


def test_two_empty_files_are_not_one_photo_used_twice():
    empty = replace(a_case(b""), neighbours=(used("N2"),))
    assert outcome(same_bytes(empty)) is Outcome.UNKNOWN


# --- camera_format --------------------------------------------------------------------------------


def as_file(form: str, size: tuple[int, int] = (1280, 960)) -> bytes:
    out = io.BytesIO()
    a_scene(size=size).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_a_screenshot_or_converted_picture_is_asked_for_its_original(form: str):
    case = a_case(as_file(form))
    result = camera_format(case)
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert result.needed
    assert result.measured["container"] == form.lower()
    assert examine(case).verdict is not Verdict.PASSED


@pytest.mark.parametrize("size", [(78, 60), (240, 320), (960, 720), (1080, 6000), (6000, 1080)])
def test_a_thumbnail_and_a_long_picture_are_asked_for_their_original(size: tuple[int, int]):
    result = camera_format(a_case(as_file("JPEG", size)))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert f"{size[0]}×{size[1]}" in result.message


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1080, 1440), (4000, 900)])
def test_a_messengers_picture_and_a_panorama_are_of_a_cameras_size(size: tuple[int, int]):
    assert outcome(camera_format(a_case(as_file("JPEG", size)))) is Outcome.PASS


def test_a_file_that_cannot_be_seen_has_no_format_to_judge():
    assert camera_format(a_case(a_photo()[:5000])) is None
    assert camera_format(a_case(b"text")) is None
