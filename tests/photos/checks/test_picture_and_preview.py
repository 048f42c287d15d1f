"""The picture against the preview that its file carries, and pictures that are no photos."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks import changed_spot, screenshot, thumbnail_agrees
from photos.evidence import Reading, Source
from photos.examine import examine
from photos.previews import compare
from tests.build import a_case, a_photo, a_scene

SIZE = (640, 480)
FIELD = a_scene("crop", SIZE, 3).convert("L")
POND = a_scene("pond", SIZE, 4).convert("L")


def preview_of(picture: Image.Image, size: tuple[int, int] = (160, 120)) -> Image.Image:
    return picture.resize(size, Image.Resampling.BICUBIC)


def case_of(picture: Image.Image, preview: Image.Image | None) -> Case:
    honest = a_case()
    compared = None if preview is None else compare(picture, preview)
    return replace(honest, evidence=replace(honest.evidence, preview_fit=compared, thumbnail=None))


def outcome(result: Result | None) -> Outcome:
    assert result is not None
    assert result.message.endswith("。")
    return result.outcome


# --- thumbnail_agrees -----------------------------------------------------------------------------


def test_another_picture_under_the_old_exif_is_contradicted():
    noise = Image.effect_noise(SIZE, 90).filter(ImageFilter.GaussianBlur(8))
    noise = ImageOps.autocontrast(noise)
    result = thumbnail_agrees(case_of(noise, preview_of(FIELD)))
    assert outcome(result) is Outcome.FAIL
    assert result is not None
    assert result.measured["correlation"] < 0.7


def test_half_of_the_picture_replaced_is_at_least_doubted():
    pasted = FIELD.copy()
    pasted.paste(ImageOps.invert(POND).crop((0, 0, 320, 480)), (0, 0))
    assert outcome(thumbnail_agrees(case_of(pasted, preview_of(FIELD)))) in (
        Outcome.DOUBT,
        Outcome.FAIL,
    )


def test_a_crop_and_a_mirrored_picture_are_doubted_and_not_contradicted():
    busy = _busy()
    crop = busy.crop((0, 96, 512, 480))
    result = thumbnail_agrees(case_of(crop, preview_of(busy)))
    assert outcome(result) is Outcome.DOUBT
    assert result is not None
    assert result.measured["how"] == "part"
    mirrored = thumbnail_agrees(case_of(ImageOps.mirror(busy), preview_of(busy)))
    assert outcome(mirrored) is Outcome.DOUBT
    assert mirrored is not None
    assert mirrored.measured["how"] == "mirrored"


def _busy() -> Image.Image:
    """A picture without any symmetry: coarse noise, the same every time."""
    small = Image.new("L", (16, 12))
    small.putdata([(n * 7919 + n * n * 104_729) % 251 for n in range(16 * 12)])
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def with_bars(preview: Image.Image) -> Image.Image:
    canvas = Image.new("L", (160, 120), 0)
    canvas.paste(preview.resize((160, 90)), (0, 15))
    return canvas


@pytest.mark.parametrize(
    ("picture", "preview"),
    [
        (FIELD, preview_of(FIELD)),
        (_busy(), preview_of(_busy(), (512, 384))),
        (_busy().resize((640, 360)), with_bars(_busy())),  # 16:9 behind black bars
        (_busy().resize((640, 360)), preview_of(_busy())),  # squeezed
        (_busy().crop((0, 60, 640, 420)), preview_of(_busy())),  # 16:9 cut out of a 4:3 preview
        (_busy(), preview_of(_busy().crop((80, 0, 560, 480)), (120, 120))),  # square preview
        (_busy().rotate(90, expand=True), preview_of(_busy())),  # turned later without a loss
        (_busy().rotate(270, expand=True), preview_of(_busy())),
        (_busy(), ImageEnhance.Contrast(preview_of(_busy())).enhance(0.6)),  # HDR brightened it
        (_busy(), preview_of(_busy()).filter(ImageFilter.SHARPEN)),
        (_busy(), preview_of(_busy().crop((13, 10, 627, 470)))),  # framed a little tighter
    ],
)
def test_previews_as_cameras_make_them_pass(picture: Image.Image, preview: Image.Image):
    assert outcome(thumbnail_agrees(case_of(picture, preview))) is Outcome.PASS


def test_a_photo_of_our_camera_agrees_with_its_own_preview():
    for scene in ("crop", "pond", "bare"):
        result = thumbnail_agrees(a_case(a_photo(scene=scene)))
        assert outcome(result) is Outcome.PASS, scene


def test_a_black_frame_or_a_tiny_one_gives_no_answer():
    black = Image.new("L", SIZE, 3)
    assert outcome(thumbnail_agrees(case_of(black, preview_of(black)))) is Outcome.UNKNOWN
    assert outcome(thumbnail_agrees(case_of(FIELD.resize((16, 12)), FIELD))) is Outcome.UNKNOWN
    assert compare(FIELD, black).correlation is None


def test_without_a_preview_there_is_nothing_to_compare():
    assert thumbnail_agrees(case_of(FIELD, None)) is None
    assert thumbnail_agrees(a_case(a_photo()[:3000])) is None


def test_what_is_left_of_a_photo_after_its_exif_was_moved_onto_another_is_contradicted():
    donor = a_photo(scene="crop")
    out = io.BytesIO()
    ImageOps.invert(a_scene("pond").rotate(180)).save(out, "JPEG")
    length = int.from_bytes(donor[4:6], "big")
    moved = out.getvalue()[:2] + donor[2 : 4 + length] + out.getvalue()[2:]
    assert outcome(thumbnail_agrees(a_case(moved))) in (Outcome.DOUBT, Outcome.FAIL)


# --- changed_spot ---------------------------------------------------------------------------------


def painted_over(picture: Image.Image, at: tuple[int, int]) -> Image.Image:
    """The picture with 4 % of it painted over in grey."""
    wide, high = picture.width // 5, picture.height // 5
    changed = picture.copy()
    changed.paste(150, (at[0], at[1], at[0] + wide, at[1] + high))
    return changed


@pytest.mark.parametrize(
    ("at", "where"), [((20, 20), "左上部"), ((480, 360), "右下部"), ((260, 190), "中部")]
)
def test_a_piece_put_into_the_picture_is_told_with_its_place(at: tuple[int, int], where: str):
    result = changed_spot(case_of(painted_over(_busy(), at), preview_of(_busy())))
    assert result is not None
    assert result.noted
    assert where in result.message


def test_the_place_is_that_of_the_picture_as_it_is_shown():
    case = case_of(painted_over(_busy(), (480, 360)), preview_of(_busy()))
    turned = Reading("Orientation", 6, "IFD0 0x0112", Source.EXIF)
    standing = replace(case, evidence=replace(case.evidence, readings=(turned,)))
    result = changed_spot(standing)
    assert result is not None
    assert "左下部" in result.message


@pytest.mark.parametrize(
    ("picture", "preview"),
    [
        (_busy(), preview_of(_busy())),
        (FIELD, preview_of(FIELD)),
        (_busy().rotate(90, expand=True), preview_of(_busy())),
        (_busy(), ImageEnhance.Contrast(preview_of(_busy())).enhance(0.6)),  # HDR
        (_busy(), preview_of(_busy()).filter(ImageFilter.SHARPEN)),
        (_busy().filter(ImageFilter.GaussianBlur(3)), preview_of(_busy())),  # portrait
        (_busy().resize((640, 360)), with_bars(_busy())),
    ],
)
def test_what_a_camera_does_to_all_of_a_preview_is_no_spot(
    picture: Image.Image, preview: Image.Image
):
    result = changed_spot(case_of(picture, preview))
    assert outcome(result) is Outcome.PASS


def test_where_the_pictures_do_not_agree_at_all_no_spot_is_looked_for():
    assert changed_spot(case_of(_busy(), preview_of(FIELD))) is None
    assert changed_spot(case_of(FIELD, None)) is None
    black = Image.new("L", SIZE, 3)
    assert changed_spot(case_of(black, preview_of(black))) is None


def test_a_piece_put_in_and_the_file_compressed_again_are_a_doubt_together():
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(a_photo(scene="crop", size=(640, 480))))
    changed = picture.copy()
    changed.paste(ImageOps.invert(picture.crop((400, 300, 560, 420))), (400, 300))
    changed.save(out, "JPEG", quality=92, exif=picture.info["exif"])
    done = examine(a_case(out.getvalue()))
    assert "edited_together" in {r.check for r in done.results if r.outcome is Outcome.DOUBT}


# --- screenshot -----------------------------------------------------------------------------------


def bare(width: int, height: int, media_type: str = "image/png", *readings: Reading) -> Case:
    honest = a_case()
    evidence = replace(
        honest.evidence, width=width, height=height, media_type=media_type, readings=readings
    )
    return replace(honest, evidence=evidence)


def noted(result: Result | None) -> bool:
    assert result is not None
    if result.noted:
        assert "水印不作为依据" in result.message
    return result.noted


@pytest.mark.parametrize("size", [(1080, 2400), (2400, 1080), (1170, 2532), (720, 1600)])
@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_screen_sized_picture_without_a_camera_is_told(size: tuple[int, int], media_type: str):
    assert noted(screenshot(bare(*size, media_type)))


def test_a_picture_that_calls_itself_a_screenshot_is_told():
    says = Reading("UserComment", "Screenshot", "ExifIFD 0x9286", Source.EXIF)
    make = Reading("Make", "samsung", "IFD0 0x010F", Source.EXIF)
    assert noted(screenshot(bare(1179, 2000, "image/png", says, make)))
    assert noted(screenshot(replace(a_case(), named="Screenshot_20260302_081109.jpg")))
    assert noted(screenshot(replace(a_case(), named="屏幕截图 2026.png")))


def test_a_full_screen_photo_with_its_camera_fields_passes():
    make = Reading("Make", "vivo", "IFD0 0x010F", Source.EXIF)
    assert not noted(screenshot(bare(1080, 2400, "image/jpeg", make)))
    assert not noted(screenshot(a_case()))


@pytest.mark.parametrize("size", [(4000, 3000), (1440, 1080), (1080, 1080), (1920, 1440)])
def test_a_stripped_photo_of_a_photos_shape_is_no_screenshot(size: tuple[int, int]):
    assert screenshot(bare(*size, "image/jpeg")) is None


def test_a_file_whose_size_is_unknown_is_not_asked():
    assert screenshot(a_case(b"")) is None
