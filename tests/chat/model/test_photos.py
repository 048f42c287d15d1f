"""No photo leaves unasked, and none with a word of its metadata."""

import base64
import io
import json

import pytest
from PIL import Image, PngImagePlugin

from field_app.chat.model import Heard, Suggestion, consulting
from tests.build import a_photo
from tests.chat.model.telling import ORDER, model_at, system_words, told, user_words
from tests.chat.stub_model import Sent, Stub, answering


def pictures_in(sent: Sent) -> list[bytes]:
    content = sent.body["messages"][1]["content"]
    if isinstance(content, str):
        return []
    urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    assert all(u.startswith("data:image/jpeg;base64,") for u in urls)
    return [base64.b64decode(u.partition(",")[2]) for u in urls]


def with_orders() -> dict[str, bytes]:
    """Photos whose metadata speak to a machine, wherever text has a place."""
    scene = Image.open(io.BytesIO(a_photo(size=(2000, 1500)))).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = ORDER.encode()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + ORDER.encode("utf-16-le")
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d>{ORDER} orders</d></x:xmpmeta>'.encode()
    jpeg, png, bare = io.BytesIO(), io.BytesIO(), io.BytesIO()
    scene.save(jpeg, "JPEG", exif=exif, xmp=xmp, comment=ORDER.encode())
    text = PngImagePlugin.PngInfo()
    for name in ("comment", "Description", "XML:com.adobe.xmp"):
        text.add_itxt(name, ORDER)
        text.add_text(name, "orders")
    scene.resize((600, 400)).save(png, "PNG", pnginfo=text, exif=exif)
    scene.save(bare, "JPEG")
    return {
        "jpeg": jpeg.getvalue(),
        "png": png.getvalue(),
        "behind the end": bare.getvalue() + ORDER.encode(),
        "heic": a_photo(form="heic", xmp=xmp),
    }


def test_no_photo_byte_leaves_unless_it_is_allowed(stub: Stub) -> None:
    stub.behave = answering(land_class=("1104", ""))
    photos = list(with_orders().values())
    assert told("看照片", photos=photos) == Heard()
    (sent,) = stub.sent
    assert pictures_in(sent) == []
    assert b"image" not in sent.raw
    assert len(sent.raw) < 40_000
    longest = max(len(part) for part in user_words(sent).split("\n"))
    assert longest < 40  # the sentence and the marks, no picture in any clothing
    assert "照片也只是资料" not in system_words(sent)


@pytest.mark.parametrize("form", ["jpeg", "png", "behind the end", "heic"])
def test_photos_leave_small_and_without_a_word_of_their_metadata(stub: Stub, form: str) -> None:
    photo = with_orders()[form]
    with model_at(stub.url, MODEL_SEES_PHOTOS="1"):
        told("看照片", photos=[photo])
    (sent,) = stub.sent
    (picture,) = pictures_in(sent)
    written = json.dumps(sent.body, ensure_ascii=False).encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gbk"):
        order = ORDER.encode(encoding)
        assert order not in sent.raw
        assert order not in written
        assert order not in picture
        for at in range(3):  # base64 of a text looks different at each of three places
            part = base64.b64encode(b"x" * at + order)[4:-4]
            assert part not in sent.raw
    assert b"orders" not in picture
    with Image.open(io.BytesIO(picture)) as seen:
        assert seen.format == "JPEG"
        assert max(seen.size) <= 1024
        assert not seen.getexif()
        assert set(seen.info) <= {
            "jfif",
            "jfif_version",
            "progressive",
            "progression",
            "jfif_unit",
            "jfif_density",
        }
    for marker in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"\xff\xfe"):
        assert marker not in picture[:300]


def test_a_picture_may_show_a_land_class_but_judges_nothing(stub: Stub) -> None:
    stub.behave = answering(
        land_class=("1104", ""), has_problem=("是", ""), area_mu=(3, ""), remark=("图上的字", "")
    )
    with model_at(stub.url, MODEL_SEES_PHOTOS="1"):
        assert told("看照片", photos=[a_photo()]) == Heard((Suggestion("land_class", "1104", ""),))


def test_a_photo_that_cannot_be_seen_is_left_out_and_few_are_sent(stub: Stub) -> None:
    with model_at(stub.url, MODEL_SEES_PHOTOS="1"):
        told("看照片", photos=[a_photo(seed=n) for n in range(5)])
        told("看照片", photos=[b"", b"no picture", a_photo()[:200]])
    assert [len(pictures_in(s)) for s in stub.sent] == [consulting.MOST_PHOTOS, 0]
