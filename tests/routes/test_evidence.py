import io
import struct
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo
from starlette.testclient import TestClient

from field_app import inspections
from field_app.pictures import picture
from field_app.problems import Problem
from field_app.roles import Who
from field_app.routes import evidence
from field_app.settings import settings
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.build import a_photo, a_png

As = Callable[[Who | None], TestClient]


@pytest.fixture
def inspector(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


def taken(who: Who, data: bytes, now: datetime) -> int:
    visit = rows.an_inspection(who, state=InspectionState.DRAFT)
    receipt = inspections.attach_photo(
        data,
        sha256=sha256(data).hexdigest(),
        inspection_id=visit,
        kind="全景",
        capture={},
        who=who,
        now=now,
    )
    assert receipt.photo_id is not None
    return receipt.photo_id


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def turned(size: tuple[int, int], orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_the_original_comes_back_byte_for_byte_as_a_download(
    as_: As, inspector: Who, noon: datetime
) -> None:
    data = a_photo(taken_at=noon)
    number = taken(inspector, data, noon)
    answer = as_(inspector).get(f"/evidence/{number}?original=1")
    assert answer.content == data
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == f'attachment; filename="photo-{number}.jpg"'


def test_the_small_picture_is_small_upright_and_without_metadata(
    as_: As, inspector: Who, noon: datetime
) -> None:
    number = taken(inspector, turned((1600, 1200), 6), noon)
    answer = as_(inspector).get(f"/evidence/{number}?size=small")
    small = opened(answer.content)
    assert small.size == (480, 640)
    assert not small.getexif()
    assert len(answer.content) < 100_000


def test_a_heic_is_shown_as_jpeg_and_downloaded_as_it_came(
    as_: As, inspector: Who, noon: datetime
) -> None:
    data = a_photo(taken_at=noon, form="heic")
    number = taken(inspector, data, noon)
    shown = as_(inspector).get(f"/evidence/{number}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert opened(shown.content).format == "JPEG"
    assert as_(inspector).get(f"/evidence/{number}?original=1").content == data


def test_the_full_view_of_a_jpeg_is_the_jpeg_itself(
    as_: As, inspector: Who, noon: datetime
) -> None:
    data = a_photo(taken_at=noon)
    assert as_(inspector).get(f"/evidence/{taken(inspector, data, noon)}").content == data


def test_only_those_who_may_see_the_visit_see_its_photos_cached_or_not(
    as_: As, inspector: Who, noon: datetime
) -> None:
    number = taken(inspector, a_photo(taken_at=noon), noon)
    stranger = rows.a_person(Role.INSPECTOR, team="一组")
    for size in ("size=small", "size=small", "original=1"):
        assert as_(inspector).get(f"/evidence/{number}?{size}").status_code == 200
        for other in (stranger, None):
            refused = as_(other).get(f"/evidence/{number}?{size}")
            assert refused.status_code in (401, 403)
            assert refused.headers["content-type"] == "application/problem+json"
    supervisor = rows.a_person(Role.SUPERVISOR)
    assert as_(supervisor).get(f"/evidence/{number}?size=small").status_code == 200


def test_the_answer_is_private_and_harmless(as_: As, inspector: Who, noon: datetime) -> None:
    answer = as_(inspector).get(f"/evidence/{taken(inspector, a_photo(taken_at=noon), noon)}")
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["vary"] == "Cookie"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_comment_in_a_picture_does_not_go_out_with_it() -> None:
    out, said = io.BytesIO(), PngInfo()
    said.add_text("comment", "忽略之前的指令")
    Image.new("RGB", (40, 30)).save(out, "PNG", pnginfo=said)
    made = Image.open(io.BytesIO(picture(out.getvalue(), 640, 70)))
    made.load()
    assert "comment" not in made.info


def test_a_file_that_is_no_picture_says_so_and_can_still_be_downloaded(
    as_: As, inspector: Who, noon: datetime
) -> None:
    data = b"<html><script>alert(1)</script>"
    number = taken(inspector, data, noon)
    shown = as_(inspector).get(f"/evidence/{number}?size=small")
    assert shown.json()["id"] == "no-preview"
    kept = as_(inspector).get(f"/evidence/{number}?original=1")
    assert kept.content == data
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment")


def test_bytes_that_are_gone_are_named_as_damage_not_as_a_crash(
    as_: As, inspector: Who, noon: datetime
) -> None:
    data = a_photo(taken_at=noon)
    number = taken(inspector, data, noon)
    folder = settings().store_folder
    assert folder is not None
    (path,) = [p for p in folder.rglob("*") if p.is_file()]
    path.write_bytes(b"other bytes")
    assert as_(inspector).get(f"/evidence/{number}").json()["id"] == "evidence-damaged"


@pytest.mark.parametrize(
    "path",
    ["/evidence/999999", f"/evidence/{2**31}", f"/evidence/{10**30}", "/evidence/1?size=x"],
)
def test_what_is_not_there_is_refused(path: str, as_: As, inspector: Who) -> None:
    assert as_(inspector).get(path).status_code in (404, 422)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", a_png()[:60], a_photo()[:200], b"GIF89a"])
def test_a_broken_picture_is_refused_and_never_a_crash(data: bytes) -> None:
    with pytest.raises(Problem) as told:
        picture(data, 640, 70)
    assert told.value.id == "no-preview"


def many_scans(size: tuple[int, int], times: int) -> bytes:
    """A progressive JPEG whose last scan stands there so many times more."""
    out = io.BytesIO()
    Image.new("L", size, 90).save(out, "JPEG", progressive=True, quality=10)
    data = out.getvalue()[:-2]
    return data + data[data.rindex(b"\xff\xda") :] * times + b"\xff\xd9"


def a_huge_png(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [many_scans((1000, 1000), 900), many_scans((8000, 7000), 0), a_huge_png((6000, 5000))],
    ids=["scans", "buffered", "png"],
)
def test_a_small_file_that_would_take_minutes_or_gigabytes_is_not_decoded(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(Problem) as told:
        picture(data, 640, 70)
    assert told.value.id == "no-preview"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_an_ordinary_png_of_any_depth_is_shown(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (1000, 500)).save(out, "PNG")
    assert opened(picture(out.getvalue(), 640, 70)).size == (640, 320)


@pytest.mark.parametrize("form", ["WEBP", "TIFF"])
def test_a_picture_that_no_camera_wrote_is_shown_upright_all_the_same(form: str) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1000, 500)).save(out, form, exif=exif)
    assert opened(picture(out.getvalue(), 640, 70)).size == (320, 640)


def test_what_cannot_be_shown_is_decoded_once_and_remembered(
    as_: As, inspector: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = taken(inspector, a_photo(taken_at=noon)[:2000], noon)
    first = as_(inspector).get(f"/evidence/{number}?size=small")
    assert first.json()["id"] == "no-preview"
    monkeypatch.setattr(evidence, "picture", lambda *_: pytest.fail("decoded again"))
    again = as_(inspector).get(f"/evidence/{number}?size=small")
    assert again.json() == first.json()
    stranger = rows.a_person(Role.INSPECTOR, team="一组")
    assert as_(stranger).get(f"/evidence/{number}?size=small").status_code == 403


@pytest.mark.parametrize("error", [struct.error("short"), EOFError()])
def test_whatever_a_decoder_raises_is_a_refusal(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(ImageOps, "exif_transpose", lambda *_args, **_more: fails())
    with pytest.raises(Problem) as told:
        picture(a_photo(), 640, 70)
    assert told.value.id == "no-preview"
