"""How a file is put together: what its writer gave away without saying it."""

import io
import struct
import time
from pathlib import Path

import piexif
import pytest
from PIL import Image

from photos.evidence import ExifLayout, Structure
from photos.formats.jpeg import walk_jpeg
from photos.formats.jpeg_tables import STANDARD_HUFFMAN, are_standard_huffman, end_of_picture
from photos.formats.tiff import read_tiff
from photos.reading import read_evidence
from tests.build import a_photo, a_scene

FOLDER = Path(__file__).parents[3].parent / "shared" / "samples" / "photos"
needs_samples = pytest.mark.skipif(
    not FOLDER.exists(), reason=f"the sample photos are not beside the project ({FOLDER})"
)


def structure_of(data: bytes) -> Structure:
    found = read_evidence(data).structure
    assert found is not None
    return found


def saved(**options: object) -> bytes:
    out = io.BytesIO()
    a_scene().save(out, "JPEG", **options)
    return out.getvalue()


def a_preview(size: tuple[int, int] = (160, 120), **options: object) -> bytes:
    out = io.BytesIO()
    a_scene().resize(size).save(out, "JPEG", **options)
    return out.getvalue()


def with_preview(preview: bytes) -> bytes:
    """A photo whose Exif block has an IFD1, as piexif writes it."""
    block = piexif.dump(
        {
            "0th": {271: b"HUAWEI"},
            "Exif": {0x9003: b"2026:03:02 08:11:09", 0x927C: b"HUAWEI\0\0"},
            "1st": {259: 6},
            "thumbnail": preview,
        }
    )
    return saved(exif=block)


# --- segments -------------------------------------------------------------------------------------


def test_a_file_saved_by_a_library_shows_its_order_and_its_tables():
    found = structure_of(saved(quality=80))
    assert found.container == "jpeg"
    assert found.parts[0] == "APP0:JFIF"
    assert set(found.parts) == {"APP0:JFIF", "DQT", "SOF0", "DHT", "SOS"}
    assert found.parts[-1] == "SOS"
    assert found.standard_huffman is True
    assert not found.progressive
    assert found.subsampling == "2x2"
    assert len(found.quantisation) == 2
    assert all(len(table) == 64 for table in found.quantisation)
    with Image.open(io.BytesIO(saved(quality=80))) as picture:
        assert sorted(found.quantisation[0]) == sorted(picture.quantization[0])  # type: ignore[attr-defined]


def test_tables_made_for_one_picture_are_not_the_standard_ones():
    assert structure_of(saved(optimize=True)).standard_huffman is False
    found = structure_of(saved(progressive=True))
    assert found.progressive
    assert found.standard_huffman is False
    assert "SOF2" in found.parts


@pytest.mark.parametrize(("option", "said"), [(0, "1x1"), (1, "2x1"), (2, "2x2")])
def test_the_colours_are_told_as_they_were_thinned(option: int, said: str):
    assert structure_of(saved(subsampling=option)).subsampling == said


