"""Our readings of real phone and camera files against those of exiftool."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from models.vocabulary import Outcome, PhotoKind, Verdict
from photos.case import Case, Claim
from photos.evidence import Evidence, GpsState, Source
from photos.examine import examine
from photos.formats.heic import walk_heic
from photos.formats.jpeg import walk_jpeg
from photos.formats.tiff import read_tiff
from photos.reading import read_evidence
from photos.second_reading import read_again
from tests.build import RECEIVED_AT, a_parcel

FOLDER = Path(__file__).parents[2].parent / "shared" / "samples" / "photos"
REFERENCE = FOLDER / "exiftool.json"

pytestmark = pytest.mark.skipif(
    not REFERENCE.exists(), reason=f"the sample photos are not beside the project ({FOLDER})"
)

OURS = {"CreateDate": "DateTimeDigitized", "ModifyDate": "DateTime",
        "ExifImageWidth": "PixelXDimension", "ExifImageHeight": "PixelYDimension"}  # fmt: skip

# Where we differ from exiftool, and who is right.
EXPLAINED = {
    # The tag holds two values where the standard has one; exiftool joins them with a blank, we
    # keep both as numbers and then give no size.
    ("Kodak_CX7530.jpg", "ExifImageWidth"): (100, 0),
    ("Kodak_CX7530.jpg", "ExifImageHeight"): (78, 0),
}


def _reference() -> list[dict[str, object]]:
    return json.loads(REFERENCE.read_text()) if REFERENCE.exists() else []


@lru_cache(maxsize=64)
def _read(name: str) -> Evidence:
    return read_evidence((FOLDER / name).read_bytes())


def _reading(evidence: Evidence, key: str) -> object:
    """Our value under exiftool's name, in the form that `exiftool -j -n` prints."""
    if key in ("ImageWidth", "ImageHeight"):
        return evidence.width if key == "ImageWidth" else evidence.height
    if key in ("GPSLatitude", "GPSLongitude"):
        assert evidence.position is not None
        return evidence.position.lat if key == "GPSLatitude" else evidence.position.lon
    if key == "GPSTimeStamp":
        clock = evidence.value("GPSTimeStamp")
        assert isinstance(clock, tuple)
        hours, minutes, seconds = (n / d for n, d in clock)
        return f"{hours:02.0f}:{minutes:02.0f}:{seconds:05.2f}".removesuffix(".00")
    value = evidence.value(OURS.get(key, key))
    if isinstance(value, tuple) and len(value) == 1:
        return evidence.number(OURS.get(key, key))
    return value


def _same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, int | float):
        try:
            return float(ours) == pytest.approx(float(theirs), rel=1e-9, abs=1e-9)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return False
    return str(ours).strip() == str(theirs).strip()


@pytest.mark.parametrize("reference", _reference(), ids=lambda r: str(r["SourceFile"])[2:])
def test_every_reading_of_exiftool_is_ours_too(reference: dict[str, object]):
    name = str(reference.pop("SourceFile"))[2:]
    evidence = _read(name)
    differences = {}
    for key, theirs in reference.items():
        ours = _reading(evidence, key)
        if (name, key) in EXPLAINED:
            assert ours == EXPLAINED[name, key]
        elif not _same(ours, theirs):
            differences[key] = (ours, theirs)
    assert differences == {}


@pytest.mark.parametrize("reference", _reference(), ids=lambda r: str(r["SourceFile"])[2:])
def test_nothing_is_read_that_exiftool_does_not_see(reference: dict[str, object]):
    evidence = _read(str(reference["SourceFile"])[2:])
    assert (evidence.position is not None) == ("GPSLatitude" in reference)
    assert (evidence.heading is not None) == ("GPSImgDirection" in reference)
    if "GPSHPositioningError" not in reference and evidence.position is not None:
        assert evidence.position.accuracy_m is None


def test_the_two_readers_agree_on_every_sample():
    for path in FOLDER.iterdir():
        if path.suffix == ".json":
            continue
        data = path.read_bytes()
        block = (walk_jpeg if data[:2] == b"\xff\xd8" else walk_heic)(data).exif or b""
        readings = (*read_tiff(block).readings, *read_again(block))
        assert replace(_read(path.name), readings=readings).disagreements() == {}, path.name
        assert {r.source for r in readings} == {Source.EXIF, Source.EXIFREAD}, path.name


@pytest.mark.parametrize(
    "name",
    [
        "35-empty.jpg",
        "36-memory_error.jpg",
        "67-0_length_string.jpg",
        "87_OSError.jpg",
        "corrupted.jpg",
        "heic-maybebroken.HEIC",
    ],
)
def test_files_that_broke_other_readers_are_read_and_shown(name: str):
    evidence = _read(name)
    assert evidence.error is None
    assert evidence.grey is not None
    assert evidence.text("Make")


def test_a_camera_without_gps_has_no_position_and_is_not_blanked():
    assert _read("35-empty.jpg").gps is GpsState.ABSENT


def test_no_honest_sample_is_contradicted_where_it_was_taken():
    """Each phone file is judged on a parcel where it stood; only known editors may be doubted."""
    for path in sorted(FOLDER.iterdir()):
        if path.suffix == ".json":
            continue
        evidence = _read(path.name)
        if evidence.position is None:
            continue
        parcel = a_parcel(evidence.position)
        # The Nikon's clock is one day off its satellites': the check must say so.
        known = {"camera_gps_clock"} if path.name.startswith("DSCN") else set()
        case = Case(evidence, parcel, Claim(PhotoKind.OVERVIEW), RECEIVED_AT)
        done = examine(case)
        contradicted = {r.check for r in done.results if r.outcome is Outcome.FAIL}
        assert contradicted == known, path.name
        assert not [r for r in done.results if r.outcome is Outcome.ERROR]
        if path.name.startswith(("heic-", "HMD", "iphone", "IMG_2018")):
            assert done.verdict is Verdict.PASSED, path.name


# What the checks of the written file say of the samples: a person agrees that each of these was cut
# or saved by an editor after the shot. The Canon's position was written afterwards as well.
WRITTEN = (
    "editing_software", "frame_size", "thumbnail_agrees", "changed_spot", "reencoded", "library_layout",
    "odd_fractions", "dates_within", "name_date", "file_number", "screenshot", "edited_together",
)  # fmt: skip
EDITED = {
    "35-empty.jpg": {"thumbnail_agrees"},  # its preview shows more of the car park
    "87_OSError.jpg": {"editing_software"},
    "IMG_5195.HEIC": {"frame_size"},
    "Kodak_CX7530.jpg": {"editing_software"},
    "issue-exifr-13.jpg": {"frame_size"},
    **{f"seneca_IMG_0{n}.jpg": {"editing_software", "frame_size"} for n in (446, 465, 565, 585)},
}


def test_only_samples_that_were_edited_are_doubted_for_how_they_are_written_and_none_contradicted():
    doubted = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix == ".json":
            continue
        claim = Claim(PhotoKind.OVERVIEW)
        case = Case(_read(path.name), a_parcel(), claim, RECEIVED_AT, named=path.name)
        found = [r for r in examine(case).results if r.check in WRITTEN]
        assert not [r for r in found if r.outcome in (Outcome.FAIL, Outcome.ERROR)], path.name
        odd = {r.check for r in found if r.outcome is Outcome.DOUBT}
        if odd:
            doubted[path.name] = odd
    assert doubted == EDITED
