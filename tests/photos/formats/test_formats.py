"""PNG, WebP and TIFF: what they say is read, what they show is seen, and no bomb is opened."""

import io
import struct
import time
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from field_app.demo.camera import exif_block
from photos.evidence import Evidence, GpsState, Source
from photos.formats.plain_pixels import MAX_PLAIN_PIXELS, MAX_WEBP_PIXELS
from photos.formats.png import MAX_TEXT_CHARACTERS, SIGNATURE, walk_png
from photos.formats.tiff_file import walk_tiff_file
from photos.formats.webp import walk_webp
from photos.reading import read_evidence
from tests.build import a_scene, facts_of

EXIF = exif_block(facts_of(away_m=40.0), (320, 240))
XMP = (
    b'<x:xmpmeta x:xmptk="XMP Core 6.0.0"><rdf:Description xmp:CreatorTool="Snapseed"/></x:xmpmeta>'
)


def saved(form: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (picture or a_scene()).save(out, form, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """The chunks behind the head."""
    return png[:33] + b"".join(chunks) + png[33:]


def error_of(evidence: Evidence) -> str | None:
    return None if evidence.error is None else evidence.error.id


# --- what they say --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "options"),
    [("PNG", {"exif": EXIF}), ("WEBP", {"exif": EXIF, "xmp": XMP}), ("TIFF", {"exif": EXIF[6:]})],
)
def test_place_and_time_are_read_and_the_picture_is_seen(form: str, options: dict[str, Any]):
    evidence = read_evidence(saved(form, **options))
    assert evidence.error is None
    assert evidence.structure is not None
    assert evidence.structure.container == form.lower()
    assert (evidence.width, evidence.height) == (320, 240)
    assert evidence.grey is not None
    assert (evidence.grey.mode, evidence.grey.size) == ("L", (40, 30))
    assert evidence.text("Make") == "HUAWEI"
    assert evidence.camera_time is not None
    if form != "TIFF":  # Pillow leaves the block out of a TIFF's own tags
        assert evidence.gps is GpsState.PRESENT
    assert {r.source for r in evidence.all("Make")} == {Source.EXIF}
    assert evidence.structure.exif is not None


@pytest.mark.parametrize("packed", [False, True])
def test_xmp_is_read_from_each(packed: bool):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=packed)
    photos = [
        saved("PNG", pnginfo=info),
        saved("WEBP", xmp=XMP),
        saved("TIFF", tiffinfo={700: XMP}),
    ]
    for photo in photos:
        assert read_evidence(photo).text("CreatorTool") == "Snapseed"


def test_what_a_generator_writes_into_a_png_is_read():
    info = PngInfo()
    info.add_text("parameters", "a field of wheat\nSteps: 20, Sampler: Euler a, Seed: 1", zip=True)
    info.add_text("prompt", '{"3": {"class_type": "KSampler"}}')
    info.add_itxt("Software", "截图工具")
    info.add_text("unheard of", "x")
    evidence = read_evidence(saved("PNG", pnginfo=info))
    assert "Sampler" in str(evidence.text("GeneratorParameters"))
    assert "KSampler" in str(evidence.text("GeneratorPrompt"))
    (software,) = evidence.all("Software")
    assert (software.value, software.tag, software.source) == (
        "截图工具",
        "iTXt Software",
        Source.PNG,
    )
    assert "unheard of" not in {r.name for r in evidence.readings}


def test_parts_are_named_in_the_order_of_the_file_and_what_follows_is_counted():
    png = with_chunks(saved("PNG"), chunk(b"eXIf", EXIF), chunk(b"caBX", b"jumb")) + b"tail"
    found = walk_png(png)
    assert found.parts == ["IHDR", "eXIf", "caBX", "IDAT", "IEND"]
    assert found.manifest_bytes == 4
    assert found.structure(png).trailing_bytes == 4
    assert walk_webp(saved("WEBP", exif=EXIF)).parts == ["VP8X", "VP8 ", "EXIF"]
    assert walk_webp(saved("WEBP") + b"tail").structure(saved("WEBP") + b"tail").trailing_bytes == 4


# --- what they show -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_depth_is_seen(mode: str):
    picture = Image.new("I;16", (64, 48), 40_000) if mode == "I;16" else a_scene().convert(mode)
    evidence = read_evidence(saved("PNG", picture))
    assert evidence.error is None
    assert evidence.grey is not None
    if mode == "I;16":
        assert evidence.grey.getextrema() == (156, 156)


