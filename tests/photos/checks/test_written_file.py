"""How the file was written: by a camera, by a program, or by both one after the other."""

import io
from dataclasses import replace

import piexif
import pytest
from PIL import Image

from field_app.settings import ROOT
from models.geo import Position
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Claim, Result
from photos.checks import dates_within, library_layout, odd_fractions, reencoded
from photos.checks.edited_together import edited_together
from photos.checks.library_layout import OUR_PAGE
from photos.evidence import Evidence, ExifLayout, GpsState, Reading, Source, Structure
from photos.examine import examine
from tests.build import HERE, a_case, a_photo

PHONE_PARTS = ("APP1:Exif", "DQT", "SOF0", "DHT", "SOS")
LIBRARY_PARTS = ("APP0:JFIF", "APP1:Exif", "DQT", "SOF0", "DHT", "SOS")
PHONE_LAYOUT = ExifLayout(
    big_endian=True,
    ifds=("IFD0", "ExifIFD", "GPS", "IFD1"),
    tags={"IFD0": (0x10F, 0x110), "ExifIFD": (0x829A, 0x829D, 0x9003, 0x927C)},
    maker_note=True,
    packed=True,
)
PHONE = Structure("jpeg", PHONE_PARTS, standard_huffman=True, subsampling="2x2", exif=PHONE_LAYOUT)
CAMERA_GPS = (((33, 1), (29, 1), (244367, 10_000)), ((112, 1), (25, 1), (481913, 10_000)))


def photo_of(
    structure: Structure | None = PHONE,
    *,
    make: str | None = "HUAWEI",
    gps: tuple[object, object] | None = CAMERA_GPS,
    times: dict[str, str] | None = None,
    **given: object,
) -> Case:
    """A case whose file says just this."""
    readings = [] if make is None else [Reading("Make", make, "IFD0 0x010F", Source.EXIF)]
    if gps is not None:
        for name, value in zip(("GPSLatitude", "GPSLongitude"), gps, strict=True):
            readings.append(Reading(name, value, "GPS", Source.EXIF))  # type: ignore[arg-type]
    for name, text in (times or {"DateTimeOriginal": "2026:03:02 08:11:09"}).items():
        readings.append(Reading(name, text, "ExifIFD", Source.EXIF))
    evidence = Evidence(
        "0" * 64, 1000, "image/jpeg", 4000, 3000, tuple(readings),
        gps=GpsState.ABSENT if gps is None else GpsState.PRESENT,
        position=None if gps is None else HERE, structure=structure,
    )  # fmt: skip
    return replace(a_case(), evidence=evidence, **given)  # type: ignore[arg-type]


def said(result: Result | None) -> str:
    """PASS, NOTE, DOUBT or FAIL; "" where there is nothing to ask."""
    if result is None:
        return ""
    assert result.message.endswith("。")
    assert result.measured
    return "NOTE" if result.noted else result.outcome.value


# --- reencoded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "structure",
    [
        replace(PHONE, parts=LIBRARY_PARTS),
        replace(PHONE, parts=LIBRARY_PARTS, exif=None),
        replace(PHONE, progressive=True),
    ],
)
def test_a_file_that_a_library_compressed_again_is_told_and_never_doubted(structure: Structure):
    assert said(reencoded(photo_of(structure))) == "NOTE"


def test_what_pillow_saves_is_recognised_with_its_quality():
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", quality=83)
    result = reencoded(a_case(out.getvalue()))
    assert said(result) == "NOTE"
    assert result is not None
    assert result.measured["ijg_quality"] == 83


@pytest.mark.parametrize(
    "structure",
    [
        PHONE,
        replace(PHONE, parts=LIBRARY_PARTS, standard_huffman=False),  # an OPPO R7 Plus
        replace(PHONE, parts=("APP1:Exif", "APP2:MPF", "DQT", "SOF0", "DHT", "SOS")),  # HDR, 3D
        replace(PHONE, parts=("APP7:HUAWEI", "APP8:", "APP1:Exif", "DQT", "SOF0", "SOS")),
    ],
)
def test_files_as_phones_write_them_pass(structure: Structure):
    assert said(reencoded(photo_of(structure))) == "PASS"


def test_heic_png_and_our_own_live_camera_are_not_asked():
    written = replace(PHONE, parts=LIBRARY_PARTS)
    live = Claim(PhotoKind.OVERVIEW, position=HERE, live_capture=True)
    assert reencoded(photo_of(written, claim=live)) is None
    for container in ("heic", "png", "webp"):
        assert reencoded(photo_of(replace(PHONE, container=container))) is None
    assert reencoded(photo_of(None)) is None


# --- library_layout -------------------------------------------------------------------------------


def with_piexif(photo: bytes, **changed: object) -> bytes:
    """The photo with its Exif block loaded, changed and written again by piexif."""
    block = piexif.load(photo)
    for ifd, tags in changed.items():
        block[ifd].update(tags)
    out = io.BytesIO()
    piexif.insert(piexif.dump(block), photo, out)
    return out.getvalue()