def test_segments_are_named_by_what_they_begin_with():
    photo = a_photo(xmp=b"<x:xmpmeta/>")
    extra = b""
    for marker, body in (
        (0xE2, b"MPF\0II*\0"),
        (0xE2, b"ICC_PROFILE\0\1\1"),
        (0xE7, b"\1\2\3"),
        (0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdc2pa"),
        (0xED, b"Photoshop 3.0\0"),
        (0xFE, b"a comment"),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0AB"),
    ):
        extra += struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    parts = structure_of(photo[:2] + extra + photo[2:]).parts
    assert parts[:7] == (
        "APP2:MPF",
        "APP2:ICC_PROFILE",
        "APP7",
        "APP11:JUMBF",
        "APP13:Photoshop 3.0",
        "COM",
        "APP1:XMP-extended",
    )
    assert {"APP1:Exif", "APP1:XMP"} <= set(parts)


def test_a_manifest_over_several_segments_is_counted_and_another_use_of_app11_is_not():
    first = b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdc2pa\0\x11\0\x10"
    more = b"JP\0\1\0\0\0\2" + bytes(100)
    hdr = b"HDR_RI ver=11"
    for bodies, size in (((first, more), len(first) + len(more)), ((hdr,), 0)):
        blocks = b"".join(b"\xff\xeb" + struct.pack(">H", len(b) + 2) + b for b in bodies)
        assert walk_jpeg(saved()[:2] + blocks + saved()[2:]).manifest_bytes == size


def test_the_four_tables_of_the_standard_are_those_that_libjpeg_writes():
    found = set()
    data, at = saved(), 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if data[at + 1] == 0xC4:
            assert are_standard_huffman(data[at + 4 : end]) is True
            found.add((data[at + 4] >> 4, data[at + 5 : end]))
        at = end
    assert found == STANDARD_HUFFMAN


# --- behind the picture ---------------------------------------------------------------------------


@pytest.mark.parametrize("appended", [b"", b"\0", bytes(70_000), saved(), b"ftypmp42" * 1_000])
def test_what_stands_behind_the_picture_is_counted(appended: bytes):
    for photo in (a_photo(), saved(progressive=True)):
        assert structure_of(photo + appended).trailing_bytes == len(appended)


def test_a_picture_without_an_end_has_nothing_behind_it():
    assert structure_of(a_photo()[:-2]).trailing_bytes == 0


def test_the_end_is_found_wherever_it_falls_between_two_looks():
    for lead in (0, 1, *((1 << 18) + n for n in (-2, -1, 0, 1))):
        assert end_of_picture(bytes(lead) + b"\xff\xd9\0", 0) == lead + 2
    assert end_of_picture(b"\xff", 0) is None


def test_a_hundred_megabytes_of_fill_bytes_are_walked_in_no_time():
    began = time.process_time()
    assert walk_jpeg(b"\xff\xd8" + b"\xff" * 100_000_000).scan_at is None
    assert time.process_time() - began < 1.0


# --- the Exif block -------------------------------------------------------------------------------


def layout_of(data: bytes) -> ExifLayout:
    layout = structure_of(data).exif
    assert layout is not None
    return layout


def test_the_layout_tells_order_tags_and_maker_note():
    layout = layout_of(with_preview(a_preview()))
    assert layout.big_endian
    assert layout.ifds == ("IFD0", "ExifIFD", "IFD1")
    assert layout.tags["IFD0"] == (0x010F, 0x8769)
    assert layout.tags["ExifIFD"] == (0x9003, 0x927C)
    assert layout.maker_note
    bare = piexif.dump({"0th": {271: b"HUAWEI"}, "Exif": {0x9003: b"2026:03:02 08:11:09"}})
    assert not layout_of(saved(exif=bare)).maker_note


def test_lists_that_lack_their_end_are_named():
    assert layout_of(with_preview(a_preview())).unterminated == ("ExifIFD",)
    assert layout_of(a_photo()).unterminated == ()


def test_a_block_without_a_gap_is_packed_and_one_with_a_gap_is_not():
    def block(gap: int) -> bytes:
        value_at = 8 + 2 + 12 + 4 + gap
        entry = struct.pack("<HHII", 0x010F, 2, 7, value_at)
        return b"II*\0\x08\0\0\0" + b"\1\0" + entry + bytes(4 + gap) + b"HUAWEI\0"

    packed = [read_tiff(block(gap)).layout for gap in (0, 1, 2, 400)]
    assert [layout is not None and layout.packed for layout in packed] == [True, True, False, False]


def test_a_photo_without_exif_has_no_layout():
    assert structure_of(saved()).exif is None


def test_offsets_that_lead_nowhere_give_a_layout_all_the_same():
    entry = struct.pack("<HHII", 0x8769, 4, 1, 0xFFFFFFF0)
    found = read_tiff(b"II*\0\x08\0\0\0\1\0" + entry + b"\xf0\xff\xff\xff")
    assert found.layout is not None
    assert found.layout.ifds == ("IFD0",)
    assert found.preview is None


# --- the preview ----------------------------------------------------------------------------------


def test_the_preview_is_seen_in_grey_at_its_own_size():
    preview = read_evidence(with_preview(a_preview((160, 120)))).thumbnail
    assert preview is not None
    assert (preview.mode, preview.size) == ("L", (160, 120))
    assert read_evidence(saved()).thumbnail is None


def test_a_preview_that_is_broken_or_a_bomb_is_none_and_the_photo_is_read():
    photo = with_preview(a_preview((320, 240), quality=95))
    whole = read_tiff(walk_jpeg(photo).exif or b"").preview
    assert whole is not None
    at = whole.index(b"\xff\xc0\x00\x11\x08") + 5
    huge = whole[:at] + struct.pack(">HH", 9_000, 9_000) + whole[at + 4 :]
    out = io.BytesIO()
    Image.new("RGB", (1_600, 1_200)).save(out, "JPEG", progressive=True)
    layers = out.getvalue()
    last = layers.rindex(b"\xff\xda")
    scans = layers[:-2] + layers[last:-2] * 20 + layers[-2:]
    for preview in (whole[:300], b"\xff\xd8\xff\xd9", huge, scans):
        assert len(preview) <= len(whole)
        began = time.process_time()
        evidence = read_evidence(photo.replace(whole, preview.ljust(len(whole), b"\0")))
        assert time.process_time() - began < 0.5
        assert evidence.error is None
        assert evidence.thumbnail is None


@needs_samples
def test_real_phones_have_their_preview_and_their_own_layout():
    phone = read_evidence((FOLDER / "IMG_20180725_163423.jpg").read_bytes())
    assert phone.thumbnail is not None
    assert phone.thumbnail.size == (253, 189)
    assert phone.structure is not None
    assert phone.structure.exif is not None
    assert phone.structure.exif.ifds == ("IFD0", "ExifIFD", "Interop", "GPS", "IFD1")
    assert phone.structure.exif.maker_note
    drone = structure_of((FOLDER / "issue-metadata-extractor-152.jpg").read_bytes())
    assert drone.parts[0].startswith("APP")


# --- HEIC -----------------------------------------------------------------------------------------


def test_the_boxes_of_a_heic_are_named_in_their_order():
    photo = a_photo(form="heic")
    found = structure_of(photo)
    assert found.container == "heic"
    assert found.parts[0] == "ftyp:heic"
    assert {"meta", "meta:hvc1", "meta:Exif", "mdat"} <= set(found.parts)
    assert found.exif is not None
    assert found.trailing_bytes == 0
    assert structure_of(photo + b"\0\0\0").trailing_bytes == 3


@needs_samples
def test_the_preview_of_an_iphones_heic_is_seen_as_its_picture_is_turned():
    evidence = read_evidence((FOLDER / "heic-iphone7.heic").read_bytes())
    assert evidence.thumbnail is not None
    assert evidence.grey is not None
    assert max(evidence.thumbnail.size) == 320
    turned = [a.width > a.height for a in (evidence.thumbnail, evidence.grey)]
    assert turned[0] == turned[1]
    assert {"meta:grid", "meta:hvc1", "meta:Exif"} <= set(structure_of_sample("heic-iphone7.heic"))


def structure_of_sample(name: str) -> tuple[str, ...]:
    return structure_of((FOLDER / name).read_bytes()).parts