@pytest.mark.parametrize("options", [{}, {"lossless": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_with_and_without_loss_is_seen(mode: str, options: dict[str, Any]):
    assert error_of(read_evidence(saved("WEBP", a_scene().convert(mode), **options))) is None


def test_of_a_film_the_first_picture_is_seen():
    film = saved("WEBP", save_all=True, append_images=[Image.new("RGB", (320, 240))], duration=100)
    grey = read_evidence(film).grey
    assert grey is not None
    assert grey.getextrema() != (0, 0)


@pytest.mark.parametrize("coding", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_a_plain_tiff_is_seen_as_it_is(mode: str, coding: str | None):
    picture = a_scene().convert(mode)
    evidence = read_evidence(saved("TIFF", picture, compression=coding))
    assert evidence.error is None
    assert evidence.grey is not None
    there = picture.convert("L").reduce(8)
    pairs = zip(evidence.grey.tobytes(), there.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 2


@pytest.mark.parametrize(("mode", "coding"), [("RGB", "jpeg"), ("CMYK", None)])
def test_a_tiff_of_another_coding_is_read_and_said_not_to_be_shown(mode: str, coding: str | None):
    picture = a_scene().convert(mode)
    evidence = read_evidence(saved("TIFF", picture, tiffinfo={271: "HUAWEI"}, compression=coding))
    assert error_of(evidence) == "photo-unsupported-type"
    assert evidence.text("Make") == "HUAWEI"
    assert evidence.width == 320


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_a_file_cut_short_says_so_and_keeps_what_it_said(form: str):
    whole = saved(form)
    for share in (0.2, 0.5, 0.9):
        evidence = read_evidence(whole[: int(len(whole) * share)])
        assert error_of(evidence) in (
            "photo-truncated",
            "photo-damaged",
            "photo-unsupported-type",
        )
        assert evidence.grey is None


# --- bombs ----------------------------------------------------------------------------------------


def refused_at_once(data: bytes) -> str | None:
    began = time.perf_counter()
    evidence = read_evidence(data)
    assert time.perf_counter() - began < 0.5
    return error_of(evidence)


def test_a_header_of_more_pixels_than_are_decoded_is_refused_at_once():
    png = saved("PNG")
    huge = png[:16] + struct.pack(">II", 30_000, 30_000) + png[24:]
    assert refused_at_once(huge) == "photo-too-many-pixels"
    deep = chunk(b"IHDR", struct.pack(">IIBBBBB", 4_000, 4_000, 16, 6, 0, 0, 0))
    assert MAX_PLAIN_PIXELS > 4_000 * 4_000
    assert refused_at_once(SIGNATURE + deep + png[33:]) == "photo-too-many-pixels"
    tiff = bytearray(walk_tiff_file(saved("TIFF")).pixels(saved("TIFF")))
    for tag in (0x100, 0x101):
        at = tiff.index(struct.pack("<HHI", tag, 4, 1))
        tiff[at : at + 12] = struct.pack("<HHII", tag, 4, 1, 60_000)
    assert refused_at_once(bytes(tiff)) == "photo-too-many-pixels"


def test_a_canvas_or_a_frame_of_a_webp_is_held_to_the_limit():
    size = (16_383).to_bytes(3, "little") * 2
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size
    frame = b"ANMF" + struct.pack("<I", 16) + bytes(6) + size + bytes(4)
    small = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (10).to_bytes(3, "little") * 2
    for body in (canvas, small + frame):
        riff = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
        assert walk_webp(riff).largest > MAX_WEBP_PIXELS
        assert refused_at_once(riff) == "photo-too-many-pixels"


def test_a_text_of_a_gigabyte_is_unpacked_no_further_than_it_is_kept():
    packer = zlib.compressobj(9)
    zeros = b"0" * 1_000_000
    bomb = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    png = with_chunks(saved("PNG"), *[chunk(b"zTXt", b"parameters\0\0" + bomb)] * 32)
    began = time.perf_counter()
    evidence = read_evidence(png)
    assert time.perf_counter() - began < 1.0
    texts = list(evidence.all("GeneratorParameters"))
    assert len(texts) == 32
    assert {len(str(text.value)) for text in texts} == {MAX_TEXT_CHARACTERS}


def test_strips_of_a_tiff_that_share_their_bytes_are_not_decoded():
    tiff = walk_tiff_file(saved("TIFF", compression="tiff_lzw"))
    tiff.values |= {0x111: (8,) * 60_000, 0x117: (60_000,) * 60_000}
    assert not tiff.plain(bytes(70_000))


def test_pages_and_tags_beside_the_picture_are_never_given_to_a_decoder():
    pages = saved("TIFF", save_all=True, append_images=[a_scene()] * 3, tiffinfo={270: "x" * 999})
    bare = walk_tiff_file(pages).pixels(pages)
    assert b"x" * 99 not in bare
    assert len(bare) < 320 * 240 * 3 + 2_000