def test_a_block_that_piexif_wrote_is_doubted():
    photo = with_piexif(a_photo(), Exif={piexif.ExifIFD.DateTimeOriginal: "2026:03:05 09:00:00"})
    result = library_layout(a_case(photo))
    assert said(result) == "DOUBT"
    assert result is not None
    assert set(result.measured["unterminated"]) >= {"ExifIFD", "GPS"}


def test_a_phone_that_tells_nothing_of_the_exposure_is_told_and_not_doubted():
    tags = {"IFD0": (0x10F, 0x110), "ExifIFD": (0x9003,)}
    thin = replace(PHONE, exif=replace(PHONE_LAYOUT, tags=tags, maker_note=False))
    assert said(library_layout(photo_of(thin))) == "NOTE"
    assert said(library_layout(photo_of(thin, make="KODAK"))) == "PASS"  # a scanner, a drone


def test_the_block_of_a_phone_passes_in_either_byte_order_with_and_without_preview():
    for layout in (
        PHONE_LAYOUT,
        replace(PHONE_LAYOUT, big_endian=False, packed=False),
        replace(PHONE_LAYOUT, ifds=("IFD0", "ExifIFD", "GPS"), maker_note=False),
        replace(PHONE_LAYOUT, ifds=("IFD0", "ExifIFD", "Interop", "IFD1")),
    ):
        assert said(library_layout(photo_of(replace(PHONE, exif=layout)))) == "PASS"
    assert library_layout(photo_of(replace(PHONE, exif=None))) is None  # a messenger took it off


def test_what_our_own_page_wrote_is_not_held_against_anybody():
    by_library = replace(PHONE, exif=replace(PHONE_LAYOUT, unterminated=("ExifIFD", "GPS")))
    assert said(library_layout(photo_of(by_library))) == "DOUBT"
    page = Claim(PhotoKind.OVERVIEW, position=Position(112.43, 33.49, 8.0))
    assert library_layout(photo_of(by_library, claim=page)) is None
    assert library_layout(photo_of(by_library, claim=replace(page, live_capture=True))) is None


def test_a_file_that_only_says_it_came_from_our_page_is_doubted_and_told_where_its_record_is():
    photo = with_piexif(a_photo(), **{"0th": {piexif.ImageIFD.Software: OUR_PAGE.encode()}})
    result = library_layout(a_case(photo))
    assert said(result) == "DOUBT"
    assert result is not None
    assert "采集记录" in result.message
    other = library_layout(a_case(with_piexif(a_photo())))
    assert other is not None
    assert "采集记录" not in other.message
    script = (ROOT / "field_app" / "static" / "js" / "exif.js").read_text("utf-8")
    assert f'const SOFTWARE = "{OUR_PAGE}";' in script


# --- odd_fractions --------------------------------------------------------------------------------

EXIFTOOL = (((33, 1), (29, 1), (708, 25)), ((112, 1), (25, 1), (1389, 25)))


@pytest.mark.parametrize(
    ("gps", "what"),
    [
        (EXIFTOOL, "分母"),
        ((((334912, 10_000), (0, 1), (0, 1)), ((1124321, 10_000), (0, 1), (0, 1))), "“度”"),
        ((((33, 1), (29, 1), (1218541, 43_000)), CAMERA_GPS[1]), "分母"),
        # 33.4912°, 112.4321° typed and written as cameras write: round to four decimals
        ((((33, 1), (29, 1), (283200, 10_000)), ((112, 1), (25, 1), (555600, 10_000))), "4 位"),
        ((((33, 1), (30, 1), (0, 10_000)), ((112, 1), (24, 1), (0, 10_000))), "1 位"),
    ],
)
def test_coordinates_that_a_program_or_a_person_filled_in_are_doubted(gps, what: str):
    result = odd_fractions(photo_of(gps=gps))
    assert said(result) == "DOUBT"
    assert result is not None
    assert what in result.message


@pytest.mark.parametrize(
    ("make", "gps"),
    [
        ("HUAWEI", CAMERA_GPS),
        ("Apple", (((40, 1), (26, 1), (4910, 100)), ((3, 1), (43, 1), (2911, 100)))),
        ("Apple", (((47, 1), (3763, 100), (0, 1)), ((122, 1), (2024, 100), (0, 1)))),  # iPhone 5
        ("samsung", (((48, 1), (53, 1), (33, 1)), ((2, 1), (14, 1), (11, 1)))),  # whole seconds
        ("samsung", (((51, 1), (1, 1), (3000, 100)), ((7, 1), (35, 1), (3100, 100)))),
        ("Google", (((50, 1), (17, 1), (5857, 100)), ((14, 1), (49, 1), (1306, 100)))),
        ("Xiaomi", (((33, 1), (29, 1), (28_123_456, 1_000_000)), CAMERA_GPS[1])),
        ("Nokia", (((53, 1), (21, 1), (34074, 1000)), ((6, 1), (15, 1), (29633, 1000)))),
        # six decimals, as some position services round
        ("vivo", (((33, 1), (29, 1), (283_236, 10_000)), ((112, 1), (25, 1), (555_564, 10_000)))),
    ],
)
def test_coordinates_as_phones_write_them_pass(make: str, gps):
    assert said(odd_fractions(photo_of(make=make, gps=gps))) == "PASS"


