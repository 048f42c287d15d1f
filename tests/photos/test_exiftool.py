"""Our readings against exiftool's own, where it is installed: of the samples and of made files."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import exiftool
import pytest
from PIL.PngImagePlugin import PngInfo

from field_app.demo.camera import exif_block
from photos.evidence import Evidence, as_number
from photos.reading import read_evidence, read_metadata
from tests.build import a_photo, a_scene, facts_of
from tests.photos.signing import signed

FOLDER = Path(__file__).parents[2].parent / "shared" / "samples" / "photos"
SAMPLES = sorted(p for p in FOLDER.iterdir() if p.suffix != ".json") if FOLDER.exists() else []

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None, reason="exiftool is not installed on this machine"
)

# exiftool's name, and ours.
NAMES = {
    "ExposureTime": "ExposureTime",
    "FNumber": "FNumber",
    "ISO": "PhotographicSensitivity",
    "ShutterSpeedValue": None,  # told as a time by exiftool, as its logarithm in the file
    "BrightnessValue": "BrightnessValue",
    "ExposureCompensation": "ExposureBiasValue",
    "SubjectDistance": "SubjectDistance",
    "Flash": "Flash",
    "CustomRendered": "CustomRendered",
    "DigitalZoomRatio": "DigitalZoomRatio",
    "FocalLength": "FocalLength",
    "FocalLengthIn35mmFormat": "FocalLengthIn35mmFilm",
    "SceneCaptureType": "SceneCaptureType",
    "LensMake": "LensMake",
    "LensModel": "LensModel",
    "CompositeImage": "CompositeImage",
    "ImageUniqueID": "ImageUniqueID",
    "SerialNumber": "BodySerialNumber",
    "Artist": "Artist",
    "Copyright": "Copyright",
    "ImageDescription": "ImageDescription",
    "GPSSpeed": "GPSSpeed",
    "GPSMapDatum": "GPSMapDatum",
    "GPSDOP": "GPSDOP",
}
ASKED = [f"-EXIF:{name}" for name, ours in NAMES.items() if ours]
OF_THE_FILE = [
    "-File:EncodingProcess",
    "-File:YCbCrSubSampling",
    "-File:ExifByteOrder",
    "-EXIF:ThumbnailLength",
]

# Where we differ from exiftool, and who is right.
EXPLAINED: dict[tuple[str, str], object] = {
    # 0/0: exiftool says "undef", we keep the fraction as it stands.
    ("35-empty.jpg", "DigitalZoomRatio"): ((0, 0),),
    # The tag stands in IFD0, where the standard has none of that number; we read it in its place.
    ("87_OSError.jpg", "CustomRendered"): None,
}


@pytest.fixture(scope="module")
def theirs() -> Iterator[exiftool.ExifTool]:
    with exiftool.ExifTool(common_args=["-n", "-G0"]) as tool:
        yield tool


def asked(tool: exiftool.ExifTool, path: Path, *tags: str) -> dict[str, Any]:
    (told,) = tool.execute_json(*tags, str(path))
    return {name.partition(":")[2]: value for name, value in told.items() if ":" in name}


def agree(ours: object, theirs: object) -> bool:
    if isinstance(theirs, int | float):
        number = as_number(ours) if ours is not None else None  # type: ignore[arg-type]
        if number is None and isinstance(ours, str):  # exiftool shows a text of digits as a number
            return float(ours) == float(theirs)
        return number == pytest.approx(float(theirs), rel=1e-6, abs=1e-9)
    return str(ours).strip() == str(theirs).strip()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_exposure_lens_and_words_are_read_as_exiftool_reads_them(
    path: Path, theirs: exiftool.ExifTool
):
    evidence = read_metadata(path.read_bytes(), "")
    differences = {}
    for name, value in asked(theirs, path, *ASKED).items():
        ours = evidence.value(NAMES[name] or "")
        if (path.name, name) in EXPLAINED:
            assert ours == EXPLAINED[path.name, name]
        elif not agree(ours, value):
            differences[name] = (ours, value)
    assert differences == {}


@pytest.mark.parametrize(
    "path", [p for p in SAMPLES if p.suffix.lower() == ".jpg"], ids=lambda p: p.name
)
def test_structure_is_read_as_exiftool_reads_it(path: Path, theirs: exiftool.ExifTool):
    structure = read_metadata(path.read_bytes(), "").structure
    told = asked(theirs, path, *OF_THE_FILE)
    assert structure is not None
    assert structure.progressive == (told["EncodingProcess"] == 2)
    if told.get("YCbCrSubSampling"):
        assert structure.subsampling == told["YCbCrSubSampling"].replace(" ", "x")
    assert structure.exif is not None
    assert structure.exif.big_endian == (told["ExifByteOrder"] == "MM")
    assert ("IFD1" in structure.exif.ifds) >= ("ThumbnailLength" in told)


def saved(form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    a_scene().save(out, form, **options)
    return out.getvalue()


def made() -> dict[str, bytes]:
    exif = exif_block(facts_of(away_m=40.0), (320, 240))
    info = PngInfo()
    info.add_text("Software", "NovelAI")
    return {
        "a.jpg": a_photo(away_m=40.0),
        "a.heic": a_photo(away_m=40.0, form="heic"),
        "a.png": saved("PNG", exif=exif, pnginfo=info),
        "a.webp": saved("WEBP", exif=exif),
        "signed.jpg": signed(a_photo(away_m=40.0), "image/jpeg"),
    }


def place(evidence: Evidence) -> tuple[float, float]:
    assert evidence.position is not None
    return evidence.position.lat, evidence.position.lon


@pytest.mark.parametrize("name", ["a.jpg", "a.heic", "a.png", "a.webp", "signed.jpg"])
def test_place_and_size_are_read_from_every_kind_as_exiftool_reads_them(
    name: str, theirs: exiftool.ExifTool, tmp_path: Path
):
    path = tmp_path / name
    path.write_bytes(made()[name])
    evidence = read_evidence(path.read_bytes())
    told = asked(
        theirs, path, "-GPSLatitude", "-GPSLongitude", "-Make", "-ImageWidth", "-ImageHeight"
    )
    assert place(evidence) == pytest.approx((told["GPSLatitude"], told["GPSLongitude"]), abs=1e-9)
    assert evidence.text("Make") == told["Make"]
    assert (evidence.width, evidence.height) == (told["ImageWidth"], told["ImageHeight"])