def test_an_iphone_position_in_other_than_hundredths_is_told_only():
    assert said(odd_fractions(photo_of(make="Apple"))) == "NOTE"


@pytest.mark.parametrize("make", ["Canon", "DJI", "Parrot", "NIKON", "Samsung Techwin", None])
def test_compact_cameras_and_drones_write_as_they_like(make: str | None):
    assert odd_fractions(photo_of(make=make, gps=EXIFTOOL)) is None


@pytest.mark.parametrize("gps", ["blanked", "blanked-0/0", "absent", "zero"])
def test_a_position_that_the_system_took_away_has_no_fractions_to_ask_of(gps):
    assert odd_fractions(a_case(a_photo(gps=gps))) is None


def test_the_position_of_every_place_in_the_county_passes_as_our_camera_writes_it():
    for n in range(1, 40):
        at = Position(112.4 + n * 0.001_237_1, 33.5 - n * 0.000_771_9)
        assert said(odd_fractions(a_case(a_photo(at=at)))) == "PASS", at


# --- dates_within ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "times",
    [
        {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTime": "2026:03:04 10:00:00"},
        {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTimeDigitized": "2025:03:02 08:11:09"},
    ],
)
def test_a_file_whose_times_differ_is_told_and_never_doubted(times: dict[str, str]):
    assert said(dates_within(photo_of(times=times))) == "NOTE"


@pytest.mark.parametrize(
    "times",
    [
        {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTime": "2026:03:02 08:11:09"},
        {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTime": "2026:03:02 08:11:31"},  # HDR
        # the driver of a Moto G, a Nexus 4 and an OPPO R7 has no clock of its own
        {
            "DateTimeOriginal": "2026:03:02 08:11:09",
            "DateTimeDigitized": "2002:12:08 12:00:00",
            "DateTime": "2026:03:02 08:11:09",
        },
    ],
)
def test_the_times_of_an_honest_file_pass(times: dict[str, str]):
    assert said(dates_within(photo_of(times=times))) == "PASS"


def test_a_file_with_one_time_or_none_has_nothing_to_compare():
    assert dates_within(photo_of()) is None
    assert dates_within(photo_of(times={"DateTimeOriginal": "    :  :     :  :  "})) is None
    late = {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTimeDigitized": "2002:12:08 12:00:00"}
    assert dates_within(photo_of(times=late)) is None


# --- edited_together ------------------------------------------------------------------------------


def together(case: Case) -> str:
    done = examine(case, checks=(reencoded, library_layout, odd_fractions, dates_within))
    return next((said(r) for r in done.results if r.check == "edited_together"), "")


RESAVED = replace(PHONE, parts=LIBRARY_PARTS)
LATER = {"DateTimeOriginal": "2026:03:02 08:11:09", "DateTime": "2026:03:04 10:00:00"}
THIN = replace(PHONE_LAYOUT, tags={"ExifIFD": (0x9003,)}, maker_note=False)
BY_PIEXIF = replace(PHONE_LAYOUT, unterminated=("ExifIFD", "GPS"))


def test_compressed_again_and_saved_again_is_a_doubt_together():
    assert together(photo_of(RESAVED, times=LATER)) == "DOUBT"
    assert together(photo_of(replace(PHONE, exif=THIN), times=LATER)) == "DOUBT"
    assert together(photo_of(RESAVED, gps=EXIFTOOL)) == "DOUBT"


def test_a_librarys_layout_with_a_programs_coordinates_contradicts():
    assert together(photo_of(replace(PHONE, exif=BY_PIEXIF), gps=EXIFTOOL)) == "FAIL"
    photo = a_photo(at=Position(112.4321, 33.4912))
    assert together(a_case(with_piexif(photo))) == "FAIL"


def test_each_sign_alone_is_left_as_it_is():
    assert together(photo_of()) == ""
    assert together(photo_of(RESAVED)) == ""
    assert together(photo_of(times=LATER)) == ""
    assert together(photo_of(replace(PHONE, exif=THIN))) == ""
    assert together(photo_of(gps=EXIFTOOL)) == ""  # a doubt by itself already
    assert together(photo_of(replace(PHONE, exif=BY_PIEXIF))) == ""


def test_a_watermark_camera_leaves_two_signs_in_one_honest_step():
    assert together(photo_of(replace(RESAVED, exif=THIN))) == ""


def test_a_photo_that_a_messenger_stripped_is_doubted_by_no_combination():
    bare = photo_of(replace(RESAVED, exif=None), make=None, gps=None, times={"Nothing": ""})
    assert together(bare) == ""


def test_a_compact_camera_whose_files_were_fetched_by_its_own_program_is_not_doubted():
    nikon = photo_of(make="NIKON", times=LATER, gps=EXIFTOOL)
    assert together(nikon) == ""


def test_the_rule_weighs_what_it_is_given_and_nothing_else():
    assert edited_together(photo_of(), {}) is None
    assert edited_together.declared.if_broken is Outcome.FAIL
